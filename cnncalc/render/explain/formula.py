"""Formulas as people type them, ``(W1 − F + 2P)/S + 1``, taken apart for formats that set them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

PartKind = Literal["number", "letter", "word", "sign", "power"]

_PART = re.compile(
    r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?(?:e[+−]?\d+)?(?![a-z\d]))"
    r"|(?P<name>[A-Za-z]+(?: [A-Za-z]+)*)(?P<index>[12₁₂]?)(?P<prime>′?)(?!\w)"
    r"|(?P<sign> *[+−·×/=,…] *|[()⌈⌉⌊⌋Σ≤√])"
    r"|\^(?P<power>[\d.]+|[a-z]+|\([^()]+\))"
)
_INDICES = str.maketrans("₁₂", "12")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A number, a letter such as ``W``, a word such as ``pairs``, a sign, or a power ``^2``.

    Letters and words may have an index (``W1``, ``R₁``) and a prime (``F′``); the text of a power
    is its exponent, a formula.
    """

    kind: PartKind
    text: str
    index: str = ""
    prime: bool = False


def in_pieces(term: str, room: int) -> list[str]:
    """Return a term; one that is longer than ``room`` in pieces that begin with its plus signs."""
    return [term] if len(term) <= room else re.split(r" (?=\+ )", term)


def parts_of(text: str) -> list[Part] | None:
    """Return the parts of a formula; ``None`` for what is not one, but a sentence.

    Spaces are only around signs, and between words: in ``union of a 3×3`` they are elsewhere.
    """
    parts = []
    place = 0
    while place < len(text):
        match = _PART.match(text, place)
        if match is None:
            return None
        place = match.end()
        parts.append(_part(match))
    return parts


def _part(match: re.Match[str]) -> Part:
    if match["number"]:
        return Part(kind="number", text=match["number"])
    if match["sign"]:
        return Part(kind="sign", text=match["sign"].strip())
    if match["power"]:
        return Part(kind="power", text=match["power"].removeprefix("(").removesuffix(")"))
    name = match["name"]
    return Part(
        kind="letter" if len(name) == 1 else "word",
        text=name,
        index=match["index"].translate(_INDICES),
        prime=bool(match["prime"]),
    )
