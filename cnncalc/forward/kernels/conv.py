"""Convolutions with shared weights; their arithmetic is :mod:`cnncalc.forward.engine`."""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun
from cnncalc.forward.engine import conv
from cnncalc.forward.kernels.activation import activation_of
from cnncalc.forward.kernels.dispatch import Given, Job, compute, copies, lay
from cnncalc.layers.conv import Conv


@compute.register
def run_conv(layer: Conv, given: Given) -> Array:
    """Return the convolution of (N, *spatial, C)."""
    kernel = given.weights["kernel"]
    if layer.connection_table is not None:
        kernel = expand_table(kernel, layer.connection_table, given.volume.depth)
    if layer.standardize:
        kernel = standardized(kernel, given.weights["gain"])
    return conv(
        given.x,
        kernel,
        lay(layer, given),
        given.weights["bias"] if layer.bias else None,
        groups=layer.groups,
        activation=activation_of(layer.activation),
    )


STABILISER = 1e-6
"""Added to the variance, so that a filter of one weight, or of equal ones, is 0 (timm's)."""


def standardized(kernel: Array, gain: Array) -> Array:
    """Return (K, C/G, *kernel) with a mean of 0 and a variance of gain²/(its numbers) per filter.

    Qiao et al. 2019, arXiv:1903.10520; scaled as in Brock et al. 2021, arXiv:2102.06171.
    """
    own = tuple(range(1, kernel.ndim))
    variance = kernel.var(axis=own, keepdims=True)
    centred: Array = kernel - kernel.mean(axis=own, keepdims=True)
    centred *= gain.reshape(-1, *(1 for _ in own)) / np.sqrt(
        (variance + STABILISER) * kernel[0].size
    )
    return centred


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
def _kernels(layer: Conv, job: Job) -> int:
    """Return the numbers of a standardised kernel, or of an expanded connection table.

    The variance is taken of a copy; a table is then brought into order.
    """
    if layer.standardize:
        return 2 * job.weights
    if layer.connection_table is None:
        return 0
    return 2 * job.weights * layer.filters * job.source.depth // layer.pairs(job.source.depth)
