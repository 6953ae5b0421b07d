"""Operators and functions: from plain values to a value, or a fault."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, inf, log2
from typing import Any

from cnncalc.expressions.values import (
    MAX_BITS,
    Fault,
    Number,
    Value,
    as_list,
    boolean,
    bounded,
    bounded_items,
    equal,
    number,
    received,
    show,
    too_many_bits,
    whole,
)

Operation = Callable[[Value, Value], Value]


def _numeric(sign: str, function: Callable[[Any, Any], Any]) -> Operation:
    """Return an operation on two numbers."""
    user = f"`{sign}`"

    def apply(left: Value, right: Value) -> Value:
        try:
            result = function(number(left, user), number(right, user, 1))
        except ZeroDivisionError:
            message = f"{user} divides {show(left)} by zero"
            raise Fault("CNN118", message, argument=1) from None
        return result if isinstance(result, bool) else bounded(result)

    return apply


_add_numbers = _numeric("+", operator.add)


def _add(left: Value, right: Value) -> Value:
    """Add two numbers, or two lists."""
    if isinstance(left, list):
        return bounded_items([*left, *as_list(right, "`+` of a list needs a list", 1)])
    return _add_numbers(left, right)


def _power(left: Value, right: Value) -> Value:
    base, exponent = number(left, "`**`"), whole(right, "the exponent of `**`", 1)
    if base == 0 and exponent < 0:
        raise Fault("CNN118", f"0 to the power {exponent} divides by zero", argument=0)
    size = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
    if size * abs(exponent) > MAX_BITS:  # known before it is computed
        raise too_many_bits()
    return bounded(Fraction(base) ** exponent)


def _contains(value: Value, items: Value) -> bool:
    return any(equal(value, each) for each in as_list(items, "`in` needs a list", 1))


OPERATORS: dict[type[ast.AST], Operation] = {
    ast.Add: _add,
    ast.Sub: _numeric("-", operator.sub),
    ast.Mult: _numeric("*", operator.mul),
    ast.Div: _numeric("/", Fraction),
    ast.FloorDiv: _numeric("//", operator.floordiv),
    ast.Mod: _numeric("%", operator.mod),
    ast.Pow: _power,
    ast.Eq: equal,
    ast.NotEq: lambda left, right: not equal(left, right),
    ast.Lt: _numeric("<", operator.lt),
    ast.LtE: _numeric("<=", operator.le),
    ast.Gt: _numeric(">", operator.gt),
    ast.GtE: _numeric(">=", operator.ge),
    ast.In: _contains,
    ast.NotIn: lambda value, items: not _contains(value, items),
}
"""All operations on two values."""


SIGNS: dict[type[ast.AST], Callable[[Value], Value]] = {
    ast.USub: lambda value: bounded(-number(value, "`-`")),
    ast.UAdd: lambda value: number(value, "`+`"),
    ast.Not: lambda value: not boolean(value, "`not`"),
}
"""All operations on one value."""


def list_of(*values: Value) -> Value:
    """Return ``[a, b, …]``."""
    return bounded_items([*values])


def item(sequence: Value, index: Value) -> Value:
    """Return ``list[index]``, from the end where the index is negative."""
    items = as_list(sequence, "only a list has items")
    place = whole(index, "an index", 1)
    if -len(items) <= place < len(items):
        return received(items[place])
    last = f"the last index is {len(items) - 1}" if items else "the list is empty"
    message = f"index {place} is outside {show(sequence)}"
    raise Fault("CNN118", message, note=last, argument=1)


def part(sequence: Value, *bounds: Value) -> Value:
    """Return ``list[start:stop:step]``; a bound that is left out is null."""
    items = as_list(sequence, "only a list has parts")
    whole_bounds = [
        None if bound is None else whole(bound, "a bound of a part", place)
        for place, bound in enumerate(bounds, 1)
    ]
    if whole_bounds[2] == 0:
        raise Fault("CNN118", "the step of a part is 0", argument=3)
    return bounded_items(items[slice(*whole_bounds)])


def _extreme(name: str, function: Callable[[list[Number]], Number]) -> Callable[..., Value]:
    def apply(*values: Value) -> Value:
        if len(values) > 1:
            return function([number(each, f"`{name}`", i) for i, each in enumerate(values)])
        items = as_list(values[0], f"`{name}` of one value needs a list")
        if not items:
            raise Fault("CNN118", f"`{name}` of an empty list has no value", argument=0)
        return bounded(function([number(each, f"`{name}`") for each in items]))

    return apply


def _rounding(name: str, function: Callable[[Number], int]) -> Callable[..., Value]:
    return lambda value: function(number(value, f"`{name}`"))


def _len(value: Value) -> Value:
    return len(value if isinstance(value, str) else as_list(value, "`len` needs a list or string"))


def _sum(values: Value) -> Value:
    total: Number = 0
    for value in as_list(values, "`sum` needs a list"):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
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
    "min": Function(apply=_extreme("min", min), most=inf),
    "max": Function(apply=_extreme("max", max), most=inf),
    "round": Function(apply=_rounding("round", round)),
    "ceil": Function(apply=_rounding("ceil", ceil)),
    "floor": Function(apply=_rounding("floor", floor)),
    "len": Function(apply=_len),
    "sum": Function(apply=_sum),
    "log2": Function(apply=_log2),
    "divisible": Function(apply=_divisible, least=2, most=3),
}
"""All functions; ``round`` takes a half to the even neighbour, as Python does."""
