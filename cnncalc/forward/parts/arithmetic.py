"""Expressions are built here, long ones shortened, and evaluated."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from cnncalc.forward.arrays import BLOCK, Array
from cnncalc.forward.kernels.activation import activated
from cnncalc.report.worked import Expression, Function, Omitted, Operation

_TERMS = 12
"""The most terms that are written out; of more, the first ones and the last."""
_FIRST = 4

_JOINING: dict[str, np.ufunc] = {
    "+": np.add,
    "−": np.subtract,
    "·": np.multiply,
    "/": np.divide,
    "^": np.power,
    "max": np.maximum,
    "min": np.minimum,
}
_OF_ONE: dict[str, np.ufunc] = {"abs": np.abs, "exp": np.exp, "ln": np.log, "√": np.sqrt}


@np.errstate(all="ignore")
def value(expression: Expression) -> Any:
    """Return what an expression gives; of arrays in place of numbers, an array.

    As in a pass, a quotient by 0 is infinite or not a number.
    """
    if isinstance(expression, Omitted):
        return expression.value
    if not isinstance(expression, Operation | Function):
        return expression
    name = expression.sign if isinstance(expression, Operation) else expression.name
    if name in _JOINING:
        return reduce(_JOINING[name], map(value, expression.of))
    (number,) = map(value, expression.of)
    if name in _OF_ONE:
        return _OF_ONE[name](number)
    return activated(name, np.array([[number]]))[0, 0]


def plus(*terms: Expression) -> Expression:
    """Return a sum; a single term is itself, and none are 0."""
    return Operation(sign="+", of=terms) if len(terms) > 1 else next(iter(terms), 0.0)


def minus(first: Expression, second: Expression) -> Operation:
    """Return a difference."""
    return Operation(sign="−", of=(first, second))


def times(first: Expression, second: Expression) -> Operation:
    """Return a product."""
    return Operation(sign="·", of=(first, second))


def over(above: Expression, below: Expression) -> Operation:
    """Return a quotient."""
    return Operation(sign="/", of=(above, below))


def power(base: Expression, exponent: Expression) -> Operation:
    """Return a power."""
    return Operation(sign="^", of=(base, exponent))


def function(name: str, *of: Expression) -> Function:
    """Return a function of expressions."""
    return Function(name=name, of=of)


def summed(term: Callable[..., Expression], *numbers: Array) -> Expression:
    """Return the sum of a term over the numbers of arrays of one size; 0 of empty ones.

    ``term`` gives an expression of one number from each array.
    """
    return plus(*_terms(np.add, term, *numbers))


def total(numbers: Array) -> Expression:
    """Return the sum of an array."""
    return summed(_itself, numbers)


def dot(numbers: Array, weights: Array) -> Expression:
    """Return the sum of the products of numbers with their weights."""
    return summed(times, numbers, weights)


def largest(numbers: Array) -> Function:
    """Return the largest of an array."""
    return function("max", *_terms(np.maximum, _itself, numbers))


def _itself(number: Expression) -> Expression:
    return number


def _terms(
    join: np.ufunc, term: Callable[..., Expression], *numbers: Array
) -> tuple[Expression, ...]:
    """Return a term for each place of the arrays; of many, those between are one.

    They are worked out as arrays, block by block, which takes little memory.
    """
    flat = [np.ravel(array) for array in numbers]
    if flat[0].size <= _TERMS:
        return tuple(map(term, *(array.tolist() for array in flat)))
    *first, last = (term(*(float(array[at]) for array in flat)) for at in (*range(_FIRST), -1))
    between = [array[_FIRST:-1] for array in flat]
    starts = range(0, between[0].size, BLOCK)
    blocks = ([array[start : start + BLOCK].astype(float) for array in between] for start in starts)
    results = [join.reduce(value(term(*block))) for block in blocks]
    return (*first, Omitted(value=float(join.reduce(results))), last)
