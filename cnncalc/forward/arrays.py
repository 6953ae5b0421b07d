"""What every kernel file needs: the array type, and blocks that stay in the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncalc.forward.errors import CannotRun
from cnncalc.forward.workers import each

Array = NDArray[Any]
"""float32 or float64, channels last: (N, C), (N, L, C), (N, H, W, C) or (N, T, H, W, C)."""

BLOCK = 1 << 16
"""Elements of a block in element-wise kernels: a block and its scratch stay in the L2 cache."""

ONE_PASS = 1 << 18
"""Elements of a block that one or two NumPy calls work on: threads share them out, that is all."""

LONG = 5120
"""Numbers in a row with which NumPy's ufuncs run at full speed against a repeated row. Up to
4096 they take half as long again."""


def need_spatial(shape: tuple[int, ...], what: str) -> int:
    """Return the number of spatial axes of an array of this shape.

    Raises:
        CannotRun: there is none, or more than three.
    """
    rank = len(shape) - 2
    if not 1 <= rank <= 3:
        raise CannotRun(f"{what} needs 1 to 3 spatial axes, not {rank}")
    return rank


def per_axis(value: tuple[int, ...] | None, rank: int, default: int, what: str) -> tuple[int, ...]:
    """Return one number for each spatial axis.

    Raises:
        CannotRun: the tuple has another length than the array has axes.
    """
    if value is None:
        return (default,) * rank
    if len(value) != rank:
        raise CannotRun(f"{what} has {len(value)} numbers for {rank} axes")
    return value


def result_for(x: Array, out: Array | None) -> Array:
    """Return ``out``, or a new array like ``x``."""
    return np.empty(x.shape, x.dtype) if out is None else out


def blockwise(work: Callable[[Array, Array], object], x: Array, out: Array | None) -> Array:
    """Apply an element-wise ``work(source, target)`` block by block.

    ``out`` may be ``x`` itself. Several passes over a block cost little more than one, because
    the block is still in the cache.
    """
    out = result_for(x, out)
    if not (x.flags.c_contiguous and out.flags.c_contiguous):
        work(x, out)
        return out
    source, target = x.reshape(-1), out.reshape(-1)

    def one(start: int) -> None:
        work(source[start : start + BLOCK], target[start : start + BLOCK])

    each(one, range(0, x.size, BLOCK))
    return out


def along_rows(maps: Array) -> Array:
    """Repeat values of (n, C) or (C,) along the last axis, to more than ``LONG`` numbers."""
    return np.tile(maps, LONG // maps.shape[-1] + 1)


def by_maps(
    work: Callable[[Array, Array, Array], object], x: Array, tiled: Array, out: Array | None
) -> Array:
    """Apply ``work(source, target, values)`` where every map (last axis) has values of its own.

    ``tiled`` are the values from :func:`along_rows`. The array is cut into rows as long, so that
    NumPy's inner loop is.
    """
    out = result_for(x, out)
    if not (x.flags.c_contiguous and out.flags.c_contiguous):
        work(x, out, tiled[..., : x.shape[-1]])
        return out
    width = tiled.shape[-1]
    source, target = x.reshape(-1), out.reshape(-1)
    step = max(1, ONE_PASS // width) * width

    def one(start: int) -> None:
        a, o = source[start : start + step], target[start : start + step]
        whole = a.size // width * width
        if whole:
            work(a[:whole].reshape(-1, width), o[:whole].reshape(-1, width), tiled)
        if whole < a.size:
            work(a[whole:], o[whole:], tiled[..., : a.size - whole])

    each(one, range(0, x.size, step))
    return out


def need_sizes(kernel: Array, sizes: tuple[int, ...]) -> Array:
    """Return a kernel whose last axes have the sizes of the layer's windows.

    Raises:
        CannotRun: it has others; with ``same`` padding the output would not show it.
    """
    own = kernel.shape[-len(sizes) :]
    if own != sizes:
        raise CannotRun(f"weights of {_times(own)} for windows of {_times(sizes)}")
    return kernel


def _times(sizes: tuple[int, ...]) -> str:
    return "×".join(map(str, reversed(sizes)))
