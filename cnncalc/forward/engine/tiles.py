"""Convolutions with shared weights: conv, depthwise_conv, separable_conv.

Definition: z[i, j, k] = b[k] + Σ over u, v, c of x[i·s + u·d, j·s + v·d, c] · w[k, c, u, v].
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from cnncalc.forward.arrays import LONG, Array, per_axis
from cnncalc.forward.engine.job import Activation, Job, Shape, Tile
from cnncalc.forward.engine.pack import expand_table, pack_conv
from cnncalc.forward.engine.recipes import Recipe, choose
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.slide import Padding, Slide, slides
from cnncalc.forward.workers import each, threads

TILE = 2 << 20
"""Bytes that a tile gathers: as much as the L2 cache holds. From 1 to 4 MiB the rate is flat;
below, every matmul packs the same weights for few rows."""
FEW = 64
"""Output positions below which threads share out the filters instead of the rows: a matmul of
few rows spends its time on packing the weights."""

SHARED, SHARED_DEPTHWISE = 8 << 20, 1 << 20
"""Multiplications below which a second thread costs more than it saves: about 100 µs of work."""

_ONE = Slide(size=1, kernel=1, stride=1, dilation=1, start=0, count=1, padded=(0, 0))
"""An axis that the array does not have."""

Axis = tuple[int, ...] | None


def conv(
    x: Array,
    kernel: Array,
    bias: Array | None = None,
    *,
    stride: Axis = None,
    padding: tuple[Padding, ...] | None = None,
    dilation: Axis = None,
    groups: int = 1,
    rounding: str = "strict",
    activation: Activation | None = None,
    connection_table: tuple[tuple[int, ...], ...] | None = None,
) -> Array:
    """Convolve (N, *spatial, C) with a kernel of (K, C/G, *kernel) to (N, *windows, K).

    With a ``connection_table`` (for each filter the maps that it sees) the kernel is
    (pairs, *kernel). The ``activation`` is applied to every tile while it is in the cache.

    Raises:
        CannotRun: the arrays do not fit.
    """
    if connection_table is not None:
        kernel = _tabled(kernel, connection_table, groups, x.shape[-1])
    packed = pack_conv(kernel, groups)
    if bias is not None and bias.shape != (packed.filters,):
        raise CannotRun(f"a bias of {bias.shape} for {packed.filters} filters")
    dtype = np.result_type(x, packed.data)
    kind = (packed.sizes, packed.depth, packed.filters, packed.joined, packed.depthwise)
    windows = (stride, padding, dilation, rounding)
    cut = plan(x.shape, kind, windows, dtype.itemsize, threads())
    sizes, counts = zip(*((axis.size, axis.count) for axis in cut.shape.axes), strict=True)
    x = np.ascontiguousarray(x, dtype)
    full = x.reshape(len(x), *sizes, packed.depth)
    out = np.empty((len(x), *counts, packed.filters), dtype)
    run(Job(cut.shape, full, packed.data, out), cut, bias, activation)
    return out.reshape(len(x), *counts[3 - len(packed.sizes) :], packed.filters)


def _tabled(kernel: Array, table: tuple[tuple[int, ...], ...], groups: int, depth: int) -> Array:
    """Return the kernel of a connection table with zeros where a filter does not look."""
    if groups != 1:
        raise CannotRun("connection_table and groups both say which maps a filter sees")
    return expand_table(kernel, table, depth)


def depthwise(
    x: Array,
    kernel: Array,
    bias: Array | None = None,
    *,
    stride: Axis = None,
    padding: tuple[Padding, ...] | None = None,
    dilation: Axis = None,
    rounding: str = "strict",
    activation: Activation | None = None,
) -> Array:
    """Convolve every map with filters of its own: (C·M, 1, *kernel) gives C·M maps."""
    return conv(
        x,
        kernel,
        bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=x.shape[-1],
        rounding=rounding,
        activation=activation,
    )


def separable(
    x: Array,
    depthwise_kernel: Array,
    pointwise_kernel: Array,
    bias: Array | None = None,
    *,
    stride: Axis = None,
    padding: tuple[Padding, ...] | None = None,
    dilation: Axis = None,
    rounding: str = "strict",
    activation: Activation | None = None,
) -> Array:
    """Convolve every map by itself, then across maps with a 1×1 kernel; one bias at the end."""
    between = depthwise(
        x, depthwise_kernel, stride=stride, padding=padding, dilation=dilation, rounding=rounding
    )
    return conv(between, pointwise_kernel, bias, activation=activation)


class Plan(NamedTuple):
    """How a convolution is cut into tiles; ``apart``: by filters; ``share``: among threads."""

    shape: Shape
    recipe: Recipe
    tiles: tuple[Tile, ...]
    columns: int
    apart: bool
    share: bool
    buffers: tuple[int, ...]


@lru_cache(maxsize=1024)
def plan(
    array: tuple[int, ...],
    kind: tuple[tuple[int, ...], int, int, int, bool],
    windows: tuple[Axis, tuple[Padding, ...] | None, Axis, str],
    itemsize: int,
    workers: int,
) -> Plan:
    """Check the shapes, take the windows, and cut the output into tiles of about ``TILE`` bytes.

    Plans are kept, because in a small layer they take longer than the arithmetic.

    Raises:
        CannotRun: the arrays do not fit.
    """
    shape = _shape(array, kind, windows, itemsize)
    recipe = choose(shape)
    share = array[0] * shape.macs >= (SHARED_DEPTHWISE if shape.depthwise else SHARED)
    workers = workers if share else 1
    _, down, across = shape.axes
    room = max(1, TILE // (max(1, recipe.width(shape)) * itemsize))
    rows, columns, filters = 1, _even(across.count, room, 1), shape.filters
    if room >= across.count:
        columns = across.count
        few = down.count * columns < FEW * workers and shape.groups == 1 and not shape.depthwise
        if few:
            filters = -(-filters // workers)
        rows = _even(down.count, room // columns, 1 if few else workers)
    tiles = tuple(
        Tile(
            image,
            plane,
            range(i, min(i + rows, down.count)),
            range(j, min(j + columns, across.count)),
            slice(k, min(k + filters, shape.filters)),
        )
        for image in range(array[0])
        for plane in range(shape.axes[0].count)
        for i in range(0, down.count, rows)
        for j in range(0, across.count, columns)
        for k in range(0, shape.filters, filters)
    )
    buffers = recipe.buffers(shape, rows, columns)
    return Plan(shape, recipe, tiles, columns, filters < shape.filters, share, buffers)


def _shape(
    array: tuple[int, ...],
    kind: tuple[tuple[int, ...], int, int, int, bool],
    windows: tuple[Axis, tuple[Padding, ...] | None, Axis, str],
    itemsize: int,
) -> Shape:
    """Return what is to be computed; raise ``CannotRun`` when the arrays do not fit."""
    (sizes, depth, filters, groups, depthwise), (stride, padding, dilation, rounding) = (
        kind,
        windows,
    )
    rank = len(array) - 2
    if not 1 <= rank <= 3 or len(sizes) != rank:
        raise CannotRun(f"a kernel with {len(sizes)} axes on an input with {rank}")
    if array[-1] != depth:
        raise CannotRun(f"a kernel for {depth} maps, but {array[-1]} arrive")
    strides = per_axis(stride, rank, 1, "stride")
    dilations = per_axis(dilation, rank, 1, "dilation")
    sides = ((0, 0),) * rank if padding is None else padding
    if len(sides) != rank:
        raise CannotRun(f"padding for {len(sides)} of {rank} axes")
    axes = slides(array[1:-1], sizes, strides, dilations, sides, rounding)
    frames, down, across = (_ONE,) * (3 - rank) + axes
    return Shape(
        (frames, down, across), depth // groups, filters // groups, groups, depthwise, itemsize
    )


def _even(count: int, most: int, parts: int) -> int:
    """Return the size of equal tiles of at most ``most``, their number a multiple of parts."""
    number = -(-count // most)
    number = -(-number // parts) * parts
    return -(-count // number)


def run(job: Job, cut: Plan, bias: Array | None, activation: Activation | None) -> None:
    """Compute every tile, with bias and activation while it is in the cache."""
    # a short bias is repeated along the row: the inner loop of its addition is then long
    short = bias is not None and len(bias) < LONG
    wide = np.tile(bias, cut.columns) if bias is not None and short else bias
    late = activation is not None and cut.apart  # softmax needs all filters of a position

    def work(tile: Tile, *buffers: Array) -> None:
        for group in range(job.shape.groups):
            if next(job.frames(tile), None) is None:
                job.target(tile, group)[...] = 0  # nothing but padding
            else:
                cut.recipe.run(job, tile, group, *buffers)
        part = job.out[
            tile.image,
            tile.plane,
            tile.rows.start : tile.rows.stop,
            tile.columns.start : tile.columns.stop,
        ]
        if cut.apart:
            part = part[..., tile.filters]
            if bias is not None:
                np.add(part, bias[tile.filters], out=part)
        elif wide is not None:
            flat = part.reshape(len(part), -1) if short else part
            np.add(flat, wide[: flat.shape[-1]], out=flat)
        if activation is not None and not late:
            activation(part, part)

    each(work, cut.tiles, cut.buffers, job.out.dtype, share=cut.share)
    if activation is not None and late:
        activation(job.out, job.out)
