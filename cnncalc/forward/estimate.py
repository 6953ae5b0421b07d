"""Memory of a pass, estimated before it: an upper bound.

What is alive while a layer runs is planned (:mod:`cnncalc.report.memory`); to it come the largest
layer's weights, the arrays that its array code makes on the way, and the buffers of each thread.
How the system keeps freed memory is not predicted: a margin covers it.
"""

from __future__ import annotations

from collections.abc import Container

from cnncalc.forward.families import load_family
from cnncalc.forward.kernels.dispatch import Job, copies
from cnncalc.forward.weights import streamed
from cnncalc.report.memory import Plan
from cnncalc.report.report import Report
from cnncalc.report.rows import Row

MARGIN = 1.35
"""Freed memory that the system keeps, relative to what is used."""
BUFFERS = 6 << 20
"""Bytes of buffers of each thread: tiles of the engine and of pools, and what BLAS packs."""
FIXED = 4 << 20
"""Bytes of code that is loaded when first used, and of numbers that weights are filled with."""


def estimate(
    report: Report,
    plan: Plan,
    batch: int,
    width: int,
    *,
    threads: int = 1,
    given: Container[str] = (),
) -> int:
    """Return the bytes that a pass over the planned rows takes at most.

    ``width`` is the bytes of a number; a pass that ends early has planned the first rows only.
    ``given`` are the full names of weights that come from a file, as whole arrays.
    """
    alive = peak = sum(plan.sizes[name] for name in report.inputs) * batch
    rows = report.rows[: len(plan.overwrites)]
    for row, overwrites, dead in zip(rows, plan.overwrites, plan.dies, strict=True):
        alive += 0 if overwrites else plan.sizes[row.name] * batch
        peak = max(peak, alive + _copies(row, batch))
        alive -= sum(plan.sizes[name] for name in dead) * batch
    weights = max((_weights(row, width, given) for row in rows), default=0)
    return int(MARGIN * (peak + weights) * width) + threads * BUFFERS + FIXED


def _copies(row: Row, batch: int) -> int:
    """Return the numbers that a layer makes apart from its output and its weights."""
    layer, source, result = row.layer, row.inputs[0], row.output
    assert layer is not None and source is not None and result is not None
    load_family(layer)
    weights = sum(weight.count for weight in row.weights)
    return copies(layer, Job(batch=batch, source=source, result=result, weights=weights))


def _weights(row: Row, width: int, given: Container[str]) -> int:
    """Return the numbers of the weights that are made as whole arrays.

    Those of a file may be read as float64 and then converted.
    """
    owner = row.shared_from or row.name
    return sum(
        weight.count * (3 if f"{owner}.{weight.name}" in given else 1)
        for weight in row.weights
        if f"{owner}.{weight.name}" in given or not streamed(weight, width)
    )
