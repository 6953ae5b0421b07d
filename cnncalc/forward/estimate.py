"""Memory of a pass, estimated before it: an upper bound.

What is alive while a layer runs is planned (:mod:`cnncalc.report.memory`); to it come the largest
layer's weights, the arrays that a layer makes on the way to its output (:func:`copies`), and the
buffers of each thread. How the system keeps freed memory is not predicted: a margin covers it.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import singledispatch
from math import prod

from cnncalc.forward.engine.pack import NARROW
from cnncalc.forward.engine.per_map import ROW
from cnncalc.forward.weights import streamed
from cnncalc.forward.workers import threads
from cnncalc.layers.base import Layer
from cnncalc.layers.conv import Conv
from cnncalc.layers.dense import Flatten, FullyConnected, Maxout, RadialBasis
from cnncalc.layers.global_pool import AdaptiveAvgPool, AdaptiveMaxPool
from cnncalc.layers.local import LocallyConnected
from cnncalc.layers.norm import GroupNorm, InstanceNorm, LayerNorm
from cnncalc.layers.pool import LpPool
from cnncalc.layers.resample import Upsample
from cnncalc.layers.separable import DepthwiseConv, SeparableConv
from cnncalc.layers.shape import Reshape
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.maths.volume import Volume
from cnncalc.report.memory import Plan
from cnncalc.report.report import Report
from cnncalc.report.rows import Row

MARGIN = 1.35
"""Freed memory that the system keeps, relative to what is used."""
BUFFERS = 6 << 20
"""Bytes of buffers of each thread: tiles of the engine and of pools, and what BLAS packs."""
FIXED = 4 << 20
"""Bytes of code that is loaded when first used, and of numbers that weights are filled with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A layer that is to run: its first input, its output, and the numbers of its weights."""

    batch: int
    source: Volume
    result: Volume
    weights: int


def estimate(report: Report, plan: Plan, batch: int, width: int, given: Container[str] = ()) -> int:
    """Return the bytes that a pass takes at most, with ``width`` bytes per number.

    ``given`` are the full names of weights that come from a file, as whole arrays.
    """
    alive = peak = sum(plan.sizes[name] for name in report.inputs) * batch
    for row, overwrites, dead in zip(report.rows, plan.overwrites, plan.dies, strict=True):
        assert row.layer is not None
        alive += 0 if overwrites else plan.sizes[row.name] * batch
        peak = max(peak, alive + copies(row.layer, _job(row, batch)))
        alive -= sum(plan.sizes[name] for name in dead) * batch
    weights = max((_weights(row, width, given) for row in report.rows), default=0)
    return int(MARGIN * (peak + weights) * width) + threads() * BUFFERS + FIXED


def _job(row: Row, batch: int) -> Job:
    source, result = row.inputs[0], row.output
    assert source is not None and result is not None
    weights = sum(weight.count for weight in row.weights)
    return Job(batch=batch, source=source, result=result, weights=weights)


def _weights(row: Row, width: int, given: Container[str]) -> int:
    """Return the numbers of the weights that are made as whole arrays.

    Those of a file may be read as float64 and then converted.
    """
    owner = row.shared_from or row.name
    return sum(
        weight.count * (3 if f"{owner}.{weight.name}" in given else 1)
        for weight in row.weights
        if f"{owner}.{weight.name}" in given or not streamed(weight, width)
    )


@singledispatch
def copies(layer: Layer, job: Job) -> int:
    """Return the numbers that a layer makes besides its output: none, for most kinds."""
    return 0


@copies.register
def _conv(layer: Conv, job: Job) -> int:
    if layer.connection_table is not None:  # with zeros where a filter does not look, and packed
        return 2 * job.weights * layer.filters * job.source.depth // layer.pairs(job.source.depth)
    if layer.groups == 1:
        return 0
    return job.weights * (1 + max(1, NARROW * layer.groups // job.source.depth))


@copies.register
def _depthwise(layer: DepthwiseConv, job: Job) -> int:
    return job.weights + _repeated(layer, job)


@copies.register
def _separable(layer: SeparableConv, job: Job) -> int:
    between = job.source.depth * layer.multiplier * job.result.positions
    return job.batch * between + job.weights + _repeated(layer, job)


def _repeated(layer: DepthwiseConv | SeparableConv, job: Job) -> int:
    """Return the numbers of depthwise weights, repeated along a row."""
    taps = prod(layer.kernel_sizes(job.source))
    return taps * (ROW + job.source.depth * layer.multiplier)


@copies.register
def _transposed(layer: ConvTranspose, job: Job) -> int:
    row_of_products = prod(job.source.spatial[1:]) * job.weights // job.source.depth
    return job.weights + row_of_products


@copies.register
def _local(layer: LocallyConnected, job: Job) -> int:
    return job.batch * (2 * job.source.size + job.weights // layer.filters + job.result.size)


@copies.register(LpPool)
@copies.register(Flatten)
@copies.register(FullyConnected)
@copies.register(GroupNorm)
@copies.register(InstanceNorm)
@copies.register(LayerNorm)
def _one_of_the_input(layer: Layer, job: Job) -> int:
    return job.batch * job.source.size


@copies.register
def _maxout(layer: Maxout, job: Job) -> int:
    return job.batch * (job.source.size + job.result.size * layer.pieces)


@copies.register
def _rbf(layer: RadialBasis, job: Job) -> int:
    return job.batch * job.source.size + job.weights


@copies.register(Reshape)
@copies.register(Upsample)
@copies.register(AdaptiveAvgPool)
@copies.register(AdaptiveMaxPool)
def _two_on_the_way(layer: Layer, job: Job) -> int:
    return 2 * job.batch * max(job.source.size, job.result.size)
