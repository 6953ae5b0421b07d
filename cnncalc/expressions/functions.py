"""Operators and functions: from plain values to a value, or a fault."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor, inf
from typing import NamedTuple

from cnncalc.expressions.values import (
    MAX_BITS,
    Fault,
    Number,
    Value,
    bounded,
    number,
    received,
    same,
    show,
    too_many_bits,
    whole,
)

Operation = Callable[[Value, Value], Value]


def _arithmetic(sign: str, function: Callable[[Number, Number], Number]) -> Operation:
    user = f"`{sign}`"

    def apply(left: Value, right: Value) -> Value:
        return bounded(function(number(left, user), number(right, user, 1)))

    return apply


def _division(sign: str, function: Callable[[Number, Number], Number]) -> Operation:
    user = f"`{sign}`"

    def divide(left: Value, right: Value) -> Value:
        dividend, divisor = number(left, user), number(right, user, 1)
        if divisor == 0:
            raise Fault("CNN118", f"{user} divides {show(left)} by zero", argument=1)
        return bounded(function(dividend, divisor))

    return divide


def _power(left: Value, right: Value) -> Value:
    base, exponent = number(left, "`**`"), whole(right, "the exponent of `**`", 1)
    if base == 0 and exponent < 0:
        raise Fault("CNN118", f"0 to the power {exponent} divides by zero", argument=0)
    size = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
    if size * abs(exponent) > MAX_BITS:  # known before it is computed
        raise too_many_bits()
    return bounded(Fraction(base) ** exponent)


def _order(sign: str, function: Callable[[Number, Number], bool]) -> Operation:
    user = f"`{sign}`"
    return lambda left, right: function(number(left, user), number(right, user, 1))


ADD, SUBTRACT = _arithmetic("+", operator.add), _arithmetic("-", operator.sub)
MULTIPLY, DIVIDE = _arithmetic("*", operator.mul), _division("/", Fraction)
FLOOR_DIVIDE, MODULO = _division("//", operator.floordiv), _division("%", operator.mod)
POWER = _power
LESS, LESS_EQUAL = _order("<", operator.lt), _order("<=", operator.le)
GREATER, GREATER_EQUAL = _order(">", operator.gt), _order(">=", operator.ge)
EQUAL: Operation = same


def not_equal(left: Value, right: Value) -> bool:
    """Tell whether two values differ; those of different types always do."""
    return not same(left, right)


def negative(value: Value) -> Value:
    """``-x``."""
    return bounded(-number(value, "`-`"))


def positive(value: Value) -> Value:
    """``+x``."""
    return number(value, "`+`")


def item(sequence: Value, index: Value) -> Value:
    """``list[index]``, from the end where the index is negative."""
    if not isinstance(sequence, list):
        raise Fault("CNN118", f"only a list has items, not {show(sequence)}", argument=0)
    place = whole(index, "an index", 1)
    if -len(sequence) <= place < len(sequence):
        return received(sequence[place])
    last = f"the last index is {len(sequence) - 1}" if sequence else "the list is empty"
    message = f"index {place} is outside {show(sequence)}"
    raise Fault("CNN118", message, note=last, argument=1)


def _extreme(name: str, function: Callable[[list[Number]], Number]) -> Callable[..., Value]:
    user = f"`{name}`"

    def apply(*values: Value) -> Value:
        first = values[0]
        if len(values) > 1:
            return function([number(each, user, place) for place, each in enumerate(values)])
        if not isinstance(first, list):
            message = f"{user} of one value needs a list, not {show(first)}"
            raise Fault("CNN118", message, argument=0)
        if not first:
            raise Fault("CNN118", f"{user} of an empty list has no value", argument=0)
        return bounded(function([number(each, user) for each in first]))

    return apply


def _rounding(name: str, function: Callable[[Number], int]) -> Callable[..., Value]:
    return lambda value: function(number(value, f"`{name}`"))


def _len(value: Value) -> Value:
    if isinstance(value, str | list):
        return len(value)
    raise Fault("CNN118", f"`len` needs a list or a string, not {show(value)}", argument=0)


def _divisible(value: Value, divisor: Value) -> Value:
    """Round to a multiple of ``divisor`` without losing more than a tenth (MobileNet)."""
    x, d = number(value, "`divisible`"), whole(divisor, "the divisor of `divisible`", 1)
    if d <= 0:
        raise Fault("CNN118", f"the divisor of `divisible` is {d}, not above 0", argument=1)
    n = max(d, floor((x + Fraction(d, 2)) / d) * d)
    return bounded(n + d if n < Fraction(9, 10) * x else n)


class Function(NamedTuple):
    """A function of the language, and how many values it takes."""

    apply: Callable[..., Value]
    least: int = 1
    most: float = 1


FUNCTIONS = {
    "min": Function(_extreme("min", min), 1, inf),
    "max": Function(_extreme("max", max), 1, inf),
    "round": Function(_rounding("round", round)),
    "ceil": Function(_rounding("ceil", ceil)),
    "floor": Function(_rounding("floor", floor)),
    "len": Function(_len),
    "divisible": Function(_divisible, 2, 2),
}
"""All functions; ``round`` takes a half to the even neighbour, as Python does."""
