"""Memory of one forward pass, planned: weights, activations, and the peak.

Activations are the input and every output that needs an array of its own (element-wise kinds,
dropout, flatten, reshape and identity work on their input's). The peak is the largest sum of
the arrays that are alive while a layer runs, plus that layer's weights: an array dies after
the last layer that reads it, and weights are made layer by layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cnncalc.report import Report


class Bytes(NamedTuple):
    """Bytes of a forward pass of one input; ``None`` where layers are unknown."""

    weights: int | None
    activations: int | None
    peak: int | None


def plan_bytes(report: Report, width: int) -> Bytes:
    """Return the memory plan of ``report`` at ``width`` bytes per number."""
    sizes = {name: volume.size for name, volume in report.inputs.items() if volume is not None}
    if len(sizes) < len(report.inputs) or any(row.output is None for row in report.rows):
        return Bytes(None, None, None)
    holder = {name: name for name in sizes}  # value → the array that holds it
    last = dict.fromkeys(sizes, -1)
    for number, row in enumerate(report.rows):
        assert row.layer is not None and row.output is not None
        for source in row.sources:
            last[holder[source]] = number
        if row.layer.keeps_nothing:
            holder[row.name] = holder[row.sources[0]]
        else:
            holder[row.name] = row.name
            sizes[row.name] = row.output.size
            last[row.name] = number
    if any(name not in holder for name in report.output_rows):
        return Bytes(None, None, None)
    for name in report.output_rows:
        last[holder[name]] = len(report.rows)
    weights = sum(w.count for row in report.rows if not row.shared_from for w in row.weights)
    return Bytes(weights * width, sum(sizes.values()) * width, _peak(report, sizes, last) * width)


def _peak(report: Report, sizes: dict[str, int], last: dict[str, int]) -> int:
    dying: dict[int, list[str]] = {}
    for name, number in last.items():
        dying.setdefault(number, []).append(name)
    alive = peak = sum(sizes[name] for name in report.inputs)
    for number, row in enumerate(report.rows):
        if row.name in sizes:
            alive += sizes[row.name]
        peak = max(peak, alive + sum(w.count for w in row.weights))
        alive -= sum(sizes[name] for name in dying.get(number, ()))
    return peak
