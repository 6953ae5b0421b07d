"""Receptive fields of small random networks against every path from an output to the input.

The oracle here walks the spec's own entries, one axis at a time, and collects for each position
the set of input positions that some path leads to. Padding counts as pixels to see, so positions
may lie outside the input.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor

import pytest
from strategies import Spec, effort, run

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


# --- random networks ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """What flows: its depth, and its axes in array order."""

    depth: int
    lines: tuple[Line, ...]

    @property
    def lengths(self) -> list[int]:
        return [of.length for of in self.lines]

    def shape(self) -> Spec:
        axes = ("length",) if len(self.lines) == 1 else ("height", "width")
        return dict(zip(axes, self.lengths, strict=True)) | {"depth": self.depth}


class Network:
    """A network under construction; ``expected`` is what each row's axes see, in row order."""

    def __init__(self, seed: str, rank: int) -> None:
        self.rng = random.Random(seed)
        self.rank = rank
        self.expected: list[tuple[Line, ...]] = []
        self.resized = 0
        lengths = [self.rng.randint(6, 20) for _ in range(rank)]
        lines = tuple(
            line(n, lambda o: frozenset((o,)), lambda _o: frozenset(), Fraction(1)) for n in lengths
        )
        self.input = Value(self.rng.randint(1, 3), lines)
        self.named: dict[str, Value] = {}
        self.layers: list[Spec] = []
        value = self.input
        for number in range(self.rng.randint(2, 6)):
            make = self.rng.choice(
                (self.simple, self.simple, self.simple, self.branches, self.skip)
            )
            entries, value = make(value)
            entries[-1]["name"] = f"n{number}"
            self.named[f"n{number}"] = value
            self.layers += entries
            if self.rng.random() < 0.05:
                entries, value = self.dense(value)
                self.layers += entries

    def spec(self) -> Spec:
        return {"input": self.input.shape(), "rounding": "floor", "layers": self.layers}

    def layer(self, value: Value, kind: str, fields: Spec, depth: int | None = None) -> Value:
        """Apply a layer to every axis, and note what its row must tell."""
        lines = tuple(
            LAYERS[kind](of.length, at, fields).after(of) for at, of in enumerate(value.lines)
        )
        self.expected.append(lines)
        return Value(depth or value.depth, lines)

    # entries

    def simple(self, value: Value) -> tuple[list[Spec], Value]:
        kinds = ["window", "window", "transposed", "resize", "border", "whole", "shuffle"]
        weights = [6, 3, 2, 2, 2, 1, 2]
        (kind,) = self.rng.choices(kinds, weights)
        if max(value.lengths) > 40 and kind in ("transposed", "resize"):
            kind = "window"
        made: tuple[list[Spec], Value] = getattr(self, kind)(value)
        return made

    def window(self, value: Value) -> tuple[list[Spec], Value]:
        kind = self.rng.choice(("conv", "conv", "maxpool"))
        fields: Spec = {"kernel": [], "stride": [], "dilation": [], "padding": {}}
        for at, length in enumerate(value.lengths):
            kernel, step = self.rng.randint(1, 4), self.rng.choice((1, 1, 1, 2, 3))
            if kind == "maxpool":
                step = min(step, length)
            reach = (kernel - 1) * step + 1
            while reach > length + 2 * (reach // 2):
                kernel, reach = kernel - 1, (kernel - 2) * step + 1
            most = reach // 2
            least = max(0, reach - length - most)
            pads = self.rng.randint(least, most), most
            fields["kernel"].append(kernel)
            fields["dilation"].append(step)
            fields["stride"].append(self.rng.choice((1, 1, 2, 2, 3)))
            fields["padding"] |= dict(zip(SIDES[self.rank][at], pads, strict=True))
        fields["padding"] = self.rng.choice((fields["padding"], fields["padding"], "same",
                                             "same_lower"))  # fmt: skip
        filters = self.rng.randint(1, 4) if kind == "conv" else value.depth
        made = self.layer(value, kind, fields, filters)
        return [{kind: fields | ({"filters": filters} if kind == "conv" else {})}], made

    def transposed(self, value: Value) -> tuple[list[Spec], Value]:
        fields: Spec = {
            "kernel": [self.rng.randint(1, 4) for _ in value.lines],
            "stride": [self.rng.randint(1, 3) for _ in value.lines],
            "dilation": [self.rng.choice((1, 1, 2)) for _ in value.lines],
        }
        full = [
            (n - 1) * s + (k - 1) * d + 1
            for n, k, s, d in zip(value.lengths, *fields.values(), strict=True)
        ]
        fields["padding"] = self.rng.randint(0, min(2, (min(full) - 1) // 2))
        made = self.layer(value, "conv_transpose", fields, 2)
        return [{"conv_transpose": fields | {"filters": 2}}], made

    def resize(self, value: Value) -> tuple[list[Spec], Value]:
        mode = self.rng.choice(("nearest", "bilinear"))
        if self.resized > 1 or self.rng.random() < 0.5:
            fields = {"factor": [self.rng.randint(1, 3) for _ in value.lines], "mode": mode}
            return [{"upsample": fields}], self.layer(value, "upsample", fields)
        self.resized += 1
        sizes = [self.rng.randint(1, 15) for _ in value.lines]
        if self.rng.random() < 0.5:
            fields = {"output": sizes}
            return [{"adaptive_avgpool": fields}], self.layer(value, "adaptive_avgpool", fields)
        fields = {"size": sizes, "mode": mode}
        return [{"upsample": fields}], self.layer(value, "upsample", fields)

    def border(self, value: Value) -> tuple[list[Spec], Value]:
        kind = self.rng.choice(("pad", "crop", "slice"))
        fields: Spec
        if kind == "pad":
            sides = [side for pair in SIDES[self.rank] for side in pair]
            fields = {"sides": {side: self.rng.randint(0, 2) for side in sides}}
        elif kind == "crop":
            fields = {"size": [self.rng.randint(max(1, n - 3), n) for n in value.lengths]}
        else:
            axes = list(value.shape())[:-1]
            at = self.rng.randrange(self.rank)
            start = self.rng.randrange(value.lengths[at])
            stop = self.rng.randint(start + 1, value.lengths[at])
            fields = {"axis": axes[at], "start": start, "stop": stop}
            made = self.layer(value, kind, fields | {"axes": axes})
            return [{kind: fields}], made
        return [{kind: fields}], self.layer(value, kind, fields)

    def whole(self, value: Value) -> tuple[list[Spec], Value]:
        return [{"global_avgpool": {}}], self.layer(value, "global_avgpool", {})

    def shuffle(self, value: Value) -> tuple[list[Spec], Value]:
        divisors = [r for r in (2, 3) if all(n % r == 0 for n in value.lengths)]
        if divisors:
            fields = {"factor": self.rng.choice(divisors)}
            depth = value.depth * fields["factor"] ** self.rank
            return [{"space_to_depth": fields}], self.layer(value, "space_to_depth", fields, depth)
        entries, value = self.project(value, 2**self.rank)
        entries.append({"pixel_shuffle": 2})
        return entries, self.layer(value, "pixel_shuffle", {"factor": 2}, 1)

    def dense(self, value: Value) -> tuple[list[Spec], Value]:
        """A vector, made a volume again."""
        made = self.layer(value, "fc", {})
        lengths = [self.rng.randint(1, 3) for _ in value.lines]
        lines = tuple(
            line(n, of.seen, of.seen, None) for n, of in zip(lengths, made.lines, strict=True)
        )
        self.expected.append(lines)
        value = Value(2, lines)
        units = 2
        for length in lengths:
            units *= length
        return [{"fc": units}, {"reshape": {"shape": value.shape()}}], value

    def project(self, value: Value, depth: int) -> tuple[list[Spec], Value]:
        ones = [1] * self.rank
        nothing = {side: 0 for pair in SIDES[self.rank] for side in pair}
        fields = {"kernel": ones, "stride": ones, "dilation": ones, "padding": nothing}
        return [{"conv": {"filters": depth, "kernel": 1}}], self.layer(value, "conv", fields, depth)

    # entries that join

    def made_equal(self, value: Value, to: Value) -> tuple[list[Spec], Value]:
        """Bring a value to the size and depth of another."""
        entries, value = self.project(value, to.depth)
        least = [min(a, b) for a, b in zip(value.lengths, to.lengths, strict=True)]
        for kind, wanted in (("crop", least), ("pad", to.lengths)):
            if wanted == value.lengths:
                continue
            fields: Spec = {"size": wanted}
            if kind == "pad":
                missing = zip(SIDES[self.rank], wanted, value.lengths, strict=True)
                fields = {"sides": {side: (want - have) * (side == pair[1])
                                    for pair, want, have in missing for side in pair}}  # fmt: skip
            value = self.layer(value, kind, fields)
            entries.append({kind: fields})
        return entries, value

    def join(self, values: list[Value], kind: str) -> Value:
        depth = sum(v.depth for v in values) if kind == "concat" else values[0].depth
        by_axis = list(zip(*(value.lines for value in values), strict=True))
        lengths = [max(of.length for of in lines) for lines in by_axis]
        lines = tuple(
            joined([repeated(of.length, length).after(of) for of in lines])
            for lines, length in zip(by_axis, lengths, strict=True)
        )
        self.expected.append(lines)
        return Value(depth, lines)

    def branches(self, value: Value) -> tuple[list[Spec], Value]:
        kind = self.rng.choice(("add", "concat", "multiply"))
        bodies: list[list[Spec]] = []
        ends: list[Value] = []
        for number in range(self.rng.randint(2, 3)):
            body: list[Spec] = []
            end = value
            for _ in range(self.rng.randint(0, 2)):
                entries, end = self.simple(end)
                body += entries
            if number:
                entries, end = self.made_equal(end, ends[0])
                body += entries
            bodies.append(body)
            ends.append(end)
        if kind == "multiply" and self.rng.random() < 0.7:
            gated = self.rng.randrange(len(bodies))
            ones: Spec = {"size": [1] * self.rank}
            entry = [{"crop": ones}] if self.rng.random() < 0.5 else [{"global_avgpool": {}}]
            if gated == len(bodies) - 1:  # its rows come last so far
                ends[gated] = self.layer(ends[gated], next(iter(entry[0])), ones)
                bodies[gated] += entry
        return [{"branches": bodies, "merge": kind}], self.join(ends, kind)

    def skip(self, value: Value) -> tuple[list[Spec], Value]:
        """Join what flows with an earlier value, made equal to it."""
        if not self.named:
            return self.simple(value)
        name = self.rng.choice(sorted(self.named))
        other = self.named[name]
        entries, value = self.made_equal(value, other)
        kind = self.rng.choice(("add", "concat", "multiply"))
        order = ["previous", name], [value, other]
        if self.rng.random() < 0.5:
            order = [name, "previous"], [other, value]
        return [*entries, {kind: order[0]}], self.join(order[1], kind)


# --- tests ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("part", range(5))
def test_random_networks(rank: int, part: int) -> None:
    for number in range(effort(60)):
        network = Network(f"{rank}-{part}-{number}", rank)
        report = run(network.spec())
        assert report.ok, (network.spec(), report.problems)
        assert len(report.rows) == len(network.expected), network.spec()
        for row, lines in zip(report.rows, network.expected, strict=True):
            found = row.receptive_field
            assert row.output is not None and found is not None
            if row.output.spatial:
                assert list(row.output.spatial) == [of.length for of in lines], network.spec()
            for axis, of in zip(found.size, lines, strict=True):
                facts = (found.size[axis], found.stride[axis], found.padding[axis])
                assert agree(facts, of), (row.name, axis, facts, of.facts(), network.spec())


def agree(found: Facts, of: Line) -> bool:
    """Compare a receptive field with all paths.

    Where branches of several rates met, some later layer may read what only one of them wrote:
    then the stride that is told must be how all that is seen really moves.
    """
    size, stride, before = of.facts()
    if size == 0:
        return found[0] == 0
    if stride is None and found[1] is not None:
        before = -min(of.seen(0)) if of.seen(0) else None
        return moves(of, found[1]) and (found[0], found[2]) == (size, before)
    return found == (size, stride, before)


def moves(of: Line, stride: Fraction) -> bool:
    """Whether all that is seen moves by ``stride`` pixels per position, over some period."""
    for period in range(stride.denominator, 100, stride.denominator):
        by = int(period * stride)
        if all(
            ends(of.seen(o + period)) == tuple(end + by for end in ends(of.seen(o)))
            for o in range(of.length)
        ):
            return True
    return False
