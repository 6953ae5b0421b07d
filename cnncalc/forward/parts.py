"""What one number of a layer is made of: the window that it reads, the filter, the bias.

The windows are those that the array code lays (:mod:`cnncalc.forward.slide`), for the first image
of the batch. A kind without such arithmetic has no function here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from itertools import product
from math import prod
from typing import Any

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.kernels.conv import expand_table, standardized
from cnncalc.forward.kernels.dense import flat, some_units
from cnncalc.forward.kernels.dispatch import Given, lay
from cnncalc.forward.kernels.global_pool import window
from cnncalc.forward.kernels.transposed import written
from cnncalc.layers.axes import kept_per_axis
from cnncalc.layers.base import Layer
from cnncalc.layers.conv import Conv
from cnncalc.layers.dense import FullyConnected
from cnncalc.layers.global_pool import (
    AdaptiveMaxPool,
    AdaptivePool,
    GlobalMaxPool,
    GlobalPool,
)
from cnncalc.layers.local import LocallyConnected
from cnncalc.layers.pool import AvgPool, LpPool, MaxPool
from cnncalc.layers.separable import DepthwiseConv
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.report.worked import How, Numbers, Parts

Place = tuple[int, ...]
"""(map, *position) of a number of the output."""
Positions = tuple[tuple[int, ...], ...]
"""Positions of the input along each axis; negative ones and those behind its end are padding."""


@singledispatch
def parts(layer: Layer, given: Given, at: Place) -> Parts:
    """Return what the number of a layer at a place is made of.

    Raises:
        NotImplementedError: the kind has no such arithmetic; see :func:`has_parts`.
    """
    raise NotImplementedError(type(layer).__name__)


def has_parts(kind: type[Layer]) -> bool:
    """Return whether :func:`parts` knows a kind."""
    return parts.dispatch(kind) is not parts.dispatch(object)


@parts.register
def _conv(layer: Conv, given: Given, at: Place) -> Parts:
    kernel, depth = given.weights["kernel"], given.volume.depth
    deep = depth // layer.groups
    first = at[0] // (layer.filters // layer.groups) * deep
    maps = tuple(range(first, first + deep))
    if layer.standardize:
        kernel = standardized(kernel, given.weights["gain"])
    mine = kernel[at[0]]
    if layer.connection_table is not None:
        maps = layer.connection_table[at[0]]
        mine = expand_table(kernel, layer.connection_table, depth)[at[0]][list(maps)]
    bias = given.weights["bias"][at[0]] if layer.bias else None
    return _products(given, maps, _taps(layer, given, at), mine, bias)


@parts.register
def _depthwise(layer: DepthwiseConv, given: Given, at: Place) -> Parts:
    bias = given.weights["bias"][at[0]] if layer.bias else None
    maps = (at[0] // layer.multiplier,)
    kernel = given.weights["kernel"][at[0]]
    return _products(given, maps, _taps(layer, given, at), kernel, bias)


@parts.register
def _local(layer: LocallyConnected, given: Given, at: Place) -> Parts:
    mine = (*at[1:], at[0])
    bias = given.weights["bias"][mine] if layer.bias else None
    maps = tuple(range(given.volume.depth))
    kernel = given.weights["kernel"][mine]
    return _products(given, maps, _taps(layer, given, at), kernel, bias)


@parts.register
def _transposed(layer: ConvTranspose, given: Given, at: Place) -> Parts:
    """Collect the input positions that write to a place, each with the tap that does."""
    kernel = given.weights["kernel"]
    deep, width = given.volume.depth // layer.groups, kernel.shape[1]
    group, mine = divmod(at[0], width)
    maps = tuple(range(group * deep, (group + 1) * deep))
    axes = zip(written(layer, given), at[1:], strict=True)
    pairs = [axis.writers(place) for axis, place in axes]
    positions = tuple(tuple(position for position, _ in along) for along in pairs)
    taps = np.ix_(*([tap for _, tap in along] for along in pairs))
    bias = given.weights["bias"][at[0]] if layer.bias else None
    return _products(given, maps, positions, [kernel[n, mine][taps] for n in maps], bias)


@parts.register
def _fc(layer: FullyConnected, given: Given, at: Place) -> Parts:
    unit = at[0]
    weights = some_units(given.weights["kernel"], slice(unit, unit + 1))[0]
    return Parts(
        window=(tuple(flat(given.x)[0].tolist()),),
        filter=(tuple(weights.tolist()),),
        bias=float(given.weights["bias"][unit]) if layer.bias else None,
    )


@parts.register
def _maxpool(layer: MaxPool, given: Given, at: Place) -> Parts:
    return _pooled(given, at, _taps(layer, given, at), "largest")


@parts.register
def _avgpool(layer: AvgPool, given: Given, at: Place) -> Parts:
    taps = _taps(layer, given, at)
    if layer.trainable:
        coefficient, bias = (float(given.weights[name][at[0]]) for name in ("coefficient", "bias"))
        return _pooled(given, at, taps, "scaled", coefficient, bias)
    axes = zip(lay(layer, given), at[1:], strict=True)
    count = prod(axis.counts(padding=layer.count_padding)[place] for axis, place in axes)
    return _pooled(given, at, taps, "mean", count)


@parts.register
def _lppool(layer: LpPool, given: Given, at: Place) -> Parts:
    return _pooled(given, at, _taps(layer, given, at), "norm", float(layer.p))


@parts.register
def _global(layer: GlobalPool, given: Given, at: Place) -> Parts:
    everything = tuple(tuple(range(size)) for size in given.volume.spatial)
    return _reduced(given, at, everything, largest=isinstance(layer, GlobalMaxPool))


@parts.register
def _adaptive(layer: AdaptivePool, given: Given, at: Place) -> Parts:
    wanted = kept_per_axis(layer.sizes, given.volume, "output")
    axes = zip(given.volume.spatial, wanted, at[1:], strict=True)
    positions = tuple(tuple(range(*window(size, parts, part))) for size, parts, part in axes)
    return _reduced(given, at, positions, largest=isinstance(layer, AdaptiveMaxPool))


def _taps(layer: Windowed, given: Given, at: Place) -> Positions:
    """Return the positions that a window reads along each axis."""
    axes = zip(lay(layer, given), at[1:], strict=True)
    return tuple(tuple(axis.taps(axis.starts[place])) for axis, place in axes)


def _products(
    given: Given, maps: tuple[int, ...], positions: Positions, kernel: Iterable[Array], bias: Any
) -> Parts:
    """Return a window that is multiplied with a kernel (maps, *taps); padding is zeros."""
    return Parts(
        window=_numbers(given.x, maps, positions, 0.0),
        maps=maps,
        positions=positions,
        filter=tuple(tuple(one.ravel().tolist()) for one in kernel),
        bias=None if bias is None else float(bias),
    )


def _reduced(given: Given, at: Place, positions: Positions, *, largest: bool) -> Parts:
    """Return a window of pooling to a given size."""
    if largest:
        return _pooled(given, at, positions, "largest")
    return _pooled(given, at, positions, "mean", prod(map(len, positions)))


def _pooled(
    given: Given,
    at: Place,
    positions: Positions,
    how: How,
    factor: float = 1.0,
    bias: float | None = None,
) -> Parts:
    """Return a window of one map, in which padding does not count."""
    return Parts(
        window=_numbers(given.x, at[:1], positions, None),
        maps=at[:1],
        positions=positions,
        how=how,
        factor=factor,
        bias=bias,
    )


def _numbers(x: Array, maps: Iterable[int], positions: Positions, padding: float | None) -> Numbers:
    """Return the numbers of the first image at all positions, ``padding`` outside of it."""
    sizes = x.shape[1:-1]
    places = [
        place if all(0 <= p < size for p, size in zip(place, sizes, strict=True)) else None
        for place in product(*positions)
    ]
    return tuple(
        tuple(padding if place is None else float(x[(0, *place, number)]) for place in places)
        for number in maps
    )
