"""Numbers for the weights and inputs that a spec does not state: seeded, fast, not degenerate.

Independent normal numbers cost 11 ns each: for VGG-16's 138 million that is more than its forward
pass. So 131,071 numbers are drawn once, uniform with variance 1, and every array is filled with
them from a place of its own on, over and over. Their count is a prime, so rows of an array are
shifted against each other and no two filters are alike unless they are that far apart. The arrays
are real: each number is written to memory that was allocated for it.
"""

from __future__ import annotations

from math import prod, sqrt
from typing import Any
from zlib import crc32

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.layers.base import Weight

COUNT = 131_071


class Filler:
    """Fills arrays; the same seed and name give the same numbers."""

    def __init__(self, seed: int, dtype: Any) -> None:
        self.seed = seed
        self.dtype = np.dtype(dtype)
        self._drawn = _draw(seed).astype(self.dtype)

    def fill(
        self, array: Array, name: str, mean: float = 0.0, deviation: float = 1.0, skip: int = 0
    ) -> Array:
        """Fill ``array``, in memory order, and return it; ``skip`` numbers were made before."""
        factor = self.dtype.type(deviation)
        flat = array.ravel(order="K")
        start = (crc32(name.encode()) + skip) % COUNT
        head = min(COUNT - start, flat.size)
        whole = (flat.size - head) // COUNT
        rest = head + whole * COUNT
        # scaled on the way: most arrays are far shorter than what was drawn
        np.multiply(self._drawn[start : start + head], factor, out=flat[:head])
        np.multiply(self._drawn, factor, out=flat[head:rest].reshape(whole, COUNT))
        np.multiply(self._drawn[: flat.size - rest], factor, out=flat[rest:])
        if mean:
            flat += self.dtype.type(mean)
        return array

    def weight(self, weight: Weight, name: str, array: Array, skip: int = 0) -> Array:
        """Fill the array of a declared weight, or the part of it behind ``skip`` numbers."""
        deviation = weight.deviation
        if deviation is None:
            deviation = 1 / sqrt(prod(weight.shape[1:]) or 1)
        return self.fill(array, name, weight.mean, deviation, skip)


def _draw(seed: int) -> Array:
    """Return uniform numbers of mean 0 and variance 1.

    A counter put through an integer hash (splitmix64, Steele et al. 2014): loading
    ``numpy.random`` would take longer than the forward pass of a small network.
    """
    state = np.arange(1, COUNT + 1, dtype=np.uint64)
    # from a place of its own for every seed: a neighbour's would give the same numbers, shifted
    state += np.uint64((seed + 1) * 0xD1342543DE82EF95 % 2**64)
    state *= np.uint64(0x9E3779B97F4A7C15)
    shifted = np.empty_like(state)  # one array for all steps: fresh memory costs more than they
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state ^= np.right_shift(state, np.uint64(shift), out=shifted)
        state *= np.uint64(factor)
    state ^= np.right_shift(state, np.uint64(31), out=shifted)
    uniform = np.right_shift(state, np.uint64(11), out=shifted).astype(np.float64)
    uniform *= 2.0**-53
    uniform -= 0.5
    uniform *= sqrt(12)
    return uniform
