"""Layers that join arrays: add, multiply, concat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod

import numpy as np

from cnncalc.forward.arrays import ONE_PASS, Array
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.dispatch import run_layer, volume_of
from cnncalc.forward.workers import each
from cnncalc.layers import merge as kinds


def add(*arrays: Array, out: Array | None = None) -> Array:
    """Return the sum of equal arrays."""
    if len({array.shape for array in arrays}) != 1:
        raise CannotRun(f"arrays of {_shapes(arrays)} cannot be added")
    return _fold(np.add, arrays, arrays[0].shape, out)


def multiply(*arrays: Array, out: Array | None = None) -> Array:
    """Return the product; axes of size 1 are repeated, and a vector scales the maps."""
    rank = max(array.ndim for array in arrays)
    spread = [_spread(array, rank) for array in arrays]
    if any(array.ndim != rank for array in spread) or len({len(a) for a in spread}) != 1:
        raise CannotRun(f"arrays of {_shapes(arrays)} cannot be multiplied")
    try:
        shape = np.broadcast_shapes(*(array.shape for array in spread))
    except ValueError:
        raise CannotRun(f"arrays of {_shapes(arrays)} cannot be multiplied") from None
    return _fold(np.multiply, spread, shape, out)


def _spread(array: Array, rank: int) -> Array:
    """Return a vector (N, C) as (N, 1, …, C)."""
    if array.ndim != 2:
        return array
    return array.reshape(len(array), *(1,) * (rank - 2), array.shape[1])


def concat(*arrays: Array, axis: int = -1) -> Array:
    """Join arrays along an axis (an index of the shape, not the batch); the others are equal."""
    ranks = {array.ndim for array in arrays}
    if len(ranks) != 1 or not -(ndim := ranks.pop()) <= axis < ndim or axis % ndim == 0:
        raise CannotRun(f"arrays of {_shapes(arrays)} cannot be joined along {axis}")
    others = {tuple(np.delete(array.shape, axis).tolist()) for array in arrays}
    if len(others) != 1:
        raise CannotRun(f"arrays of {_shapes(arrays)} differ beside the axis {axis}")
    return np.concatenate(arrays, axis=axis)


def _fold(
    combine: Callable[..., object],
    arrays: Sequence[Array],
    shape: tuple[int, ...],
    out: Array | None,
) -> Array:
    """Combine arrays two by two, some rows at a time so that the result stays in the cache."""
    target = np.empty(shape, np.result_type(*arrays)) if out is None else out
    wide = [np.broadcast_to(array, shape) for array in arrays]
    rows = max(1, ONE_PASS // max(1, prod(shape[2:])))
    tiles = [(image, row) for image in range(shape[0]) for row in range(0, shape[1], rows)]

    def work(tile: tuple[int, int]) -> None:
        image, row = tile
        into = target[image, row : row + rows]
        first, *others = (array[image, row : row + rows] for array in wide)
        if not others:
            np.copyto(into, first)
            return
        combine(first, others[0], out=into)
        for other in others[1:]:
            combine(into, other, out=into)

    each(work, tiles)
    return target


def _shapes(arrays: Sequence[Array]) -> str:
    return ", ".join("×".join(map(str, array.shape[1:])) for array in arrays)


@run_layer.register
def run_add(
    layer: kinds.Add,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the sum."""
    return add(*inputs, out=out)


@run_layer.register
def run_multiply(
    layer: kinds.Multiply,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the product, small inputs spread over the large one."""
    return multiply(*inputs)


@run_layer.register
def run_concat(
    layer: kinds.Concat,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the inputs one after the other along the axis."""
    axes = volume_of(inputs[0]).axes
    return concat(*inputs, axis=-1 if layer.axis == "depth" else 1 + axes.index(layer.axis))
