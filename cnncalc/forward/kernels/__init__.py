"""The array code of every kind, one file for each family.

``run_layer(layer, inputs, weights)`` finds it by the layer's class.
"""

from __future__ import annotations

from cnncalc.forward.kernels import (
    activation,
    border,
    convolution,
    dense,
    global_pool,
    local,
    merge,
    norm,
    other,
    pool,
    resample,
    transposed,
)
from cnncalc.forward.kernels.dispatch import run_layer

__all__ = [
    "activation",
    "border",
    "convolution",
    "dense",
    "global_pool",
    "local",
    "merge",
    "norm",
    "other",
    "pool",
    "resample",
    "run_layer",
    "transposed",
]
