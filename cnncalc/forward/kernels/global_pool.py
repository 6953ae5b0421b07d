"""Pooling to a given size: global and adaptive pools."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncalc.forward.arrays import Array, need_spatial
from cnncalc.forward.kernels.dispatch import Given, compute, copies, two_on_the_way
from cnncalc.layers.axes import kept_per_axis
from cnncalc.layers.global_pool import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    GlobalAvgPool,
    GlobalMaxPool,
)


@compute.register
def global_avgpool(layer: GlobalAvgPool, given: Given) -> Array:
    """Return the mean of each map; the spatial axes stay, with one position."""
    return _over_maps(given.x, np.mean)


@compute.register
def global_maxpool(layer: GlobalMaxPool, given: Given) -> Array:
    """Return the largest number of each map; the spatial axes stay, with one position."""
    return _over_maps(given.x, np.max)


def _over_maps(x: Array, reduce: Callable[..., Array]) -> Array:
    """Reduce all spatial axes at once: rows of maps, one after the other."""
    rank = need_spatial(x, "global pooling")
    flat = x.reshape(len(x), -1, x.shape[-1])
    return reduce(flat, axis=1).reshape(len(x), *(1,) * rank, x.shape[-1])


@compute.register
def adaptive_avgpool(layer: AdaptiveAvgPool, given: Given) -> Array:
    """Return the means of windows that divide each axis into so many parts.

    The mean of a window is the mean of the means along each axis: every window along an axis is
    as wide for all positions of the others.
    """
    return _adaptive(given.x, kept_per_axis(layer.sizes, given.volume, "output"), np.mean)


@compute.register
def adaptive_maxpool(layer: AdaptiveMaxPool, given: Given) -> Array:
    """Return the largest numbers of windows that divide each axis into so many parts."""
    return _adaptive(given.x, kept_per_axis(layer.sizes, given.volume, "output"), np.max)


copies.register(AdaptiveAvgPool, two_on_the_way)
copies.register(AdaptiveMaxPool, two_on_the_way)


def window(size: int, parts: int, part: int) -> tuple[int, int]:
    """Return where a part of an axis begins and ends: ⌊i·W/out⌋ and ⌈(i + 1)·W/out⌉."""
    return part * size // parts, -((part + 1) * size // -parts)


def _adaptive(x: Array, sizes: tuple[int, ...], reduce: Callable[..., Array]) -> Array:
    """Reduce axis by axis."""
    need_spatial(x, "adaptive pooling")
    for axis, parts in enumerate(sizes, 1):
        size = x.shape[axis]
        if size == parts:
            continue
        windows = [window(size, parts, part) for part in range(parts)]
        before = (slice(None),) * axis
        pieces = [reduce(x[(*before, slice(low, high))], axis=axis) for low, high in windows]
        x = np.stack(pieces, axis)
    return x
