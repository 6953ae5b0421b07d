"""Plain scalars as YAML 1.2's core schema reads them, with exact numbers.

``no``, ``on``, ``12:30`` and ``1_000`` are text, ``010`` is ten, ``1e3`` is a thousand.
Decimals are exact fractions, whole ones are integers.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from cnncalc.spec.node import Scalar

LIMIT: Final = 10**18
"""Numbers must stay below this in size."""
MAX_DIGITS: Final = 1000
"""Characters of a number, and its exponent."""

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_BASED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_DECIMAL: Final = re.compile(r"[-+]?(?=\.?[0-9])[0-9]*(?:\.[0-9]*)?(?:[eE]([-+]?[0-9]+))?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class OutOfRange(ValueError):
    """A number which is written correctly but cannot be used; ``help`` says what can."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.help = advice


def read_value(text: str) -> Scalar:
    """Return what a plain scalar means; raise :class:`OutOfRange` for unusable numbers."""
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_FINITE.fullmatch(text):
        raise not_finite(text)
    decimal = _DECIMAL.fullmatch(text)
    if decimal is None and not _BASED.fullmatch(text):
        return text
    exponent = decimal[1] or "0" if decimal else "0"
    if len(text) > MAX_DIGITS or abs(int(exponent)) > MAX_DIGITS:  # before it is computed
        raise _out_of_range(text)
    value: int | Fraction
    if decimal is None:
        value = int(text, 0)
    elif _INTEGER.fullmatch(text):
        value = int(text)
    else:
        value = Fraction(text)
    if not -LIMIT < value < LIMIT:
        raise _out_of_range(text)
    return value.numerator if value.denominator == 1 else value


def not_finite(text: str) -> OutOfRange:
    """Return the error for an infinity, or for something that is not a number."""
    what = "not a number" if "nan" in text.lower() else "infinite"
    return OutOfRange(f"`{text}` is {what}", "write a finite number, or quote it if it is text")


def _out_of_range(text: str) -> OutOfRange:
    return OutOfRange(
        f"the number `{shorten(text)}` is too large, too small or too long",
        "numbers stay below 10^18 in size; quote it if it is text",
    )


def shorten(text: str, size: int = 24) -> str:
    """Return the text for a message: on one line, only its beginning where it is long."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= size else text[: size - 1] + "…"
