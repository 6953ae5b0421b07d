"""Weights made while they are used, some units at a time.

The dense layers of VGG-16 have 494 MB of weights, each used once per image. Made as a whole, they
wait for the system to zero new pages, go to main memory and come back: VGG-16 then takes three
times as long. A block of 1 MiB is multiplied while it is in the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncalc.forward.arrays import Array

BLOCK = 1 << 20
"""Bytes of a block, which stay in the L2 cache together with the numbers that fill it."""

Fill = Callable[[Array, int], object]
"""``fill(array, skip)`` writes the numbers that come after the first ``skip``."""


class Stream:
    """An array (units, inputs) that is never there as a whole.

    ``size`` counts the numbers that were made so far, not those that were never asked for.
    """

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any], fill: Fill) -> None:
        self.shape = shape
        self.dtype = dtype
        self.units = max(1, BLOCK // (shape[1] * dtype.itemsize))
        self._fill = fill
        self._made: dict[int, int] = {}  # by first unit: a block made twice counts once

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def size(self) -> int:
        """The numbers that were made."""
        return sum(self._made.values())

    def block(self, first: int, buffer: Array) -> Array:
        """Fill the buffer with the weights of the units from ``first`` on."""
        inputs = self.shape[1]
        self._fill(buffer, first * inputs)
        self._made[first] = buffer.size
        return buffer.reshape(-1, inputs)
