"""Advice about layers that follow each other: what the first does, the second undoes."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.checking.advice.around import Around
from cnncalc.layers.activation import LogSoftmax, Relu, Relu6, Softmax
from cnncalc.layers.activation import Step as Threshold
from cnncalc.layers.base import Family
from cnncalc.layers.norm import BatchNorm
from cnncalc.layers.weighted import Biased, Weighted
from cnncalc.problems.model import RuleError
from cnncalc.report.rows import Row

_CHANGES_NOTHING = (Relu, Relu6, Threshold)
"""Activations that leave what they have given as it is."""
_LEARNS = (Family.CONVOLUTION, Family.POOLING, Family.NORMALISATION, Family.ACTIVATION)


def bias_before_batchnorm(row: Row, around: Around) -> Iterator[RuleError]:
    """CNN908: batch normalisation subtracts the mean of each map, and with it the bias.

    Ioffe and Szegedy 2015, arXiv:1502.03167, section 3.2: the shift β takes its part.
    """
    layer, readers = row.layer, around.readers(row)
    if not isinstance(layer, Biased) or not layer.bias or layer.activation is not None:
        return
    count = sum(each.count for each in row.weights if each.name == "bias")
    per_map = row.output is not None and count == row.output.depth
    shared = row.shared_from is not None or row.name in around.owners
    only = readers and all(isinstance(each.layer, BatchNorm) for each in readers)
    if per_map and only and not shared and not around.is_output(row):
        yield RuleError(
            "CNN908",
            f"the bias does nothing, because batchnorm subtracts it again: {count:,} parameters",
            field=("bias", "filters", "units"),
            help=("write bias: false; the shift of batchnorm takes its part",),
        )


def activation_twice(row: Row, around: Around) -> Iterator[RuleError]:
    """CNN913: an activation of what the same activation gave.

    A rectifier changes nothing the second time (max(0, max(0, x)) = max(0, x)); others, as a
    sigmoid of a sigmoid, squeeze their input twice, which nobody means. Goodfellow et al. 2016,
    Deep Learning, section 6.3.
    """
    before = around.source(row)
    if before is None or row.layer is None or row.layer.family is not Family.ACTIVATION:
        return
    own = before.layer.activation if isinstance(before.layer, Weighted) else None
    if row.kind not in (before.kind, own):
        return
    effect = "the second changes nothing" if isinstance(row.layer, _CHANGES_NOTHING) else (
        "it is applied twice"
    )  # fmt: skip
    yield RuleError(
        "CNN913",
        f"{row.kind} after the {row.kind} of {before.name}: {effect}",
        help=("leave one of them out",),
    )


def softmax_inside(row: Row, around: Around) -> Iterator[RuleError]:
    """CNN914: a softmax whose probabilities go on into a layer that learns from scores.

    It belongs at the end: numbers that sum to 1 say nothing of their common size, and where one
    is near 1 the gradient is near 0 (Goodfellow et al. 2016, Deep Learning, section 6.2.2.3).
    A log_softmax takes scores, too: it exponentiates what it is given (PyTorch, LogSoftmax).
    As weights of a merge, as in attention, a softmax may be anywhere.
    """
    if not isinstance(row.layer, (Softmax, LogSoftmax)):
        return
    for reader in around.readers(row):
        layer = reader.layer
        if layer is None or reader.kind == row.kind:  # that is CNN913
            continue
        if layer.family in _LEARNS or reader.weights:
            yield RuleError(
                "CNN914",
                f"{reader.name} reads the probabilities of {row.kind}, which belongs at the end",
                help=("leave it out here: between layers an activation such as relu is meant",),
            )
            return
