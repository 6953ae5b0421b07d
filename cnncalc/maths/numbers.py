"""Numbers with suffixes, as people write them: ``60M``, ``4.09G``, ``61,706``, ``500MiB``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

_COUNTS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_DECIMAL = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY = {"ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_BYTES = {
    name + b: unit for name, unit in {"": 1, **_DECIMAL, **_BINARY}.items() for b in ("", "b")
}
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d[\d_]*)(?:\.(\d+))?\s*([a-z]*)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number as it is written: its value, and what one more in its last digit would add."""

    value: Fraction
    step: Fraction


def parse_count(text: str) -> Count:
    """Read a count: ``61706``, ``61,706``, ``60M``, ``4.09G`` (``b`` is a billion, too).

    Raises:
        ValueError: it is no such number.
    """
    return _parse(text, _COUNTS)


def parse_bytes(text: str) -> int:
    """Read a size in bytes: ``2G`` and ``2GB`` are 2·10⁹, ``2GiB`` is 2·2³⁰.

    Raises:
        ValueError: it is no such size.
    """
    return int(_parse(text, _BYTES).value)


def _parse(text: str, units: Mapping[str, int]) -> Count:
    found = _NUMBER.fullmatch(text.strip().lower())
    if found is None or found[3] not in units:
        raise ValueError(f"{text!r} is not a number with a suffix that is known")
    whole, decimals, suffix = found[1].replace(",", "").replace("_", ""), found[2], found[3]
    step = Fraction(units[suffix], 10 ** len(decimals or ""))
    return Count(value=int(whole + (decimals or "")) * step, step=step)
