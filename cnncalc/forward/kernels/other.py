"""Layers that change no shape: scale, dropout, identity."""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array, by_positions
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.activation import activated
from cnncalc.forward.kernels.dispatch import Given, compute
from cnncalc.layers.other import Dropout, Identity, Scale


@compute.register
def scale(layer: Scale, given: Given) -> Array:
    """Return each map times a factor of its own, or everything times one constant."""
    x = given.x
    factor = given.weights["factor"] if layer.by is None else x.dtype.type(float(layer.by))
    if factor.shape not in (x.shape[-1:], ()):
        raise CannotRun(f"factors of {factor.shape} for {x.shape[-1]} maps")
    result = by_positions(
        lambda source, target: np.multiply(source, factor, out=target), x, given.out
    )
    return activated(layer.activation, result)


@compute.register
def dropout(layer: Dropout, given: Given) -> Array:
    """Return the input: numbers are dropped while training only."""
    return given.x


@compute.register
def identity(layer: Identity, given: Given) -> Array:
    """Return the input."""
    return given.x
