"""Windows along the width of an image, copied side by side: the one place that knows borders."""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.engine.job import Job, Tile, view
from cnncalc.forward.slide import Slide


def gather(
    job: Job, tile: Tile, group: int, frame: int, rows: tuple[int, int], target: Array
) -> None:
    """Copy the tile's windows into ``target`` (rows, windows, taps, C); zeros off the image.

    ``rows`` is (first image row, step between rows). Inside the image all is one strided copy;
    only windows that stick out at the left or right are copied one by one.
    """
    across = job.shape.axes[2]
    windows = tile.columns
    top, step = rows
    high, height = len(target), job.x.shape[2]
    low = min(high, max(0, -(top // step)))
    stop = max(low, min(high, -(-(height - top) // step)))
    if low:
        target[:low] = 0
    if stop < high:
        target[stop:] = 0
    if low == stop:
        return
    place = (tile.image, frame, top + low * step, 0, group * job.shape.depth)
    inner = target[low:stop]
    left = across.inside(0, windows.start, windows.stop)[0]
    right = across.inside(across.kernel - 1, windows.start, windows.stop)[1]
    _, _, line, pixel, number = job.x.strides
    if left < right:
        strides = (line * step, pixel * across.stride, pixel * across.dilation, number)
        begin = (*place[:3], across.start + left * across.stride, place[4])
        shape = (stop - low, right - left, *target.shape[2:])
        source = view(job.x, begin, shape, strides)
        np.copyto(inner[:, left - windows.start : right - windows.start], source)
    else:
        left = right = windows.stop  # every window sticks out
    if left > windows.start or right < windows.stop:
        whole = (stop - low, job.x.shape[3], job.shape.depth)
        image = view(job.x, place, whole, (line * step, pixel, number))
        for window in (*range(windows.start, left), *range(right, windows.stop)):
            _edge(across, image, inner[:, window - windows.start], window)


def _edge(across: Slide, image: Array, target: Array, window: int) -> None:
    """Copy one window (rows, taps, C) that sticks out of the image."""
    start, step = across.start + window * across.stride, across.dilation
    low = min(across.kernel, max(0, -(start // step)))
    stop = max(low, min(across.kernel, -(-(across.size - start) // step)))
    target[:, :low] = 0
    target[:, stop:] = 0
    if low < stop:
        begin = start + low * step
        target[:, low:stop] = image[:, begin : begin + (stop - low - 1) * step + 1 : step]
