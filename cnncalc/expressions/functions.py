"""Operators and functions: from plain values to a value, or a fault."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor, inf, log2
from typing import NamedTuple

from cnncalc.expressions.values import (
    MAX_BITS,
    Fault,
    Number,
    Value,
    bounded,
    bounded_list,
    equal,
    number,
    received,
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


def _order(sign: str, function: Callable[[Number, Number], bool]) -> Operation:
    user = f"`{sign}`"
    return lambda left, right: function(number(left, user), number(right, user, 1))


SUBTRACT, MULTIPLY = _arithmetic("-", operator.sub), _arithmetic("*", operator.mul)
DIVIDE, FLOOR_DIVIDE = _division("/", Fraction), _division("//", operator.floordiv)
MODULO = _division("%", operator.mod)
LESS, LESS_EQUAL = _order("<", operator.lt), _order("<=", operator.le)
GREATER, GREATER_EQUAL = _order(">", operator.gt), _order(">=", operator.ge)
_ADD_NUMBERS = _arithmetic("+", operator.add)


def add(left: Value, right: Value) -> Value:
    """``+`` of two numbers, or of two lists."""
    if isinstance(left, list) and isinstance(right, list):
        return bounded_list([*left, *right])
    if isinstance(left, list):
        raise Fault("CNN118", f"`+` of a list needs a list, not {show(right)}", argument=1)
    return _ADD_NUMBERS(left, right)


def power(left: Value, right: Value) -> Value:
    """``**``, with a whole exponent."""
    base, exponent = number(left, "`**`"), whole(right, "the exponent of `**`", 1)
    if base == 0 and exponent < 0:
        raise Fault("CNN118", f"0 to the power {exponent} divides by zero", argument=0)
    size = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
    if size * abs(exponent) > MAX_BITS:  # known before it is computed
        raise too_many_bits()
    return bounded(Fraction(base) ** exponent)


def not_equal(left: Value, right: Value) -> bool:
    """Tell whether two values differ; those of different types always do."""
    return not equal(left, right)


def contains(value: Value, items: Value) -> bool:
    """``in``: tell whether a list holds a value."""
    if not isinstance(items, list):
        raise Fault("CNN118", f"`in` needs a list, not {show(items)}", argument=1)
    return any(equal(value, each) for each in items)


def lacks(value: Value, items: Value) -> bool:
    """``not in``."""
    return not contains(value, items)


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


def part(sequence: Value, start: Value, stop: Value, step: Value) -> Value:
    """``list[start:stop:step]``; a bound that is left out is null."""
    if not isinstance(sequence, list):
        raise Fault("CNN118", f"only a list has parts, not {show(sequence)}", argument=0)
    bounds = [
        None if bound is None else whole(bound, "a bound of a part", place)
        for place, bound in enumerate((start, stop, step), 1)
    ]
    if bounds[2] == 0:
        raise Fault("CNN118", "the step of a part is 0", argument=3)
    return bounded_list(sequence[slice(*bounds)])


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


def _sum(values: Value) -> Value:
    if not isinstance(values, list):
        raise Fault("CNN118", f"`sum` needs a list, not {show(values)}", argument=0)
    total: Number = 0
    for value in values:
        total = bounded(total + number(value, "`sum`"))
    return total


def _log2(value: Value) -> Value:
    """Return log₂: exact for powers of two, else to the 53 bits of a double."""
    x = Fraction(number(value, "`log2`"))
    if x <= 0:
        raise Fault("CNN118", f"`log2` needs a number above 0, not {show(value)}", argument=0)
    return bounded(Fraction(log2(x.numerator) - log2(x.denominator)))


def _divisible(value: Value, divisor: Value, limit: Value = Fraction(9, 10)) -> Value:
    """Round to a multiple of ``divisor``, a step up below ``limit`` of the value (MobileNet)."""
    x, d = number(value, "`divisible`"), whole(divisor, "the divisor of `divisible`", 1)
    if d <= 0:
        raise Fault("CNN118", f"the divisor of `divisible` is {d}, not above 0", argument=1)
    n = max(d, floor((x + Fraction(d, 2)) / d) * d)
    return bounded(n + d if n < number(limit, "the limit of `divisible`", 2) * x else n)


class Function(NamedTuple):
    """A function of the language, and how many values it takes."""

    apply: Callable[..., Value]
    least: int = 1
    most: float = 1

    @property
    def takes(self) -> str:
        """How many values it takes, in words."""
        words = "1 value" if self.least == 1 else f"{self.least} values"
        if self.most == self.least:
            return words
        return f"{words} or more" if self.most == inf else f"{self.least} to {self.most} values"


FUNCTIONS = {
    "min": Function(_extreme("min", min), 1, inf),
    "max": Function(_extreme("max", max), 1, inf),
    "round": Function(_rounding("round", round)),
    "ceil": Function(_rounding("ceil", ceil)),
    "floor": Function(_rounding("floor", floor)),
    "len": Function(_len),
    "sum": Function(_sum),
    "log2": Function(_log2),
    "divisible": Function(_divisible, 2, 3),
}
"""All functions; ``round`` takes a half to the even neighbour, as Python does."""
