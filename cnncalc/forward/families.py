"""Running one layer: the array code of its family is loaded when it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from cnncalc.forward.arrays import Array
from cnncalc.forward.kernels.dispatch import Given, compute
from cnncalc.layers.base import Layer

_LAYERS = "cnncalc.layers."


def load_family(layer: Layer) -> None:
    """Import the array code of a layer's family: the file that is called like the layer's."""
    for kind in type(layer).__mro__:
        if kind.__module__.startswith(_LAYERS) and kind is not Layer:
            import_module(f"cnncalc.forward.kernels.{kind.__module__.removeprefix(_LAYERS)}")
            return


def run_layer(
    layer: Layer, inputs: Sequence[Array], weights: Mapping[str, Any], out: Array | None = None
) -> Array:
    """Return the output of a layer for arrays (N, *spatial, C), as an array of that order.

    ``out`` is the first input, where it may be overwritten.

    Raises:
        CannotRun: the arrays do not fit the layer.
    """
    load_family(layer)
    return compute(layer, Given(inputs=inputs, weights=weights, out=out))
