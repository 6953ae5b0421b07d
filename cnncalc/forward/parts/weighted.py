"""Sums of products: convolutions, transposed ones, and dense layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.kernels.conv import expand_table, standardized
from cnncalc.forward.kernels.dense import flat, some_units
from cnncalc.forward.kernels.dispatch import Given, lay
from cnncalc.forward.kernels.transposed import written
from cnncalc.forward.parts.dispatch import parts
from cnncalc.forward.parts.lines import (
    MAPS,
    Place,
    Positions,
    dot,
    ended,
    ended_with_bias,
    largest,
    minus,
    plus,
    power,
    summed,
    table,
    window_of,
    window_title,
)
from cnncalc.layers.base import Layer
from cnncalc.layers.conv import Conv
from cnncalc.layers.dense import FullyConnected, Maxout, RadialBasis
from cnncalc.layers.local import LocallyConnected
from cnncalc.layers.separable import DepthwiseConv, SeparableConv
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.report.worked import Line, Parts, Table


@parts.register
def _conv(layer: Conv, given: Given, at: Place) -> Parts:
    kernel, depth = given.weights["kernel"], given.volume.depth
    deep = depth // layer.groups
    first = at[0] // (layer.filters // layer.groups) * deep
    maps: Sequence[int] = range(first, first + deep)
    if layer.standardize:
        kernel = standardized(kernel, given.weights["gain"])
    mine = kernel[at[0]]
    if layer.connection_table is not None:
        maps = layer.connection_table[at[0]]
        mine = expand_table(kernel, layer.connection_table, depth)[at[0]][list(maps)]
    bias = _bias(given, at[0])
    return _products(layer, given, at, maps, taps(layer, given, at), mine, bias)


@parts.register
def _depthwise(layer: DepthwiseConv, given: Given, at: Place) -> Parts:
    maps = (at[0] // layer.multiplier,)
    kernel, bias = given.weights["kernel"][at[0]], _bias(given, at[0])
    return _products(layer, given, at, maps, taps(layer, given, at), kernel, bias)


@parts.register
def _separable(layer: SeparableConv, given: Given, at: Place) -> Parts:
    """Work out each map of the depthwise step, then their sum with the pointwise weights."""
    positions, kernel = taps(layer, given, at), given.weights["depthwise"]
    pointwise = given.weights["pointwise"][at[0]].ravel().tolist()
    tables: list[Table] = []
    lines: list[Line] = []
    for number, one in enumerate(kernel):
        source = number // layer.multiplier
        window, weights = _padded(given.x, source, positions), _numbers(one)
        tables += _tables(window, weights, f"depthwise filter {number}", source, positions)
        lines.append(dot(f"depthwise {number}", window, weights))
    shown = (*dict.fromkeys(tables[: 2 * MAPS]), _row(f"pointwise filter {at[0]}", pointwise))
    return ended_with_bias(layer, summed(lines, pointwise), _bias(given, at[0]), shown)


@parts.register
def _local(layer: LocallyConnected, given: Given, at: Place) -> Parts:
    mine = (*at[1:], at[0])
    maps = range(given.volume.depth)
    kernel, bias = given.weights["kernel"][mine], _bias(given, mine)
    return _products(layer, given, at, maps, taps(layer, given, at), kernel, bias)


@parts.register
def _transposed(layer: ConvTranspose, given: Given, at: Place) -> Parts:
    """Collect the input positions that write to a place, each with the tap that does."""
    kernel = given.weights["kernel"]
    deep, width = given.volume.depth // layer.groups, kernel.shape[1]
    group, mine = divmod(at[0], width)
    maps = range(group * deep, (group + 1) * deep)
    axes = zip(written(layer, given), at[1:], strict=True)
    pairs = [axis.writers(place) for axis, place in axes]
    positions = tuple(tuple(position for position, _ in along) for along in pairs)
    used = np.ix_(*([tap for _, tap in along] for along in pairs))
    filters = [kernel[number, mine][used] for number in maps]
    return _products(layer, given, at, maps, positions, filters, _bias(given, at[0]))


@parts.register
def _fc(layer: FullyConnected, given: Given, at: Place) -> Parts:
    (unit,) = at
    inputs = _numbers(flat(given.x)[0])
    weights = _numbers(some_units(given.weights["kernel"], slice(unit, unit + 1)))
    tables = (_row("input", inputs), _row(f"weights of unit {unit}", weights))
    return ended_with_bias(layer, [dot("sum", inputs, weights)], _bias(given, unit), tables)


@parts.register
def _maxout(layer: Maxout, given: Given, at: Place) -> Parts:
    (unit,) = at
    inputs = _numbers(flat(given.x)[0])
    tables = [_row("input", inputs)]
    lines: list[Line] = []
    results: list[float] = []
    pieces = zip(given.weights["kernel"][unit], _numbers(given.weights["bias"][unit]), strict=True)
    for number, (kernel, bias) in enumerate(pieces):
        weights = _numbers(kernel)
        tables.append(_row(f"weights of unit {unit}, piece {number}", weights))
        products = dot(f"sum {number}", inputs, weights)
        total = products.result + bias
        piece = Line(
            what=f"piece {number}",
            formula="sum + bias",
            expression=plus(products.result, bias),
            result=total,
        )
        lines += [products, piece]
        results.append(total)
    words = "largest of the pieces"
    return ended(layer, words, largest(results), max(results), lines=lines, tables=tables)


@parts.register
def _rbf(layer: RadialBasis, given: Given, at: Place) -> Parts:
    (unit,) = at
    inputs, centre = _numbers(flat(given.x)[0]), _numbers(given.weights["centres"][unit])
    pairs = list(zip(inputs, centre, strict=True))
    squares = plus(*(power(minus(a, b), 2) for a, b in pairs))
    total = sum((a - b) ** 2 for a, b in pairs)
    tables = (_row("input", inputs), _row(f"centre of unit {unit}", centre))
    return ended(layer, "Σ(input − centre)^2", squares, total, tables=tables)


def taps(layer: Windowed, given: Given, at: Place) -> Positions:
    """Return the positions that a window reads along each axis."""
    axes = zip(lay(layer, given), at[1:], strict=True)
    return tuple(tuple(axis.taps(axis.starts[place])) for axis, place in axes)


def _products(
    layer: Layer,
    given: Given,
    at: Place,
    maps: Iterable[int],
    positions: Positions,
    kernel: Iterable[Array],
    bias: float | None,
) -> Parts:
    """Return a window that is multiplied with a kernel (maps, *taps); padding is zeros."""
    tables: list[Table] = []
    lines: list[Line] = []
    for number, one in zip(maps, kernel, strict=True):
        window, weights = _padded(given.x, number, positions), _numbers(one)
        tables += _tables(window, weights, f"filter {at[0]}", number, positions)
        lines.append(dot(f"map {number}", window, weights))
    return ended_with_bias(layer, summed(lines), bias, tables[: 2 * MAPS])


def _tables(
    window: Sequence[float], weights: Sequence[float], name: str, number: int, positions: Positions
) -> list[Table]:
    """Return the window of a map before its filter; nothing where it is empty."""
    if not window:
        return []
    row = len(positions[-1])
    title = window_title(number, positions)
    return [table(title, window, row), table(f"{name}, map {number}", weights, row)]


def _padded(x: Array, number: int, positions: Positions) -> list[float]:
    """Return what a window of a map reads; padding is zeros."""
    return [number or 0.0 for number in window_of(x, number, positions)]


def _row(title: str, numbers: Sequence[float]) -> Table:
    return table(title, numbers, len(numbers))


def _numbers(array: Array) -> tuple[float, ...]:
    return tuple(array.ravel().tolist())


def _bias(given: Given, place: Any) -> float | None:
    """Return the bias of a filter or unit; ``None`` for a layer without."""
    return float(given.weights["bias"][place]) if "bias" in given.weights else None
