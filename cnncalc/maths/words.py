"""Numbers as people write them: fractions, suffixes, kernels."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

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
    """Return a field's number: an integer, a decimal, or a fraction that is none."""
    value = Fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    decimal = repr(float(value))
    return decimal if Fraction(decimal) == value else str(value)


def signed(value: Fraction | int) -> str:
    """Return a number to be read, not copied into a spec: ``−0.5`` with a true minus."""
    return number(value).replace("-", "−")


def times(sizes: Any) -> str:
    """Return sizes in array order as ``width×height`` (2-D), in array order otherwise."""
    sizes = tuple(sizes)
    if len(sizes) == 2:
        sizes = sizes[::-1]
    return "×".join(str(size) for size in sizes)


def an(text: str) -> str:
    """Return ``a 3×3`` or ``an 11×11``: the article goes by how the first number is read."""
    first = text.split("×")[0]
    return f"an {text}" if first[:1] == "8" or first in ("11", "18") else f"a {text}"


def plural(count: int, noun: str) -> str:
    """Return ``1 filter`` or ``6 filters``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def short(value: int) -> str:
    """Return three significant digits with a suffix: ``61.0M``, ``4.09G``, ``870``."""
    for suffix, unit in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if value >= unit:
            scaled = Fraction(value, unit)
            digits = 2 if scaled < 10 else 1 if scaled < 100 else 0
            rounded = round(scaled, digits)
            if rounded >= 1000:
                return f"{float(rounded):,.0f}{suffix}"
            return f"{float(rounded):.{digits}f}{suffix}"
    return str(value)


def in_bytes(value: int) -> str:
    """Return bytes in binary units: ``232.6 MiB`` is 232.6·2²⁰ bytes."""
    for suffix, unit in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if value >= unit:
            return f"{value / unit:,.1f} {suffix}"
    return f"{value} B"
