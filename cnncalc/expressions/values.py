"""Values, their limits, and what goes wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from cnncalc.maths.words import plural

Number = int | Fraction
Value: TypeAlias = "bool | int | Fraction | str | list[Value] | dict[str, Value] | None"
"""A mapping can only be handed on, as the argument of a block."""
Lookup = Callable[[str], Value]
"""From a plain or dotted name to its value; raises ``KeyError`` or :class:`Unknown`."""
Near: TypeAlias = Callable[[str], Collection[str]]
"""From a name that does not exist to those that it may be a slip of."""

MAX_LENGTH = 1_000
"""Characters of one expression."""
MAX_BITS = 128
"""Of every number on the way: its numerator and its denominator."""
MAX_SIZE = 10_000
"""Characters of a string, items of a list (inner lists counted in)."""
MAX_DEPTH = 50
"""Brackets and operations within each other; lists within lists."""
MAX_SHOWN = 30
"""Characters of a user's text within a message."""


class Unknown(Exception):
    """The value of a name is not known; no mistake of its own."""


@dataclass(eq=False)
class ExpressionError(Exception):
    """A mistake in an expression; ``start`` and ``end`` are offsets into the given text."""

    code: str
    message: str
    start: int
    end: int
    help: tuple[str, ...] = ()
    note: str = ""


@dataclass(eq=False)
class Fault(Exception):
    """A mistake that does not know its place: ``argument`` counts operands, -1 is the whole."""

    code: str
    message: str
    help: tuple[str, ...] = ()
    note: str = ""
    argument: int = -1

    def at(self, start: int, end: int) -> ExpressionError:
        """Return the error at its place."""
        return ExpressionError(self.code, self.message, start, end, self.help, self.note)


def show(value: Value) -> str:
    """Describe a value within a message."""
    match value:
        case None:
            return "null"
        case bool():
            return f"the boolean {str(value).lower()}"
        case str():
            return f"the string {value if len(value) <= MAX_SHOWN else value[:MAX_SHOWN] + '…'!r}"
        case list() | dict():
            kind = "list" if isinstance(value, list) else "mapping"
            return f"a {kind} of {plural(len(value), 'item')}"
        case _:
            return str(value)


def number(value: Value, user: str, argument: int = 0) -> Number:
    """Return ``value`` if it is a number; a boolean is none."""
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return value
    raise Fault("CNN118", f"{user} needs a number, not {show(value)}", argument=argument)


def whole(value: Value, what: str, argument: int) -> int:
    """Return ``value`` if it is a whole number; ``what`` names it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Fault("CNN118", f"{what} must be a whole number, not {show(value)}", argument=argument)


def as_list(value: Value, what: str, argument: int = 0) -> list[Value]:
    """Return ``value`` if it is a list; ``what`` begins the message where it is none."""
    if isinstance(value, list):
        return value
    raise Fault("CNN118", f"{what}, not {show(value)}", argument=argument)


def boolean(value: Value, user: str) -> bool:
    """Return ``value`` if it is a boolean."""
    if isinstance(value, bool):
        return value
    numeric = isinstance(value, int | Fraction)
    mend = ("compare the number, for example `… != 0`",) if numeric else ()
    raise Fault("CNN118", f"{user} needs true or false, not {show(value)}", mend, argument=0)


def bounded(value: Number) -> Number:
    """Return ``value``, a whole fraction as an integer, if it is within the limits."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise too_many_bits()
    return value.numerator if value.denominator == 1 else value


def too_many_bits() -> Fault:
    """Return the fault of a number beyond the limit."""
    return Fault("CNN119", f"the number takes more than {MAX_BITS} bits")


def equal(left: Value, right: Value) -> bool:
    """Return whether two values are equal; those of different types never are."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return isinstance(left, bool) is isinstance(right, bool) and left == right


def received(value: Value) -> Value:
    """Return a value from outside if an expression can work with it.

    Raises:
        Fault: CNN119 for a number, a string or a list beyond the limits. The items of inner
            lists and mappings count: values that name each other could double each time.
    """
    if isinstance(value, bool | None):
        return value
    if isinstance(value, int | Fraction):
        return bounded(value)
    if isinstance(value, str):
        if len(value) > MAX_SIZE:
            message = f"the value has {len(value):,} characters, more than {MAX_SIZE:,}"
            raise Fault("CNN119", message)
        return value
    return bounded_items(value)


def bounded_items(value: list[Value] | dict[str, Value]) -> Value:
    """Return ``value`` if it does not hold too much, counted through its inner ones."""
    what = "list" if isinstance(value, list) else "mapping"
    size = depth = 0
    level = [value]
    while level:
        size += sum(map(len, level))
        depth += 1
        if size > MAX_SIZE:
            raise Fault("CNN119", f"the {what} has more than {MAX_SIZE:,} items")
        if depth > MAX_DEPTH:
            raise Fault("CNN119", f"the {what} is nested more than {MAX_DEPTH} deep")
        level = [
            item
            for inner in level
            for item in (inner.values() if isinstance(inner, dict) else inner)
            if isinstance(item, list | dict)
        ]
    return value


def as_text(value: Value) -> str:
    """Return a value as it is inserted into text; a list and null have no text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Fraction | str):
        return str(value)
    raise Fault("CNN118", f"{show(value)} cannot be inserted into text")
