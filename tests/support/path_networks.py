"""Random small networks, with what each of their rows must tell of the receptive field."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction

from support.path_oracle import LAYERS, SIDES, Line, joined, line, repeated
from support.strategies import Spec


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
