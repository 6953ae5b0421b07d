"""Values, their limits, and what goes wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

Number = int | Fraction
Value: TypeAlias = "bool | int | Fraction | str | list[Value] | None"
Lookup = Callable[[str], Value]
"""From a plain or dotted name to its value; raises ``KeyError`` or :class:`Unknown`."""

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


class ExpressionError(Exception):
    """A mistake in an expression; ``start`` and ``end`` are offsets into the given text."""

    def __init__(
        self,
        code: str,
        message: str,
        start: int,
        end: int,
        help: tuple[str, ...] = (),
        note: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end
        self.help = help
        self.note = note


class Fault(Exception):
    """A mistake that does not know its place: ``argument`` counts operands, -1 is the whole."""

    def __init__(
        self,
        code: str,
        message: str,
        help: tuple[str, ...] = (),
        note: str = "",
        argument: int = -1,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.note = note
        self.argument = argument

    def at(self, start: int, end: int) -> ExpressionError:
        """Return the error at its place."""
        return ExpressionError(self.code, self.message, start, end, self.help, self.note)


def show(value: Value) -> str:
    """Describe a value within a message."""
    return _SHOW.get(type(value), _show_other)(value)


def _show_string(value: Value) -> str:
    text = str(value)
    return f"the string {text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + '…'!r}"


def _show_other(_: Value) -> str:
    return "something else"


def _show_list(value: Value) -> str:
    size = len(value) if isinstance(value, list) else 0
    return f"a list of {size} item{'' if size == 1 else 's'}"


_SHOW: dict[type, Callable[[Value], str]] = {
    type(None): lambda _: "null",
    bool: lambda value: f"the boolean {str(value).lower()}",
    int: str,
    Fraction: str,
    str: _show_string,
    list: _show_list,
}


def number(value: Value, user: str, argument: int = 0) -> Number:
    """Return ``value`` if it is a number; a boolean is none."""
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return value
    raise Fault("CNN118", f"{user} needs a number, not {show(value)}", argument=argument)


def whole(value: Value, what: str, argument: int = 0) -> int:
    """Return ``value`` if it is a whole number; ``what`` names it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Fault("CNN118", f"{what} must be a whole number, not {show(value)}", argument=argument)


def boolean(value: Value, user: str, argument: int = 0) -> bool:
    """Return ``value`` if it is a boolean."""
    if isinstance(value, bool):
        return value
    numeric = isinstance(value, int | Fraction)
    mend = ("compare the number, for example `… != 0`",) if numeric else ()
    raise Fault("CNN118", f"{user} needs true or false, not {show(value)}", mend, "", argument)


def bounded(value: Number) -> Number:
    """Return ``value``, a whole fraction as an integer, if it is within the limits."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise too_many_bits()
    return value.numerator if value.denominator == 1 else value


def too_many_bits() -> Fault:
    """Return the fault of a number beyond the limit."""
    return Fault("CNN119", f"the number takes more than {MAX_BITS} bits")


def same(left: Value, right: Value) -> bool:
    """Tell whether two values are equal; those of different types never are."""
    for argument, value in enumerate((left, right)):
        if isinstance(value, list):
            bounded_list(value, argument)
    return _same(left, right)


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return isinstance(left, bool) is isinstance(right, bool) and left == right


def bounded_list(value: list[Value], argument: int = -1) -> list[Value]:
    """Return ``value`` if it has not too many items, counted through its inner lists."""
    size = depth = 0
    level = [value]
    while level:
        size += sum(map(len, level))
        depth += 1
        if size > MAX_SIZE:
            message = f"the list has more than {MAX_SIZE:,} items"
            raise Fault("CNN119", message, argument=argument)
        if depth > MAX_DEPTH:
            message = f"the list is nested more than {MAX_DEPTH} deep"
            raise Fault("CNN119", message, argument=argument)
        level = [item for items in level for item in items if isinstance(item, list)]
    return value


def received(value: Value) -> Value:
    """Return a value from outside if an expression can work with it."""
    if isinstance(value, int | Fraction):
        return value if isinstance(value, bool) else bounded(value)
    if isinstance(value, str | list):
        if len(value) <= MAX_SIZE:
            return value
        things = "characters" if isinstance(value, str) else "items"
        raise Fault("CNN119", f"the value has {len(value):,} {things}, more than {MAX_SIZE:,}")
    if value is None:
        return value
    raise Fault("CNN118", "an expression cannot use this value")


def as_text(value: Value) -> str:
    """Return a value as it is inserted into text; a list and null have no text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Fraction | str):
        return str(value)
    raise Fault("CNN118", f"{show(value)} cannot be inserted into text")
