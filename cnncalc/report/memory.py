"""Memory of one forward pass, planned: weights, activations, and the peak.

Activations are the input and every output that needs an array of its own (element-wise kinds,
dropout, flatten, reshape and identity work on their input's). An array is freed after the last
layer that reads it, normalisation and ``add`` write onto an input that nobody else needs, and
weights are made layer by layer; the peak is the largest sum of what is alive while a layer runs
and that layer's weights. The forward pass frees and overwrites arrays by the same plan; it
never makes large dense weights as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from cnncalc.maths.volume import Volume
from cnncalc.report.rows import Row

DTYPES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8": 1,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1,
}  # fmt: skip
"""Type of numbers → its bytes."""


class Bytes(NamedTuple):
    """Bytes of a forward pass of one input; ``None`` where layers are unknown."""

    weights: int | None
    activations: int | None
    peak: int | None


class Plan(NamedTuple):
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
    return Plan(tuple(overwrites), _by_row(last, never), _by_row(until, never), sizes)


def _by_row(last: dict[str, int], never: int) -> tuple[tuple[str, ...], ...]:
    """Return for each row the names that it is the last for."""
    names: list[list[str]] = [[] for _ in range(never)]
    for name, number in last.items():
        if number < never:
            names[number].append(name)
    return tuple(map(tuple, names))


def plan_bytes(
    rows: Sequence[Row], inputs: Mapping[str, Volume], outputs: Collection[str], width: int
) -> Bytes:
    """Return the memory of rows that are all known, at ``width`` bytes per number.

    An input that nothing reads needs none.
    """
    read = {*outputs, *(name for row in rows for name in row.sources)}
    used = {name: volume for name, volume in inputs.items() if name in read}
    given = sum(volume.size for volume in used.values())
    weights = sum(w.count for row in rows if not row.shared_from for w in row.weights)
    results = (
        row.output.size
        for row in rows
        if row.output is not None and row.layer is not None and not row.layer.keeps_nothing
    )
    peak = _peak(rows, plan(rows, used, outputs), given)
    return Bytes(
        weights=weights * width, activations=(given + sum(results)) * width, peak=peak * width
    )


def _peak(rows: Sequence[Row], planned: Plan, given: int) -> int:
    """Return the most numbers alive at once, weights included; ``given`` are the inputs'."""
    sizes = planned.sizes
    alive = peak = given
    for row, overwrites, dead in zip(rows, planned.overwrites, planned.dies, strict=True):
        alive += 0 if overwrites else sizes[row.name]
        peak = max(peak, alive + sum(w.count for w in row.weights))
        alive -= sum(sizes[name] for name in dead)
    return peak
