"""Pooling to a given size: global and adaptive pools."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from cnncalc.forward.arrays import Array, need_spatial
from cnncalc.forward.errors import CannotRun


def global_avgpool(x: Array) -> Array:
    """Return the mean of each map; the spatial axes stay, with one position."""
    need_spatial(x.shape, "global pooling")
    sums = _over_maps(x, np.add.reduce)
    sums /= prod(x.shape[1:-1])
    return sums


def global_maxpool(x: Array) -> Array:
    """Return the largest value of each map; the spatial axes stay, with one position."""
    need_spatial(x.shape, "global pooling")
    return _over_maps(x, np.maximum.reduce)


def _over_maps(x: Array, reduce: Callable[..., Array]) -> Array:
    """Reduce all spatial axes at once: rows of maps, one after the other."""
    flat = x.reshape(len(x), -1, x.shape[-1])
    return reduce(flat, axis=1).reshape(len(x), *(1,) * (x.ndim - 2), x.shape[-1])


def adaptive_avgpool(x: Array, sizes: tuple[int, ...]) -> Array:
    """Return the means of windows that divide each axis into so many parts."""
    return _adaptive(x, sizes, _mean)


def adaptive_maxpool(x: Array, sizes: tuple[int, ...]) -> Array:
    """Return the largest values of windows that divide each axis into so many parts."""
    return _adaptive(x, sizes, np.maximum.reduce)


def _mean(part: Array, axis: int) -> Array:
    mean: Array = np.add.reduce(part, axis=axis) / part.dtype.type(part.shape[axis])
    return mean


def _adaptive(x: Array, sizes: tuple[int, ...], reduce: Callable[..., Array]) -> Array:
    """Reduce axis by axis; window i reaches from ⌊i·W/out⌋ to ⌈(i + 1)·W/out⌉.

    A mean over windows is the mean of the means along each axis: every window along an axis is
    as wide for all positions of the others.
    """
    rank = need_spatial(x.shape, "adaptive pooling")
    if len(sizes) != rank or min(sizes) < 1:
        raise CannotRun(f"adaptive pooling of {rank} axes to {sizes}")
    for axis, parts in enumerate(sizes, 1):
        size = x.shape[axis]
        if size == parts:
            continue
        windows = [(part * size // parts, -((part + 1) * size // -parts)) for part in range(parts)]
        before = (slice(None),) * axis
        pieces = [reduce(x[(*before, slice(low, high))], axis=axis) for low, high in windows]
        x = np.stack(pieces, axis)
    return x
