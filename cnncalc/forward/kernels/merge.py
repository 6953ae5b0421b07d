"""Layers that join arrays: add and its like, multiply, concat."""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun
from cnncalc.forward.kernels.dispatch import Given, compute
from cnncalc.layers.merge import (
    Add,
    Combined,
    Concat,
    Divide,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)

FUNCTIONS: dict[type[Combined], np.ufunc] = {
    Add: np.add,
    Subtract: np.subtract,
    Divide: np.divide,
    Maximum: np.maximum,
    Minimum: np.minimum,
}


@compute.register
def combined(layer: Combined, given: Given) -> Array:
    """Return a function of equal arrays, applied from left to right; x/0 is infinite."""
    if len({array.shape for array in given.inputs}) != 1:
        raise CannotRun(f"arrays of {_shapes(given)} cannot be combined")
    function = FUNCTIONS[type(layer)]
    result, *others = given.inputs
    with np.errstate(divide="ignore", invalid="ignore"):
        for place, other in enumerate(others):
            result = function(result, other, out=result if place else given.out)
    return result


@compute.register
def multiply(layer: Multiply, given: Given) -> Array:
    """Return the product; axes of size 1 are repeated, and a vector scales the maps."""
    rank = max(array.ndim for array in given.inputs)
    spread = [_spread(array, rank) for array in given.inputs]
    if any(array.ndim != rank or len(array) != len(given.x) for array in spread):
        raise CannotRun(f"arrays of {_shapes(given)} cannot be multiplied")
    first, second, *others = spread
    result = np.multiply(first, second)
    for other in others:
        result = np.multiply(result, other)
    return result


def _spread(array: Array, rank: int) -> Array:
    """Return a vector (N, C) as (N, 1, …, C)."""
    if array.ndim != 2:
        return array
    return array.reshape(len(array), *(1,) * (rank - 2), array.shape[1])


@compute.register
def concat(layer: Concat, given: Given) -> Array:
    """Return the inputs one after the other along the axis; the other axes are equal."""
    axes = given.volume.axes
    axis = -1 if layer.axis == "depth" else 1 + axes.index(layer.axis)
    return np.concatenate(given.inputs, axis=axis)


def _shapes(given: Given) -> str:
    return ", ".join("×".join(map(str, array.shape[1:])) for array in given.inputs)
