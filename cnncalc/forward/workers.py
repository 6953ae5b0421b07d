"""Tiles shared out to threads.

NumPy releases Python's lock inside a copy, a ufunc and a matmul, so tiles of one layer run side
by side. OpenBLAS itself then runs on one thread (set before NumPy's import): it would share out
the matmuls alone, and the copies around them would stay on one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import local
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

Tile = TypeVar("Tile")


def _quiet() -> None:
    """Let a new thread's numbers overflow without a warning, as those of the first one do."""
    from numpy import seterr

    seterr(all="ignore")


class _Pool:
    """The threads that the kernels use."""

    def __init__(self) -> None:
        self.count = 1
        self.executor: ThreadPoolExecutor | None = None

    def resize(self, count: int) -> None:
        """Use ``count`` threads from now on, the caller's own among them."""
        if count == self.count:
            return
        if self.executor is not None:
            self.executor.shutdown()
        self.count, self.executor = count, None
        if count > 1:
            from concurrent.futures import ThreadPoolExecutor

            self.executor = ThreadPoolExecutor(count - 1, initializer=_quiet)


_POOL = _Pool()
_HERE = local()
"""``busy`` on a thread that works on a tile: what it calls is not shared out again."""


def set_threads(count: int) -> None:
    """Let the kernels use ``count`` threads."""
    _POOL.resize(max(1, count))


def threads() -> int:
    """Return how many threads the kernels use."""
    return _POOL.count


def each(
    work: Callable[..., object],
    tiles: Sequence[Tile],
    scratch: Callable[[], tuple[Any, ...]] = tuple,
) -> None:
    """Call ``work(tile, *buffers)`` for every tile; each thread has ``buffers = scratch()``.

    Tiles write to places of their own, so the result does not depend on the threads.
    """

    def share(mine: Sequence[Tile]) -> None:
        buffers = scratch()
        for tile in mine:
            work(tile, *buffers)

    def busy(mine: Sequence[Tile]) -> None:
        _HERE.busy = True
        try:
            share(mine)
        finally:
            _HERE.busy = False

    executor = _POOL.executor
    if executor is None or len(tiles) < 2 or getattr(_HERE, "busy", False):
        share(tiles)
        return
    count = min(_POOL.count, len(tiles))
    others = [executor.submit(busy, tiles[number::count]) for number in range(1, count)]
    try:
        busy(tiles[::count])
    finally:
        for other in others:
            other.result()
