"""Normalisation: by stored statistics, by those of the input itself, by neighbouring maps."""

from __future__ import annotations

from cnncalc.forward.arrays import Array
from cnncalc.forward.kernels.dispatch import Given
from cnncalc.forward.parts.arithmetic import (
    function,
    minus,
    over,
    plus,
    power,
    summed,
    times,
    total,
)
from cnncalc.forward.parts.dispatch import before_activation
from cnncalc.forward.parts.lines import Place, line, read, weight, with_weight
from cnncalc.layers.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LocalResponseNorm,
    Norm,
    RmsNorm,
)
from cnncalc.report.worked import Expression, Line, Parts


@before_activation.register
def _batchnorm(layer: BatchNorm, given: Given, at: Place) -> Parts:
    mean = line("mean", weight(given.weights["running_mean"], at))
    variance = line("variance", weight(given.weights["running_variance"], at))
    return _normalised(layer, given, at, mean, variance)


@before_activation.register
def _layernorm(layer: LayerNorm, given: Given, at: Place) -> Parts:
    x = given.x[0]
    return _by_statistics(layer, given, at, x if layer.over == "all" else x[at[1:]])


@before_activation.register
def _groupnorm(layer: GroupNorm, given: Given, at: Place) -> Parts:
    width = given.volume.depth // layer.groups
    first = at[0] // width * width
    return _by_statistics(layer, given, at, given.x[0, ..., first : first + width])


@before_activation.register
def _instancenorm(layer: InstanceNorm, given: Given, at: Place) -> Parts:
    return _by_statistics(layer, given, at, given.x[0, ..., at[0]])


@before_activation.register
def _rmsnorm(layer: RmsNorm, given: Given, at: Place) -> Parts:
    depth = given.x[0][at[1:]]
    mean = line("mean of squares", over(summed(_squared, depth), len(depth)))
    root = function("√", plus(mean.result, float(layer.epsilon)))
    normalised = Parts(
        lines=(mean,),
        formula="input/√(mean of squares + epsilon)",
        expression=over(read(given.x, at), root),
    )
    return _scaled(normalised, given, at)


@before_activation.register
def _lrn(layer: LocalResponseNorm, given: Given, at: Place) -> Parts:
    first, last = at[0] - layer.size // 2, at[0] + (layer.size - 1) // 2
    maps = given.x[0][at[1:]][max(first, 0) : last + 1]
    squares = line("sum of squares", summed(_squared, maps))
    scaled = plus(float(layer.k), times(float(layer.alpha), squares.result))
    return Parts(
        lines=(squares,),
        formula="input/(k + alpha·sum of squares)^beta",
        expression=over(read(given.x, at), power(scaled, float(layer.beta))),
    )


def _by_statistics(layer: Norm, given: Given, at: Place, numbers: Array) -> Parts:
    """Return the parts of a number of several, by their mean and variance."""
    mean = line("mean", over(total(numbers), numbers.size))
    squares = summed(lambda number: _squared(minus(number, mean.result)), numbers)
    return _normalised(layer, given, at, mean, line("variance", over(squares, numbers.size)))


def _squared(number: Expression) -> Expression:
    return power(number, 2)


def _normalised(layer: Norm, given: Given, at: Place, mean: Line, variance: Line) -> Parts:
    """Return the number less the mean, divided by the deviation, scaled and shifted."""
    root = function("√", plus(variance.result, float(layer.epsilon)))
    normalised = Parts(
        lines=(mean, variance),
        formula="(input − mean)/√(variance + epsilon)",
        expression=over(minus(read(given.x, at), mean.result), root),
    )
    return _scaled(normalised, given, at)


def _scaled(normalised: Parts, given: Given, at: Place) -> Parts:
    """Return a number times the scale, plus the shift, where there are such."""
    scaled = with_weight(normalised, given, "scale", at, "·")
    return with_weight(scaled, given, "shift", at)
