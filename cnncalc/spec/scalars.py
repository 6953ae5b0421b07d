"""Plain scalars as YAML 1.2's core schema reads them, with exact numbers.

``no``, ``on``, ``12:30`` and ``1_000`` are text, ``010`` is ten, ``1e3`` is a thousand.
Decimals are exact fractions, whole ones are integers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnncalc.spec.node import Scalar

LIMIT: Final = 10**18
"""Numbers must stay below this in size."""

MAX_DIGITS: Final = 1000
MAX_EXPONENT: Final = 400

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_STARTS: Final = frozenset("0123456789+-.~nNtTfF")
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_BASED: Final = re.compile(r"0o([0-7]+)|0x([0-9a-fA-F]+)")
_DECIMAL: Final = re.compile(
    r"([-+]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]+))?",
)
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class OutOfRange(ValueError):
    """A number which is written correctly but cannot be used; ``help`` says what can."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.help = advice


def read_value(text: str) -> Scalar:
    """Return what a plain scalar means; raise :class:`OutOfRange` for unusable numbers."""
    if text[:1] not in _STARTS:  # also where the text is empty: "" is in every string, not set
        return _WORDS.get(text, text)
    if len(text) < 18 and text.isascii() and text.isdigit():  # most numbers
        return int(text)
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if match := _DECIMAL.fullmatch(text):
        return _decimal(text, match)
    if match := _BASED.fullmatch(text):
        return _based(text, match)
    if _NOT_FINITE.fullmatch(text):
        raise not_finite(text)
    return text


def not_finite(text: str) -> OutOfRange:
    """Return the error for an infinity, or for something that is not a number."""
    what = "not a number" if "nan" in text.lower() else "infinite"
    return OutOfRange(f"`{text}` is {what}", "write a finite number, or quote it if it is text")


def shorten(text: str, size: int = 24) -> str:
    """Return the text for a message: on one line, only its beginning where it is long."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= size else text[: size - 1] + "…"


def _too_large(text: str) -> OutOfRange:
    return OutOfRange(
        f"the number `{shorten(text)}` is too large",
        "numbers stay below 10^18 in size; quote it if it is text",
    )


def _within(text: str, value: int) -> int:
    if -LIMIT < value < LIMIT:
        return value
    raise _too_large(text)


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _too_large(text)
    return _within(text, int(text))


def _based(text: str, match: re.Match[str]) -> int:
    if len(text) > MAX_DIGITS:
        raise _too_large(text)
    octal, hexadecimal = match.groups()
    return _within(text, int(octal, 8) if octal else int(hexadecimal, 16))


def _decimal(text: str, match: re.Match[str]) -> Scalar:
    if len(text) > MAX_DIGITS:
        raise OutOfRange(
            f"the number `{shorten(text)}` has {len(text)} characters",
            f"write it with at most {MAX_DIGITS} characters",
        )
    sign, whole, part, power = match.groups()
    digits = int(sign + whole + (part or ""))
    if not digits:
        return 0
    exponent = int(power or 0) - len(part or "")
    if exponent > MAX_EXPONENT:
        raise _too_large(text)
    if exponent < -MAX_EXPONENT - MAX_DIGITS:
        raise OutOfRange(f"the number `{shorten(text)}` is too close to 0", "write 0 instead")
    return _scaled(text, digits, exponent)


def _scaled(text: str, digits: int, exponent: int) -> Scalar:
    """Return ``digits · 10^exponent``, exactly."""
    if exponent >= 0:
        return _within(text, digits * 10**exponent)
    scale: int = 10**-exponent
    whole, rest = divmod(digits, scale)
    if not -LIMIT < whole < LIMIT:
        raise _too_large(text)
    if not rest:
        return whole
    from fractions import Fraction  # imports slowly, and most files hold no decimal

    return Fraction(digits, scale)
