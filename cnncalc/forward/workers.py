"""Tiles shared out to threads.

NumPy releases Python's lock inside a copy, a ufunc and a matmul, so tiles of one layer run side
by side. OpenBLAS itself is best left on one thread (the command line sets it before NumPy's
import): it would share out the matmuls alone, and the copies around them would stay on one thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from queue import SimpleQueue
from threading import Lock, Thread, local
from typing import Any, TypeVar

import numpy as np

from cnncalc.forward.memory import Reused

Tile = TypeVar("Tile")
Buffers = tuple[int, ...]
"""The numbers that each buffer of a tile holds."""
Answers = SimpleQueue[BaseException | None]


class _Helper:
    """A thread beside the caller's: it takes work from a queue and answers in another.

    ``ThreadPoolExecutor`` does the same, but its futures and locks cost 15 µs more per layer,
    and a layer takes some hundreds.
    """

    def __init__(self) -> None:
        self.work: SimpleQueue[tuple[Callable[[], object], Answers] | None] = SimpleQueue()
        Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        np.seterr(all="ignore")  # as on the first thread: what is not finite is reported
        while (handed := self.work.get()) is not None:
            work, answers = handed
            error: BaseException | None = None
            try:
                work()
            except BaseException as caught:  # raised again by the thread that waits
                error = caught
            del work, handed  # and the arrays that it knows
            answers.put(error)
            del error, answers


class _Here(local):
    """What belongs to one thread, and is freed with it: the memory of its buffers."""

    def __init__(self) -> None:
        self.memory = Reused()


_HERE = _Here()
_HELPERS: list[_Helper] = []
_SHARING = Lock()
"""Held while tiles are shared out. Who does not get it, because another thread's layer is, or
because the work is part of a tile, works alone."""


def set_threads(count: int) -> None:
    """Let the kernels use ``count`` threads, the caller's own among them."""
    with _SHARING:
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
    out says so (``share``): waking a thread takes 40 µs. A tile that has buffers calls nothing
    that takes some: there is one memory for them in a thread.
    """
    if not share or len(tiles) < 2 or not _HELPERS or not _SHARING.acquire(blocking=False):
        _work(work, tiles, buffers, dtype)
        return
    try:
        errors = _shared(work, tiles, buffers, dtype)
    finally:
        _SHARING.release()
    if errors:
        raise errors[0]


def _shared(
    work: Callable[..., object],
    tiles: Sequence[Tile],
    buffers: Buffers,
    dtype: np.dtype[Any] | None,
) -> list[BaseException]:
    """Work on tiles side by side, and return what went wrong on the helpers."""
    waiting = iter(tiles)  # every thread takes the next one
    answers: Answers = SimpleQueue()  # this call's own: nobody else's answer ends it
    handed = 0
    try:
        for helper in _HELPERS[: len(tiles) - 1]:
            helper.work.put((lambda: _work(work, waiting, buffers, dtype), answers))
            handed += 1
        _work(work, waiting, buffers, dtype)
    finally:
        for _ in waiting:
            pass  # after an error nobody begins another tile
        errors = [error for _ in range(handed) if (error := answers.get()) is not None]
    return errors


def _work(
    work: Callable[..., object],
    tiles: Iterable[Tile],
    buffers: Buffers,
    dtype: np.dtype[Any] | None,
) -> None:
    """Work on tiles until there are none left."""
    mine = _HERE.memory.arrays(buffers, dtype) if buffers and dtype is not None else ()
    for tile in tiles:
        work(tile, *mine)


def release() -> None:
    """Give back the memory of this thread's buffers, and end the helpers with theirs."""
    set_threads(1)
    _HERE.memory.release()


def _after_fork() -> None:
    """Forget the helpers: their threads are the parent's."""
    global _SHARING
    _HELPERS.clear()
    _SHARING = Lock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork)
