"""Normalisation: by stored statistics, by those of the input itself, by neighbouring maps."""

from __future__ import annotations

from math import sqrt

from cnncalc.forward.arrays import Array
from cnncalc.forward.kernels.dispatch import Given
from cnncalc.forward.parts.dispatch import parts
from cnncalc.forward.parts.element_wise import read
from cnncalc.forward.parts.lines import Place, ended, minus, over, plus, power, times
from cnncalc.layers.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LocalResponseNorm,
    Norm,
    RmsNorm,
)
from cnncalc.report.worked import Expression, Function, Line, Parts


@parts.register
def _batchnorm(layer: BatchNorm, given: Given, at: Place) -> Parts:
    mean, variance = (
        float(given.weights[name][at[0]]) for name in ("running_mean", "running_variance")
    )
    lines = (Line(what="mean", result=mean), Line(what="variance", result=variance))
    return _normalised(layer, given, at, lines)


@parts.register
def _layernorm(layer: LayerNorm, given: Given, at: Place) -> Parts:
    x = given.x[0]
    mine = x if layer.over == "all" else x[at[1:]]
    return _normalised(layer, given, at, _statistics(mine))


@parts.register
def _groupnorm(layer: GroupNorm, given: Given, at: Place) -> Parts:
    width = given.volume.depth // layer.groups
    first = at[0] // width * width
    return _normalised(layer, given, at, _statistics(given.x[0, ..., first : first + width]))


@parts.register
def _instancenorm(layer: InstanceNorm, given: Given, at: Place) -> Parts:
    return _normalised(layer, given, at, _statistics(given.x[0, ..., at[0]]))


@parts.register
def _rmsnorm(layer: RmsNorm, given: Given, at: Place) -> Parts:
    depth, epsilon, x = given.x[0][at[1:]].tolist(), float(layer.epsilon), read(given.x, at)
    squares = plus(*(power(number, 2) for number in depth))
    mean = sum(number**2 for number in depth) / len(depth)
    statistic = Line(what="mean of squares", expression=over(squares, len(depth)), result=mean)
    root = Function(name="√", of=(plus(mean, epsilon),))
    formula, value = "input/√(mean of squares + epsilon)", x / sqrt(mean + epsilon)
    return _scaled(layer, given, at, (statistic,), formula, over(x, root), value)


@parts.register
def _lrn(layer: LocalResponseNorm, given: Given, at: Place) -> Parts:
    first, last = at[0] - layer.size // 2, at[0] + (layer.size - 1) // 2
    maps = range(max(first, 0), min(last, given.volume.depth - 1) + 1)
    depth = [read(given.x, (number, *at[1:])) for number in maps]
    total = sum(number**2 for number in depth)
    k, alpha, beta = float(layer.k), float(layer.alpha), float(layer.beta)
    squares = plus(*(power(number, 2) for number in depth))
    below = power(plus(k, times(alpha, total)), beta)
    return Parts(
        lines=(Line(what="sum of squares", expression=squares, result=total),),
        formula="input/(k + alpha·sum of squares)^beta",
        expression=over(read(given.x, at), below),
    )


def _statistics(array: Array) -> tuple[Line, Line]:
    """Return the mean of numbers, and the mean of their squared distances from it."""
    numbers = array.ravel().tolist()
    count = len(numbers)
    mean = sum(numbers) / count
    squares = plus(*(power(minus(number, mean), 2) for number in numbers))
    variance = sum((number - mean) ** 2 for number in numbers) / count
    return (
        Line(what="mean", expression=over(plus(*numbers), count), result=mean),
        Line(what="variance", expression=over(squares, count), result=variance),
    )


def _normalised(layer: Norm, given: Given, at: Place, statistics: tuple[Line, Line]) -> Parts:
    """Return the number less the mean, divided by the deviation, scaled and shifted."""
    mean, variance = (line.result for line in statistics)
    epsilon, x = float(layer.epsilon), read(given.x, at)
    root = Function(name="√", of=(plus(variance, epsilon),))
    formula, value = "(input − mean)/√(variance + epsilon)", (x - mean) / sqrt(variance + epsilon)
    return _scaled(layer, given, at, statistics, formula, over(minus(x, mean), root), value)


def _scaled(
    layer: Norm,
    given: Given,
    at: Place,
    lines: tuple[Line, ...],
    formula: str,
    result: Expression,
    value: float,
) -> Parts:
    """Return lines, and the last one times the scale, plus the shift, where there are such."""
    if "scale" in given.weights:
        scale = _weight(given.weights["scale"], at)
        lines = (*lines, Line(what="scale", result=scale))
        formula, result, value = f"{formula}·scale", times(result, scale), value * scale
    if "shift" in given.weights:
        shift = _weight(given.weights["shift"], at)
        lines = (*lines, Line(what="shift", result=shift))
        formula, result, value = f"{formula} + shift", plus(result, shift), value + shift
    return ended(layer, formula, result, value, lines=lines)


def _weight(array: Array, at: Place) -> float:
    """Return the weight of a map, or of a number where each has its own."""
    return float(array[at[: array.ndim]])
