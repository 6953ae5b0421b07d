"""Depthwise and separable convolutions; their arithmetic is :mod:`cnncalc.forward.engine`."""

from __future__ import annotations

from cnncalc.forward.arrays import Array
from cnncalc.forward.engine import conv
from cnncalc.forward.kernels.activation import activation_of
from cnncalc.forward.kernels.dispatch import Given, Job, compute, copies, lay
from cnncalc.forward.slide import slide
from cnncalc.layers.separable import DepthwiseConv, SeparableConv


@compute.register
def depthwise(layer: DepthwiseConv, given: Given) -> Array:
    """Return the convolution of every map by itself."""
    return conv(
        given.x,
        given.weights["kernel"],
        lay(layer, given),
        given.weights["bias"] if layer.bias else None,
        groups=given.volume.depth,
        activation=activation_of(layer.activation),
    )


@compute.register
def separable(layer: SeparableConv, given: Given) -> Array:
    """Return the depthwise step, then the pointwise one, with one bias at the end."""
    between = conv(
        given.x, given.weights["depthwise"], lay(layer, given), groups=given.volume.depth
    )
    return conv(
        between,
        given.weights["pointwise"],
        tuple(slide(size, 1, 1, 1, (0, 0), "strict") for size in between.shape[1:-1]),
        given.weights["bias"] if layer.bias else None,
        activation=activation_of(layer.activation),
    )


@copies.register
def _between(layer: SeparableConv, job: Job) -> int:
    return job.batch * job.source.depth * layer.multiplier * job.result.positions + job.weights
