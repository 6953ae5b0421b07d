"""Expected counts: exact, rounded to the digits that are written, or a bound."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cnncalc.maths.numbers import Count, parse_count
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Fix, RuleError
from cnncalc.spec.edits import replaced
from cnncalc.spec.node import Node

_BOUNDS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "<=": (operator.le, "at most "),
    ">=": (operator.ge, "at least "),
    "<": (operator.lt, "below "),
    ">": (operator.gt, "above "),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A stated number: exact, rounded to its last digit, or with a bound such as ``<=``."""

    text: str
    count: Count
    bound: str

    def agrees(self, actual: int) -> bool:
        """Return whether ``actual`` is as expected."""
        if self.bound:
            return _BOUNDS[self.bound][0](actual, self.count.value)
        return abs(actual - self.count.value) * 2 <= self.count.step

    def __str__(self) -> str:
        return f"{_BOUNDS[self.bound][1]}{self.text}" if self.bound else self.text


def parse_expected(value: Any) -> Expected:
    """Return what a number of an expectation means.

    Raises:
        RuleError: CNN108 when it is none.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        exactly = Count(value=Fraction(value), step=Fraction(1))
        return Expected(text=f"{value:,}", count=exactly, bound="")
    text = value.strip() if isinstance(value, str) else ""
    bound = next((sign for sign in _BOUNDS if text.startswith(sign)), "")
    text = text.removeprefix(bound).strip()
    try:
        count = parse_count(text)
    except ValueError:
        count = None
    if count is None or count.step < 1:
        raise RuleError(
            "CNN108",
            f"{format_value(value)} is not a count",
            help=('write 61706, "61,706", 60M, 4.09G, or a quoted bound such as "<= 5M"',),
        )
    return Expected(text=text, count=count, bound=bound)


def truth(expectation: str, actual: Any, stated: Node | None) -> Fix:
    """Return the fix that makes an expectation say what is true, written over ``stated``.

    A bound such as ``<= 5M`` is no mistake of the one who wrote it: then that is ``None``.
    """
    edits = replaced(stated.span, actual) if stated is not None else ()
    return Fix(field=expectation, value=actual, edits=edits)
