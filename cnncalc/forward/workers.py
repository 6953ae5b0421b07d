"""Work shared out to threads.

NumPy releases Python's lock inside a copy, a ufunc and a matmul, so tiles of one layer run side
by side. OpenBLAS itself is best left on one thread (the command line sets it before NumPy's
import): it would share out the matmuls alone, and the copies around them would stay on one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import local
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnncalc.forward.memory import Reused

Part = TypeVar("Part")


class _Here(local):
    """What belongs to one thread: the pool that it shares work out to, and its buffers."""

    def __init__(self) -> None:
        self.pool: ThreadPoolExecutor | None = None
        self.threads = 1
        self.memory = Reused()


_HERE = _Here()


@contextmanager
def sharing(count: int) -> Iterator[None]:
    """Let this thread share out work to ``count`` threads; free all buffers at the end."""
    before = _HERE.pool, _HERE.threads
    if count == 1:
        _HERE.pool, _HERE.threads = None, 1
    else:
        # what is not finite is reported, on every thread
        _HERE.pool = ThreadPoolExecutor(count, initializer=lambda: np.seterr(all="ignore"))
        _HERE.threads = count
    try:
        yield
    finally:
        if _HERE.pool is not None:
            _HERE.pool.shutdown()
        _HERE.pool, _HERE.threads = before
        _HERE.memory = Reused()


def threads() -> int:
    """Return how many threads work is shared out to."""
    return _HERE.threads


def each(work: Callable[[Part], object], parts: Sequence[Part]) -> None:
    """Call ``work`` for every part, on several threads where there are some.

    Parts write to places of their own, so that the result does not depend on the threads. Work
    within a part is done by its own thread, which has no pool.
    """
    if _HERE.pool is None or len(parts) < 2:
        for part in parts:
            work(part)
    else:
        for _ in _HERE.pool.map(work, parts):
            pass  # raises what the work raises


def scratch(sizes: tuple[int, ...], dtype: np.dtype[Any]) -> list[NDArray[Any]]:
    """Return this thread's buffers of so many numbers, until it asks for some again."""
    return _HERE.memory.arrays(sizes, dtype)
