"""Answers as students write them: volumes, counts, sizes and settings; nothing is guessed.

Every reader returns a value, or ``None`` for an answer that is blank, and raises
:class:`Unreadable` for any other text. Numbers keep how exactly they are written
(:class:`~cnncalc.maths.numbers.Count`): ``2.33`` and ``61.7k`` are rounded, ``760`` is not.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final, TypeAlias

from cnncalc.expressions import ExpressionError, evaluate
from cnncalc.maths.numbers import Count

MISFIT: Final = "does not fit"
"""The right answer where windows do not fit, and how it is printed."""
Sizes: TypeAlias = tuple[Count, ...]

_LONGEST: Final = 200
"""Characters of an answer: what is longer is no number."""
_MOST_SIZES: Final = 6
_BLANK: Final = frozenset(("", "null", "?", "todo"))
_NOTHING: Final = frozenset(("-", "–", "−", "none", "no", "n/a"))
"""Words for nothing: 0 where that is right, else no answer."""
_MISFITS: Final = frozenset(
    (MISFIT, "doesn't fit", "no fit", "not valid", "invalid", "error", "impossible")
)

_BATCH: Final = re.compile(r"(none|n|batch)\s*[x×*·,;\s]\s*")
_SIZE: Final = r"\d{1,18}(?:\.\d{1,9}|/\d{1,9})?"
_SIZES: Final = re.compile(rf"{_SIZE}(?:(?:\s*(?:[x×*·,;]|by)\s*|\s+){_SIZE})*", re.ASCII)
_DEPTH_FIRST: Final = re.compile(r"(\d{1,18})\s*@\s*(.+)", re.ASCII)
_UNIT: Final = re.compile(
    r"\s*(params?|parameters?|weights?|bias|biases|macs?|flops?|neurons?|units?|connections?"
    r"|pixels?|px)$"
)
_NUMBER: Final = re.compile(
    r"(?P<whole>\d{1,3}(?P<group>[,_' \u2019\u00a0\u2009\u202f])\d{3}(?:(?P=group)\d{3})*|\d+)"
    r"(?:\.(?P<decimals>\d+))?\s*(?P<suffix>[kmg]?)",
    re.ASCII,
)
_DOTTED: Final = re.compile(r"\d{1,3}(?:\.\d{3})+", re.ASCII)
_THOUSANDS: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_ARITHMETIC: Final = re.compile(r"[\d\s+\-−–*×·x/^()]*\d[\d\s+\-−–*×·x/^()]*", re.ASCII)
_AS_EXPRESSION: Final = str.maketrans(
    {"×": " * ", "·": " * ", "x": " * ", "/": " / ", "^": "**", "−": "-", "–": "-"}
)
"""Apart from each other, no two signs become one: neither `xx` a power nor `//` a floor."""
_SETTING: Final = re.compile(rf"{_SIZE}(?:\s*[x×,]\s*{_SIZE}){{0,2}}", re.ASCII)
_PADDINGS: Final = ("same", "same_lower", "valid")


class Unreadable(ValueError):
    """An answer that is neither a value nor blank; the message says what can be read."""


def says_nothing(text: str) -> bool:
    """Return whether an answer is blank, or a word for nothing."""
    plain = text.strip().lower()
    return plain in _BLANK or plain in _NOTHING


def read_volume(text: str) -> Sizes | str | None:
    """Return the sizes of a volume in the order in which they are written, or :data:`MISFIT`.

    A depth in front of an ``@`` is moved to the end.

    Raises:
        Unreadable: it is no volume.
    """
    plain = _plain(text)
    if plain in _BLANK or plain in _NOTHING:
        return None
    if plain.replace("\u2019", "'").rstrip(".! ") in _MISFITS:
        return MISFIT
    plain = plain.removeprefix("torch.size").strip(" ()[]{}")
    plain = _BATCH.sub("", plain, count=1) if _BATCH.match(plain) else plain
    found = _DEPTH_FIRST.fullmatch(plain)
    sizes = f"{found[2].strip(' ()[]')} {found[1]}" if found else plain
    return _sizes(sizes, "write a volume as in 9x7x5, or: does not fit")


def read_sizes(text: str) -> Sizes | None:
    """Return one size, or one for each axis as they are written: ``11`` or ``11x7``.

    Raises:
        Unreadable: it is none.
    """
    plain = _plain(text)
    if plain in _BLANK or plain in _NOTHING:
        return None
    return _sizes(_UNIT.sub("", plain).strip("()[] "), "write a number of pixels")


def _sizes(text: str, advice: str) -> Sizes:
    if not _SIZES.fullmatch(text):
        raise Unreadable(advice)
    sizes = tuple(_size(size) for size in re.findall(_SIZE, text, re.ASCII))
    if len(sizes) > _MOST_SIZES:
        raise Unreadable(advice)
    return sizes


def _size(text: str) -> Count:
    whole, slash, divisor = text.partition("/")
    if slash:
        if not int(divisor):
            raise Unreadable("nothing is divided by 0")
        return Count(value=Fraction(int(whole), int(divisor)), step=Fraction(0))
    decimals = len(text.partition(".")[2])
    return Count(value=Fraction(text), step=Fraction(1, 10**decimals) if decimals else Fraction(0))


def read_count(text: str, right: int) -> Count | None:
    """Return a count: digits, with suffix or unit, or arithmetic; the ``step`` is 0 where exact.

    ``right`` decides what words for nothing mean, and whether ``61.706`` can be 61,706.

    Raises:
        Unreadable: it is none.
    """
    plain = _plain(text)
    if plain in _BLANK:
        return None
    if plain in _NOTHING:
        return Count(value=Fraction(0), step=Fraction(0)) if right == 0 else None
    plain = _UNIT.sub("", plain.removeprefix("=").strip())
    if right >= 1000 and _DOTTED.fullmatch(plain):
        plain = plain.replace(".", "")
    number = _NUMBER.fullmatch(plain)
    return _number(number) if number else _computed(plain)


def _number(found: re.Match[str]) -> Count:
    """Return a number of digits, groups, decimals and a suffix."""
    digits = re.sub(r"\D", "", found["whole"], flags=re.ASCII)
    decimals, unit = found["decimals"] or "", _THOUSANDS[found["suffix"]]
    if unit == 1 and decimals.strip("0"):
        raise Unreadable("a count is a whole number")
    value = Fraction(int(digits + decimals), 10 ** len(decimals)) * unit
    step = Fraction(unit, 10 ** len(decimals)) if unit > 1 else Fraction(0)
    return Count(value=value, step=step)


def _computed(text: str) -> Count:
    """Return the value of arithmetic with whole numbers."""
    if not _ARITHMETIC.fullmatch(text):
        raise Unreadable("write a whole number, or arithmetic such as 3*(4+5)")
    try:
        value = evaluate(text.translate(_AS_EXPRESSION), _no_names)
    except ExpressionError as error:
        raise Unreadable(error.message) from None
    if not isinstance(value, int):
        raise Unreadable("a count is a whole number")
    return Count(value=Fraction(value), step=Fraction(0))


def _no_names(name: str) -> int:
    raise KeyError(name)


def read_setting(text: str, *, zero_is_right: bool) -> tuple[Fraction, ...] | str | None:
    """Return a setting of a layer: one number or one for each axis, or a padding's name.

    Raises:
        Unreadable: it is none.
    """
    plain = _plain(text).strip("()[] ")
    if plain in _BLANK:
        return None
    if plain in _NOTHING:
        return (Fraction(0),) if zero_is_right else None
    if plain in _PADDINGS:
        return plain
    if not _SETTING.fullmatch(plain):
        raise Unreadable("write a number, or one for each axis as in 1x7")
    return tuple(_size(size).value for size in re.findall(_SIZE, plain, re.ASCII))


def _plain(text: str) -> str:
    """Return an answer without outer spaces, in lower case.

    Raises:
        Unreadable: it is too long for any answer.
    """
    plain = " ".join(text.split()).lower()
    if len(plain) > _LONGEST:
        raise Unreadable(f"an answer has at most {_LONGEST} characters")
    return plain
