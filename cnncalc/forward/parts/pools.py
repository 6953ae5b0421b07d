"""Pools: one window of one map, in which padding does not count."""

from __future__ import annotations

from math import prod

from cnncalc.forward.kernels.dispatch import Given, lay
from cnncalc.forward.kernels.global_pool import window
from cnncalc.forward.parts.dispatch import parts
from cnncalc.forward.parts.lines import (
    Place,
    Positions,
    ended,
    largest,
    over,
    plus,
    power,
    table,
    times,
    window_of,
    window_title,
)
from cnncalc.forward.parts.weighted import taps
from cnncalc.layers.axes import kept_per_axis
from cnncalc.layers.global_pool import AdaptiveMaxPool, AdaptivePool, GlobalMaxPool, GlobalPool
from cnncalc.layers.pool import AvgPool, LpPool, MaxPool
from cnncalc.report.worked import Function, Line, Parts, Table


class Window:
    """The window of a map: its table, and the numbers that count."""

    def __init__(self, given: Given, at: Place, positions: Positions) -> None:
        numbers = window_of(given.x, at[0], positions)
        self.tables: tuple[Table, ...] = (
            table(window_title(at[0], positions), numbers, len(positions[-1])),
        )
        self.numbers = [number for number in numbers if number is not None]
        self.total = sum(self.numbers)

    def maximum(self) -> Parts:
        """Return that the largest is taken."""
        return Parts(
            tables=self.tables,
            formula="largest of the window",
            expression=largest(self.numbers),
        )

    def mean(self, count: int) -> Parts:
        """Return that the sum is divided by a count."""
        return Parts(
            tables=self.tables,
            lines=(self.sum(),),
            formula="sum/n",
            expression=over(self.total, count),
        )

    def sum(self) -> Line:
        """Return the line of the sum."""
        return Line(what="sum", expression=plus(*self.numbers), result=self.total)


@parts.register
def _maxpool(layer: MaxPool, given: Given, at: Place) -> Parts:
    return Window(given, at, taps(layer, given, at)).maximum()


@parts.register
def _avgpool(layer: AvgPool, given: Given, at: Place) -> Parts:
    mine = Window(given, at, taps(layer, given, at))
    if not layer.trainable:
        axes = zip(lay(layer, given), at[1:], strict=True)
        return mine.mean(
            prod(axis.counts(padding=layer.count_padding)[place] for axis, place in axes)
        )
    coefficient, bias = (float(given.weights[name][at[0]]) for name in ("coefficient", "bias"))
    result = plus(times(coefficient, mine.total), bias)
    value = coefficient * mine.total + bias
    lines = (
        mine.sum(),
        Line(what="coefficient", result=coefficient),
        Line(what="bias", result=bias),
    )
    words = "coefficient·sum + bias"
    return ended(layer, words, result, value, lines=lines, tables=mine.tables)


@parts.register
def _lppool(layer: LpPool, given: Given, at: Place) -> Parts:
    mine = Window(given, at, taps(layer, given, at))
    p = layer.p if isinstance(layer.p, int) else float(layer.p)
    powers = [power(Function(name="abs", of=(number,)), p) for number in mine.numbers]
    total = sum(abs(number) ** p for number in mine.numbers)
    return Parts(
        tables=mine.tables,
        lines=(Line(what="sum", expression=plus(*powers), result=total),),
        formula="sum^(1/p)",
        expression=power(total, over(1, p)),
    )


@parts.register
def _global(layer: GlobalPool, given: Given, at: Place) -> Parts:
    everything = tuple(tuple(range(size)) for size in given.volume.spatial)
    mine = Window(given, at, everything)
    return mine.maximum() if isinstance(layer, GlobalMaxPool) else mine.mean(len(mine.numbers))


@parts.register
def _adaptive(layer: AdaptivePool, given: Given, at: Place) -> Parts:
    wanted = kept_per_axis(layer.sizes, given.volume, "output")
    axes = zip(given.volume.spatial, wanted, at[1:], strict=True)
    positions = tuple(tuple(range(*window(size, count, part))) for size, count, part in axes)
    mine = Window(given, at, positions)
    return mine.maximum() if isinstance(layer, AdaptiveMaxPool) else mine.mean(len(mine.numbers))
