"""Ways to compute a convolution: one function each, and the table that chooses (``RECIPES``).

All are channels last and work on one tile of output rows, so that what they gather, the result,
and the bias and activation that follow stay in the cache. Letters: P output positions of the
tile, C and K the depth and the filters of one group, F the taps of a kernel axis, S the stride.
The matmuls do P·F·F·C·K multiplications in each recipe; they differ in what they copy before.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import NamedTuple

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.engine import per_map
from cnncalc.forward.engine.gather import gather
from cnncalc.forward.engine.job import Job, Shape, Tile, accumulate, shaped, view

Buffers = tuple[int, ...]
"""The numbers that each buffer of a recipe holds."""


class Recipe(NamedTuple):
    """A way to compute a convolution.

    ``width`` tells how many numbers it gathers per output position; ``buffers`` the sizes of its
    buffers for tiles of so many rows and columns; ``run`` computes one tile of one group.
    """

    name: str
    suits: Callable[[Shape], bool]
    width: Callable[[Shape], int]
    buffers: Callable[[Shape, int, int], Buffers]
    run: Callable[..., None]


# pointwise -------------------------------------------------------------------------------------
# Cost: one matmul, nothing copied (with a stride or groups: P·C, the pixels that are used).
# Why: a 1×1 kernel needs no windows (`1x1 …`: the rate of SGEMM).


def _pointwise_suits(shape: Shape) -> bool:
    return all(axis.trivial for axis in shape.axes)


def _pointwise_buffers(shape: Shape, rows: int, columns: int) -> Buffers:
    whole = shape.axes[1].stride == shape.axes[2].stride == 1 and shape.groups == 1
    return () if whole else (rows * columns * shape.depth,)


def pointwise(job: Job, tile: Tile, group: int, *buffers: Array) -> None:
    """Contract the pixels of the tile with the (C, K) kernel."""
    frames, down, across = job.shape.axes
    place = (
        tile.image,
        tile.plane * frames.stride,
        tile.rows.start * down.stride,
        tile.columns.start * across.stride,
        group * job.shape.depth,
    )
    line, pixel, number = job.x.strides[2:]
    if buffers:
        size = (len(tile.rows), len(tile.columns), job.shape.depth)
        strides = (line * down.stride, pixel * across.stride, number)
        used = shaped(buffers[0], size)
        np.copyto(used, view(job.x, place, size, strides))
        pixels = used.reshape(-1, job.shape.depth)
    else:
        pixels = view(job.x, place, (tile.positions, job.shape.depth), (pixel, number))
    np.matmul(pixels, job.data[group, 0, 0][:, tile.filters], out=job.target(tile, group))


# sheared ---------------------------------------------------------------------------------------
# Cost: P·S·F·C copied, then one matmul per output row.
# Why: the gathered columns are laid out with the image rows inside, so that the windows of all F
# kernel rows are one contiguous stretch, and each is copied once instead of F times. A matmul
# per row packs the weights each time, so they must be few: first layers and narrow branches
# (`3x3 3→64 at 224`: 1.2 ms; 2.6 by patches and 6.9 by rows).

SHALLOW = 128
"""Numbers per kernel row below which a matmul of its own is slow."""
FEW_WEIGHTS = 40_000
"""Weights that are packed for every output row without much loss."""


def _sheared_suits(shape: Shape) -> bool:
    _, down, across = shape.axes
    shallow = across.kernel * shape.depth <= SHALLOW
    return shallow and down.dilation == 1 and shape.weights <= FEW_WEIGHTS


def _sheared_rows(shape: Shape, rows: int) -> int:
    return (rows - 1) * shape.axes[1].stride + shape.axes[1].kernel


def _sheared_buffers(shape: Shape, rows: int, columns: int) -> Buffers:
    line = columns * shape.axes[2].kernel * shape.depth
    spare = 0 if shape.axes[0].kernel == 1 else rows * columns * shape.filters
    return line * _sheared_rows(shape, rows), spare


def sheared(job: Job, tile: Tile, group: int, gathered: Array, spare: Array) -> None:
    """Contract per output row, over columns gathered with the image rows inside."""
    _, down, across = job.shape.axes
    high, wide = len(tile.rows), len(tile.columns)
    read = _sheared_rows(job.shape, high)
    columns = shaped(gathered, (wide, read, across.kernel, job.shape.depth))
    deep = down.kernel * across.kernel * job.shape.depth
    column, line, _, number = columns.strides
    windows = view(columns, (0, 0, 0, 0), (high, wide, deep), (line * down.stride, column, number))
    target = job.target(tile, group).reshape(high, wide, -1)
    rows = (down.start + tile.rows.start * down.stride, 1)
    for count, (tap, frame) in enumerate(job.frames(tile)):
        gather(job, tile, group, frame, rows, columns.transpose(1, 0, 2, 3))
        matrix = job.data[group, tap].reshape(deep, -1)[:, tile.filters]
        accumulate(windows, matrix, target, spare, first=count == 0)


# patches ---------------------------------------------------------------------------------------
# Cost: P·F·F·C copied, then one matmul.
# Why: one deep matmul where the rows of a kernel share nothing: the stride is not below F (vision
# transformers, `16x16/16 3→768`: 1.6 ms; 2.0 by rows), or F is 1 (1×7, or one axis only). Also
# what is left of the shallow kernels, such as dilated ones.


def _patches_suits(shape: Shape) -> bool:
    frames, down, across = shape.axes
    apart = frames.kernel == 1 and down.stride >= down.kernel
    return apart or across.kernel * shape.depth <= SHALLOW // 2


def _patch(shape: Shape) -> int:
    return prod(axis.kernel for axis in shape.axes) * shape.depth


def _patches_buffers(shape: Shape, rows: int, columns: int) -> Buffers:
    return (rows * columns * _patch(shape),)


def patches(job: Job, tile: Tile, group: int, gathered: Array) -> None:
    """Gather whole windows, then contract once."""
    frames, down, across = job.shape.axes
    high, wide = len(tile.rows), len(tile.columns)
    taps = (frames.kernel, down.kernel, across.kernel)
    windows = shaped(gathered, (high, wide, *taps, job.shape.depth))
    seen = dict(job.frames(tile))
    top = down.start + tile.rows.start * down.stride
    for tap in range(frames.kernel):
        if tap not in seen:
            windows[:, :, tap] = 0
            continue
        for row in range(down.kernel):
            rows = (top + row * down.dilation, down.stride)
            gather(job, tile, group, seen[tap], rows, windows[:, :, tap, row])
    matrix = job.data[group].reshape(_patch(job.shape), -1)[:, tile.filters]
    np.matmul(windows.reshape(high * wide, -1), matrix, out=job.target(tile, group))


# rows ------------------------------------------------------------------------------------------
# Cost: P·F·C copied, F matmuls (one per kernel row), F − 1 additions of P·K.
# Why: the windows along the width, gathered once for each image row, serve every kernel row: a
# slice of them, shifted by a row, is the next left-hand matrix. It copies a third of what
# patches copy for 3×3 (`3x3 64→64 at 224`: 27 ms; 34 by patches).


def _rows_suits(shape: Shape) -> bool:
    return True


def _phases(shape: Shape) -> dict[int, list[tuple[int, int]]]:
    """Return {row of the first tap, modulo the stride: [(tap, windows further down)]}."""
    down = shape.axes[1]
    phases: dict[int, list[tuple[int, int]]] = {}
    for tap in range(down.kernel):
        shift, phase = divmod(tap * down.dilation, down.stride)
        phases.setdefault(phase, []).append((tap, shift))
    return phases


def _rows_buffers(shape: Shape, rows: int, columns: int) -> Buffers:
    halo = max(taps[-1][1] - taps[0][1] for taps in _phases(shape).values())
    line = columns * shape.axes[2].kernel * shape.depth
    return (rows + halo) * line, rows * columns * shape.filters


def rows(job: Job, tile: Tile, group: int, gathered: Array, spare: Array) -> None:
    """Gather windows along the width once, then contract them with each kernel row."""
    _, down, across = job.shape.axes
    high, wide = len(tile.rows), len(tile.columns)
    target = job.target(tile, group)
    first = True
    for tap, frame in job.frames(tile):
        for phase, taps in _phases(job.shape).items():
            base, last = taps[0][1], taps[-1][1]
            size = (high + last - base, wide, across.kernel, job.shape.depth)
            lines = shaped(gathered, size)
            top = down.start + (tile.rows.start + base) * down.stride + phase
            gather(job, tile, group, frame, (top, down.stride), lines)
            for row, shift in taps:
                part = lines[shift - base : shift - base + high].reshape(high * wide, -1)
                matrix = job.data[group, tap, row][:, tile.filters]
                accumulate(part, matrix, target, spare, first=first)
                first = False


RECIPES = (
    Recipe(
        "depthwise",
        per_map.suits,
        per_map.width,
        per_map.buffers,
        per_map.depthwise,
    ),
    Recipe(
        "pointwise",
        _pointwise_suits,
        lambda shape: max(shape.depth, shape.filters),
        _pointwise_buffers,
        pointwise,
    ),
    Recipe(
        "sheared",
        _sheared_suits,
        lambda shape: shape.axes[1].stride * shape.axes[2].kernel * shape.depth,
        _sheared_buffers,
        sheared,
    ),
    Recipe("patches", _patches_suits, _patch, _patches_buffers, patches),
    Recipe(
        "rows",
        _rows_suits,
        lambda shape: shape.axes[2].kernel * shape.depth,
        _rows_buffers,
        rows,
    ),
)
"""The first recipe that suits is used."""


def choose(shape: Shape) -> Recipe:
    """Return the recipe for a convolution."""
    return next(recipe for recipe in RECIPES if recipe.suits(shape))
