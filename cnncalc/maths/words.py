"""Numbers as people write them: fractions, suffixes, kernels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import MAX_EMAX, MIN_EMIN, Decimal, localcontext
from fractions import Fraction
from typing import Any, Final

LINES = {"width": "column", "height": "row", "length": "position", "frames": "frame"}
"""What lies side by side along an axis."""
OPEN_WORDS: Final = ("any", "?")
"""What is written for a number that is asked for."""
_LONGEST = 20
"""Characters, at most, of a fraction that is printed as one."""

_VULGAR = {
    (1, 2): "½", (1, 3): "⅓", (2, 3): "⅔", (1, 4): "¼", (3, 4): "¾", (1, 5): "⅕", (2, 5): "⅖",
    (3, 5): "⅗", (4, 5): "⅘", (1, 6): "⅙", (5, 6): "⅚", (1, 8): "⅛", (3, 8): "⅜", (5, 8): "⅝",
    (7, 8): "⅞",
}  # fmt: skip


def fraction(value: Fraction | int) -> str:
    """Return ``2⅓``, ``54 1/7``, ``−17¾``, or the plain integer."""
    value = Fraction(value)
    if value < 0:
        return f"−{fraction(-value)}"
    whole, rest = divmod(value, 1)
    if not rest:
        return str(whole)
    vulgar = _VULGAR.get((rest.numerator, rest.denominator))
    if vulgar:
        return f"{whole}{vulgar}" if whole else vulgar
    return f"{whole} {rest}" if whole else str(rest)


def roughly(value: Fraction | int) -> str:
    """Return ``2⅓ ≈ 2.33``, ``−17¾ ≈ −17.75``, or the plain integer."""
    value = Fraction(value)
    if value.denominator == 1:
        return fraction(value)
    sign = "−" if value < 0 else ""
    return f"{fraction(value)} ≈ {sign}{abs(float(value)):.2f}"


def number(value: Fraction | int) -> str:
    """Return a field's number: an integer, a decimal, or a fraction that is none.

    A fraction that is too long to read is rounded: ``1e-500``, ``0.333333333333333``.
    """
    value = Fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    decimal = repr(float(value))
    if Fraction(decimal) == value:
        return decimal
    text = str(value)
    return text if len(text) <= _LONGEST else _rounded(value)


def _rounded(value: Fraction) -> str:
    """Return a number of 15 significant digits, of any size."""
    with localcontext(prec=15, Emax=MAX_EMAX, Emin=MIN_EMIN):
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
        return f"{quotient.normalize()}".lower()


def signed(value: Fraction | int) -> str:
    """Return a number to be read, not copied into a spec: ``−0.5`` with a true minus."""
    return number(value).replace("-", "−")


def on_paper(sizes: Iterable[Any]) -> tuple[Any, ...]:
    """Return what is in array order as people write it: width first in 2-D."""
    found = tuple(sizes)
    return found[::-1] if len(found) == 2 else found


def times(sizes: Iterable[object]) -> str:
    """Return sizes in array order as people write them: ``width×height`` in 2-D."""
    return "×".join(map(str, on_paper(sizes)))


def an(text: str) -> str:
    """Return ``a 3×3`` or ``an 11×11``: the article goes by how the first number is read."""
    first = text.split("×")[0]
    return f"an {text}" if first[:1] == "8" or first in ("11", "18") else f"a {text}"


def typed(sizes: str) -> str:
    """Return sizes as people type them: ``32x32x3`` for ``32×32×3``."""
    return sizes.replace("×", "x")


def either(words: Iterable[object]) -> str:
    """Return ``1, 2 or 4``."""
    *first, last = map(str, words)
    return f"{', '.join(first)} or {last}" if first else last


def five_digits(value: float) -> str:
    """Return a number that a pass computed to five digits; 0 has no sign."""
    return f"{value + 0.0:.5g}"


def plural(count: int, noun: str) -> str:
    """Return ``1 filter`` or ``6 filters``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def plurals(counts: Mapping[str, int]) -> str:
    """Return ``1 error, 2 warnings``: the counts that are not 0, each with its noun."""
    return ", ".join(plural(count, noun) for noun, count in counts.items() if count)


def percent(part: int, whole: int) -> str:
    """Return ``23.4%``."""
    return f"{100 * part / whole:.1f}%"


_THOUSANDS = ("", "k", "M", "G", "T")
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB")


def short(value: int) -> str:
    """Return three significant digits with a suffix: ``61.0M``, ``4.09G``, ``870``."""
    if value < 1000:
        return str(value)
    rounded = round(value, 3 - len(str(value)))  # first: 999,950 is 1.00M, not 1,000k
    power = min((len(str(rounded)) - 1) // 3, len(_THOUSANDS) - 1)
    digits = max(0, 3 * power + 3 - len(str(rounded)))
    return f"{rounded / 1000**power:,.{digits}f}{_THOUSANDS[power]}"


def in_bytes(value: int) -> str:
    """Return bytes in binary units: ``232.6 MiB`` is 232.6·2²⁰ bytes."""
    if value < 1024:
        return f"{value} B"
    power = 1
    while round(value / 1024**power, 1) >= 1024 and power < len(_BINARY) - 1:
        power += 1
    return f"{value / 1024**power:,.1f} {_BINARY[power]}"
