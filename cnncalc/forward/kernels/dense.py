"""Dense layers: flatten, fc, maxout, rbf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.dispatch import activated, run_layer
from cnncalc.forward.stream import Stream
from cnncalc.forward.workers import each, threads
from cnncalc.layers import dense as kinds


def flatten(x: Array) -> Array:
    """Stretch (N, *spatial, C) to (N, C·…) map by map, each row by row, as PyTorch does."""
    return np.moveaxis(x, -1, 1).reshape(len(x), -1)


def fc(x: Array, kernel: Array | Stream, bias: Array | None = None) -> Array:
    """Contract the stretched input with (units, inputs).

    Cost: one pass over the weights; for few images memory sets the pace (16 GB/s on one
    thread), so they are used as declared and never rearranged: the input is, and it is small.
    Weights that are made while they are used never leave the cache.
    """
    return _affine(x, kernel, bias)


def maxout(x: Array, kernel: Array, bias: Array) -> Array:
    """Return for each unit the largest of its linear pieces: (units, pieces, inputs)."""
    units, pieces, inputs = kernel.shape
    if bias.shape != (units, pieces):
        raise CannotRun(f"a bias of {bias.shape} for {units} units of {pieces} pieces")
    linear = _affine(x, kernel.reshape(-1, inputs), bias.reshape(-1))
    largest: Array = linear.reshape(len(x), units, pieces).max(axis=2)
    return largest


def rbf(x: Array, centres: Array) -> Array:
    """Return the squared distance of the stretched input to each centre (units, inputs)."""
    flat = _stretched(x, centres)
    out = np.empty((len(x), len(centres)), np.result_type(x, centres))
    apart = np.empty(centres.shape, out.dtype)
    for image, row in enumerate(flat):  # differences first: |x|² − 2xw + |w|² would cancel
        np.subtract(centres, row, out=apart)
        np.einsum("ui,ui->u", apart, apart, out=out[image])
    return out


def _stretched(x: Array, kernel: Array | Stream) -> Array:
    flat = flatten(x)
    if kernel.shape[-1] != flat.shape[1]:
        raise CannotRun(f"weights for {kernel.shape[-1]} inputs, but {flat.shape[1]} arrive")
    return flat


def _affine(x: Array, kernel: Array | Stream, bias: Array | None) -> Array:
    """Return the stretched input times the weights of each unit, plus the bias."""
    flat = _stretched(x, kernel)
    units = len(kernel)
    if bias is not None and bias.shape != (units,):
        raise CannotRun(f"a bias of {bias.shape} for {units} units")
    out = np.empty((len(x), units), np.result_type(x, kernel.dtype))
    share = kernel.units if isinstance(kernel, Stream) else -(-units // threads())

    def work(first: int, *buffers: Array) -> None:
        mine = slice(first, first + share)
        part = kernel.block(first, *buffers) if isinstance(kernel, Stream) else kernel[mine]
        np.matmul(flat, part.T, out=out[:, mine])
        if bias is not None:
            out[:, mine] += bias[mine]

    buffers = (share * flat.shape[1],) if isinstance(kernel, Stream) else ()
    each(work, range(0, units, share), buffers, kernel.dtype)
    return out


@run_layer.register
def run_flatten(
    layer: kinds.Flatten,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the numbers map by map, row by row."""
    return flatten(inputs[0])


@run_layer.register
def run_fc(
    layer: kinds.FullyConnected,
    inputs: Sequence[Array],
    weights: Mapping[str, Any],
    out: Array | None = None,
) -> Array:
    """Return (N, units)."""
    bias = weights["bias"] if layer.bias else None
    return activated(layer.activation, fc(inputs[0], weights["kernel"], bias))


@run_layer.register
def run_maxout(
    layer: kinds.Maxout,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the largest piece of each unit."""
    return activated(layer.activation, maxout(inputs[0], weights["kernel"], weights["bias"]))


@run_layer.register
def run_rbf(
    layer: kinds.RadialBasis,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the squared distances to the centres."""
    return activated(layer.activation, rbf(inputs[0], weights["centres"]))
