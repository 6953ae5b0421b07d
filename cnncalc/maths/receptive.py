"""Receptive fields: which input pixels an output position sees, along one axis, exactly.

For an ordinary chain of windows the recurrence of Araujo, Norris and Sim, "Computing Receptive
Fields of Convolutional Neural Networks" (Distill, 2019, doi:10.23915/distill.00021) holds: with
kernels k, strides s, dilations d and left paddings p of the layers 1..L

    size    = 1 + sum over l of (k_l - 1) d_l (s_1 ... s_{l-1})
    stride  = s_1 ... s_L
    padding = sum over l of p_l (s_1 ... s_{l-1})

so that output position i sees [i stride - padding, i stride - padding + size - 1]. This module
keeps that interval itself, for every integer i, and so covers upsampling, transposed convolution,
adaptive pooling and branches too: there the interval is not affine in i, but periodic up to a
shift. It is stored as a table of one period and an advance; plain convolutions have period 1.

Intervals are not clipped to the input: as in the article, padding counts as pixels to see. Gaps
between dilated taps count as inside. None stands for a position that sees nothing, as in the
gaps of a transposed convolution whose kernel is smaller than its stride.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from typing import NamedTuple, TypeAlias

Interval: TypeAlias = tuple[int, int]  # the first and the last position, both inside
_Table: TypeAlias = tuple[Interval | None, ...]

_TABLE = 1024  # tables up to this length are always kept whole: see _tabulate
_LONGEST = 1 << 16  # and longer than this refused: only a slip of the pen scales so far


class TableTooLongError(ValueError):
    """Scaling so far that its table would be too long."""


class Piece(NamedTuple):
    """Intervals that recur every `len(spans)` positions, moved by `advance` >= 0.

    Where the table was cut off (see `_tabulate`), `exact` is false and `advance` rounded.
    """

    advance: int
    spans: _Table
    exact: bool = True

    def at(self, position: int) -> Interval | None:
        """Return the interval of one position, which may be any integer."""
        turns, residue = divmod(position, len(self.spans))
        return _moved(self.spans[residue], turns * self.advance)

    def hull(self, first: int, last: int, step: int = 1) -> Interval | None:
        """Return the hull over the positions `first`, `first + step`, ..., `last`."""
        turn = len(self.spans) // gcd(len(self.spans), step)
        # Turns only move to the right: the first has the lowest pixel, the last the highest.
        near = range(0, min(last - first + 1, turn * step), step)
        lows = [span[0] for k in near if (span := self.at(first + k)) is not None]
        if not lows:
            return None
        return min(lows), max(span[1] for k in near if (span := self.at(last - k)) is not None)


class Read(NamedTuple):
    """Which positions of its input each output position of a layer reads.

    Position o reads from first to last of `spans[o]` in steps of `step`; recurring as in Piece.
    Below, `before` is the padding on the left, and a factor is output size / input size.
    """

    advance: int
    spans: _Table
    step: int = 1

    @staticmethod
    def window(kernel: int, stride: int = 1, dilation: int = 1, before: int = 0) -> Read:
        """Convolution, pooling: `o stride - before + t dilation` for the taps t < kernel.

        Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016). With
        kernel = stride = block it is space-to-depth.
        """
        return Read(stride, ((-before, (kernel - 1) * dilation - before),), dilation)

    @staticmethod
    def transposed(kernel: int, stride: int = 1, dilation: int = 1, before: int = 0) -> Read:
        """Read the i with `i stride + t dilation - before = o`, t < kernel (as Dumoulin)."""
        spans: list[Interval | None] = [None] * _limited(stride)
        for tap in range(_limited(kernel)):
            turns, residue = divmod(tap * dilation - before, stride)
            known = spans[residue]
            spans[residue] = (-turns, -turns if known is None else known[1])
        return Read(*_reduced(1, tuple(spans)), dilation // gcd(stride, dilation))

    @staticmethod
    def nearest(factor: Fraction | int) -> Read:
        """Nearest neighbour: `floor(o / factor)`, as PyTorch's Upsample; pixel shuffle too."""
        out, into = Fraction(factor).as_integer_ratio()
        return Read(into, tuple((o * into // out,) * 2 for o in range(_limited(out))))

    @staticmethod
    def bilinear(factor: Fraction | int) -> Read:
        """Floor and ceiling of `(o + 1/2) / factor - 1/2`, as ONNX Resize's `half_pixel`."""
        out, into = Fraction(factor).as_integer_ratio()
        sources = [(2 * o + 1) * into - out for o in range(_limited(out))]
        return Read(into, tuple((s // (2 * out), -(-s // (2 * out))) for s in sources))

    @staticmethod
    def adaptive(size: int, output: int) -> Read:
        """PyTorch's AdaptiveAvgPool: floor(o size/output) .. ceil((o + 1) size/output) - 1."""
        into, out = Fraction(size, output).as_integer_ratio()
        ends = range(0, (_limited(out) + 1) * into, into)
        return Read(into, tuple((a // out, -(-b // out) - 1) for a, b in pairwise(ends)))

    @staticmethod
    def everything(size: int) -> Read:
        """Dense layers, global pooling: all of an input of this size (1: broadcasting)."""
        return Read(0, ((0, size - 1),))

    @staticmethod
    def strided(start: int, step: int = 1) -> Read:
        """Read, for a slice, the position `start + o step`, with step >= 1."""
        return Read(step, ((start, start),))

    @staticmethod
    def shift(offset: int) -> Read:
        """Position `o + offset`: cropping (the pixels cut off), padding (negative)."""
        return Read.strided(offset)


class Field(NamedTuple):
    """What every position of one axis of a volume sees of that axis of the network's input.

    That is the hull over the pieces: one per rate of the branches that meet, mostly a single one.
    """

    pieces: tuple[Piece, ...]

    @staticmethod
    def identity() -> Field:
        """Return the field of the input itself: every position sees itself."""
        return Field((Piece(1, ((0, 0),)),))

    def at(self, position: int) -> Interval | None:
        """Return the interval a position sees; None if nothing."""
        return _hull(piece.at(position) for piece in self.pieces)

    def through(self, read: Read, length: int | None = None) -> Field:
        """Return what a layer sees that reads so; uncut without its output's `length`."""
        if len(read.spans) == len(self.pieces) == len(self.pieces[0].spans) == 1:
            advance, (span,), exact = self.pieces[0]
            (reach,) = read.spans
            if span is not None and reach is not None:
                seen = (span[0] + advance * reach[0], span[1] + advance * reach[1])
                return Field((Piece(advance * read.advance, (seen,), exact),))
        composed = (_compose(piece, read, length) for piece in self.pieces)
        return Field(tuple(piece for piece in composed if any(piece.spans)))

    @property
    def is_constant(self) -> bool:
        """Whether every position sees the same, as behind dense layers and global pooling."""
        return all(piece.advance == 0 for piece in self.pieces)

    def size(self, length: int) -> int:
        """Return the largest extent, in input pixels, over the positions below `length`."""
        period = lcm(*(len(piece.spans) for piece in self.pieces))
        near = [*range(min(period, length))]
        if len(self.pieces) > 1:
            # Between two pieces extents change steadily: the last period may have the largest.
            near += range(max(period, length - period), length)
        seen = map(self.at, near)
        return max((span[1] - span[0] + 1 for span in seen if span is not None), default=0)

    @property
    def stride(self) -> Fraction | None:
        """Input pixels from one position to the next, on the average over a period.

        None when all positions see the same, rates are mixed, or the table was cut off.
        """
        if len(self.pieces) != 1 or self.is_constant or not self.pieces[0].exact:
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
        return Field(tuple(pieces))
    groups: dict[tuple[int, int], list[Piece]] = {}
    for piece in pieces:
        shared = gcd(piece.advance, len(piece.spans))
        groups.setdefault((piece.advance // shared, len(piece.spans) // shared), []).append(piece)
    merged = [_merge(group, length) for _, group in sorted(groups.items())]
    if len(merged) > 1 and merged[0].advance == 0 and len(merged[0].spans) == 1:
        hulls = [piece.hull(0, length - 1) for piece in merged]
        if _hull(hulls) == hulls[0]:
            return Field((merged[0],))
    return Field(tuple(merged))


def centres_aligned(fields: Iterable[Field], length: int, *, on_average: bool = False) -> bool:
    """Whether the branches' intervals have the same centre, at each position below `length`.

    Constant branches and positions that see nothing are left out. With `on_average`, branches
    of one stride need only agree on the average over a period: nearest upsampling by 2 is half
    a pixel left at one position and right at the next, which shifts nothing as a whole.
    """
    moving = list(dict.fromkeys(field for field in fields if not field.is_constant))
    if len(moving) < 2:
        return True
    regular = len({field.stride for field in moving}) == 1 and moving[0].stride is not None
    period = lcm(*(len(piece.spans) for field in moving for piece in field.pieces))
    checked = range(min(period, length) if regular else length)
    for other in moving[1:]:
        pairs = ((moving[0].at(position), other.at(position)) for position in checked)
        apart = (sum(a) - sum(b) for a, b in pairs if a is not None and b is not None)
        if sum(apart) if on_average and regular else any(apart):
            return False
    return True


def _limited(length: int) -> int:
    if length > _LONGEST:
        raise TableTooLongError(f"a table of {length} intervals is too long")
    return length


def _moved(span: Interval | None, by: int) -> Interval | None:
    return None if span is None else (span[0] + by, span[1] + by)


def _hull(spans: Iterable[Interval | None]) -> Interval | None:
    seen = [span for span in spans if span is not None]
    return (min(seen)[0], max(last for _, last in seen)) if seen else None


def _compose(piece: Piece, read: Read, length: int | None) -> Piece:
    """One piece behind a layer: it recurs once its own period divides the read's advance."""
    turns = len(piece.spans) // gcd(len(piece.spans), read.advance)
    advance = turns * read.advance // len(piece.spans) * piece.advance
    reads = Piece(read.advance, read.spans)

    def at(position: int) -> Interval | None:
        reach = reads.at(position)
        return None if reach is None else piece.hull(*reach, read.step)

    return _tabulate(at, advance, turns * len(read.spans), length, piece.exact)


def _merge(group: Sequence[Piece], length: int) -> Piece:
    """Return the hull of pieces of one rate."""

    def at(position: int) -> Interval | None:
        return _hull(piece.at(position) for piece in group)

    period = lcm(*(len(piece.spans) for piece in group))
    advance = group[0].advance * period // len(group[0].spans)
    return _tabulate(at, advance, period, length, all(piece.exact for piece in group))


def _tabulate(
    at: Callable[[int], Interval | None], advance: int, period: int, length: int | None, exact: bool
) -> Piece:
    """Make the piece of these intervals, its table cut off if too long for the volume.

    Upsampling to odd sizes multiplies periods. Positions -length .. 2 length - 1 remain, and
    later layers stay exact until their padding reaches beyond.
    """
    if length is None or period <= max(_TABLE, 3 * length):
        return Piece(*_reduced(advance, tuple(map(at, range(_limited(period))))), exact)
    _limited(3 * length)
    rounded = round(Fraction(advance * 3 * length, period))
    before = [_moved(at(position), rounded) for position in range(-length, 0)]
    spans = (*map(at, range(2 * length)), *before)
    return Piece(*_reduced(rounded, spans), exact and advance == 0)


def _reduced(advance: int, spans: _Table) -> tuple[int, _Table]:
    """Return the same intervals with the smallest period."""
    length = len(spans)
    for period in range(1, length // 2 + 1):
        if length % period or advance * period % length:
            continue
        step = advance * period // length
        if all(_moved(spans[i], step) == spans[i + period] for i in range(length - period)):
            return step, spans[:period]
    return advance, spans
