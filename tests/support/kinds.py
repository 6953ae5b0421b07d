"""Layers of a kind, run on arrays."""

from __future__ import annotations

from typing import Any

from cnncalc.forward.kernels import run_layer
from cnncalc.layers.base import Family
from cnncalc.layers.registry import kinds_of, layer_class
from support.oracle import Array

WITHOUT_WEIGHTS = tuple(kind for kind in kinds_of(Family.ACTIVATION) if kind != "prelu")
"""The activations that the ``activation`` field of a layer may name."""


def run_kind(kind: str, x: Array, out: Array | None = None, /, **fields: Any) -> Array:
    """Return what a kind without weights makes of an array."""
    return run_layer(layer_class(kind)(**fields), (x,), {}, out)
