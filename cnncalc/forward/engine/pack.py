"""Convolution kernels, from the declared layout to the one that the recipes contract with.

Declared is PyTorch's (K, C/G, *kernel). Packed is (G, frames, rows, columns·C/G, K/G), so that
for every kernel row one slice is the right-hand matrix of a matmul; a depthwise kernel is packed
as (frames, rows, columns, K).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.errors import CannotRun

NARROW = 16
"""Groups narrower than this are joined, with zeros between them: a matmul of 4 columns runs at
a twentieth of the rate of one of 32."""


class Packed(NamedTuple):
    """A convolution kernel ready for use: its array, and what was declared."""

    data: Array
    sizes: tuple[int, ...]
    depth: int
    filters: int
    groups: int
    depthwise: bool = False

    @property
    def joined(self) -> int:
        """Groups that the packed array has, narrow ones being joined."""
        return 1 if self.depthwise else len(self.data)

    @property
    def sizes3(self) -> tuple[int, int, int]:
        """Kernel sizes with the absent axes in front as 1."""
        frames, rows, columns = (1,) * (3 - len(self.sizes)) + self.sizes
        return frames, rows, columns


def describe(
    shape: tuple[int, ...], groups: int, dtype: np.dtype[Any] | type = np.float32
) -> Packed:
    """Return what packing a kernel of this shape gives, with an array that takes no memory.

    Raises:
        CannotRun: the groups do not divide the filters.
    """
    filters, width, *sizes = shape
    if groups < 1 or filters % groups:
        raise CannotRun(f"{groups} groups do not divide {filters} filters")
    frames, rows, columns = (1,) * (3 - len(sizes)) + tuple(sizes)
    alone = width == 1 and groups > 1
    packed: tuple[int, ...] = (frames, rows, columns, filters)
    if not alone:
        joined = _joined(groups, width)
        packed = (joined, frames, rows, columns * width * groups // joined, filters // joined)
    data = np.broadcast_to(np.zeros((), dtype), packed)
    return Packed(data, tuple(sizes), width * groups, filters, groups, depthwise=alone)


def _joined(groups: int, width: int) -> int:
    """Return how many groups there are once narrow ones are joined."""
    numbers = range(1, groups + 1)
    fitting = [n for n in numbers if groups % n == 0 and (n == 1 or n * width <= NARROW)]
    return groups // fitting[-1]


def pack_conv(kernel: Array, groups: int = 1) -> Packed:
    """Pack a kernel of (K, C/G, *kernel).

    A kernel from :func:`in_packed_order` is in packed order already and is not copied.

    Raises:
        CannotRun: the groups do not divide the filters.
    """
    empty = describe(kernel.shape, groups, kernel.dtype)
    filters, width = kernel.shape[:2]
    if empty.depthwise:
        across = kernel.reshape(filters, *empty.data.shape[:3]).transpose(1, 2, 3, 0)
        return empty._replace(data=np.ascontiguousarray(across))
    split = kernel.reshape(groups, filters // groups, width, *empty.sizes3)
    data = np.ascontiguousarray(split.transpose(0, 3, 4, 5, 2, 1))
    if empty.joined < groups:
        data = _join(data, groups // empty.joined)
    return empty._replace(data=data.reshape(empty.data.shape))


def _join(data: Array, number: int) -> Array:
    """Join ``number`` groups at a time: blocks on the diagonal, zeros elsewhere."""
    groups, *sizes, width, filters = data.shape
    shape = (groups // number, *sizes, number * width, number * filters)
    wide = np.zeros(shape, data.dtype)
    for place in range(number):
        deep = slice(place * width, (place + 1) * width)
        across = slice(place * filters, (place + 1) * filters)
        wide[..., deep, across] = data[place::number]
    return wide


def in_packed_order(memory: Array, shape: tuple[int, ...]) -> Array:
    """Return flat memory as a kernel of the declared shape (K, C, *kernel), in packed order.

    Filling the memory costs what filling any array costs, and packing the kernel then costs
    nothing (but for groups that are not depthwise).
    """
    filters, width, *sizes = shape
    rank = len(sizes)
    return memory.reshape(*sizes, width, filters).transpose(rank + 1, rank, *range(rank))


def expand_table(kernel: Array, table: tuple[tuple[int, ...], ...], depth: int) -> Array:
    """Return the (K, C, *kernel) of a connection table: one kernel per pair, zeros elsewhere.

    ``kernel`` is (pairs, *kernel), the pairs in the order of the table: row by row.

    Raises:
        CannotRun: another number of kernels than the table has pairs, or a map that is not
            there or that is named twice.
    """
    pairs = [(number, source) for number, row in enumerate(table) for source in row]
    if len(pairs) != len(kernel) or len(set(pairs)) != len(pairs):
        raise CannotRun(f"{len(kernel)} kernels for {len(pairs)} pairs of a connection table")
    if any(not 0 <= source < depth for _, source in pairs):
        raise CannotRun(f"the connection table names a map outside the {depth} of the input")
    dense = np.zeros((len(table), depth, *kernel.shape[1:]), kernel.dtype)
    rows, columns = zip(*pairs, strict=True)
    dense[list(rows), list(columns)] = kernel
    return dense
