"""Dense layers: flatten, fc, maxout, rbf."""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun
from cnncalc.forward.kernels.activation import activated
from cnncalc.forward.kernels.dispatch import Given, Job, compute, copies, one_of_the_input
from cnncalc.forward.stream import Stream
from cnncalc.forward.workers import each, scratch, threads
from cnncalc.layers.dense import Flatten, FullyConnected, Maxout, RadialBasis


@compute.register
def flatten(layer: Flatten, given: Given) -> Array:
    """Stretch (N, *spatial, C) to (N, C·…) map by map, each row by row, as PyTorch does."""
    return flat(given.x)


@compute.register
def fc(layer: FullyConnected, given: Given) -> Array:
    """Multiply the stretched input with (units, inputs)."""
    bias = given.weights["bias"] if layer.bias else None
    return activated(layer.activation, _affine(given.x, given.weights["kernel"], bias))


@compute.register
def maxout(layer: Maxout, given: Given) -> Array:
    """Return for each unit the largest of its linear pieces: (units, pieces, inputs)."""
    kernel, bias = given.weights["kernel"], given.weights["bias"]
    units, pieces, inputs = kernel.shape
    linear = _affine(given.x, kernel.reshape(-1, inputs), bias.reshape(-1))
    return activated(layer.activation, linear.reshape(-1, units, pieces).max(axis=2))


@compute.register
def rbf(layer: RadialBasis, given: Given) -> Array:
    """Return the squared distance of the stretched input to each centre (units, inputs)."""
    centres = given.weights["centres"]
    stretched = _stretched(given.x, centres)
    # differences first: |x|² − 2xw + |w|² would cancel
    squares = [np.square(centres - row).sum(axis=1) for row in stretched]
    return activated(layer.activation, np.stack(squares))


def flat(x: Array) -> Array:
    """Return (N, *spatial, C) as (N, C·…), map by map."""
    return np.moveaxis(x, -1, 1).reshape(len(x), -1)


def _stretched(x: Array, kernel: Array | Stream) -> Array:
    """Return the input as vectors, which must have a weight for each number."""
    stretched = flat(x)
    if kernel.shape[-1] != stretched.shape[1]:
        raise CannotRun(f"weights for {kernel.shape[-1]} inputs, but {stretched.shape[1]} arrive")
    return stretched


def _affine(x: Array, kernel: Array | Stream, bias: Array | None) -> Array:
    """Return the stretched input times the weights of each unit, plus the bias.

    Memory sets the pace, so weights are used as declared; some are made unit by unit meanwhile.
    """
    stretched = _stretched(x, kernel)
    units = len(kernel)
    if bias is not None and bias.shape != (units,):
        raise CannotRun(f"a bias of {bias.shape} for {units} units")
    out = np.empty((len(x), units), np.result_type(x, kernel.dtype))
    share = kernel.units if isinstance(kernel, Stream) else -(-units // threads())

    def work(first: int) -> None:
        mine = slice(first, min(first + share, units))
        np.matmul(stretched, some_units(kernel, mine).T, out=out[:, mine])

    each(work, range(0, units, share))
    if bias is not None:
        out += bias
    return out


def some_units(kernel: Array | Stream, units: slice) -> Array:
    """Return the weights of some units, made now where they are not there."""
    if not isinstance(kernel, Stream):
        return kernel[units]
    (buffer,) = scratch(((units.stop - units.start) * kernel.shape[1],), kernel.dtype)
    return kernel.block(units.start, buffer)


copies.register(Flatten, one_of_the_input)
copies.register(FullyConnected, one_of_the_input)


@copies.register
def _pieces(layer: Maxout, job: Job) -> int:
    return job.batch * (job.source.size + job.result.size * layer.pieces)


@copies.register
def _distances(layer: RadialBasis, job: Job) -> int:
    return job.batch * job.source.size + 2 * job.weights
