"""Reshape, and pixels between space and depth: upsample, shuffles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnncalc.forward.arrays import Array, need_spatial, per_axis
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.dispatch import run_layer, volume_of
from cnncalc.layers import resample as kinds
from cnncalc.layers.axes import kept_per_axis
from cnncalc.layers.axes import per_axis as stated_per_axis
from cnncalc.layers.shape import Reshape


def reshape(x: Array, depth: int, spatial: tuple[int, ...] = ()) -> Array:
    """Return the same numbers in another shape, both read map by map, row by row."""
    line = np.moveaxis(x, -1, 1).reshape(len(x), -1)
    try:
        shaped = line.reshape(len(x), depth, *spatial)
    except ValueError:
        raise CannotRun(f"{line.shape[1]} numbers do not fill {spatial} of {depth}") from None
    return np.ascontiguousarray(np.moveaxis(shaped, 1, -1))


def upsample(
    x: Array,
    *,
    factor: tuple[int, ...] | None = None,
    size: tuple[int, ...] | None = None,
    mode: str = "nearest",
) -> Array:
    """Enlarge (or shrink, with a ``size``) every spatial axis.

    ``nearest``: output i reads input ⌊i·W/out⌋. ``bilinear``: linear along every axis between
    pixel centres at ½, the borders repeated.
    """
    rank = need_spatial(x.shape, "upsample")
    if (factor is None) == (size is None):
        raise CannotRun("upsample takes a factor or a size")
    if size is None:
        factors = per_axis(factor, rank, 1, "factor")
        places = [np.repeat(np.arange(n), by) for n, by in zip(x.shape[1:], factors, strict=False)]
        wanted = tuple(len(place) for place in places[:rank])
    else:
        wanted = per_axis(size, rank, 1, "size")
    if min(wanted) < 1:
        raise CannotRun(f"upsample to {wanted}")
    along = {"nearest": _nearest, "bilinear": _linear}.get(mode)
    if along is None:
        raise CannotRun(f"upsample by {mode}")
    for axis, target in enumerate(wanted, 1):
        if x.shape[axis] != target:
            x = along(x, axis, target)
    return x


def _nearest(x: Array, axis: int, wanted: int) -> Array:
    taken: Array = np.take(x, np.arange(wanted) * x.shape[axis] // wanted, axis=axis)
    return taken


def _linear(x: Array, axis: int, wanted: int) -> Array:
    """Blend the two pixels around each new centre: (i + ½)·W/out − ½."""
    size = x.shape[axis]
    centres = np.clip((np.arange(wanted) + 0.5) * size / wanted - 0.5, 0, size - 1)
    low = np.floor(centres).astype(np.intp)
    share = (centres - low).astype(x.dtype).reshape(-1, *(1,) * (x.ndim - 1 - axis))
    first: Array = np.take(x, low, axis=axis)
    second: Array = np.take(x, np.minimum(low + 1, size - 1), axis=axis)
    second -= first
    second *= share
    second += first
    return second


def pixel_shuffle(x: Array, factor: int) -> Array:
    """Turn each pixel's C·rⁿ numbers into a block of r×…×r pixels of C.

    The depth is read as PyTorch does (ONNX: CRD): the map first, then the row in the block, then
    the column.
    """
    rank = need_spatial(x.shape, "pixel_shuffle")
    block = (factor,) * rank
    if factor < 1 or x.shape[-1] % factor**rank:
        raise CannotRun(f"a depth of {x.shape[-1]} does not divide by {factor}^{rank}")
    depth = x.shape[-1] // factor**rank
    split = x.reshape(*x.shape[:-1], depth, *block)
    order = [0]
    for axis in range(rank):
        order += [1 + axis, rank + 2 + axis]
    moved = split.transpose(*order, rank + 1)
    return moved.reshape(len(x), *(size * factor for size in x.shape[1:-1]), depth)


def space_to_depth(x: Array, factor: int) -> Array:
    """Turn each block of r×…×r pixels of C into one pixel of C·rⁿ; undoes ``pixel_shuffle``."""
    rank = need_spatial(x.shape, "space_to_depth")
    if factor < 1 or any(size % factor for size in x.shape[1:-1]):
        raise CannotRun(f"{factor} does not divide {x.shape[1:-1]}")
    shape = [len(x)]
    for size in x.shape[1:-1]:
        shape += [size // factor, factor]
    split = x.reshape(*shape, x.shape[-1])
    pixels, blocks = range(1, 2 * rank, 2), range(2, 2 * rank + 1, 2)
    moved = split.transpose(0, *pixels, 2 * rank + 1, *blocks)
    return moved.reshape(*moved.shape[: rank + 1], -1)


def channel_shuffle(x: Array, groups: int) -> Array:
    """Deal the maps of the groups out: first one of each group, then the second of each."""
    depth = x.shape[-1]
    if groups < 1 or depth % groups:
        raise CannotRun(f"{groups} groups do not divide {depth} maps")
    split = x.reshape(*x.shape[:-1], groups, depth // groups)
    return np.ascontiguousarray(np.swapaxes(split, -1, -2)).reshape(x.shape)


@run_layer.register
def run_reshape(
    layer: Reshape,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the same numbers in the stated shape."""
    return reshape(inputs[0], layer.shape.depth, layer.shape.spatial)


@run_layer.register
def run_upsample(
    layer: kinds.Upsample,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the enlarged maps."""
    x, volume = inputs[0], volume_of(inputs[0])
    if layer.size is not None:
        return upsample(x, size=kept_per_axis(layer.size, volume, "size"), mode=layer.mode)
    assert layer.factor is not None
    factor = stated_per_axis(layer.factor, volume, "factor")
    return upsample(x, factor=factor, mode=layer.mode)


@run_layer.register
def run_pixel_shuffle(
    layer: kinds.PixelShuffle,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return depth moved into space."""
    return pixel_shuffle(inputs[0], layer.factor)


@run_layer.register
def run_space_to_depth(
    layer: kinds.SpaceToDepth,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return space moved into depth."""
    return space_to_depth(inputs[0], layer.factor)


@run_layer.register
def run_channel_shuffle(
    layer: kinds.ChannelShuffle,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the maps, dealt out over the groups."""
    return channel_shuffle(inputs[0], layer.groups)
