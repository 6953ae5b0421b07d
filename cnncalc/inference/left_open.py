"""Numbers that a file asks for: ``padding: any``, ``input: anyxanyx3``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cnncalc.maths.volume import Volume, format_value, parse_volume
from cnncalc.maths.words import OPEN_WORDS
from cnncalc.problems.model import Problem
from cnncalc.spec.node import Node


def is_left_open(value: Any) -> bool:
    """Return whether a value is ``any``, or has one in it."""
    if isinstance(value, Mapping):
        return any(map(is_left_open, value.values()))
    if isinstance(value, list):
        return any(map(is_left_open, value))
    return isinstance(value, str) and any(
        size.strip().lower() in OPEN_WORDS for size in re.split("[x×X]", value)
    )


def left_open(word: str, node: Node) -> Problem:
    """Return CNN608: what ``word`` names is left open at ``node``."""
    text = format_value(node.data())
    return Problem(
        code="CNN608",
        message=f"{word} is left open: {text} asks for a number",
        span=node.span,
        help=("`cnncalc solve network` finds what fits",),
    )


def open_volume(value: Any) -> tuple[Volume, tuple[str, ...]]:
    """Return the volume that a value states with 1 for what is left open, and the open axes.

    Raises:
        RuleError: CNN115 or CNN112 as :func:`parse_volume` does.
    """
    ones, twos = (parse_volume(with_number(value, number)) for number in (1, 2))
    return ones, tuple(axis for axis, size in ones.named().items() if size != twos.along(axis))


def with_number(value: Any, number: int) -> Any:
    """Return a volume, as it was written, with a number for what is left open."""
    if isinstance(value, Mapping):
        return {axis: with_number(size, number) for axis, size in value.items()}
    if not isinstance(value, str):
        return value
    text = re.sub("|".join(map(re.escape, OPEN_WORDS)), str(number), value, flags=re.IGNORECASE)
    return int(text) if text.isdecimal() else text
