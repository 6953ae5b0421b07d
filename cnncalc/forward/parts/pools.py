"""Pools: one window of one map, in which padding does not count."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from cnncalc.forward.arrays import Array
from cnncalc.forward.kernels.dispatch import Given, lay
from cnncalc.forward.kernels.global_pool import window
from cnncalc.forward.parts.arithmetic import function, largest, over, power, summed, times, total
from cnncalc.forward.parts.dispatch import before_activation
from cnncalc.forward.parts.lines import (
    Place,
    Positions,
    line,
    table,
    taps,
    weight,
    window_title,
    windows_of,
    with_weight,
)
from cnncalc.layers.axes import kept_per_axis
from cnncalc.layers.base import Layer
from cnncalc.layers.global_pool import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    AdaptivePool,
    GlobalAvgPool,
    GlobalMaxPool,
)
from cnncalc.layers.pool import AvgPool, LpPool, MaxPool
from cnncalc.layers.window import Windowed
from cnncalc.report.worked import Expression, Parts, Table


@before_activation.register(MaxPool)
@before_activation.register(GlobalMaxPool)
@before_activation.register(AdaptiveMaxPool)
def _max(layer: MaxPool | GlobalMaxPool | AdaptiveMaxPool, given: Given, at: Place) -> Parts:
    shown, numbers = _window(layer, given, at)
    return Parts(tables=(shown,), formula="largest of the window", expression=largest(numbers))


@before_activation.register(GlobalAvgPool)
@before_activation.register(AdaptiveAvgPool)
def _mean(layer: GlobalAvgPool | AdaptiveAvgPool, given: Given, at: Place) -> Parts:
    shown, numbers = _window(layer, given, at)
    return _over(_sum(shown, total(numbers)), numbers.size)


@before_activation.register
def _avgpool(layer: AvgPool, given: Given, at: Place) -> Parts:
    shown, numbers = _window(layer, given, at)
    added = _sum(shown, total(numbers))
    if not layer.trainable:
        axes = zip(lay(layer, given), at[1:], strict=True)
        counts = (axis.counts(padding=layer.count_padding)[place] for axis, place in axes)
        return _over(added, prod(counts))
    coefficient = line("coefficient", weight(given.weights["coefficient"], at))
    scaled = replace(
        added,
        lines=(*added.lines, coefficient),
        formula="coefficient·sum",
        expression=times(coefficient.result, added.lines[0].result),
    )
    return with_weight(scaled, given, "bias", at)


@before_activation.register
def _lppool(layer: LpPool, given: Given, at: Place) -> Parts:
    shown, numbers = _window(layer, given, at)
    p = layer.p if isinstance(layer.p, int) else float(layer.p)
    added = _sum(shown, summed(lambda number: power(function("abs", number), p), numbers))
    root = power(added.lines[0].result, over(1, p))
    return replace(added, formula="sum^(1/p)", expression=root)


def _window(layer: Layer, given: Given, at: Place) -> tuple[Table, Array]:
    """Return the table of what a pool reads, and the numbers of it that count."""
    positions = _positions(layer, given, at)
    (numbers,) = windows_of(given.x, at[:1], positions)
    return table(window_title(at[0], positions), numbers), numbers.compressed()


def _positions(layer: Layer, given: Given, at: Place) -> Positions:
    """Return the positions that a pool reads along each axis."""
    if isinstance(layer, Windowed):
        return taps(layer, given, at)
    sizes = given.volume.spatial
    if isinstance(layer, AdaptivePool):
        wanted = kept_per_axis(layer.sizes, given.volume, "output")
        axes = zip(sizes, wanted, at[1:], strict=True)
        return tuple(range(*window(size, count, part)) for size, count, part in axes)
    return tuple(map(range, sizes))


def _sum(shown: Table, expression: Expression) -> Parts:
    """Return the parts of a sum over a window."""
    added = line("sum", expression)
    return Parts(tables=(shown,), lines=(added,), formula="sum", expression=added.result)


def _over(added: Parts, count: int) -> Parts:
    """Return the parts of a sum divided by a count."""
    return replace(added, formula="sum/n", expression=over(added.lines[0].result, count))
