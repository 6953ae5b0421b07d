"""Tiles of a convolution's output, and the input that their windows see."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnncalc.forward.arrays import Array
from cnncalc.forward.slide import Slide

TILE = 2 << 20
"""Bytes of a tile's patches: as much as the L2 cache holds. From 1 to 4 MiB the rate is flat;
below, every product arranges the same weights for few rows."""

Axes = tuple[Slide, ...]
"""Frames, rows, columns; an axis that the array does not have has one position."""


class Tile(NamedTuple):
    """A part of the output: an image, a frame, and rows, of which all or some columns."""

    image: int
    frame: int
    rows: range
    columns: range

    @property
    def ranges(self) -> tuple[range, range, range]:
        """The tile's windows along each axis."""
        return range(self.frame, self.frame + 1), self.rows, self.columns

    @property
    def positions(self) -> int:
        """Output positions of the tile."""
        return len(self.rows) * len(self.columns)

    def of(self, out: Array) -> Array:
        """Return the tile's (positions, K) of an output (N, T, H, W, K)."""
        rows = out[self.image, self.frame, self.rows.start : self.rows.stop]
        part = rows[:, self.columns.start : self.columns.stop]
        return part.reshape(self.positions, -1)  # a view: whole rows, or a part of one


def cut(images: int, axes: Axes, patch: int, workers: int) -> list[Tile]:
    """Cut the output into tiles; ``patch`` is the bytes that a position takes.

    Where it is cut at all, the number of tiles is a multiple of ``workers``.
    """
    frames, down, across = axes
    room = max(1, TILE // patch)
    columns = across.count if room >= across.count else _even(across.count, room, 1)
    rows = _even(down.count, max(1, room // across.count), workers)
    return [
        Tile(
            image,
            frame,
            range(row, min(row + rows, down.count)),
            range(column, min(column + columns, across.count)),
        )
        for image in range(images)
        for frame in range(frames.count)
        for row in range(0, down.count, rows)
        for column in range(0, across.count, columns)
    ]


def _even(count: int, most: int, parts: int) -> int:
    """Return the size of equal pieces of at most ``most``, their number a multiple of parts."""
    number = -(-count // most)
    number = -(-number // parts) * parts
    return -(-count // number)


def numbers_under(tile: Tile, axes: Axes, depth: int) -> int:
    """Return the numbers of the input under a tile, padding included."""
    spans = zip(axes, tile.ranges, strict=True)
    return depth * prod((len(windows) - 1) * axis.stride + axis.span for axis, windows in spans)


def seen(image: Array, tile: Tile, axes: Axes, buffer: Array) -> Array:
    """Return what the windows of a tile see: (1, rows, columns, *kernel, C), a view.

    It is of the image (T, H, W, C), or of the buffer where the tile reaches into the padding.
    """
    part = _under(image, tile, axes, buffer)
    steps = part.strides[:3]
    strides = (
        *(step * axis.stride for step, axis in zip(steps, axes, strict=True)),
        *(step * axis.dilation for step, axis in zip(steps, axes, strict=True)),
        part.strides[3],
    )
    counts = (len(windows) for windows in tile.ranges)
    shape = (*counts, *(axis.kernel for axis in axes), image.shape[-1])
    return as_strided(part, shape, strides, writeable=False)


def _under(image: Array, tile: Tile, axes: Axes, buffer: Array) -> Array:
    """Return the input under a tile, from its first window on, with zeros off the image."""
    reads, writes, sizes = [], [], []
    for axis, windows, size in zip(axes, tile.ranges, image.shape, strict=False):
        first = axis.starts[windows.start]
        stop = axis.starts[windows.stop - 1] + axis.span
        low, high = min(max(first, 0), size), max(min(stop, size), 0)
        reads.append(slice(low, high))
        writes.append(slice(low - first, max(low, high) - first))
        sizes.append(stop - first)
    inside = image[tuple(reads)]
    shape = (*sizes, image.shape[-1])
    if inside.shape == shape:
        return inside
    whole = buffer[: prod(shape)].reshape(shape)
    whole[...] = 0
    whole[tuple(writes)] = inside
    return whole


def contiguous(windows: Array, buffer: Array) -> Array:
    """Return windows as (positions, patch): as they are, or copied into the buffer."""
    positions = prod(windows.shape[:3])
    if windows.flags.c_contiguous:
        return windows.reshape(positions, -1)
    copied = buffer[: windows.size].reshape(windows.shape)
    np.copyto(copied, windows)
    return copied.reshape(positions, -1)
