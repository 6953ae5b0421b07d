"""Layers of a kind, run on arrays; windows as the tests state them: tuples in array order."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from cnncalc.forward.families import run_layer
from cnncalc.layers.base import Family
from cnncalc.layers.registry import kinds_of, layer_class
from support.oracle import Array

WITHOUT_WEIGHTS = tuple(kind for kind in kinds_of(Family.ACTIVATION) if kind != "prelu")
"""The activations that the ``activation`` field of a layer may name."""

Padding = tuple[tuple[int, int] | str, ...]

_SIDES = {
    1: ("left", "right"),
    2: ("top", "bottom", "left", "right"),
    3: ("front", "back", "top", "bottom", "left", "right"),
}


def run_kind(
    kind: str,
    x: Array | tuple[Array, ...],
    out: Array | None = None,
    /,
    weights: Mapping[str, Array | None] | None = None,
    **fields: Any,
) -> Array:
    """Return what a kind makes of an array, or of several."""
    given = {name: array for name, array in (weights or {}).items() if array is not None}
    stated = {name: _stated(value) for name, value in fields.items() if value is not None}
    inputs = x if isinstance(x, tuple) else (x,)
    return run_layer(layer_class(kind)(**stated), inputs, given, out)


def _stated(value: Any) -> Any:
    """Return a field's value as a spec's reader hands it over."""
    if isinstance(value, float):
        return Fraction(str(value))
    return list(value) if isinstance(value, tuple) else value


def padding_of(padding: Padding | None) -> Any:
    """Return (before, after) of each axis, or the word that holds for all, as a field."""
    if padding is None:
        return 0
    if isinstance(padding[0], str):
        return padding[0]
    sizes = [size for side in padding for size in side]
    return dict(zip(_SIDES[len(padding)], sizes, strict=True))


def conv(
    x: Array, kernel: Array, bias: Array | None = None, *, kind: str = "conv", **fields: Any
) -> Array:
    """Convolve with (K, C/G, *kernel), or as ``kind`` does."""
    table = fields.get("connection_table")
    fields["padding"] = padding_of(fields.get("padding"))
    if kind == "conv":
        fields["filters"] = len(kernel if table is None else table)
    sizes = kernel.shape[2 if table is None else 1 :]
    weights = {"kernel": kernel, "bias": bias}
    return run_kind(kind, x, weights=weights, kernel=sizes, bias=bias is not None, **fields)


def depthwise(x: Array, kernel: Array, **fields: Any) -> Array:
    """Convolve every map with filters of its own: (C·M, 1, *kernel)."""
    return conv(x, kernel, kind="depthwise_conv", multiplier=len(kernel) // x.shape[-1], **fields)


def separable(x: Array, kernel: Array, pointwise: Array, bias: Array, **fields: Any) -> Array:
    """Convolve every map by itself, then across maps."""
    fields["padding"] = padding_of(fields.get("padding"))
    weights = {"depthwise": kernel, "pointwise": pointwise, "bias": bias}
    sizes = {"kernel": kernel.shape[2:], "multiplier": len(kernel) // x.shape[-1]}
    return run_kind("separable_conv", x, weights=weights, filters=len(bias), **sizes, **fields)


def locally_connected(x: Array, kernel: Array, bias: Array | None = None, **fields: Any) -> Array:
    """Convolve with a kernel for each position: (*windows, K, C, *kernel)."""
    rank = x.ndim - 2
    fields |= {"padding": padding_of(fields.get("padding")), "filters": kernel.shape[rank]}
    weights = {"kernel": kernel, "bias": bias}
    sizes = kernel.shape[rank + 2 :]
    return run_kind(
        "locally_connected", x, weights=weights, kernel=sizes, bias=bias is not None, **fields
    )


def conv_transpose(x: Array, kernel: Array, bias: Array | None = None, **fields: Any) -> Array:
    """Convolve transposed with (C, K/G, *kernel)."""
    fields["padding"] = padding_of(fields.get("padding"))
    fields["filters"] = kernel.shape[1] * fields.get("groups", 1)
    weights = {"kernel": kernel, "bias": bias}
    sizes = kernel.shape[2:]
    return run_kind(
        "conv_transpose", x, weights=weights, kernel=sizes, bias=bias is not None, **fields
    )


def pool(kind: str, x: Array, kernel: tuple[int, ...], **fields: Any) -> Array:
    """Pool windows of a size."""
    fields["padding"] = padding_of(fields.get("padding"))
    return run_kind(kind, x, kernel=kernel, **fields)
