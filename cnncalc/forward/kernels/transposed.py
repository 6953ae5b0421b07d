"""Transposed convolution: every input position writes a window of the output."""

from __future__ import annotations

from math import prod

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun
from cnncalc.forward.kernels.activation import activated
from cnncalc.forward.kernels.dispatch import Given, Job, compute, copies
from cnncalc.forward.slide import Padding, halves
from cnncalc.forward.workers import each, scratch
from cnncalc.layers.axes import per_axis, per_side
from cnncalc.layers.transposed import ConvTranspose

TILE = 2 << 20
"""Bytes of products that wait to be added to the output."""


@compute.register
def conv_transpose(layer: ConvTranspose, given: Given) -> Array:
    """Write windows of (N, *spatial, C) with a kernel of (C, K/G, *kernel), then crop.

    One matmul of the input with all taps, some input rows at a time; then an addition per tap.
    """
    x, kernel, groups = given.x, given.weights["kernel"], layer.groups
    axes = written(layer, given)
    depth, width, *taps = kernel.shape
    stated = per_axis(layer.kernel, given.volume, "kernel")
    if depth != x.shape[-1] or groups < 1 or depth % groups or tuple(taps) != stated:
        raise CannotRun(f"a kernel of {kernel.shape} in {groups} groups for {x.shape[1:]}")
    out = np.zeros((len(x), *(axis.size for axis in axes), width * groups), x.dtype)
    if layer.bias:
        if given.weights["bias"].shape != out.shape[-1:]:
            raise CannotRun(f"a bias of {given.weights['bias'].shape} for {width * groups} filters")
        out[...] = given.weights["bias"]
    _write(np.ascontiguousarray(x), kernel, out, axes, groups)
    return activated(layer.activation, out)


def written(layer: ConvTranspose, given: Given) -> list[Written]:
    """Return where the windows of each axis are written."""
    volume = given.volume
    if not volume.rank:
        raise CannotRun("a transposed convolution needs spatial axes")
    stated = (
        per_axis(layer.kernel, volume, "kernel"),
        per_axis(layer.stride, volume, "stride"),
        per_axis(layer.dilation, volume, "dilation"),
        per_side(layer.padding, volume),
        per_axis(layer.output_padding, volume, "output_padding", missing=0),
    )
    return [Written(*axis) for axis in zip(volume.spatial, *stated, strict=True)]


class Written:
    """Where an axis is written: the places of every tap, and the size up to the last of them."""

    def __init__(
        self, size: int, taps: int, stride: int, dilation: int, side: Padding, extra: int
    ) -> None:
        last = (size - 1) * stride
        self.places = [range(tap * dilation, tap * dilation + last + 1, stride)
                       for tap in range(taps)]  # fmt: skip
        full = self.places[-1][-1] + 1
        if isinstance(side, str):
            if extra:
                raise CannotRun("padding same leaves no room for output_padding")
            self.crop, extra = _same(full, size * stride, side)
        else:
            self.crop = side
            if not 0 <= extra < max(stride, dilation):
                raise CannotRun(f"output_padding {extra} reaches further than a window can")
        self.size = full - sum(self.crop) + extra
        if self.size < 1:
            raise CannotRun("the padding crops the whole output")

    def part(self, tap: int, first: int, stop: int) -> tuple[slice, slice]:
        """Return (input positions, output positions) that a tap joins, from ``first`` on."""
        places = self.places[tap]
        low, step = places.start - self.crop[0], places.step
        begin = max(first, -(low // step))
        end = max(begin, min(stop, -(-(self.size - low) // step)))
        return slice(begin - first, end - first), slice(low + begin * step, low + end * step, step)

    def writers(self, place: int) -> list[tuple[int, int]]:
        """Return the (input position, tap) pairs that write to a place of the output."""
        full = place + self.crop[0]
        return [
            (places.index(full), tap) for tap, places in enumerate(self.places) if full in places
        ]


def _same(full: int, wanted: int, word: str) -> tuple[tuple[int, int], int]:
    """Return (crop, output padding) after which stride output positions are left per input."""
    return halves(max(full - wanted, 0), word), max(wanted - full, 0)


def _write(x: Array, kernel: Array, out: Array, axes: list[Written], groups: int) -> None:
    """Add the product of every tap to the places that it writes.

    Threads share out images and groups, which write to different places.
    """
    depth, width, *taps = kernel.shape
    deep = depth // groups
    matrices = np.moveaxis(kernel, 1, -1).reshape(groups, deep, -1)
    per_row = prod(x.shape[2:-1]) * matrices.shape[-1]
    rows = min(x.shape[1], max(1, TILE // (per_row * x.itemsize)))

    def work(part: tuple[int, int]) -> None:
        image, group = part
        maps = slice(group * deep, (group + 1) * deep)
        target = out[image, ..., group * width : (group + 1) * width]
        (buffer,) = scratch((rows * per_row,), x.dtype)
        for first in range(0, x.shape[1], rows):
            source = x[image, first : first + rows, ..., maps]
            product = buffer[: len(source) * per_row].reshape(-1, matrices.shape[-1])
            np.matmul(source.reshape(-1, deep), matrices[group], out=product)
            _add(product.reshape(*source.shape[:-1], *taps, width), target, axes, first)

    each(work, [(image, group) for image in range(len(x)) for group in range(groups)])


def _add(product: Array, target: Array, axes: list[Written], first: int) -> None:
    """Add (rows …, taps …, K) to the output, tap by tap."""
    rank = len(axes)
    starts = (first,) + (0,) * (rank - 1)
    for tap in np.ndindex(*product.shape[rank : 2 * rank]):
        parts = [
            axis.part(place, start, start + size)
            for axis, place, start, size in zip(axes, tap, starts, product.shape, strict=False)
        ]
        reads, writes = zip(*parts, strict=True)
        target[writes] += product[(*reads, *tap)]


@copies.register
def _row_of_products(layer: ConvTranspose, job: Job) -> int:
    return job.weights + prod(job.source.spatial[1:]) * job.weights // job.source.depth
