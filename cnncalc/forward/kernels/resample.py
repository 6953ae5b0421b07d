"""Pixels between space and depth: upsample, shuffles."""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun, need_spatial
from cnncalc.forward.kernels.dispatch import Given, compute, copies, two_on_the_way
from cnncalc.layers.axes import kept_per_axis, per_axis
from cnncalc.layers.resample import ChannelShuffle, PixelShuffle, SpaceToDepth, Upsample


@compute.register
def upsample(layer: Upsample, given: Given) -> Array:
    """Enlarge (or shrink, with a ``size``) every spatial axis.

    Each axis by itself: see :class:`cnncalc.layers.resample.Upsample` for what each mode reads.
    """
    x, volume = given.x, given.volume
    need_spatial(x, "upsample")
    if layer.size is not None:
        wanted = kept_per_axis(layer.size, volume, "size")
    else:
        assert layer.factor is not None
        factors = per_axis(layer.factor, volume, "factor")
        wanted = tuple(size * by for size, by in zip(volume.spatial, factors, strict=True))
    for axis, target in enumerate(wanted, 1):
        if x.shape[axis] != target:
            x = _resized(layer, x, axis, target)
    return x


copies.register(Upsample, two_on_the_way)


def _resized(layer: Upsample, x: Array, axis: int, wanted: int) -> Array:
    """Return ``x`` with ``wanted`` pixels along an axis."""
    size, places = x.shape[axis], np.arange(wanted)
    if layer.mode == "nearest":
        return _taken(x, axis, places * size // wanted)
    if layer.mode == "nearest-exact":
        return _taken(x, axis, (2 * places + 1) * size // (2 * wanted))
    if layer.align_corners:
        centres = places * (size - 1) / max(wanted - 1, 1)
    else:
        centres = (places + 0.5) * size / wanted - 0.5
    return (_linear if layer.mode == "bilinear" else _cubic)(x, axis, centres)


def _taken(x: Array, axis: int, places: Array) -> Array:
    taken: Array = np.take(x, places, axis=axis, mode="clip")
    return taken


KEYS = -0.75
"""The a of cubic convolution (Keys 1981), as in PyTorch and ONNX."""


def _cubic(x: Array, axis: int, centres: Array) -> Array:
    """Blend the four pixels around each centre, the border's repeated."""
    low = np.floor(centres).astype(np.intp)
    total: Array | None = None
    for tap in (-1, 0, 1, 2):
        far = np.abs(centres - low - tap)
        near = (KEYS + 2) * far**3 - (KEYS + 3) * far**2 + 1
        outer = KEYS * (far**3 - 5 * far**2 + 8 * far - 4)
        share = np.where(far <= 1, near, outer).astype(x.dtype)
        part = _taken(x, axis, low + tap)
        part *= share.reshape(-1, *(1,) * (x.ndim - 1 - axis))
        total = part if total is None else np.add(total, part, out=total)
    assert total is not None
    return total


def _linear(x: Array, axis: int, centres: Array) -> Array:
    """Blend the two pixels around each centre, the border's repeated."""
    size = x.shape[axis]
    centres = np.clip(centres, 0, size - 1)
    low = np.floor(centres).astype(np.intp)
    share = (centres - low).astype(x.dtype).reshape(-1, *(1,) * (x.ndim - 1 - axis))
    first: Array = np.take(x, low, axis=axis)
    second: Array = np.take(x, np.minimum(low + 1, size - 1), axis=axis)
    second -= first
    second *= share
    second += first
    return second


@compute.register
def pixel_shuffle(layer: PixelShuffle, given: Given) -> Array:
    """Turn each pixel's C·rⁿ numbers into a block of r×…×r pixels of C.

    The depth holds the map first, then the row in the block and the column (``crd``: PyTorch), or
    the map last (``dcr``: TensorFlow, ONNX).
    """
    x, factor = given.x, layer.factor
    rank = need_spatial(x, "pixel_shuffle")
    if x.shape[-1] % factor**rank:
        raise CannotRun(f"a depth of {x.shape[-1]} does not divide by {factor}^{rank}")
    depth = x.shape[-1] // factor**rank
    block = (factor,) * rank
    if layer.order == "dcr":
        split = x.reshape(*x.shape[:-1], *block, depth)
    else:
        split = np.moveaxis(x.reshape(*x.shape[:-1], depth, *block), rank + 1, -1)
    order = [0]
    for axis in range(1, rank + 1):
        order += [axis, rank + axis]
    moved = split.transpose(*order, 2 * rank + 1)
    return moved.reshape(len(x), *(size * factor for size in x.shape[1:-1]), depth)


@compute.register
def space_to_depth(layer: SpaceToDepth, given: Given) -> Array:
    """Turn each block of r×…×r pixels of C into one pixel of C·rⁿ; undoes ``pixel_shuffle``."""
    x, factor = given.x, layer.factor
    rank = need_spatial(x, "space_to_depth")
    if any(size % factor for size in x.shape[1:-1]):
        raise CannotRun(f"{factor} does not divide {x.shape[1:-1]}")
    shape = [len(x)]
    for size in x.shape[1:-1]:
        shape += [size // factor, factor]
    split = x.reshape(*shape, x.shape[-1])
    pixels, blocks = range(1, 2 * rank, 2), range(2, 2 * rank + 1, 2)
    maps = 2 * rank + 1
    inner = (*blocks, maps) if layer.order == "dcr" else (maps, *blocks)
    moved = split.transpose(0, *pixels, *inner)
    return moved.reshape(*moved.shape[: rank + 1], -1)


@compute.register
def channel_shuffle(layer: ChannelShuffle, given: Given) -> Array:
    """Deal the maps of the groups out: first one of each group, then the second of each."""
    x, groups = given.x, layer.groups
    depth = x.shape[-1]
    if depth % groups:
        raise CannotRun(f"{groups} groups do not divide {depth} maps")
    split = x.reshape(*x.shape[:-1], groups, depth // groups)
    return np.ascontiguousarray(np.swapaxes(split, -1, -2)).reshape(x.shape)
