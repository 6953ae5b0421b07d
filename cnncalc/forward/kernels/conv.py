"""Convolutions with shared weights; their arithmetic is :mod:`cnncalc.forward.engine`."""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.engine import conv
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.activation import activation_of
from cnncalc.forward.kernels.dispatch import Given, Job, compute, copies, lay
from cnncalc.layers.conv import Conv


@compute.register
def run_conv(layer: Conv, given: Given) -> Array:
    """Return the convolution of (N, *spatial, C)."""
    kernel = given.weights["kernel"]
    if layer.connection_table is not None:
        kernel = expand_table(kernel, layer.connection_table, given.volume.depth)
    return conv(
        given.x,
        kernel,
        lay(layer, given),
        given.weights["bias"] if layer.bias else None,
        groups=layer.groups,
        activation=activation_of(layer.activation),
    )


def expand_table(kernel: Array, table: tuple[tuple[int, ...], ...], depth: int) -> Array:
    """Return the (K, C, *kernel) of a connection table: one kernel per pair, zeros elsewhere.

    ``kernel`` is (pairs, *kernel), the pairs in the order of the table: row by row.

    Raises:
        CannotRun: another number of kernels than the table has pairs, or a map that is not
            there or that is named twice.
    """
    pairs = [(number, source) for number, row in enumerate(table) for source in row]
    if len(pairs) != len(kernel) or len(set(pairs)) != len(pairs):
        raise CannotRun(f"{len(kernel)} kernels for {len(pairs)} pairs of a connection table")
    if any(not 0 <= source < depth for _, source in pairs):
        raise CannotRun(f"the connection table names a map outside the {depth} of the input")
    dense = np.zeros((len(table), depth, *kernel.shape[1:]), kernel.dtype)
    rows, columns = zip(*pairs, strict=True)
    dense[list(rows), list(columns)] = kernel
    return dense


@copies.register
def _table(layer: Conv, job: Job) -> int:
    """Return the numbers of an expanded connection table, which is then brought into order."""
    if layer.connection_table is None:
        return 0
    return 2 * job.weights * layer.filters * job.source.depth // layer.pairs(job.source.depth)
