"""Layers that change no shape: scale, dropout, identity."""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun, by_positions
from cnncalc.forward.kernels.activation import activated
from cnncalc.forward.kernels.dispatch import Given, compute
from cnncalc.layers.other import Dropout, Identity, Scale


@compute.register
def scale(layer: Scale, given: Given) -> Array:
    """Return each map times a factor of its own plus a shift, or all times one factor."""
    x = given.x
    factor = given.weights["factor"] if layer.by is None else x.dtype.type(float(layer.by))
    shift = given.weights["shift"] if layer.shift else None
    declared = (x.shape[-1],) if layer.share == "channel" else (1,)
    if any(array is not None and array.shape not in (declared, ()) for array in (factor, shift)):
        raise CannotRun(f"factors of {factor.shape} for {declared}")

    def work(source: Array, target: Array) -> None:
        np.multiply(source, factor, out=target)
        if shift is not None:
            np.add(target, shift, out=target)

    return activated(layer.activation, by_positions(work, x, given.out))


@compute.register
def dropout(layer: Dropout, given: Given) -> Array:
    """Return the input: numbers are dropped while training only."""
    return given.x


@compute.register
def identity(layer: Identity, given: Given) -> Array:
    """Return the input."""
    return given.x
