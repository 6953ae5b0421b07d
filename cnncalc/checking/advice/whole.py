"""Advice about the network as a whole: where its parameters are, what it sees, how it runs."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.checking.advice.around import Around
from cnncalc.layers.base import Family
from cnncalc.layers.conv import Conv
from cnncalc.layers.dense import Flatten, FullyConnected
from cnncalc.layers.separable import DepthwiseConv
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import times
from cnncalc.problems.model import RuleError
from cnncalc.report.rows import Row

_MULTIPLE = 8


def fc_holds_most(row: Row, around: Around) -> Iterator[RuleError]:
    """CNN915: one fully connected layer has more than half of all parameters.

    Lin et al. 2014, arXiv:1312.4400, section 3.2: the mean of each map does in its place.
    """
    total = around.report.totals
    volume, params = _stretched(row, around), row.params
    if not isinstance(row.layer, FullyConnected) or volume is None or not params:
        return
    if not total.complete or 2 * params <= total.params:
        return
    inputs = volume.size
    multiplied = sum(weight.count for weight in row.weights if weight.multiplies)
    left = total.params - multiplied + multiplied // inputs * volume.depth
    yield RuleError(
        "CNN915",
        f"it holds {params:,} of the {total.params:,} parameters: it reads {volume} as a vector of "
        f"{inputs:,}",
        field=("units",),
        help=(f"`global_avgpool` before it would leave {left:,} parameters in all",),
    )


def _stretched(row: Row, around: Around) -> Volume | None:
    """Return the volume of several positions that a layer reads as a vector."""
    volume = row.inputs[0] if row.inputs else None
    before = around.source(row)
    if before is not None and isinstance(before.layer, Flatten):
        volume = before.inputs[0]
    return volume if volume is not None and volume.positions > 1 else None


def receptive_field_small(row: Row, around: Around) -> Iterator[RuleError]:
    """CNN916: what a network classifies is averaged from parts, none of which sees the whole.

    A fully connected layer combines all positions; a global pooling does not. Araujo et al. 2019,
    Computing Receptive Fields of Convolutional Neural Networks; Brendel and Bethge 2019,
    arXiv:1904.00760, where small ones are meant.
    """
    if row.layer is None or row.layer.family is not Family.POOLING:
        return
    if row.name not in around.collecting:
        return
    source, inputs = around.source(row), [v for v in around.report.inputs.values() if v]
    field = source.receptive_field if source is not None else None
    if field is None or len(inputs) != 1:
        return
    sizes = inputs[0].sizes
    if any(field.size[axis] < size for axis, size in sizes.items()):
        seen = times(field.size[axis] for axis in inputs[0].axes)
        yield RuleError(
            "CNN916",
            f"each position that it pools sees {seen} of the {times(inputs[0].spatial)} input",
            help=("more layers, strides or dilation before it widen the view",),
        )


def depth_not_multiple_of_8(row: Row, around: Around) -> Iterator[RuleError]:
    """CNN917: a grouped or depthwise convolution whose depths are not multiples of 8.

    Half-precision units of graphics cards take eight maps at a time (NVIDIA, Deep Learning
    Performance: Convolutional Layers User's Guide); MobileNets round their depths so.
    """
    if row.output is None or row.inputs[0] is None:
        return
    grouped = isinstance(row.layer, Conv) and row.layer.groups > 1
    if not grouped and not isinstance(row.layer, DepthwiseConv):
        return
    depths = {"input": row.inputs[0].depth, "output": row.output.depth}
    odd = [f"{depth:,} ({what})" for what, depth in depths.items() if depth % _MULTIPLE]
    if odd:
        near = {max(round(depth / _MULTIPLE), 1) * _MULTIPLE for depth in depths.values()}
        yield RuleError(
            "CNN917",
            f"depths of {' and '.join(odd)} are not multiples of {_MULTIPLE}",
            field=("filters", "multiplier", "groups"),
            help=(f"near: {', '.join(str(depth) for depth in sorted(near))}",),
        )
