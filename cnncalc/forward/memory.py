"""Memory that serves one layer after another: the weights of each, and the buffers of its tiles.

Taken from the system directly and grown when it must: what NumPy's arrays are made in is given
back in pieces that the next layer's arrays do not fit, and its pages are zeroed again and again.
"""

from __future__ import annotations

import mmap
from contextlib import suppress
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

HUGE = 4 << 20
"""Bytes from which huge pages are asked for, as NumPy does: less would be rounded up by much."""
LINE = 64
"""Bytes of a cache line, on which every array begins."""


class Reused:
    """Memory for arrays that are used together, and then no more."""

    def __init__(self) -> None:
        self._memory: NDArray[Any] = np.empty(0, np.uint8)

    @property
    def size(self) -> int:
        """The bytes that are held."""
        return len(self._memory)

    def arrays(self, sizes: tuple[int, ...], dtype: np.dtype[Any]) -> list[NDArray[Any]]:
        """Return flat arrays of so many numbers, which take the place of the last ones.

        Raises:
            MemoryError: the system has not so much.
        """
        ends = (padded_bytes(size, dtype.itemsize) for size in sizes)
        places = list(accumulate(ends, initial=0))
        if len(self._memory) < places[-1]:
            self.release()  # before there is more
            self._memory = _taken(places[-1])
        return [
            self._memory[place : place + size * dtype.itemsize].view(dtype)
            for place, size in zip(places, sizes, strict=False)
        ]

    def release(self) -> None:
        """Give the memory back."""
        self._memory = np.empty(0, np.uint8)


def padded_bytes(numbers: int, itemsize: int) -> int:
    """Return the bytes that an array takes, up to the next cache line."""
    return -(-numbers * itemsize // LINE) * LINE


def _taken(size: int) -> NDArray[Any]:
    try:
        return np.frombuffer(_mapped(size), np.uint8)
    except (OSError, OverflowError) as error:
        raise MemoryError(f"{size:,} bytes") from error


def _mapped(size: int) -> mmap.mmap:
    """Return new memory, in huge pages where the system has them: a quarter of the time to fill."""
    if not hasattr(mmap, "MAP_PRIVATE"):  # Windows
        return mmap.mmap(-1, size)
    # private: what is shared, the default, a forked process would write to
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE") and size >= HUGE:
        with suppress(OSError):  # a kernel without them
            memory.madvise(mmap.MADV_HUGEPAGE)
    return memory
