"""The leaves of an expression: constants and names."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from cnncalc.expressions.scan import MAX_LENGTH, quoted
from cnncalc.expressions.values import (
    ExpressionError,
    Fault,
    Lookup,
    Value,
    bounded,
    received,
    too_many_bits,
)

Program = Callable[[Lookup], Value]
"""An expression, ready to be evaluated again and again."""
Place = tuple[int, int]

CONSTANTS: dict[str, Value] = {"true": True, "True": True, "false": False, "False": False}
CONSTANTS |= {"null": None, "none": None, "None": None}


def constant(text: str) -> Value:
    """Return the value of a number as it is written, exactly."""
    _, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > MAX_LENGTH:
        raise too_many_bits()
    return bounded(Fraction(text.replace("_", "")))


def name(text: str, place: Place) -> Program:
    """Return the look-up of a plain or dotted name."""
    if text in CONSTANTS:
        return lambda _: CONSTANTS[text]

    def run(names: Lookup) -> Value:
        try:
            return received(names(text))
        except KeyError:
            raise ExpressionError("CNN202", f"unknown name {quoted(text)}", *place) from None
        except Fault as fault:
            raise fault.at(*place) from None

    return run
