"""Transposed convolution: every input position writes a window of the output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from cnncalc.forward.arrays import Array, need_sizes, need_spatial, per_axis
from cnncalc.forward.engine.job import shaped
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.dispatch import activated, run_layer, volume_of
from cnncalc.forward.slide import Padding
from cnncalc.forward.workers import each, threads
from cnncalc.layers.axes import per_axis as stated_per_axis
from cnncalc.layers.axes import per_side
from cnncalc.layers.transposed import ConvTranspose

TILE = 2 << 20
"""Bytes of products that wait to be added to the output."""

Axis = tuple[int, ...] | None
Crop = tuple[int, int]


def conv_transpose(
    x: Array,
    kernel: Array,
    bias: Array | None = None,
    *,
    stride: Axis = None,
    padding: tuple[Padding, ...] | None = None,
    output_padding: Axis = None,
    dilation: Axis = None,
    groups: int = 1,
) -> Array:
    """Write windows of (N, *spatial, C) with a kernel of (C, K/G, *kernel), then crop.

    Cost: one matmul of the input with all taps (P by C by F·F·K), tile by tile of input rows;
    then F·F strided additions of P·K.

    Raises:
        CannotRun: the arrays do not fit, or the crop leaves nothing.
    """
    rank = need_spatial(x.shape, "a transposed convolution")
    depth, width, *taps = kernel.shape
    if len(taps) != rank or depth != x.shape[-1]:
        raise CannotRun(f"a kernel of {kernel.shape} for an input of {x.shape[1:]}")
    if groups < 1 or depth % groups:
        raise CannotRun(f"{groups} groups do not divide {depth} maps")
    if bias is not None and bias.shape != (width * groups,):
        raise CannotRun(f"a bias of {bias.shape} for {width * groups} filters")
    steps = per_axis(stride, rank, 1, "stride")
    dilations = per_axis(dilation, rank, 1, "dilation")
    extra = per_axis(output_padding, rank, 0, "output_padding")
    sides = ((0, 0),) * rank if padding is None else padding
    axes = [
        _Written(*axis)
        for axis in zip(x.shape[1:-1], taps, steps, dilations, sides, extra, strict=True)
    ]
    out = np.zeros((len(x), *(axis.size for axis in axes), width * groups), x.dtype)
    if bias is not None:
        out[...] = bias
    _write(np.ascontiguousarray(x), kernel, out, axes, groups)
    return out


class _Written:
    """Where an axis is written: the places of every tap, and the size up to the last of them."""

    def __init__(
        self, size: int, taps: int, stride: int, dilation: int, side: Padding, extra: int
    ) -> None:
        starts = range(0, size * stride, stride)
        self.places = [range(tap, tap + starts[-1] + 1, stride) for tap in _taps(taps, dilation)]
        last = self.places[-1][-1]
        if isinstance(side, str):
            if extra:
                raise CannotRun("padding same leaves no room for output_padding")
            self.crop, extra = _same(last + 1, starts.stop, side)
        else:
            self.crop = side
            if not 0 <= extra < max(stride, dilation):
                raise CannotRun(f"output_padding {extra} reaches further than a window can")
        self.size = last + 1 - sum(self.crop) + extra
        if self.size < 1:
            raise CannotRun("the padding crops the whole output")

    def part(self, tap: int, first: int, stop: int) -> tuple[slice, slice] | None:
        """Return (input positions, output positions) that a tap joins, from ``first`` on."""
        places = self.places[tap]
        low, step = places.start - self.crop[0], places.step
        begin = max(first, -(low // step))
        end = min(stop, -(-(self.size - low) // step))
        if begin >= end:
            return None
        wrote = slice(low + begin * step, low + (end - 1) * step + 1, step)
        return slice(begin - first, end - first), wrote


def _taps(count: int, dilation: int) -> range:
    return range(0, count * dilation, dilation)


def _same(full: int, wanted: int, word: str) -> tuple[Crop, int]:
    """Return (crop, output padding) after which stride output positions are left per input.

    The larger crop is at the end, for ``same_lower`` at the start.
    """
    if word not in ("same", "same_lower"):
        raise CannotRun(f"padding is numbers, same or same_lower, not {word}")
    crop = max(full - wanted, 0)
    few, many = crop // 2, crop - crop // 2
    return ((few, many) if word == "same" else (many, few)), max(wanted - full, 0)


def _write(x: Array, kernel: Array, out: Array, axes: list[_Written], groups: int) -> None:
    """Add the product of every tap to the places that it writes.

    Threads share out images, groups and filters, which write to different places.
    """
    depth, width, *taps = kernel.shape
    deep = depth // groups
    share = width if len(x) * groups > 1 else -(-width // threads())
    parts = [
        (image, group, slice(first, min(first + share, width)))
        for group in range(groups)
        for first in range(0, width, share)
        for image in range(len(x))
    ]
    most = _rows(x.shape, prod(taps) * width * x.itemsize)

    def work(part: tuple[int, int, slice], buffer: Array) -> None:
        image, group, filters = part
        maps = slice(group * deep, (group + 1) * deep)
        chosen = kernel[maps, filters]
        matrix = np.moveaxis(chosen, 1, -1).reshape(deep, -1)
        start = group * width + filters.start
        target = out[image, ..., start : start + chosen.shape[1]]
        for first in range(0, x.shape[1], most):
            source = x[image, first : first + most, ..., maps]
            product = shaped(buffer, (prod(source.shape[:-1]), matrix.shape[1]))
            np.matmul(source.reshape(-1, deep), matrix, out=product)
            windows = product.reshape(*source.shape[:-1], *taps, chosen.shape[1])
            _add(windows, target, axes, first)

    numbers = most * prod(x.shape[2:-1]) * prod(taps) * share
    each(work, parts, (numbers,), x.dtype)


def _rows(shape: tuple[int, ...], per_position: int) -> int:
    """Return the input rows whose products take about ``TILE`` bytes."""
    return min(shape[1], max(1, TILE // max(1, prod(shape[2:-1]) * per_position)))


def _add(product: Array, target: Array, axes: list[_Written], first: int) -> None:
    """Add (rows …, taps …, K) to the output, tap by tap."""
    rank = len(axes)
    for tap in np.ndindex(*product.shape[rank : 2 * rank]):
        parts = []
        for number, (axis, place) in enumerate(zip(axes, tap, strict=True)):
            start = first if number == 0 else 0
            parts.append(axis.part(place, start, start + product.shape[number]))
        if all(parts):
            reads = tuple(part[0] for part in parts if part)
            writes = tuple(part[1] for part in parts if part)
            target[writes] += product[(*reads, *tap)]


@run_layer.register
def run_conv_transpose(
    layer: ConvTranspose,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return what the windows of every input position add up to."""
    x, volume = inputs[0], volume_of(inputs[0])
    result = conv_transpose(
        x,
        need_sizes(weights["kernel"], stated_per_axis(layer.kernel, volume, "kernel")),
        weights["bias"] if layer.bias else None,
        stride=stated_per_axis(layer.stride, volume, "stride"),
        padding=per_side(layer.padding, volume),
        output_padding=stated_per_axis(layer.output_padding, volume, "output_padding", missing=0),
        dilation=stated_per_axis(layer.dilation, volume, "dilation"),
        groups=layer.groups,
    )
    return activated(layer.activation, result)
