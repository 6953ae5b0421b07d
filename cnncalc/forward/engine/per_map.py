"""Depthwise convolution: every map by filters of its own, M of them."""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.engine.job import Job, Shape, Tile, shaped, view

ROW = 4096
"""Numbers that the inner loop runs over: with less it starts too often, with more its three rows
leave the L1 cache (`depthwise 3x3 144 at 56`: 0.54 ms; 0.63 over the whole row)."""


def suits(shape: Shape) -> bool:
    """Tell whether every group is one map."""
    return shape.depthwise


def width(shape: Shape) -> int:
    """Return the numbers of the slab per output position."""
    return shape.axes[1].stride * shape.axes[2].stride * shape.filters


def _span(shape: Shape, axis: int, count: int) -> int:
    """Return the input positions that ``count`` windows in a row span."""
    slide = shape.axes[axis]
    return (count - 1) * slide.stride + slide.reach + 1


def buffers(shape: Shape, rows: int, columns: int) -> tuple[int, ...]:
    """Return the slab, and the sum of one kernel frame where there are several."""
    slab = _span(shape, 1, rows) * _span(shape, 2, columns) * shape.filters
    return slab, 0 if shape.axes[0].kernel == 1 else rows * columns * shape.filters


def depthwise(job: Job, tile: Tile, group: int, slab: Array, spare: Array) -> None:
    """Multiply and add every tap of a padded slab of the input (``einsum`` over its windows).

    Cost: the slab (P·S·S·K copied), then P·F·F·K multiplications in one pass without a matmul.
    Why: with a stride of 1 along the width the weights are repeated along the row, so that the
    inner loop runs over some thousand numbers and not over K maps (`depthwise 3x3 32 at 112`:
    0.7 ms; 2.5 without). Tap by tap, multiplied and added, it takes twice as long and more.
    """
    shape = job.shape
    span = (_span(shape, 1, len(tile.rows)), _span(shape, 2, len(tile.columns)))
    image = shaped(slab, (*span, shape.filters))
    target = job.target(tile, 0)
    for count, (tap, frame) in enumerate(job.frames(tile)):
        _fill(job, tile, frame, image)
        result = shaped(spare, target.shape) if count else target
        _contract(job, tile, image, result, tap)
        if count:
            np.add(target, result, out=target)


def _fill(job: Job, tile: Tile, frame: int, image: Array) -> None:
    """Copy the input under the tile into the slab, every map M times, with zeros around."""
    _, down, across = job.shape.axes
    row = down.start + tile.rows.start * down.stride
    column = across.start + tile.columns.start * across.stride
    top, bottom = _inside(row, len(image), down.size)
    left, right = _inside(column, image.shape[1], across.size)
    image[:top] = 0
    image[bottom:] = 0
    image[:, :left] = 0
    image[:, right:] = 0
    if top == bottom or left == right:
        return
    plane = job.x[tile.image, frame]
    source = plane[row + top : row + bottom, column + left : column + right]
    inner = image[top:bottom, left:right]
    if inner.shape == source.shape:
        np.copyto(inner, source)
    else:
        each_map = (*source.shape, job.shape.filters // source.shape[-1])
        inner.reshape(each_map)[...] = source[..., None]


def _inside(start: int, count: int, size: int) -> tuple[int, int]:
    """Return which of ``count`` positions from ``start`` on are on an axis of this size."""
    low = min(count, max(0, -start))
    return low, max(low, min(count, size - start))


def _contract(job: Job, tile: Tile, image: Array, result: Array, tap: int) -> None:
    """Write the sum over the windows of the slab times one frame of the kernel."""
    _, down, across = job.shape.axes
    high, wide, filters = len(tile.rows), len(tile.columns), job.shape.filters
    line, pixel, number = image.strides
    taps = (line * down.dilation, pixel * across.dilation)
    if across.stride == 1:
        columns = max(1, ROW // filters)
        lines = result.reshape(high, -1)
        along = (line * down.stride, *taps, number)
        for first in range(0, wide, columns):
            some = min(columns, wide - first)
            size = (high, down.kernel, across.kernel, some * filters)
            windows = view(image, (0, first, 0), size, along)
            into = lines[:, first * filters : (first + some) * filters]
            np.einsum("ruvj,uvj->rj", windows, _tiled(job, some)[tap], out=into)
        return
    each_pixel = (high, wide, down.kernel, across.kernel, filters)
    strides = (line * down.stride, pixel * across.stride, *taps, number)
    windows = view(image, (0, 0, 0), each_pixel, strides)
    into = result.reshape(high, wide, filters)
    np.einsum("rcuvk,uvk->rck", windows, job.data[tap], out=into)


def _tiled(job: Job, columns: int) -> Array:
    """Return the weights repeated along a row of the output: (T, F, F, columns·K)."""
    known = job.tiled.get(columns)
    if known is None:
        frames, rows, across, filters = job.data.shape
        wide = np.broadcast_to(job.data[:, :, :, None], (frames, rows, across, columns, filters))
        known = np.ascontiguousarray(wide).reshape(frames, rows, across, -1)
        job.tiled[columns] = known
    return known
