"""Numbers at one place: activations, softmax over the depth, scaling, and merges by number."""

from __future__ import annotations

from cnncalc.forward.kernels.dispatch import Given
from cnncalc.forward.parts.arithmetic import function, largest, minus, over, plus, summed, times
from cnncalc.forward.parts.dispatch import before_activation
from cnncalc.forward.parts.lines import Place, line, read, weight, with_weight
from cnncalc.layers.activation import ElementWise, LogSoftmax, Prelu, Softmax
from cnncalc.layers.base import Family
from cnncalc.layers.merge import Add, Combined, Divide, Minimum, Multiply, Subtract
from cnncalc.layers.other import Scale
from cnncalc.layers.registry import kinds_of, layer_class
from cnncalc.report.worked import Expression, Operation, Parts, Sign


@before_activation.register
def _activation(layer: ElementWise, given: Given, at: Place) -> Parts:
    names = kinds_of(Family.ACTIVATION)
    name = next(kind for kind in names if layer_class(kind) is type(layer))
    return Parts(formula=f"{name}(input)", expression=function(name, read(given.x, at)))


@before_activation.register
def _prelu(layer: Prelu, given: Given, at: Place) -> Parts:
    x, slope = read(given.x, at), weight(given.weights["slope"], at)
    below = times(slope, function("min", 0, x))
    return Parts(
        lines=(line("slope", slope),),
        formula="max(0, input) + slope·min(0, input)",
        expression=plus(function("max", 0, x), below),
    )


@before_activation.register(Softmax)
@before_activation.register(LogSoftmax)
def _softmax(layer: Softmax | LogSoftmax, given: Given, at: Place) -> Parts:
    """Take exponentials over the depth, the largest number subtracted first as the pass does."""
    depth, x = given.x[0][at[1:]], read(given.x, at)
    most = line("largest", largest(depth))

    def exponential(number: Expression) -> Expression:
        return function("exp", minus(number, most.result))

    total = line("sum", summed(exponential, depth))
    if isinstance(layer, Softmax):
        formula, result = "exp(input − largest)/sum", over(exponential(x), total.result)
    else:
        formula = "input − largest − ln(sum)"
        result = minus(minus(x, most.result), function("ln", total.result))
    return Parts(lines=(most, total), formula=formula, expression=result)


@before_activation.register
def _scale(layer: Scale, given: Given, at: Place) -> Parts:
    factor = weight(given.weights["factor"], at) if layer.by is None else float(layer.by)
    scaled = Parts(
        lines=(line("factor", factor),),
        formula="factor·input",
        expression=times(factor, read(given.x, at)),
    )
    return with_weight(scaled, given, "shift", at)


@before_activation.register(Combined)
@before_activation.register(Multiply)
def _merge(layer: Combined | Multiply, given: Given, at: Place) -> Parts:
    """Combine the number of each input; one of a vector or of an axis of 1 is repeated."""
    signs: dict[type, Sign] = {Add: "+", Subtract: "−", Divide: "/", Multiply: "·"}
    numbers = tuple(read(x, at) for x in given.inputs)
    if type(layer) in signs:
        return Parts(expression=Operation(sign=signs[type(layer)], of=numbers))
    return Parts(expression=function("min" if isinstance(layer, Minimum) else "max", *numbers))
