"""Pad and crop."""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun, need_spatial
from cnncalc.forward.kernels.dispatch import Given, compute
from cnncalc.layers.axes import kept_per_axis
from cnncalc.layers.border import Crop, Pad
from cnncalc.maths.volume import Volume

Sides = tuple[tuple[int, int], ...]
"""(before, after) for each spatial axis."""


@compute.register
def pad(layer: Pad, given: Given) -> Array:
    """Return positions of one value around the maps, and so many maps of it behind them.

    Other modes take the positions from the maps themselves.
    """
    if layer.depth is None:
        need_spatial(given.x, "pad")
    around = ((0, 0), *layer.borders(given.volume), (0, layer.depth or 0))
    if layer.mode == "constant":
        return np.pad(given.x, around, constant_values=float(layer.value))
    return np.pad(given.x, around, mode=layer.mode)


@compute.register
def crop(layer: Crop, given: Given) -> Array:
    """Return the middle of the maps, or what is left of them."""
    need_spatial(given.x, "crop")
    if layer.size is not None:
        return _crop_to(given.x, kept_per_axis(layer.size, given.volume, "size"))
    if isinstance(layer.like, Volume):
        return _crop_to(given.x, layer.like.spatial)
    return _crop(given.x, layer.borders(given.volume))


def _crop_to(x: Array, spatial: tuple[int, ...]) -> Array:
    """Return the middle of ``x``; the odd position is cut at the end."""
    if len(spatial) != x.ndim - 2:
        raise CannotRun(f"crop {x.shape[1:-1]} to {spatial}")
    cut = [size - wanted for size, wanted in zip(x.shape[1:-1], spatial, strict=True)]
    return _crop(x, tuple((pixels // 2, pixels - pixels // 2) for pixels in cut))


def _crop(x: Array, sides: Sides) -> Array:
    """Return ``x`` without some positions at either end of its spatial axes."""
    sized = list(zip(x.shape[1:-1], sides, strict=True))
    if any(min(side) < 0 or sum(side) >= size for size, side in sized):
        raise CannotRun(f"{x.shape[1:-1]} cannot be cropped by {sides}")
    inner = (slice(before, size - after) for size, (before, after) in sized)
    return x[(slice(None), *inner)]
