"""The parts of a number are found by the type of its layer: :func:`parts`."""

from __future__ import annotations

from functools import singledispatch

from cnncalc.forward.kernels.dispatch import Given
from cnncalc.forward.parts.lines import Place
from cnncalc.layers.base import Layer
from cnncalc.report.worked import Parts


@singledispatch
def parts(layer: Layer, given: Given, at: Place) -> Parts:
    """Return what the number of a layer at a place is made of, for the first image of the batch.

    Raises:
        NotImplementedError: the kind has no such arithmetic; see :func:`has_parts`.
    """
    raise NotImplementedError(type(layer).__name__)


def has_parts(kind: type[Layer]) -> bool:
    """Return whether :func:`parts` knows a kind."""
    return parts.dispatch(kind) is not parts.dispatch(object)
