"""Memory that serves one layer after another: the weights of each, and the buffers of its tiles."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

LINE = 64
"""Bytes of a cache line: every array begins at a multiple of it, so that no two share one."""


class Reused:
    """Memory for arrays that are used together, and then no more.

    Fresh memory costs more than filling it: the system zeroes its pages first.
    """

    def __init__(self) -> None:
        self._memory: NDArray[np.uint8] = np.empty(0, np.uint8)

    def arrays(self, sizes: tuple[int, ...], dtype: np.dtype[Any]) -> list[NDArray[Any]]:
        """Return flat arrays of so many numbers, which take the place of the last ones.

        Raises:
            MemoryError: the system has not so much.
        """
        lines = (-(-size * dtype.itemsize // LINE) * LINE for size in sizes)
        places = list(accumulate(lines, initial=0))
        if len(self._memory) < places[-1]:
            self._memory = np.empty(0, np.uint8)  # freed before there is more
            try:
                self._memory = np.empty(places[-1], np.uint8)
            except ValueError as error:  # more than any array may have
                raise MemoryError(f"{places[-1]:,} bytes") from error
        return [
            self._memory[place : place + size * dtype.itemsize].view(dtype)
            for place, size in zip(places, sizes, strict=False)
        ]
