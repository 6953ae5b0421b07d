"""Lines of arithmetic and tables of numbers, from which the parts of numbers are put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

from cnncalc.forward.arrays import Array
from cnncalc.layers.activation import ElementWise
from cnncalc.layers.base import Layer
from cnncalc.layers.registry import layer_class
from cnncalc.layers.weighted import Weighted
from cnncalc.maths.volume import AXES
from cnncalc.maths.words import LINES, plural, signed
from cnncalc.report.worked import Expression, Function, Line, Operation, Parts, Table

MAPS = 4
"""The most maps, or pieces, that are written one by one."""

Place = tuple[int, ...]
"""(map, *position) of a number of the output."""
Positions = tuple[tuple[int, ...], ...]
"""Positions of the input along each axis; negative ones and those behind its end are padding."""


def plus(*terms: Expression) -> Operation:
    """Return a sum."""
    return Operation(sign="+", of=terms)


def times(*factors: Expression) -> Operation:
    """Return a product."""
    return Operation(sign="·", of=factors)


def minus(first: Expression, second: Expression) -> Operation:
    """Return a difference."""
    return Operation(sign="−", of=(first, second))


def over(above: Expression, below: Expression) -> Operation:
    """Return a quotient."""
    return Operation(sign="/", of=(above, below))


def power(base: Expression, exponent: Expression) -> Operation:
    """Return a power."""
    return Operation(sign="^", of=(base, exponent))


def largest(terms: Iterable[Expression]) -> Function:
    """Return the largest of several."""
    return Function(name="max", of=tuple(terms))


def dot(what: str, numbers: Sequence[float], weights: Sequence[float]) -> Line:
    """Return the sum of the products of numbers with their weights."""
    pairs = list(zip(numbers, weights, strict=True))
    products = plus(*(times(*pair) for pair in pairs))
    return Line(what=what, expression=products, result=sum(a * b for a, b in pairs))


def summed(lines: Sequence[Line], weights: Sequence[float] | None = None) -> list[Line]:
    """Return lines, one for each map, and the line of their sum, each times its weight.

    Of many the others are one line; an only one is the sum itself.
    """
    results = [line.result for line in lines]
    terms: list[Expression] = list(results)
    if weights is not None:
        pairs = list(zip(results, weights, strict=True))
        terms, results = [times(*pair) for pair in pairs], [a * b for a, b in pairs]
    elif len(lines) == 1:
        return [replace(lines[0], what="sum")]
    shown, rest = list(lines[:MAPS]), results[MAPS:]
    if rest:
        words = f"the products of {plural(len(rest), 'other map')}"
        shown.append(Line(what="others", formula=words, result=sum(rest)))
        terms[MAPS:] = [sum(rest)]
    return [*shown, Line(what="sum", expression=plus(*terms), result=sum(results))]


def ended(
    layer: Layer,
    formula: str,
    expression: Expression,
    value: float,
    *,
    lines: Iterable[Line] = (),
    tables: Iterable[Table] = (),
) -> Parts:
    """Return the parts of a number of ``value``, to which the layer applies its own activation."""
    tables, lines = tuple(tables), tuple(lines)
    activation = layer.activation if isinstance(layer, Weighted) else None
    if activation is not None and issubclass(layer_class(activation), ElementWise):
        formula = f"{activation}({formula})"
        expression = Function(name=activation, of=(expression,))
    elif activation is not None:  # it takes the numbers of all maps
        what = f"before {activation}"
        before = Line(what=what, formula=formula, expression=expression, result=value)
        formula = f"{activation} over the depth"
        return Parts(tables=tables, lines=(*lines, before), formula=formula)
    return Parts(tables=tables, lines=lines, formula=formula, expression=expression)


def ended_with_bias(
    layer: Layer, lines: Sequence[Line], bias: float | None, tables: Iterable[Table]
) -> Parts:
    """Return the parts of a sum, that of the last line, and a bias where there is one."""
    total = lines[-1].result
    if bias is None:
        return ended(layer, "sum", total, total, lines=lines, tables=tables)
    return ended(
        layer,
        "sum + bias",
        plus(total, bias),
        total + bias,
        lines=(*lines, Line(what="bias", result=bias)),
        tables=tables,
    )


def window_of(x: Array, number: int, positions: Positions) -> list[float | None]:
    """Return what a window of a map reads of the first image; ``None`` is outside of it.

    The last axis is the fastest.
    """
    sizes = x.shape[1:-1]
    return [
        float(x[(0, *place, number)])
        if all(0 <= at < size for at, size in zip(place, sizes, strict=True))
        else None
        for place in product(*positions)
    ]


def table(title: str, numbers: Sequence[float | None], row: int) -> Table:
    """Return numbers in rows of a length."""
    rows = (tuple(numbers[at : at + row]) for at in range(0, len(numbers), row or 1))
    return Table(title=title, rows=tuple(rows))


def window_title(number: int, positions: Positions) -> str:
    """Return ``input, map 0, rows 3 to 5, columns 0, 2 and 4``: what a window reads."""
    axes = zip(AXES[len(positions)], positions, strict=True)
    places = "".join(f", {LINES[axis]}s {_listed(along)}" for axis, along in axes)
    return f"input, map {number}{places}"


def _listed(places: Sequence[int]) -> str:
    """Return ``3 to 5`` where positions follow each other, else all of them."""
    words = [signed(place) for place in places]
    if len(places) > 2 and list(places) == list(range(places[0], places[-1] + 1)):
        return f"{words[0]} to {words[-1]}"
    *first, last = words or ["none"]
    return f"{', '.join(first)} and {last}" if first else last
