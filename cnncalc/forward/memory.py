"""Memory that serves one layer after another: the weights of each, and the buffers of its tiles.

Taken from the system directly and grown when it must: what NumPy's arrays are made in is given
back in pieces that the next layer's arrays do not fit, and its pages are zeroed again and again.
"""

from __future__ import annotations

from itertools import accumulate
from mmap import mmap
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
        places = list(accumulate((lines(size, dtype.itemsize) for size in sizes), initial=0))
        if len(self._memory) < places[-1]:
            self._memory = np.empty(0, np.uint8)  # given back before there is more
            self._memory = _taken(places[-1])
        return [
            self._memory[place : place + size * dtype.itemsize].view(dtype)
            for place, size in zip(places, sizes, strict=False)
        ]


def lines(numbers: int, itemsize: int) -> int:
    """Return the bytes that an array takes."""
    return -(-numbers * itemsize // LINE) * LINE


def _taken(size: int) -> NDArray[Any]:
    try:
        return np.frombuffer(mmap(-1, size), np.uint8)
    except (OSError, OverflowError) as error:
        raise MemoryError(f"{size:,} bytes") from error
