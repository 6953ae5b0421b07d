"""Reshape and slice."""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun
from cnncalc.forward.kernels.dispatch import Given, compute, copies, two_on_the_way
from cnncalc.layers.shape import Reshape, Slice


@compute.register
def reshape(layer: Reshape, given: Given) -> Array:
    """Return the same numbers in the stated shape, both read map by map, row by row."""
    x, wanted = given.x, layer.shape
    line = np.moveaxis(x, -1, 1).reshape(len(x), -1)
    try:
        shaped = line.reshape(len(x), wanted.depth, *wanted.spatial)
    except ValueError:
        raise CannotRun(f"{line.shape[1]} numbers do not fill {wanted}") from None
    return np.ascontiguousarray(np.moveaxis(shaped, 1, -1))


copies.register(Reshape, two_on_the_way)


@compute.register
def cut(layer: Slice, given: Given) -> Array:
    """Return a stretch along one axis; negative bounds count from the end."""
    volume = given.volume
    axis = volume.rank + 1 if layer.axis == "depth" else 1 + volume.axes.index(layer.axis)
    size, stop = given.x.shape[axis], layer.stop
    first = layer.start + size if layer.start < 0 else layer.start
    last = size if stop is None else stop + size if stop < 0 else stop
    if not 0 <= first < last <= size:
        raise CannotRun(f"{layer.start} to {stop} does not lie within {size}")
    return given.x[(*(slice(None),) * axis, slice(first, last))]
