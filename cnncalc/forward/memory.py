"""Memory that serves one layer after another: the weights of each, and the buffers of its tiles.

Taken from the system directly and grown when it must: what NumPy's arrays are made in is given
back in pieces that the next layer's arrays do not fit, and its pages are zeroed again and again.
"""

from __future__ import annotations

import mmap
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
        if hasattr(mmap, "MAP_PRIVATE"):  # shared, the default, a forked process would write to it
            memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        else:
            memory = mmap.mmap(-1, size)
        return np.frombuffer(memory, np.uint8)
    except (OSError, OverflowError) as error:
        raise MemoryError(f"{size:,} bytes") from error
