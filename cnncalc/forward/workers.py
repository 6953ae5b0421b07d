"""Tiles shared out to threads.

NumPy releases Python's lock inside a copy, a ufunc and a matmul, so tiles of one layer run side
by side. OpenBLAS itself then runs on one thread (set before NumPy's import): it would share out
the matmuls alone, and the copies around them would stay on one thread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from queue import SimpleQueue
from threading import Thread, get_ident, local
from typing import Any, TypeVar

import numpy as np

from cnncalc.forward.memory import Reused, lines

Tile = TypeVar("Tile")
Buffers = tuple[int, ...]
"""The numbers that each buffer of a tile holds."""


class _Helper:
    """A thread beside the caller's: it takes work from a queue and answers in another.

    ``ThreadPoolExecutor`` does the same, but its futures and locks cost 15 µs more per layer
    (``benchmarks/kernels.py``, row `handing over`), and a layer takes some hundreds.
    """

    def __init__(self) -> None:
        self.work: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self.done: SimpleQueue[BaseException | None] = SimpleQueue()
        Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        _HERE.busy = True
        np.seterr(all="ignore")  # as on the first thread: what is not finite is reported
        while (work := self.work.get()) is not None:
            try:
                work()
            except BaseException as error:  # raised again by the thread that waits
                self.done.put(error)
            else:
                self.done.put(None)
            del work  # and the arrays that it knows


_HELPERS: list[_Helper] = []
_HERE = local()
"""``busy`` on a thread that works on a tile: what it calls is not shared out again."""
_MEMORY: defaultdict[int, Reused] = defaultdict(Reused)
"""By thread: where its buffers are."""


def set_threads(count: int) -> None:
    """Let the kernels use ``count`` threads, the caller's own among them."""
    while len(_HELPERS) > max(0, count - 1):
        _HELPERS.pop().work.put(None)
    while len(_HELPERS) < count - 1:
        _HELPERS.append(_Helper())


def threads() -> int:
    """Return how many threads the kernels use."""
    return len(_HELPERS) + 1


def each(
    work: Callable[..., object],
    tiles: Sequence[Tile],
    buffers: Buffers = (),
    dtype: np.dtype[Any] | None = None,
    *,
    share: bool = True,
) -> None:
    """Call ``work(tile, *buffers)`` for every tile; each thread has buffers of its own.

    ``buffers`` tells how many numbers of ``dtype`` each buffer holds. Tiles write to places of
    their own, so the result does not depend on the threads. Work that is too short to be shared
    out says so (``share``): waking a thread takes 40 µs.
    """
    if not share or len(tiles) < 2 or not _HELPERS or getattr(_HERE, "busy", False):
        _work(work, tiles, buffers, dtype)
        return
    waiting = iter(tiles)  # every thread takes the next one
    helpers = _HELPERS[: len(tiles) - 1]
    for helper in helpers:
        helper.work.put(lambda: _work(work, waiting, buffers, dtype))
    _HERE.busy = True
    errors = []
    try:
        _work(work, waiting, buffers, dtype)
    finally:
        _HERE.busy = False
        errors = [error for helper in helpers if (error := helper.done.get()) is not None]
    if errors:
        raise errors[0]


def _work(
    work: Callable[..., object],
    tiles: Iterable[Tile],
    buffers: Buffers,
    dtype: np.dtype[Any] | None,
) -> None:
    """Work on tiles until there are none left."""
    mine = _MEMORY[get_ident()].arrays(buffers, dtype) if buffers and dtype is not None else ()
    for tile in tiles:
        work(tile, *mine)


def buffer_bytes(sizes: Buffers, itemsize: int) -> int:
    """Return the bytes that a thread takes for buffers."""
    return sum(lines(size, itemsize) for size in sizes)


def held() -> int:
    """Return the bytes that all threads hold for buffers."""
    return sum(memory.size for memory in _MEMORY.values())


def release() -> None:
    """Give back the memory of all buffers; no tile may be at work."""
    _MEMORY.clear()
