"""Convolutions with shared weights: conv, depthwise_conv, separable_conv.

Their arithmetic is :mod:`cnncalc.forward.engine`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnncalc.forward.arrays import Array, need_sizes
from cnncalc.forward.engine import conv, depthwise, separable
from cnncalc.forward.kernels.dispatch import activation_of, run_layer, volume_of
from cnncalc.forward.kernels.windows import kernel_of, sliding
from cnncalc.layers.conv import Conv
from cnncalc.layers.separable import DepthwiseConv, SeparableConv


@run_layer.register
def run_conv(
    layer: Conv,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the convolution of (N, *spatial, C)."""
    x = inputs[0]
    return conv(
        x,
        need_sizes(weights["kernel"], kernel_of(layer, volume_of(x))),
        weights["bias"] if layer.bias else None,
        groups=layer.groups,
        connection_table=layer.connection_table,
        activation=activation_of(layer.activation),
        **sliding(layer, volume_of(x)),
    )


@run_layer.register
def run_depthwise(
    layer: DepthwiseConv,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the convolution of every map by itself."""
    x = inputs[0]
    return depthwise(
        x,
        need_sizes(weights["kernel"], kernel_of(layer, volume_of(x))),
        weights["bias"] if layer.bias else None,
        activation=activation_of(layer.activation),
        **sliding(layer, volume_of(x)),
    )


@run_layer.register
def run_separable(
    layer: SeparableConv,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the depthwise step, then the pointwise one."""
    x = inputs[0]
    return separable(
        x,
        need_sizes(weights["depthwise"], kernel_of(layer, volume_of(x))),
        weights["pointwise"],
        weights["bias"] if layer.bias else None,
        activation=activation_of(layer.activation),
        **sliding(layer, volume_of(x)),
    )
