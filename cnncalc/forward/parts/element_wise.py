"""Numbers at one place: activations, softmax over the depth, scaling, and merges by number."""

from __future__ import annotations

from math import exp

from cnncalc.forward.arrays import Array
from cnncalc.forward.kernels.dispatch import Given
from cnncalc.forward.parts.dispatch import parts
from cnncalc.forward.parts.lines import Place, ended, largest, minus, over, plus, times
from cnncalc.layers.activation import ElementWise, LogSoftmax, Prelu, Softmax
from cnncalc.layers.base import Family
from cnncalc.layers.merge import Add, Combined, Divide, Minimum, Multiply, Subtract
from cnncalc.layers.other import Scale
from cnncalc.layers.registry import kinds_of, layer_class
from cnncalc.report.worked import Expression, Function, Line, Operation, Parts, Sign


def read(x: Array, at: Place) -> float:
    """Return the number of the first image at a place, the only one where an axis has one."""
    number, *place = at
    index = [at if size > 1 else 0 for at, size in zip(place, x.shape[1:-1], strict=False)]
    return float(x[(0, *index, number if x.shape[-1] > 1 else 0)])


@parts.register
def _activation(layer: ElementWise, given: Given, at: Place) -> Parts:
    names = kinds_of(Family.ACTIVATION)
    name = next(kind for kind in names if layer_class(kind) is type(layer))
    applied = Function(name=name, of=(read(given.x, at),))
    return Parts(formula=f"{name}(input)", expression=applied)


@parts.register
def _prelu(layer: Prelu, given: Given, at: Place) -> Parts:
    x, slope = read(given.x, at), _of_map(given.weights["slope"], at)
    below = Function(name="min", of=(0, x))
    return Parts(
        lines=(Line(what="slope", result=slope),),
        formula="max(0, input) + slope·min(0, input)",
        expression=plus(largest((0, x)), times(slope, below)),
    )


@parts.register(Softmax)
@parts.register(LogSoftmax)
def _softmax(layer: Softmax | LogSoftmax, given: Given, at: Place) -> Parts:
    """Take exponentials over the depth, the largest number subtracted first as the pass does."""
    depth = [read(given.x, (number, *at[1:])) for number in range(given.volume.depth)]
    most, x = max(depth), depth[at[0]]
    powers = [Function(name="exp", of=(minus(each, most),)) for each in depth]
    total = sum(exp(each - most) for each in depth)
    lines = (
        Line(what="largest", expression=largest(depth), result=most),
        Line(what="sum", expression=plus(*powers), result=total),
    )
    if isinstance(layer, Softmax):
        formula, result = "exp(input − largest)/sum", over(powers[at[0]], total)
    else:
        formula = "input − largest − ln(sum)"
        result = minus(minus(x, most), Function(name="ln", of=(total,)))
    return Parts(lines=lines, formula=formula, expression=result)


@parts.register
def _scale(layer: Scale, given: Given, at: Place) -> Parts:
    x = read(given.x, at)
    factor = _of_map(given.weights["factor"], at) if layer.by is None else float(layer.by)
    lines = [Line(what="factor", result=factor)]
    formula, result, value = "factor·input", times(factor, x), factor * x
    if layer.shift:
        shift = _of_map(given.weights["shift"], at)
        lines.append(Line(what="shift", result=shift))
        formula, result, value = f"{formula} + shift", plus(result, shift), value + shift
    return ended(layer, formula, result, value, lines=lines)


@parts.register(Combined)
@parts.register(Multiply)
def _merge(layer: Combined | Multiply, given: Given, at: Place) -> Parts:
    """Combine the number of each input; one of a vector or of an axis of 1 is repeated."""
    signs: dict[type, Sign] = {Add: "+", Subtract: "−", Divide: "/", Multiply: "·"}
    numbers: tuple[Expression, ...] = tuple(read(x, at) for x in given.inputs)
    if type(layer) in signs:
        result: Expression = Operation(sign=signs[type(layer)], of=numbers)
    else:
        result = Function(name="min" if isinstance(layer, Minimum) else "max", of=numbers)
    return Parts(expression=result)


def _of_map(weights: Array, at: Place) -> float:
    """Return the weight of a map, or the only one."""
    return float(weights[at[0] if len(weights) > 1 else 0])
