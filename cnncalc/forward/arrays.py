"""What every kernel file needs: the array type, and blocks that stay in the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncalc.forward.workers import each

Array = NDArray[Any]
"""float32 or float64, channels last: (N, C), (N, L, C), (N, H, W, C) or (N, T, H, W, C)."""

BLOCK = 1 << 16
"""Numbers of a block that element-wise work takes at once: it stays in the L2 cache."""


class CannotRun(Exception):
    """The arrays do not fit the layer: there is no such result."""


def need_spatial(x: Array, what: str) -> int:
    """Return the number of spatial axes.

    Raises:
        CannotRun: there is none, or more than three.
    """
    rank = x.ndim - 2
    if not 1 <= rank <= 3:
        raise CannotRun(f"{what} needs 1 to 3 spatial axes, not {rank}")
    return rank


def by_positions(work: Callable[[Array, Array], object], x: Array, out: Array | None) -> Array:
    """Apply ``work(source, target)`` to blocks (positions, C) of an array, and return the result.

    ``out`` may be ``x`` itself. Several passes over a block cost little more than one, because
    the block is still in the cache.
    """
    source = np.ascontiguousarray(x)
    out = np.empty(x.shape, x.dtype) if out is None else out
    if not out.flags.c_contiguous:
        work(x, out)
        return out
    depth = x.shape[-1]
    lines, results = source.reshape(-1, depth), out.reshape(-1, depth)
    step = max(1, BLOCK // depth)

    def one(first: int) -> None:
        work(lines[first : first + step], results[first : first + step])

    each(one, range(0, len(lines), step))
    return out
