"""Receptive fields by enumerating every path, one axis at a time.

Read from the entries of a spec, without the layers' own rules: each position holds the set of
input positions that some path leads to. Padding counts as pixels to see, so positions may lie
outside the input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor

from support.strategies import Spec

Seen = Callable[[int], frozenset[int]]
"""The input positions that a position of one axis sees."""
Facts = tuple[int, Fraction | None, int | None]
"""The size, the stride and the padding of a receptive field."""


@dataclass(frozen=True)
class Line:
    """One axis of a volume: its length, what each position sees, and the pixels per step.

    ``still`` is the part of what is seen that is the same for all positions (what comes through
    dense layers and global pooling). ``rate`` is ``None`` where steps have no length: rates are
    mixed, or all is still.
    """

    length: int
    seen: Seen
    still: Seen
    rate: Fraction | None

    def facts(self) -> Facts:
        """The size, the stride and the padding of the receptive field."""
        sets = [self.seen(position) for position in range(self.length)]
        size = max((max(found) - min(found) + 1 for found in sets if found), default=0)
        padding = -min(sets[0]) if sets[0] and self.rate is not None else None
        return size, self.rate, padding


def line(length: int, seen: Seen, still: Seen, rate: Fraction | None) -> Line:
    return Line(length, cache(seen), cache(still), rate)


def union(found: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*found)


def ends(found: frozenset[int]) -> tuple[int, ...]:
    return (min(found), max(found)) if found else ()


# --- the layers, one axis at a time ---------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """What one layer does along one axis: its output's length, and what each position reads.

    ``rate`` is in positions of the input per position, ``None`` when all read the same.
    """

    length: int
    reads: Callable[[int], Iterable[int]]
    rate: Fraction | int | None

    def after(self, of: Line) -> Line:
        """Return what is seen through the layer."""

        def seen(position: int) -> frozenset[int]:
            return union(of.seen(i) for i in self.reads(position))

        def still(position: int) -> frozenset[int]:
            return union(of.still(i) for i in self.reads(position))

        if self.rate is None:
            return line(self.length, seen, seen, None)
        rate = None if of.rate is None else of.rate * self.rate
        return line(self.length, seen, still, rate)


def window(size: int, at: int, fields: Spec) -> Step:
    """Convolution and pooling, from the definition of a window."""
    kernel, stride, step = (fields[name][at] for name in ("kernel", "stride", "dilation"))
    before, after = padding(size, at, fields)
    starts = [-before]
    while starts[-1] + stride + (kernel - 1) * step < size + after:
        starts.append(starts[-1] + stride)
    return Step(
        len(starts),
        lambda o: (o * stride - before + tap * step for tap in range(kernel)),
        stride,
    )


SIDES = {1: (("left", "right"),), 2: (("top", "bottom"), ("left", "right"))}


def padding(size: int, at: int, fields: Spec) -> tuple[int, int]:
    stated = fields["padding"]
    if not isinstance(stated, str):
        before, after = SIDES[len(fields["kernel"])][at]
        return stated[before], stated[after]
    reach = (fields["kernel"][at] - 1) * fields["dilation"][at] + 1
    outputs = -(-size // fields["stride"][at])
    total = max((outputs - 1) * fields["stride"][at] + reach - size, 0)
    less, more = total // 2, total - total // 2
    return (less, more) if stated == "same" else (more, less)


def transposed(size: int, at: int, fields: Spec) -> Step:
    """Every input position i writes i·S + tap·d − crop."""
    kernel, stride, step = (fields[name][at] for name in ("kernel", "stride", "dilation"))
    crop = fields["padding"]

    def reads(position: int) -> Iterable[int]:
        taps = (position + crop - tap * step for tap in range(kernel))
        return (written // stride for written in taps if written % stride == 0)

    length = (size - 1) * stride + (kernel - 1) * step + 1 - 2 * crop
    return Step(length, reads, Fraction(1, stride))


def upsample(size: int, at: int, fields: Spec) -> Step:
    length = fields["size"][at] if "size" in fields else size * fields["factor"][at]
    if size == 1:
        return repeated(size, length)
    scale = Fraction(size, length)

    def nearest(position: int) -> Iterable[int]:
        return (floor(position * scale),)

    def bilinear(position: int) -> Iterable[int]:
        centre = (position + Fraction(1, 2)) * scale - Fraction(1, 2)
        return floor(centre), ceil(centre)

    return Step(length, nearest if fields["mode"] == "nearest" else bilinear, scale)


def adaptive(size: int, at: int, fields: Spec) -> Step:
    length = fields["output"][at]
    scale = Fraction(size, length)
    if length == 1 < size:
        return everything(size, at, fields)  # global pooling
    return Step(length, lambda o: range(floor(o * scale), ceil((o + 1) * scale)), scale)


def everything(size: int, _at: int, _fields: Spec) -> Step:
    return Step(1, lambda _position: range(size), None)


def repeated(size: int, length: int) -> Step:
    """An axis of size 1 that is repeated: every position reads its one."""
    return Step(length, lambda o: (o if size == length else 0,), 1 if size == length else None)


def moved(by: int, length: int) -> Step:
    return Step(length, lambda position: (position + by,), 1)


def pad(size: int, at: int, fields: Spec) -> Step:
    before, after = (fields["sides"][side] for side in SIDES[len(fields["sides"]) // 2][at])
    return moved(-before, size + before + after)


def crop(size: int, at: int, fields: Spec) -> Step:
    return moved((size - fields["size"][at]) // 2, fields["size"][at])


def slice_(size: int, at: int, fields: Spec) -> Step:
    if fields["axis"] != fields["axes"][at]:
        return moved(0, size)
    return moved(fields["start"], fields["stop"] - fields["start"])


def pixel_shuffle(size: int, _at: int, fields: Spec) -> Step:
    factor = fields["factor"]
    return Step(size * factor, lambda o: (o // factor,), Fraction(1, factor))


def space_to_depth(size: int, _at: int, fields: Spec) -> Step:
    factor = fields["factor"]
    return Step(size // factor, lambda o: range(o * factor, (o + 1) * factor), factor)


LAYERS: dict[str, Callable[[int, int, Spec], Step]] = {
    "conv": window,
    "maxpool": window,
    "conv_transpose": transposed,
    "upsample": upsample,
    "adaptive_avgpool": adaptive,
    "global_avgpool": everything,
    "fc": everything,
    "pad": pad,
    "crop": crop,
    "slice": slice_,
    "pixel_shuffle": pixel_shuffle,
    "space_to_depth": space_to_depth,
}


def joined(lines: list[Line]) -> Line:
    """What branches of equal lengths see together.

    Where the still part covers all that any position sees, it is the answer alone: so squeeze
    and excitation has no padding either.
    """
    length = lines[0].length
    rates = {of.rate for of in lines}

    def seen(position: int) -> frozenset[int]:
        return union(of.seen(position) for of in lines)

    def still(position: int) -> frozenset[int]:
        return union(of.still(position) for of in lines)

    around = range(-length, 2 * length)  # positions between written ones may see nothing
    wholes = {ends(still(position)) for position in around}
    if len(wholes) == 1 and wholes == {ends(union(map(seen, range(length))))}:
        return line(length, still, still, None)
    return line(length, seen, still, rates.pop() if len(rates) == 1 else None)
