"""Pooling windows: maxpool, avgpool, lppool.

The windows of a pool are products of windows along each axis, so the axes are reduced one after
the other: rows, then columns. F + F passes over strided slices do what F·F taps would.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun
from cnncalc.forward.kernels.dispatch import Given, compute, copies, lay, one_of_the_input
from cnncalc.forward.slide import Slide
from cnncalc.forward.workers import each, threads
from cnncalc.layers.pool import AvgPool, LpPool, MaxPool

TILE = 1 << 20
"""Bytes of the input under a tile of output rows: they and the rows reduced from them stay in
the L2 cache."""

Combine = Callable[..., object]


@compute.register
def maxpool(layer: MaxPool, given: Given) -> Array:
    """Return the largest number of each window; padding never wins."""
    return _pool(given.x, lay(layer, given), np.maximum, -np.inf)


@compute.register
def avgpool(layer: AvgPool, given: Given) -> Array:
    """Return the mean of each window.

    Padding is left out of it, or counts as zeros (``count_padding``; what a ceil window sees
    beyond the padding is left out even then). A trainable one is the sum of the window times a
    coefficient plus a bias, of each map its own (LeNet-5's subsampling).
    """
    axes = lay(layer, given)
    sums = _pool(given.x, axes, np.add, 0.0)
    if not layer.trainable:
        sums *= _reciprocals(axes, padding=layer.count_padding, dtype=sums.dtype)
        return sums
    coefficient, bias = given.weights["coefficient"], given.weights["bias"]
    if coefficient.shape != sums.shape[-1:] or bias.shape != coefficient.shape:
        raise CannotRun(f"coefficients of {coefficient.shape} for {sums.shape[-1]} maps")
    sums *= coefficient
    sums += bias
    return sums


@compute.register
def lppool(layer: LpPool, given: Given) -> Array:
    """Return the p-norm of each window: (Σ |x|ᵖ)^(1/p)."""
    kind, p = given.x.dtype.type, float(layer.p)
    sums = _pool(np.abs(given.x) ** kind(p), lay(layer, given), np.add, 0.0)
    np.power(sums, kind(1 / p), out=sums)
    return sums


copies.register(LpPool, one_of_the_input)


def _reciprocals(axes: tuple[Slide, ...], *, padding: bool, dtype: np.dtype[np.generic]) -> Array:
    """Return 1/(positions that count) of every window, as (*windows, 1)."""
    counts: Array = np.ones((), np.float64)
    for axis in axes:
        counts = np.multiply.outer(counts, axis.counts(padding=padding))
    return (1 / counts)[..., None].astype(dtype)


def _pool(x: Array, axes: tuple[Slide, ...], combine: Combine, empty: float) -> Array:
    """Reduce the axes one after the other, in tiles of the first axis of the output."""
    x = np.ascontiguousarray(x)
    first, *others = axes
    out = np.empty((len(x), *(axis.count for axis in axes), x.shape[-1]), x.dtype)
    most = max(1, TILE // max(1, x[0, 0].nbytes * first.stride))
    most = min(most, -(-first.count // threads()))

    def work(tile: tuple[int, int]) -> None:
        image, start = tile
        stop = min(start + most, first.count)
        part = _reduced(x[image], 0, first, first.starts[start:stop], combine, empty)
        for number, axis in enumerate(others, 1):
            part = _reduced(part, number, axis, axis.starts, combine, empty)
        out[image, start:stop] = part

    starts = range(0, first.count, most)
    each(work, [(image, start) for image in range(len(x)) for start in starts])
    return out


def _reduced(
    part: Array, number: int, axis: Slide, starts: range, combine: Combine, empty: float
) -> Array:
    """Combine the taps of some windows along one axis, each tap being one strided slice."""
    shape = list(part.shape)
    shape[number] = len(starts)
    result = np.full(shape, empty, part.dtype)
    before = (slice(None),) * number
    for tap in range(0, axis.span, axis.dilation):
        # the windows whose tap is on the input, and where it is
        low = max(0, -((starts.start + tap) // axis.stride))
        high = min(len(starts), -(-(axis.size - starts.start - tap) // axis.stride))
        if low < high:
            begin = starts[low] + tap
            reads = slice(begin, starts[high - 1] + tap + 1, axis.stride)
            target = result[(*before, slice(low, high))]
            combine(target, part[(*before, reads)], out=target)
    return result
