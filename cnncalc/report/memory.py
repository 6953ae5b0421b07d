"""Memory of a network: to keep its weights, to run it, to train it; and the plan of our pass.

To run a network takes its weights and the most activations that are alive at once. To train it
takes its weights, their gradients and all activations; what an optimizer keeps is not counted.

Activations are the input and every output that needs an array of its own (element-wise kinds,
dropout, flatten, reshape and identity work on their input's). An array is freed after the last
layer that reads it, normalisation and ``add`` write onto an input that nobody else needs, and
weights are made layer by layer; the peak is the largest sum of what is alive while a layer runs
and that layer's weights. The forward pass frees and overwrites arrays by the same plan; it
never makes large dense weights as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cnncalc.maths.volume import Volume
from cnncalc.report.rows import Row

WIDTHS = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8": 1,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1,
}  # fmt: skip
"""Type of numbers → its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """Bytes that a network takes; ``None`` where layers are unknown.

    ``peak`` is that of our forward pass, which makes weights layer by layer.
    """

    weights: int | None = None
    activations: int | None = None
    peak: int | None = None
    inference: int | None = None
    training: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who holds which array, and when it is freed.

    ``overwrites[i]``: row ``i`` may write onto its first input's array; ``frees[i]``
    names the values that nobody reads after row ``i``, ``dies[i]`` the arrays, each by the value
    that it was made for; ``sizes`` counts their numbers.
    """

    overwrites: tuple[bool, ...]
    frees: tuple[tuple[str, ...], ...]
    dies: tuple[tuple[str, ...], ...]
    sizes: dict[str, int]


def plan(rows: Sequence[Row], inputs: Mapping[str, Volume | None], kept: Collection[str]) -> Plan:
    """Return the plan of rows that are all known.

    ``kept`` values are never freed: the outputs of the network, and what else is asked for.
    """
    never = len(rows)
    last = {row.name: number for number, row in enumerate(rows)}
    for number, row in enumerate(rows):
        last.update(dict.fromkeys(row.sources, number))
    last.update(dict.fromkeys(kept, never))
    sizes = {name: volume.size for name, volume in inputs.items() if volume is not None}
    holder = {name: name for name in sizes}
    until = {name: last.get(name, 0) for name in sizes}
    overwrites = []
    for number, row in enumerate(rows):
        assert row.layer is not None and row.output is not None
        source = holder[row.sources[0]]
        in_place = row.layer.keeps_nothing or (
            row.layer.overwrites
            and row.inputs[0] == row.output
            and row.sources.count(row.sources[0]) == 1
        )
        takes_over = in_place and until[source] <= number
        overwrites.append(takes_over)
        mine = source if takes_over else row.name
        holder[row.name] = mine
        until[mine] = last[row.name]
        if not takes_over:
            sizes[mine] = row.output.size
    return Plan(
        overwrites=tuple(overwrites),
        frees=_by_row(last, never),
        dies=_by_row(until, never),
        sizes=sizes,
    )


def _by_row(last: dict[str, int], never: int) -> tuple[tuple[str, ...], ...]:
    """Return for each row the names that it is the last for."""
    names: list[list[str]] = [[] for _ in range(never)]
    for name, number in last.items():
        if number < never:
            names[number].append(name)
    return tuple(map(tuple, names))


def plan_bytes(
    rows: Sequence[Row],
    inputs: Mapping[str, Volume],
    outputs: Collection[str],
    *,
    width: int,
    batch: int,
) -> Bytes:
    """Return the memory of rows that are all known, at ``width`` bytes per number.

    An input that nothing reads needs none.
    """
    read = {*outputs, *(name for row in rows for name in row.sources)}
    used = {name: volume for name, volume in inputs.items() if name in read}
    owned = [weight for row in rows if not row.shared_from for weight in row.weights]
    weights = sum(weight.count for weight in owned)
    gradients = sum(weight.count for weight in owned if weight.trainable)
    results = (row.kept for row in rows)
    activations = batch * (sum(volume.size for volume in used.values()) + sum(results))
    alive = [batch * size for size in _alive(rows, plan(rows, used, outputs), used)]
    mine = (sum(weight.count for weight in row.weights) for row in rows)
    peak = max(map(sum, zip(alive[1:], mine, strict=True)), default=0)
    return Bytes(
        weights=weights * width,
        activations=activations * width,
        peak=max(alive[0], peak) * width,
        inference=(weights + max(alive)) * width,
        training=(weights + gradients + activations) * width,
    )


def _alive(rows: Sequence[Row], planned: Plan, inputs: Mapping[str, Volume]) -> list[int]:
    """Return the activations alive before the first layer, and while each layer runs."""
    sizes = planned.sizes
    alive = sum(sizes[name] for name in inputs)
    found = [alive]
    for row, overwrites, dead in zip(rows, planned.overwrites, planned.dies, strict=True):
        alive += 0 if overwrites else sizes[row.name]
        found.append(alive)
        alive -= sum(sizes[name] for name in dead)
    return found
