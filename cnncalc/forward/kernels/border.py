"""Pad, crop and slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnncalc.forward.arrays import Array, need_spatial
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.dispatch import run_layer, volume_of
from cnncalc.layers import border as kinds
from cnncalc.layers.axes import kept_per_axis
from cnncalc.layers.shape import Slice
from cnncalc.maths.volume import Volume

Sides = tuple[tuple[int, int], ...]
"""(before, after) for each spatial axis."""


def pad(x: Array, sides: Sides, value: float = 0.0, *, maps: int = 0) -> Array:
    """Return ``x`` with positions of one value around its spatial axes.

    So many ``maps`` of that value follow behind its own; a vector has no other sides.
    """
    rank = x.ndim - 2 if maps and not sides else need_spatial(x.shape, "pad")
    if len(sides) != rank or min(map(min, sides), default=0) < 0 or maps < 0:
        raise CannotRun(f"pad {rank} axes by {sides}, the depth by {maps}")
    if not maps and not any(map(any, sides)):
        return x
    return np.pad(x, ((0, 0), *sides, (0, maps)), constant_values=value)


def crop(x: Array, sides: Sides) -> Array:
    """Return ``x`` without some positions at either end of its spatial axes."""
    rank = need_spatial(x.shape, "crop")
    if len(sides) != rank or min(map(min, sides)) < 0:
        raise CannotRun(f"crop {rank} axes by {sides}")
    inner = (slice(before, size - after) for size, (before, after) in _sized(x, sides))
    kept = x[(slice(None), *inner)]
    if not kept.size or any(sum(side) >= size for size, side in _sized(x, sides)):
        raise CannotRun(f"cropping {sides} leaves nothing of {x.shape[1:-1]}")
    return kept


def crop_to(x: Array, spatial: tuple[int, ...]) -> Array:
    """Return the middle of ``x``; the odd position is cut at the end.

    ``spatial`` is stated by the spec, or is the shape of another array (``like``).
    """
    rank = need_spatial(x.shape, "crop")
    if len(spatial) != rank:
        raise CannotRun(f"crop {rank} axes to {spatial}")
    cut = [size - wanted for size, wanted in zip(x.shape[1:-1], spatial, strict=True)]
    if min(cut) < 0:
        raise CannotRun(f"{x.shape[1:-1]} is too small to be cropped to {spatial}")
    return crop(x, tuple((pixels // 2, pixels - pixels // 2) for pixels in cut))


def _sized(x: Array, sides: Sides) -> list[tuple[int, tuple[int, int]]]:
    return list(zip(x.shape[1:-1], sides, strict=True))


def cut(x: Array, axis: int, start: int = 0, stop: int | None = None) -> Array:
    """Return a stretch along one axis (an index of the array's shape, such as −1 for depth).

    Negative bounds count from the end.

    Raises:
        CannotRun: a bound lies outside, or nothing is left.
    """
    if not 1 <= axis % x.ndim < x.ndim or not -x.ndim <= axis < x.ndim:
        raise CannotRun(f"no axis {axis} to slice in {x.shape[1:]}")
    size = x.shape[axis]
    first = start + size if start < 0 else start
    last = size if stop is None else stop + size if stop < 0 else stop
    if not 0 <= first < last <= size:
        raise CannotRun(f"{start} to {stop} does not lie within {size}")
    return x[(*(slice(None),) * (axis % x.ndim), slice(first, last))]


@run_layer.register
def run_pad(
    layer: kinds.Pad,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the maps with pixels around them, and with maps behind them."""
    x = inputs[0]
    return pad(x, layer.borders(volume_of(x)), float(layer.value), maps=layer.depth or 0)


@run_layer.register
def run_crop(
    layer: kinds.Crop,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the middle of the maps, or what is left of them."""
    x = inputs[0]
    if layer.size is not None:
        return crop_to(x, kept_per_axis(layer.size, volume_of(x), "size"))
    if isinstance(layer.like, Volume):
        return crop_to(x, layer.like.spatial)
    return crop(x, layer.borders(volume_of(x)))


@run_layer.register
def run_slice(
    layer: Slice,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the stretch along the axis."""
    x = inputs[0]
    axis = -1 if layer.axis == "depth" else 1 + volume_of(x).axes.index(layer.axis)
    return cut(x, axis, layer.start, layer.stop)
