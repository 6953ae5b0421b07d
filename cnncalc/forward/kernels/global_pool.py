"""Pooling to a given size: global and adaptive pools."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod

import numpy as np

from cnncalc.forward.arrays import Array, need_spatial
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.dispatch import run_layer, volume_of
from cnncalc.layers import global_pool as kinds
from cnncalc.layers.axes import kept_per_axis


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


@run_layer.register
def run_global_avgpool(
    layer: kinds.GlobalAvgPool,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the mean of each map."""
    return global_avgpool(inputs[0])


@run_layer.register
def run_global_maxpool(
    layer: kinds.GlobalMaxPool,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the largest number of each map."""
    return global_maxpool(inputs[0])


@run_layer.register
def run_adaptive_avgpool(
    layer: kinds.AdaptiveAvgPool,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the mean of each window."""
    return adaptive_avgpool(inputs[0], kept_per_axis(layer.sizes, volume_of(inputs[0]), "output"))


@run_layer.register
def run_adaptive_maxpool(
    layer: kinds.AdaptiveMaxPool,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the largest number of each window."""
    return adaptive_maxpool(inputs[0], kept_per_axis(layer.sizes, volume_of(inputs[0]), "output"))
