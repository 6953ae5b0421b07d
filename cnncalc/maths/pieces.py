"""What the positions along an axis see of the network's input: periodic tables, and their bounds.

The tables are those of :mod:`cnncalc.maths.reads`. A piece behind a layer looks up in the table
before it what the layer reads; pieces that meet in one volume are merged. Both make longer
periods; where one would be longer than `LONGEST`, or take more than `MOST_WORK` intervals to
compute, two straight lines that no interval goes beyond take the place of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd, lcm

from cnncalc.maths.reads import LONGEST, Interval, Rational, Read, Table, moved, reduced

MOST_WORK = 512
"""Intervals, at most, that are looked at to know one period behind a layer exactly."""
_MOST_BITS = 128


class TooIntricateError(ValueError):
    """Branches of too many rates meet, or a rate takes too many digits, to give even a bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Intervals that recur every `len(spans)` positions, moved by `advance` >= 0.

    Without `exact` they are an upper bound: `spans` has one interval, and an `advance` that is
    not whole is rounded outwards.
    """

    advance: Rational
    spans: Table
    exact: bool = True

    def at(self, position: int) -> Interval | None:
        """Return the interval of one position, which may be any integer."""
        turns, residue = divmod(position, len(self.spans))
        return moved(self.spans[residue], turns * self.advance)

    def hull(self, first: int, last: int, step: int = 1) -> Interval | None:
        """Return the hull over the positions `first`, `first + step`, ..., `last`."""
        turn = len(self.spans) // gcd(len(self.spans), step)
        # Turns only move to the right: the first has the lowest pixel, the last the highest.
        near = range(0, min(last - first + 1, turn * step), step)
        lows = [span[0] for k in near if (span := self.at(first + k)) is not None]
        if not lows:
            return None
        return min(lows), max(span[1] for k in near if (span := self.at(last - k)) is not None)

    def bound(self) -> Piece:
        """Return the upper bound with a single interval; itself where it has only one."""
        if len(self.spans) == 1:
            return self
        rate, low, high = _lines(self.advance, self.spans)
        return _bounded(rate, low, high)


def compose(piece: Piece, read: Read) -> Piece:
    """One piece behind a layer: it recurs once its own period divides the read's advance."""
    reaches = [reach for reach in read.spans if reach is not None]
    if not reaches:
        return Piece(advance=0, spans=(None,))
    if not isinstance(read.advance, int) or not isinstance(piece.advance, int):
        return _compose_bound(piece, read)
    own = len(piece.spans)
    turns = own // gcd(own, read.advance)
    period = turns * len(read.spans)
    widest = max(floor(last - first) // read.step + 1 for first, last in reaches)
    if period > LONGEST or period * min(widest, own) > MOST_WORK:
        return _compose_bound(piece, read)
    reads = Piece(advance=read.advance, spans=read.spans)

    def at(position: int) -> Interval | None:
        reach = reads.at(position)
        return None if reach is None else piece.hull(*reach, read.step)

    advance = turns * read.advance // own * piece.advance
    return _tabulated(at, advance, period, exact=piece.exact and read.exact)


def _compose_bound(piece: Piece, read: Read) -> Piece:
    """Return the upper bound of a piece behind a layer."""
    seen, low, high = _lines(piece.advance, piece.spans)
    read_rate, first, last = _lines(read.advance, read.spans)
    return _bounded(seen * read_rate, seen * first + low, seen * last + high)


def merge(group: Sequence[Piece]) -> Piece:
    """Return the hull of pieces of one rate."""
    period = lcm(*(len(piece.spans) for piece in group))
    if period > LONGEST or not all(isinstance(piece.advance, int) for piece in group):
        bounds = [_lines(piece.advance, piece.spans) for piece in group]
        return _bounded(
            bounds[0][0], min(line[1] for line in bounds), max(line[2] for line in bounds)
        )

    def at(position: int) -> Interval | None:
        return hull(piece.at(position) for piece in group)

    advance = period * Fraction(group[0].advance) / len(group[0].spans)
    return _tabulated(at, int(advance), period, exact=all(piece.exact for piece in group))


def hull(spans: Iterable[Interval | None]) -> Interval | None:
    """Return the smallest interval around all; ``None`` around nothing."""
    seen = [span for span in spans if span is not None]
    return (min(seen)[0], max(last for _, last in seen)) if seen else None


def _lines(advance: Rational, spans: Table) -> tuple[Fraction, Rational, Rational]:
    """Return (rate, low, high) such that position o is within o·rate + low .. o·rate + high."""
    rate = Fraction(advance) / len(spans)
    seen = [(o, span) for o, span in enumerate(spans) if span is not None]
    return (
        rate,
        min(span[0] - o * rate for o, span in seen),
        max(span[1] - o * rate for o, span in seen),
    )


def _bounded(rate: Fraction, low: Rational, high: Rational) -> Piece:
    """Return the upper bound between two lines, rounded outwards."""
    if max(rate.numerator.bit_length(), rate.denominator.bit_length()) > _MOST_BITS:
        raise TooIntricateError(f"a rate of more than {_MOST_BITS} bits")
    advance = rate.numerator if rate.denominator == 1 else rate
    return Piece(advance=advance, spans=((floor(low), ceil(high)),), exact=False)


def _tabulated(
    at: Callable[[int], Interval | None], advance: int, period: int, *, exact: bool
) -> Piece:
    rate, spans = reduced(advance, tuple(map(at, range(period))))
    return Piece(advance=rate, spans=spans, exact=exact)
