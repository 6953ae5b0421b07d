"""The parts of a number are found by the type of its layer: :func:`parts`."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from cnncalc.forward.kernels.dispatch import Given
from cnncalc.forward.parts.arithmetic import function
from cnncalc.forward.parts.lines import Place, line
from cnncalc.layers.activation import ElementWise
from cnncalc.layers.base import Layer
from cnncalc.layers.registry import layer_class
from cnncalc.layers.weighted import Weighted
from cnncalc.report.worked import Parts


def parts(layer: Layer, given: Given, at: Place) -> Parts:
    """Return what the number of a layer at a place is made of, for the first image of the batch.

    Raises:
        NotImplementedError: the kind has no such arithmetic; see :func:`has_parts`.
    """
    found = before_activation(layer, given, at)
    activation = layer.activation if isinstance(layer, Weighted) else None
    if activation is None:
        return found
    assert found.expression is not None
    if issubclass(layer_class(activation), ElementWise):
        applied = function(activation, found.expression)
        return replace(found, formula=f"{activation}({found.formula})", expression=applied)
    before = line(f"before {activation}", found.expression, found.formula)
    return replace(  # it takes the numbers of all maps
        found,
        lines=(*found.lines, before),
        formula=f"{activation} over the depth",
        expression=None,
    )


@singledispatch
def before_activation(layer: Layer, given: Given, at: Place) -> Parts:
    """Return the parts of a number, to which :func:`parts` applies the layer's own activation."""
    raise NotImplementedError(type(layer).__name__)


def has_parts(kind: type[Layer]) -> bool:
    """Return whether :func:`parts` knows a kind."""
    return before_activation.dispatch(kind) is not before_activation.dispatch(object)
