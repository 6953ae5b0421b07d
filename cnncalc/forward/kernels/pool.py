"""Pooling windows: maxpool, avgpool, lppool.

The windows of a pool are products of windows along each axis, so the axes are reduced one after
the other: rows, then columns. F + F passes over strided slices do what F·F taps would, and each
pass is one NumPy call: less than half the time of ``sliding_window_view(…).max()``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from cnncalc.forward.arrays import Array, need_spatial, per_axis
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.dispatch import run_layer, volume_of
from cnncalc.forward.kernels.windows import kernel_of, sliding
from cnncalc.forward.slide import Padding, Slide, slides
from cnncalc.forward.workers import each, threads
from cnncalc.layers import pool as kinds

TILE = 1 << 20
"""Bytes of the input under a tile of output rows: they and the rows reduced from them stay in
the L2 cache."""

Axis = tuple[int, ...] | None
Combine = Callable[..., object]


def maxpool(
    x: Array,
    kernel: tuple[int, ...],
    *,
    stride: Axis = None,
    padding: tuple[Padding, ...] | None = None,
    dilation: Axis = None,
    rounding: str = "strict",
) -> Array:
    """Return the largest value of each window; padding never wins."""
    axes = _axes(x.shape, kernel, stride, padding, dilation, rounding)
    return _pool(x, axes, np.maximum, -np.inf)


def avgpool(
    x: Array,
    kernel: tuple[int, ...],
    coefficient: Array | None = None,
    bias: Array | None = None,
    *,
    stride: Axis = None,
    padding: tuple[Padding, ...] | None = None,
    dilation: Axis = None,
    rounding: str = "strict",
    count_padding: bool = False,
) -> Array:
    """Return the mean of each window.

    Padding is left out of it, or counts as zeros (``count_padding``; what a ceil window sees
    beyond the padding is left out even then). With a ``coefficient`` and a ``bias`` per map, the
    sum of the window times the coefficient plus the bias (LeNet-5's subsampling).
    """
    axes = _axes(x.shape, kernel, stride, padding, dilation, rounding)
    sums = _pool(x, axes, np.add, 0.0)
    if coefficient is None or bias is None:
        sums *= _reciprocals(axes, padding=count_padding, dtype=x.dtype)
        return sums
    if coefficient.shape != (x.shape[-1],) or bias.shape != coefficient.shape:
        raise CannotRun(f"coefficients of {coefficient.shape} for {x.shape[-1]} maps")
    sums *= coefficient
    sums += bias
    return sums


def lppool(
    x: Array,
    kernel: tuple[int, ...],
    *,
    p: float = 2.0,
    stride: Axis = None,
    padding: tuple[Padding, ...] | None = None,
    dilation: Axis = None,
    rounding: str = "strict",
) -> Array:
    """Return the p-norm of each window: (Σ |x|ᵖ)^(1/p)."""
    axes = _axes(x.shape, kernel, stride, padding, dilation, rounding)
    powers = np.square(x) if p == 2 else np.abs(x) ** x.dtype.type(p)
    sums = _pool(powers, axes, np.add, 0.0)
    return np.sqrt(sums, out=sums) if p == 2 else sums ** x.dtype.type(1 / p)


def _axes(
    shape: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: Axis,
    padding: tuple[Padding, ...] | None,
    dilation: Axis,
    rounding: str,
) -> tuple[Slide, ...]:
    """Return the windows along each axis; the stride is the kernel unless stated."""
    rank = need_spatial(shape, "a pooling window")
    kernel = per_axis(kernel, rank, 1, "kernel")
    strides = per_axis(kernel if stride is None else stride, rank, 1, "stride")
    dilations = per_axis(dilation, rank, 1, "dilation")
    sides = ((0, 0),) * rank if padding is None else padding
    if len(sides) != rank:
        raise CannotRun(f"padding for {len(sides)} of {rank} axes")
    return slides(shape[1:-1], kernel, strides, dilations, sides, rounding, pooling=True)


def _reciprocals(axes: tuple[Slide, ...], *, padding: bool, dtype: np.dtype[np.generic]) -> Array:
    """Return 1/(positions that count) of every window, as (*windows, 1)."""
    counts: Array = np.ones((), np.float64)
    for slide in axes:
        counts = np.multiply.outer(counts, slide.counts(padding=padding))
    return (1 / counts)[..., None].astype(dtype)


def _pool(x: Array, axes: tuple[Slide, ...], combine: Combine, empty: float) -> Array:
    """Reduce the axes one after the other, in tiles of the first axis of the output."""
    x = np.ascontiguousarray(x)
    first = axes[0]
    out = np.empty((len(x), *(slide.count for slide in axes), x.shape[-1]), x.dtype)
    most = _most(x[0, 0].nbytes, first)
    tiles = [
        (image, start, min(start + most, first.count))
        for image in range(len(x))
        for start in range(0, first.count, most)
    ]

    def work(tile: tuple[int, int, int]) -> None:
        image, start, stop = tile
        part = x[image]
        for number, slide in enumerate(axes):
            windows = range(start, stop) if number == 0 else range(slide.count)
            target = out[image, start:stop] if number == len(axes) - 1 else None
            part = _reduce(part, number, slide, windows, combine, empty, target)

    each(work, tiles)
    return out


def _reduce(
    part: Array,
    axis: int,
    slide: Slide,
    windows: range,
    combine: Combine,
    empty: float,
    target: Array | None = None,
) -> Array:
    """Combine the taps of some windows along one axis, each tap being one strided slice.

    Taps that reach every window come first: the first two of them need no initial value.
    """
    if target is None:
        shape = list(part.shape)
        shape[axis] = len(windows)
        target = np.empty(shape, part.dtype)
    before = (slice(None),) * axis
    whole: list[tuple[tuple[slice, ...], Array]] = []
    some: list[tuple[tuple[slice, ...], Array]] = []
    for tap in range(slide.kernel):
        low, high = slide.inside(tap, windows.start, windows.stop)
        if low < high:
            source = part[(*before, slide.source(tap, low, high))]
            place = (*before, slice(low - windows.start, high - windows.start))
            (whole if high - low == len(windows) else some).append((place, source))
    if len(whole) > 1:
        combine(whole[0][1], whole[1][1], out=target)
    elif whole:
        np.copyto(target, whole[0][1])
    else:
        target[...] = empty
    for place, source in (*whole[2:], *some):
        combine(target[place], source, out=target[place])
    return target


def _most(line: int, first: Slide) -> int:
    """Return how many output rows a tile has; ``line`` is the bytes of an input row."""
    most = max(1, TILE // max(1, line * first.stride))
    return min(most, -(-first.count // threads()))


@run_layer.register
def run_maxpool(
    layer: kinds.MaxPool,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the largest number of each window."""
    x = inputs[0]
    return maxpool(x, kernel_of(layer, volume_of(x)), **sliding(layer, volume_of(x)))


@run_layer.register
def run_avgpool(
    layer: kinds.AvgPool,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the mean of each window; where trained, its sum scaled and shifted."""
    x = inputs[0]
    return avgpool(
        x,
        kernel_of(layer, volume_of(x)),
        weights["coefficient"] if layer.trainable else None,
        weights["bias"] if layer.trainable else None,
        count_padding=layer.count_padding,
        **sliding(layer, volume_of(x)),
    )


@run_layer.register
def run_lppool(
    layer: kinds.LpPool,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the p-norm of each window."""
    x = inputs[0]
    return lppool(
        x, kernel_of(layer, volume_of(x)), p=float(layer.p), **sliding(layer, volume_of(x))
    )
