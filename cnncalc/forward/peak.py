"""Memory of a pass, estimated before it: live arrays, weights, and what each kind needs besides."""

from __future__ import annotations

from collections.abc import Container

from cnncalc.forward.besides import besides
from cnncalc.forward.weights import streamed
from cnncalc.forward.workers import threads
from cnncalc.report.memory import Plan
from cnncalc.report.report import Report, Row

_LIBRARIES = 3 << 20
"""Measured: what OpenBLAS packs matrices into, the numbers that weights are filled with, and code
that is loaded when first used;"""
_THREAD = 1 << 19
"""and the same for every further thread."""


class _Heap:
    """Arrays as glibc keeps them (mallopt(3), M_MMAP_THRESHOLD).

    One above a threshold is given back when it is freed, and then raises the threshold; the place
    of the others is kept for what follows.
    """

    MOST = 32 << 20

    def __init__(self) -> None:
        self.threshold = 128 << 10
        self.large: dict[str | None, int] = {}
        self.small: dict[str | None, int] = {}
        self.kept = 0

    def take(self, name: str | None, size: int) -> None:
        """Allocate an array."""
        (self.large if size > self.threshold else self.small)[name] = size
        self.kept = max(self.kept, sum(self.small.values()))

    def free(self, name: str | None) -> None:
        """Free it."""
        if name in self.large:
            size = self.large.pop(name)
            self.threshold = max(self.threshold, size if size <= self.MOST else 0)
        else:
            del self.small[name]

    @property
    def size(self) -> int:
        """The bytes that are held now."""
        return self.kept + sum(self.large.values())


def estimate(report: Report, plan: Plan, batch: int, width: int, given: Container[str] = ()) -> int:
    """Return the bytes at the peak of a pass with ``width`` bytes per number.

    ``given`` are the full names of weights that come from a file, as whole arrays.
    """
    sizes = {name: size * batch * width for name, size in plan.sizes.items()}
    heap = _Heap()
    for name in report.inputs:
        heap.take(name, sizes[name])
    peak = weights = buffers = 0  # both are kept for the next layers, and grow
    for row, overwrites, dead in zip(report.rows, plan.overwrites, plan.dies, strict=True):
        if not overwrites:
            heap.take(row.name, sizes[row.name])
        more = besides(row, batch, width)
        heap.take(None, more.arrays)  # no layer is called so
        weights = max(weights, _weights(row, width, given))
        buffers = max(buffers, more.buffers)
        peak = max(peak, heap.size + weights + buffers)
        for freed in (None, *dead):
            heap.free(freed)
    return peak + _LIBRARIES + (threads() - 1) * _THREAD


def _weights(row: Row, width: int, given: Container[str]) -> int:
    """Return the bytes of the weights that are there as whole arrays."""
    assert row.layer is not None
    owner = row.shared_from or row.name
    return width * sum(
        weight.count
        for weight in row.weights
        if f"{owner}.{weight.name}" in given or not streamed(weight, width)
    )
