"""Receptive fields: which input pixels an output position sees, along one axis, exactly.

For an ordinary chain of windows the recurrence of Araujo, Norris and Sim, "Computing Receptive
Fields of Convolutional Neural Networks" (Distill, 2019, doi:10.23915/distill.00021) holds: with
kernels k, strides s, dilations d and left paddings p of the layers 1..L

    size    = 1 + sum over l of (k_l - 1) d_l (s_1 ... s_{l-1})
    stride  = s_1 ... s_L
    padding = sum over l of p_l (s_1 ... s_{l-1})

so that output position i sees [i stride - padding, i stride - padding + size - 1]. This module
keeps that interval itself, for every integer i, and so covers upsampling, transposed convolution,
adaptive pooling and branches too: there it is not affine in i, but periodic up to a shift. How it
is stored, and where only an upper bound is: see :mod:`cnncalc.maths.pieces`.

Intervals are not clipped to the input: as in the article, padding counts as pixels to see. Gaps
between dilated taps count as inside. None is the interval of a position that sees nothing, as in
the gaps of a transposed convolution whose kernel is smaller than its stride.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from cnncalc.maths.pieces import Piece, TooIntricateError, compose, hull, merge
from cnncalc.maths.reads import LONGEST, Interval, Read

_MOST_RATES = 8
_CHECKED = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What every position of one axis of a volume sees of that axis of the network's input.

    That is the hull over the pieces: one per rate of the branches that meet, mostly a single one.
    """

    pieces: tuple[Piece, ...]

    @staticmethod
    def identity() -> Field:
        """Return the field of the input itself: every position sees itself."""
        return Field(pieces=(Piece(advance=1, spans=((0, 0),)),))

    def at(self, position: int) -> Interval | None:
        """Return the interval a position sees; None if nothing."""
        return hull(piece.at(position) for piece in self.pieces)

    def through(self, read: Read) -> Field:
        """Return what a layer sees that reads so."""
        behind = [compose(piece, read) for piece in self.pieces]
        return Field(pieces=_limited([piece for piece in behind if any(piece.spans)]))

    @property
    def is_constant(self) -> bool:
        """Whether every position sees the same, as behind dense layers and global pooling."""
        return all(piece.advance == 0 for piece in self.pieces)

    @property
    def is_exact(self) -> bool:
        """Whether the intervals are those that are seen, not an upper bound."""
        return all(piece.exact for piece in self.pieces)

    @property
    def period(self) -> int:
        """Positions after which each piece recurs."""
        return lcm(*(len(piece.spans) for piece in self.pieces))

    def size(self, length: int) -> int:
        """Return the largest extent, in input pixels, over the positions below `length`."""
        near = [*range(min(self.period, length))]
        if len(self.pieces) > 1:
            # Between two pieces extents change steadily: the last period may have the largest.
            near += range(max(self.period, length - self.period), length)
        seen = map(self.at, near)
        largest = max((span[1] - span[0] + 1 for span in seen if span is not None), default=0)
        whole = all(isinstance(piece.advance, int) for piece in self.pieces)
        return largest if whole else largest + 1  # other positions are rounded otherwise

    @property
    def stride(self) -> Fraction | None:
        """Input pixels from one position to the next, on the average over a period.

        None when all positions see the same, rates are mixed, or there is only a bound.
        """
        if len(self.pieces) != 1 or self.is_constant or not self.is_exact:
            return None
        return Fraction(self.pieces[0].advance, len(self.pieces[0].spans))

    @property
    def padding(self) -> int | None:
        """Pixels left of the input that position 0 sees (negative: skips); None as `stride`."""
        first = self.at(0)
        return None if first is None or self.stride is None else -first[0]


def union(fields: Iterable[Field], length: int) -> Field:
    """Return the hull of what branches see that meet in a volume of this length.

    A constant branch that covers the others at the positions 0..length-1 is the answer alone:
    behind squeeze-and-excitation every position sees everything, the padding next to it too.
    """
    pieces = dict.fromkeys(piece for field in fields for piece in field.pieces)
    if len(pieces) < 2:
        return Field(pieces=tuple(pieces))
    groups: dict[Fraction, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(Fraction(piece.advance) / len(piece.spans), []).append(piece)
    merged = _limited([merge(group) for _, group in sorted(groups.items())])
    if len(merged) > 1 and merged[0].advance == 0 and len(merged[0].spans) == 1:
        hulls = [piece.hull(0, length - 1) for piece in merged]
        if hull(hulls) == hulls[0]:
            return Field(pieces=(merged[0],))
    return Field(pieces=merged)


def centres_aligned(
    fields: Sequence[Field], length: int, *, shifts: Sequence[Fraction | int] = ()
) -> bool:
    """Whether the branches' intervals have the same centres, at the positions below `length`.

    Constant branches and positions that see nothing are left out, and bounds, whose centres are
    not known. `shifts` are pixels, one number for each branch, that are taken from its centres
    first. Branches of one stride need only agree on the average over a period: nearest
    upsampling by 2 is half a pixel left at one position and right at the next, which shifts
    nothing as a whole.
    """
    branches = dict.fromkeys(zip(fields, shifts or [0] * len(fields), strict=True))
    moving = [(f, by) for f, by in branches if not f.is_constant and f.is_exact]
    for other, other_shift in moving[1:]:
        first, shift = moving[0]
        regular = first.stride == other.stride is not None
        positions = _checked(lcm(first.period, other.period), length, regular=regular)
        pairs = ((first.at(position), other.at(position)) for position in positions)
        between = 2 * (shift - other_shift)
        apart = (sum(a) - sum(b) - between for a, b in pairs if a is not None and b is not None)
        differ = sum(apart) != 0 if regular else any(apart)
        if differ:
            return False
    return True


def _checked(period: int, length: int, *, regular: bool) -> list[int]:
    """Return the positions where centres are compared: one period where strides are equal.

    Otherwise centres drift apart, which shows at one of the ends.
    """
    if regular:
        return [*range(min(period, length))]
    return [*range(min(_CHECKED, length)), *range(max(_CHECKED, length - _CHECKED), length)]


def _limited(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Return the pieces, as bounds where it takes long until all of them recur together."""
    if len(pieces) > _MOST_RATES:
        raise TooIntricateError(f"branches of more than {_MOST_RATES} rates meet")
    if lcm(*(len(piece.spans) for piece in pieces)) > LONGEST:
        return tuple(piece.bound() for piece in pieces)
    return tuple(pieces)
