"""Weights made while they are used, a few units at a time.

The dense layers of VGG-16 have 494 MB of weights, each used once per image. Made as a whole, they
wait for the system to zero new pages, go to main memory and come back; a block of 1 MiB that is
contracted while it is in the cache saves all three, and the memory (``benchmarks/forward.py``,
vgg16: cold).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncalc.forward.arrays import Array

BLOCK = 1 << 20
"""Bytes of a block, which stay in the L2 cache beside the numbers that it is filled with."""

Fill = Callable[[Array, int], object]
"""``fill(array, skip)`` writes the numbers that come after the first ``skip``."""


class Stream:
    """An array (units, inputs) that is never there as a whole.

    ``size`` counts the numbers that were made so far: what nobody asks for is not counted.
    """

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any], fill: Fill) -> None:
        self.shape = shape
        self.dtype = dtype
        self._fill = fill
        self._made: dict[int, int] = {}  # by first unit: a block made twice counts once

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def size(self) -> int:
        """The numbers that were made."""
        return sum(self._made.values())

    @property
    def units(self) -> int:
        """How many units a block has."""
        return units_at_once(self.shape, self.dtype.itemsize)

    def block(self, first: int, buffer: Array) -> Array:
        """Make the weights of ``units`` units from ``first`` on, in the buffer."""
        inputs = self.shape[1]
        made = buffer[: min(self.units, len(self) - first) * inputs]
        self._fill(made, first * inputs)
        self._made[first] = made.size
        return made.reshape(-1, inputs)


def units_at_once(shape: tuple[int, ...], itemsize: int) -> int:
    """Return how many units a block of (units, inputs) has."""
    return max(1, BLOCK // (shape[1] * itemsize))
