"""Layers that change no shape: scale, dropout, identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnncalc.forward.arrays import Array, along_rows, by_maps
from cnncalc.forward.kernels.dispatch import activated, run_layer
from cnncalc.forward.kernels.norm import need_one_per_map
from cnncalc.layers import other as kinds


def scale(x: Array, factor: Array | float, *, out: Array | None = None) -> Array:
    """Return each map times a factor of its own, or everything times one constant."""
    if isinstance(factor, float):
        factor = np.full(x.shape[-1], factor, x.dtype)
    need_one_per_map(x, factor)
    return by_maps(
        lambda source, target, maps: np.multiply(source, maps, out=target),
        x,
        along_rows(factor),
        out,
    )


@run_layer.register
def run_scale(
    layer: kinds.Scale,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return each map times its factor."""
    factor = weights["factor"] if layer.by is None else float(layer.by)
    return activated(layer.activation, scale(inputs[0], factor, out=out))


@run_layer.register
def run_dropout(
    layer: kinds.Dropout,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the input: numbers are dropped while training only."""
    return inputs[0]


@run_layer.register
def run_identity(
    layer: kinds.Identity,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the input."""
    return inputs[0]
