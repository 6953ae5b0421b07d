"""What a layer reads of its input, along one axis: a periodic table of intervals.

Behind plain windows every position sees the same number of pixels, one stride further on than
the position before: a single interval and its advance say everything. Behind upsampling by 2,
positions 2k and 2k + 1 read the same pixel; of adaptive pooling of 8 to 5, five positions read
five different intervals, and the next five the same, 8 pixels further on. So a table holds the
intervals of one period of positions, and how far they advance from period to period:

    Read(2, ((-1, 1),))            a 3-window with stride 2 and padding 1
    Read(1, ((0, 0), (0, 0)))      nearest upsampling by 2
    Read(8, ((0, 1), (1, 3), (3, 4), (4, 6), (6, 7)))      adaptive pooling of 8 to 5

Position 5 of the last one reads (0, 1) moved by 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, gcd, lcm
from typing import TypeAlias

Rational = int | Fraction
Interval: TypeAlias = tuple[int, int]  # the first and the last position, both inside
Table: TypeAlias = "tuple[tuple[Rational, Rational] | None, ...]"

LONGEST = 64
"""The longest period that is kept exactly, in positions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Which positions of its input each output position of a layer reads.

    Position o reads from first to last of `spans[o]` in steps of `step`; the spans recur every
    `len(spans)` positions, moved by `advance`. With an `advance` that is not whole, it reads
    within o·advance + first .. o·advance + last. Without `exact` it may read less. Below, `before`
    is the padding on the left, and a factor is output size / input size.
    """

    advance: Rational
    spans: Table
    step: int = 1
    exact: bool = True

    @staticmethod
    def window(kernel: int, stride: int = 1, dilation: int = 1, before: int = 0) -> Read:
        """Convolution, pooling: `o stride - before + t dilation` for the taps t < kernel.

        Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016). With
        kernel = stride = block it is space-to-depth.
        """
        return Read(
            advance=stride, spans=((-before, (kernel - 1) * dilation - before),), step=dilation
        )

    @staticmethod
    def transposed(kernel: int, stride: int = 1, dilation: int = 1, before: int = 0) -> Read:
        """Read the i with `i stride + t dilation - before = o`, t < kernel (as Dumoulin)."""
        if stride > LONGEST:
            low = Fraction(before - (kernel - 1) * dilation, stride)
            return Read(advance=Fraction(1, stride), spans=((low, Fraction(before, stride)),))
        spans: list[Interval | None] = [None] * stride
        # Taps fall on each residue in turn: the first and last `stride` of them reach furthest.
        first = range(min(kernel, stride))
        for tap in (*first, *range(max(kernel - stride, len(first)), kernel)):
            turns, residue = divmod(tap * dilation - before, stride)
            known = spans[residue]
            spans[residue] = (-turns, -turns if known is None else known[1])
        advance, kept = reduced(1, tuple(spans))
        return Read(advance=advance, spans=kept, step=dilation // gcd(stride, dilation))

    @staticmethod
    def nearest(factor: Fraction | int) -> Read:
        """Nearest neighbour: `floor(o / factor)`, as PyTorch's Upsample; pixel shuffle too."""
        return Read._floored(1 / Fraction(factor), Fraction(0))

    @staticmethod
    def nearest_exact(factor: Fraction | int) -> Read:
        """Nearest neighbour: `floor((o + 1/2) / factor)`, as PyTorch's `nearest-exact`."""
        rate = 1 / Fraction(factor)
        return Read._floored(rate, rate / 2)

    @staticmethod
    def _floored(rate: Fraction, start: Fraction) -> Read:
        """Position `floor(start + o rate)`."""
        into, out = rate.as_integer_ratio()
        if out > LONGEST:
            most = 1 - Fraction(1, lcm(out, start.denominator))  # that the floor takes away
            return Read(advance=rate, spans=((start - most, start),))
        return Read(advance=into, spans=tuple((floor(start + o * rate),) * 2 for o in range(out)))

    @staticmethod
    def half_pixel(factor: Fraction | int, beyond: int = 0) -> Read:
        """Floor and ceiling of `(o + 1/2) / factor - 1/2`, as ONNX Resize's `half_pixel`."""
        rate = 1 / Fraction(factor)
        return Read.interpolated(rate, (rate - 1) / 2, beyond)

    @staticmethod
    def interpolated(rate: Fraction, start: Fraction | int, beyond: int = 0) -> Read:
        """Floor and ceiling of `start + o rate`, and so many `beyond` if that is not whole."""
        into, out = rate.as_integer_ratio()
        if out > LONGEST:
            return Read(advance=rate, spans=((start - 1 - beyond, start + 1 + beyond),))
        centres = [start + o * rate for o in range(out)]
        more = [0 if centre == floor(centre) else beyond for centre in centres]
        spans = zip(centres, more, strict=True)
        return Read(advance=into, spans=tuple((floor(at) - by, ceil(at) + by) for at, by in spans))

    @staticmethod
    def adaptive(size: int, output: int) -> Read:
        """PyTorch's AdaptiveAvgPool: floor(o size/output) .. ceil((o + 1) size/output) - 1."""
        into, out = Fraction(size, output).as_integer_ratio()
        if out > LONGEST:
            return Read(advance=Fraction(into, out), spans=((-1, Fraction(into, out)),))
        ends = range(0, (out + 1) * into, into)
        return Read(
            advance=into, spans=tuple((a // out, -(-b // out) - 1) for a, b in pairwise(ends))
        )

    @staticmethod
    def everything(size: int, *, exact: bool = True) -> Read:
        """Dense layers, global pooling: all of an input of this size (1: broadcasting)."""
        return Read(advance=0, spans=((0, size - 1),), exact=exact)

    @staticmethod
    def shift(offset: int) -> Read:
        """Position `o + offset`: cropping (the pixels cut off), padding (negative)."""
        return Read(advance=1, spans=((offset, offset),))


def moved(span: tuple[Rational, Rational] | None, by: Rational) -> Interval | None:
    """Return an interval moved to the right, rounded outwards."""
    return None if span is None else (floor(span[0] + by), ceil(span[1] + by))


def reduced(advance: int, spans: tuple[Interval | None, ...]) -> tuple[int, Table]:
    """Return the same intervals with the smallest period."""
    length = len(spans)
    for period in range(1, length // 2 + 1):
        if length % period or advance * period % length:
            continue
        step = advance * period // length
        if all(moved(spans[i], step) == spans[i + period] for i in range(length - period)):
            return step, spans[:period]
    return advance, spans
