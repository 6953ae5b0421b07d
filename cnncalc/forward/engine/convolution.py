"""Convolution: z[i, j, k] = b[k] + Σ over u, v, c of x[i·s + u·d, j·s + v·d, c] · w[k, c, u, v]."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnncalc.forward.arrays import Array, CannotRun
from cnncalc.forward.engine.tiles import Tile, contiguous, cut, numbers_under, seen
from cnncalc.forward.slide import Slide, slide
from cnncalc.forward.workers import each, scratch, threads

SHARED = 8 << 20
"""Multiplications below which a second thread costs more than it saves."""

_ABSENT = slide(1, 1, 1, 1, (0, 0), "strict")
"""An axis that the array does not have."""


def conv(
    x: Array,
    kernel: Array,
    axes: tuple[Slide, ...],
    bias: Array | None = None,
    *,
    groups: int = 1,
    activation: Callable[[Array, Array], object] | None = None,
) -> Array:
    """Convolve (N, *spatial, C) with a kernel of (K, C/G, *kernel) to (N, *windows, K).

    ``axes`` say how the windows lie. ``activation(source, target)`` is applied to each tile.

    Raises:
        CannotRun: the arrays do not fit.
    """
    _check(x, kernel, axes, bias, groups)
    filters, deep = kernel.shape[:2]
    depthwise = deep == 1 and groups > 1
    three = (_ABSENT,) * (3 - len(axes)) + axes
    dtype = np.result_type(x, kernel)
    images = np.ascontiguousarray(x, dtype).reshape(len(x), *(a.size for a in three), x.shape[-1])
    out = np.empty((len(x), *(axis.count for axis in three), filters), dtype)
    patch = x.shape[-1] if depthwise else kernel[0].size
    share = out.size * kernel[0].size >= SHARED
    under = x.shape[-1] * prod(axis.stride for axis in three[1:])  # input numbers for a position
    room = max(patch, under) * dtype.itemsize
    tiles = cut(len(x), three, room, threads() if share else 1)
    buffers = (numbers_under(tiles[0], three, x.shape[-1]), tiles[0].positions * patch)
    innermost = np.moveaxis(kernel, 1, -1)  # (K, *kernel, C/G)
    if depthwise:
        compute, weights = _depthwise, _by_taps(innermost, groups)
    else:
        compute, weights = _patches, innermost.reshape(groups, filters // groups, -1)

    def work(tile: Tile) -> None:
        around, copied = scratch(buffers, dtype)
        target = tile.of(out)
        compute(seen(images[tile.image], tile, three, around), weights, target, copied)
        if bias is not None:
            np.add(target, bias, out=target)
        if activation is not None:
            activation(target, target)

    each(work, tiles)
    return out.reshape(len(x), *(axis.count for axis in axes), filters)


def _check(
    x: Array, kernel: Array, axes: tuple[Slide, ...], bias: Array | None, groups: int
) -> None:
    """Raise ``CannotRun`` when the arrays do not fit."""
    filters, deep, *sizes = kernel.shape
    if sizes != [axis.kernel for axis in axes]:
        raise CannotRun(f"weights of {kernel.shape} for windows {[axis.kernel for axis in axes]}")
    if groups < 1 or filters % groups or deep * groups != x.shape[-1]:
        raise CannotRun(f"{groups} groups of {filters} filters for {deep} of {x.shape[-1]} maps")
    if bias is not None and bias.shape != (filters,):
        raise CannotRun(f"a bias of {bias.shape} for {filters} filters")


def _patches(windows: Array, weights: Array, target: Array, buffer: Array) -> None:
    """Multiply the patches of each group with its weights (K/G, F·F·C/G)."""
    groups, filters, _ = weights.shape
    deep = windows.shape[-1] // groups
    for group, matrix in enumerate(weights):
        patches = contiguous(windows[..., group * deep : (group + 1) * deep], buffer)
        np.matmul(patches, matrix.T, out=target[:, group * filters : (group + 1) * filters])


def _depthwise(windows: Array, weights: Array, target: Array, buffer: Array) -> None:
    """Multiply each map with the weights (frames, rows, columns, C, K/C) of its own filters."""
    into = target.reshape(*windows.shape[:3], *weights.shape[3:])
    _, rows, columns, *taps, depth = windows.shape
    if windows.strides[2] == depth * windows.itemsize and weights.shape[-1] == 1:
        # neighbouring columns: one long axis for both, which is what makes a loop fast
        steps = [windows.strides[axis] for axis in (0, 1, 3, 4, 5, 6)]
        joined = as_strided(windows, (1, rows, *taps, columns * depth), steps, writeable=False)
        tiled = np.tile(weights[..., 0], columns)
        np.einsum("trfuvj,fuvj->trj", joined, tiled, out=into.reshape(1, rows, -1))
        return
    np.einsum("trcfuvk,fuvkm->trckm", windows, weights, out=into)


def _by_taps(kernel: Array, groups: int) -> Array:
    """Return the (frames, rows, columns, C, K/C) of a depthwise kernel (K, *kernel, 1)."""
    *sizes, _ = kernel.shape[1:]
    taps_first = np.moveaxis(kernel[..., 0], 0, -1)
    shape = (*(1,) * (3 - len(sizes)), *sizes, groups, -1)
    return np.ascontiguousarray(taps_first).reshape(shape)
