"""Array code is found by the type of a layer: :func:`run_layer`.

Each file of this package computes one family of kinds and registers what it computes here. A
layer hands over the numbers that the spec states (strides, filters, …); how many windows there
are, and with it the shape of the result, the array code finds for itself. It never asks a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import singledispatch
from typing import Any

from cnncalc.forward.arrays import Array
from cnncalc.forward.errors import CannotRun
from cnncalc.layers.base import Layer
from cnncalc.layers.registry import layer_class
from cnncalc.maths.volume import Volume

Activation = Callable[[Array, Array], object]
"""``activation(source, target)``; both may be the same array."""


@singledispatch
def run_layer(
    layer: Layer,
    inputs: Sequence[Array],
    weights: Mapping[str, Any],
    out: Array | None = None,
) -> Array:
    """Return the output of a layer for arrays (N, *spatial, C), as an array of that order.

    ``weights`` are arrays by the names that the layer declares; a dense kernel may be a
    :class:`cnncalc.forward.stream.Stream`. ``out`` is the first input, where it may be overwritten.

    Raises:
        CannotRun: the arrays do not fit the layer.
    """
    raise CannotRun(f"there is no array code for {type(layer).__name__}")


def activation_of(kind: str | None) -> Activation | None:
    """Return what the ``activation`` field of a layer applies to its output."""
    if kind is None:
        return None
    layer = layer_class(kind)()
    return lambda source, target: run_layer(layer, (source,), {}, target)


def activated(kind: str | None, array: Array) -> Array:
    """Return an output that nobody else holds behind a layer's own activation."""
    activation = activation_of(kind)
    if activation is not None:
        activation(array, array)
    return array


def volume_of(array: Array) -> Volume:
    """Return the volume of each image of (N, *spatial, C)."""
    return Volume(array.shape[-1], array.shape[1:-1])
