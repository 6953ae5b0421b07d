"""Sums of products: convolutions, transposed ones, and dense layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.kernels.conv import expand_table, standardized
from cnncalc.forward.kernels.dense import flat, some_units
from cnncalc.forward.kernels.dispatch import Given
from cnncalc.forward.kernels.transposed import written
from cnncalc.forward.parts.arithmetic import dot, largest, minus, plus, power, summed, times
from cnncalc.forward.parts.dispatch import before_activation
from cnncalc.forward.parts.lines import (
    Place,
    Positions,
    line,
    table,
    taps,
    window_title,
    windows_of,
    with_weight,
)
from cnncalc.layers.conv import Conv
from cnncalc.layers.dense import FullyConnected, Maxout, RadialBasis
from cnncalc.layers.local import LocallyConnected
from cnncalc.layers.separable import DepthwiseConv, SeparableConv
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.maths.words import plural
from cnncalc.report.worked import Expression, Line, Parts, Table

_MAPS = 4
"""The most maps that are written one by one."""


@before_activation.register
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
    return _filtered(given, at, maps, taps(layer, given, at), mine)


@before_activation.register
def _depthwise(layer: DepthwiseConv, given: Given, at: Place) -> Parts:
    maps, kernel = (at[0] // layer.multiplier,), given.weights["kernel"][at[0]]
    return _filtered(given, at, maps, taps(layer, given, at), kernel)


@before_activation.register
def _local(layer: LocallyConnected, given: Given, at: Place) -> Parts:
    mine = (*at[1:], at[0])
    maps, kernel = range(given.volume.depth), given.weights["kernel"][mine]
    return _filtered(given, at, maps, taps(layer, given, at), kernel, mine)


@before_activation.register
def _transposed(layer: ConvTranspose, given: Given, at: Place) -> Parts:
    """Collect the input positions that write to a place, each with the tap that does."""
    kernel = given.weights["kernel"]
    deep, width = given.volume.depth // layer.groups, kernel.shape[1]
    group, mine = divmod(at[0], width)
    maps = range(group * deep, (group + 1) * deep)
    axes = zip(written(layer, given), at[1:], strict=True)
    pairs = [axis.writers(place) for axis, place in axes]
    positions = tuple([position for position, _ in along] for along in pairs)
    used = np.ix_(maps, *([tap for _, tap in along] for along in pairs))
    return _filtered(given, at, maps, positions, kernel[:, mine][used])


@before_activation.register
def _separable(layer: SeparableConv, given: Given, at: Place) -> Parts:
    """Work out each map of the depthwise step, then their sum with the pointwise weights."""
    kernel, pointwise = given.weights["depthwise"], given.weights["pointwise"][at[0]].ravel()
    maps = [number // layer.multiplier for number in range(len(kernel))]
    labels = [(f"depthwise {number}", f"depthwise filter {number}") for number in range(_MAPS)]
    products = _products(given.x, maps, taps(layer, given, at), kernel, labels, pointwise)
    row = table(f"pointwise filter {at[0]}", pointwise)
    return with_weight(replace(products, tables=(*products.tables, row)), given, "bias", at)


@before_activation.register
def _fc(layer: FullyConnected, given: Given, at: Place) -> Parts:
    (unit,) = at
    inputs = flat(given.x)[0]
    (weights,) = some_units(given.weights["kernel"], slice(unit, unit + 1))
    total = line("sum", dot(inputs, weights))
    tables = (table("input", inputs), table(f"weights of unit {unit}", weights))
    products = Parts(tables=tables, lines=(total,), formula="sum", expression=total.result)
    return with_weight(products, given, "bias", at)


@before_activation.register
def _maxout(layer: Maxout, given: Given, at: Place) -> Parts:
    (unit,) = at
    inputs = flat(given.x)[0]
    tables = [table("input", inputs)]
    lines: list[Line] = []
    pieces = zip(given.weights["kernel"][unit], given.weights["bias"][unit], strict=True)
    for number, (weights, bias) in enumerate(pieces):
        tables.append(table(f"weights of unit {unit}, piece {number}", weights))
        total = line(f"sum {number}", dot(inputs, weights))
        with_bias = plus(total.result, float(bias))
        lines += [total, line(f"piece {number}", with_bias, "sum + bias")]
    results = np.array([piece.result for piece in lines[1::2]])
    return Parts(
        tables=tuple(tables),
        lines=tuple(lines),
        formula="largest of the pieces",
        expression=largest(results),
    )


@before_activation.register
def _rbf(layer: RadialBasis, given: Given, at: Place) -> Parts:
    (unit,) = at
    inputs, centre = flat(given.x)[0], given.weights["centres"][unit]
    return Parts(
        tables=(table("input", inputs), table(f"centre of unit {unit}", centre)),
        formula="Σ(input − centre)^2",
        expression=summed(lambda a, b: power(minus(a, b), 2), inputs, centre),
    )


def _filtered(
    given: Given,
    at: Place,
    maps: Sequence[int],
    positions: Positions,
    kernel: Array,
    mine: Place | None = None,
) -> Parts:
    """Return the products of a filter (maps, *taps), and the bias at ``mine``, else of the map."""
    labels = [(f"map {number}", f"filter {at[0]}") for number in maps[:_MAPS]]
    products = _products(given.x, maps, positions, kernel, labels)
    return with_weight(products, given, "bias", at if mine is None else mine)


def _products(
    x: Array,
    maps: Sequence[int],
    positions: Positions,
    kernel: Array,
    labels: Sequence[tuple[str, str]],
    pointwise: Array | None = None,
) -> Parts:
    """Return the sum of windows of maps times a kernel (maps, *taps); padding is zeros.

    ``labels`` are the words for the sum and the filter of each of the first maps. The sums are
    multiplied by ``pointwise``, one weight for each.
    """
    windows = windows_of(x, maps, positions).filled(0).astype(float)
    kernel = kernel.reshape(windows.shape)
    tables: list[Table] = []
    lines: list[Line] = []
    for (what, name), number, window, one in zip(labels, maps, windows, kernel, strict=False):
        if window.size:
            tables.append(table(window_title(number, positions), window))
            tables.append(table(f"{name}, map {number}", one))
        lines.append(line(what, dot(window, one)))
    if pointwise is None and len(maps) == 1:
        lines = [replace(lines[0], what="sum")]
    else:
        sums = (windows * kernel).sum(axis=tuple(range(1, windows.ndim)))
        lines += _sum_of_maps(lines, sums, pointwise)
    total = lines[-1].result
    return Parts(
        tables=tuple(dict.fromkeys(tables)), lines=tuple(lines), formula="sum", expression=total
    )


def _sum_of_maps(shown: Sequence[Line], sums: Array, pointwise: Array | None) -> list[Line]:
    """Return the line of the sum, and before it one of all maps that are not shown."""
    terms: list[Expression] = [one.result for one in shown]
    others = sums[len(shown) :]
    if pointwise is not None:
        terms = [times(*pair) for pair in zip(terms, pointwise.tolist(), strict=False)]
        others = others * pointwise[len(shown) :]
    lines = []
    if others.size:
        words = f"the products of {plural(others.size, 'other map')}"
        lines = [line("others", float(others.sum()), words)]
        terms.append(lines[0].result)
    return [*lines, line("sum", plus(*terms))]
