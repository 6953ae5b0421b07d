"""One convolution to compute, in the form that every recipe works on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod
from operator import mul
from typing import NamedTuple

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.slide import Slide

Activation = Callable[[Array, Array], object]
"""``activation(source, target)``; both may be the same array."""


class Shape(NamedTuple):
    """What is known of a convolution without its numbers.

    ``axes`` are the windows along frames, rows and columns (an axis that the array lacks has
    size 1 and a kernel of 1); ``depth`` and ``filters`` are those of one group.
    """

    axes: tuple[Slide, Slide, Slide]
    depth: int
    filters: int
    groups: int
    depthwise: bool
    itemsize: int

    @property
    def weights(self) -> int:
        """The numbers of one frame of one group's kernel."""
        return self.axes[1].kernel * self.axes[2].kernel * self.depth * self.filters

    @property
    def macs(self) -> int:
        """Multiplications for one image."""
        windows = prod(axis.count * axis.kernel for axis in self.axes)
        return windows * self.filters * (1 if self.depthwise else self.depth * self.groups)


class Tile(NamedTuple):
    """A part of the output: an image, a frame, and ranges of rows, columns and filters."""

    image: int
    plane: int
    rows: range
    columns: range
    filters: slice

    @property
    def positions(self) -> int:
        """Output positions of the tile."""
        return len(self.rows) * len(self.columns)


@dataclass(slots=True, eq=False, repr=False)
class Job:
    """A convolution with its numbers: input (N, T, H, W, C), packed kernel, output.

    ``x`` and ``out`` are contiguous. ``tiled`` keeps what a recipe makes of the weights.
    """

    shape: Shape
    x: Array
    data: Array
    out: Array
    tiled: dict[int, Array] = field(default_factory=dict)

    def maps(self, group: int) -> slice:
        """Return the input maps of a group."""
        depth = self.shape.depth
        return slice(group * depth, (group + 1) * depth)

    def frames(self, tile: Tile) -> Iterator[tuple[int, int]]:
        """Return (tap, input frame) for the kernel frames that land on the input."""
        frames = self.shape.axes[0]
        start = frames.start + tile.plane * frames.stride
        for tap in range(frames.kernel):
            place = start + tap * frames.dilation
            if 0 <= place < frames.size:
                yield tap, place

    def target(self, tile: Tile, group: int) -> Array:
        """Return the (P, K) part of the output that a tile and group write."""
        first = group * self.shape.filters + tile.filters.start
        place = (tile.image, tile.plane, tile.rows.start, tile.columns.start, first)
        deep = tile.filters.stop - tile.filters.start
        line, number = self.out.strides[-2:]
        return view(self.out, place, (tile.positions, deep), (line, number))


def view(
    base: Array, place: tuple[int, ...], shape: tuple[int, ...], strides: tuple[int, ...]
) -> Array:
    """Return overlapping windows of a contiguous array, from the element at ``place``.

    ``as_strided`` does the same in five times the time, which counts in small layers.
    """
    offset = sum(map(mul, place, base.strides))
    return np.ndarray(shape, base.dtype, base, offset, strides)


def shaped(buffer: Array, shape: tuple[int, ...]) -> Array:
    """Return the first numbers of a flat buffer in a shape."""
    return buffer[: prod(shape)].reshape(shape)


def accumulate(
    left: Array, right: Array, target: Array, spare: Array | None, *, first: bool
) -> None:
    """Write ``left @ right`` to the target, or add it: by way of ``spare``, matmul only writes."""
    if first or spare is None:
        np.matmul(left, right, out=target)
        return
    product = shaped(spare, target.shape)
    np.matmul(left, right, out=product)
    np.add(target, product, out=target)
