"""Expected receptive fields: size, stride and padding, of all axes or of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from cnncalc.inference.expected import Expected, parse_expected, truth
from cnncalc.inference.scope import Signal
from cnncalc.maths.volume import SPATIAL, format_value
from cnncalc.maths.words import number
from cnncalc.problems.model import Problem, RuleError
from cnncalc.report.rows import receptive_field
from cnncalc.spec.node import Node

_Number: TypeAlias = Expected | Fraction
_Actual: TypeAlias = Fraction | int | None

_FRACTION = re.compile(r"-?\d{1,9}(/[1-9]\d{0,8})?", re.ASCII)
_HELP = {
    "size": "size = 1 + Σ (F − 1)·d·J over the layers, J the strides before each, multiplied "
    "(Araujo et al. 2019)",
    "stride": "stride = the strides of all layers, multiplied (Araujo et al. 2019)",
    "padding": "padding = Σ P·J over the layers, J the strides before each, multiplied "
    "(Araujo et al. 2019)",
}
"""What can be expected of a receptive field → how it comes about."""


def field_difference(value: Any, node: Node, end: Signal) -> Problem | None:
    """Return how the receptive field at ``end`` differs from an expected one.

    ``value`` is a size, or ``{size, stride, padding}``; each is a number or a mapping of axes.

    Raises:
        RuleError: CNN108 when it is none of these.
    """
    by_part = isinstance(value, dict) and not _HELP.keys().isdisjoint(value)
    stated = value if by_part else {"size": value}
    found = receptive_field(end.seen, end.volume)
    axes = tuple(found.size) if found else ()
    expected = {part: _expected(part, numbers, axes) for part, numbers in stated.items()}
    if found is None or not found.is_exact:  # a bound may be larger than what is seen
        return None
    for part, numbers in expected.items():
        actual: Mapping[str, _Actual] = getattr(found, part)
        for axis, wanted in numbers.items():
            if axis in actual and not _agrees(wanted, actual[axis]):
                return _problem(part, axis, stated if by_part else None, value, node, actual)
    return None


def _expected(part: str, value: Any, axes: tuple[str, ...]) -> dict[str, _Number]:
    """Return the numbers that are expected of a part, by axis."""
    if part not in _HELP:
        raise RuleError(
            "CNN108",
            f"{format_value(part)} is no part of a receptive field",
            help=("write {size: 11, stride: 4, padding: 0}; each a number, or one for each axis",),
        )
    wanted = value if isinstance(value, dict) else dict.fromkeys(axes or SPATIAL, value)
    for axis in wanted:
        if axis not in SPATIAL:
            raise RuleError("CNN108", f"{format_value(axis)} is not an axis",
                            help=(f"axes: {', '.join(SPATIAL)}",))  # fmt: skip
    read = parse_expected if part == "size" else _exact
    return {axis: read(one) for axis, one in wanted.items()}


def _exact(value: Any) -> Fraction:
    """Return a stride or a padding: ``4``, ``0.5``, ``1/2``, or ``-2``."""
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str) and _FRACTION.fullmatch(value):
        return Fraction(value)
    raise RuleError(
        "CNN108", f"{format_value(value)} is not a number", help=("write 4, 0.5 or 1/3",)
    )


def _agrees(expected: _Number, actual: _Actual) -> bool:
    if isinstance(expected, Fraction) or actual is None:
        return expected == actual
    return expected.agrees(int(actual))


def _problem(
    part: str,
    axis: str,
    parts: Mapping[str, Any] | None,
    value: Any,
    node: Node,
    actual: Mapping[str, _Actual],
) -> Problem:
    """Return the problem of a part that is wrong along ``axis``.

    ``parts`` are those that the spec names, ``None`` where ``value`` is the size itself.
    """
    alike = len(set(actual.values())) == 1
    right: Any = actual[axis] if alike else dict(actual)
    name, stated, place, mended = "receptive_field", value, node, right
    if parts is not None:
        name, stated, mended = f"{name}.{part}", parts[part], {**parts, part: right}
        place = node.children.get(part, node)
    where = "" if alike else f" in {axis}"
    every = ", ".join(f"{each} {_word(size)}" for each, size in actual.items())
    can_be_stated = None not in actual.values()
    return Problem(
        code="CNN407",
        message=f"{name} should be {format_value(stated)}, but is {_word(actual[axis])}{where}",
        span=place.span,
        note=_word(actual[axis]) if alike else every,
        help=(_HELP[part],),
        fixes=(truth("expect.receptive_field", mended, node),) if can_be_stated else (),
    )


def _word(value: _Actual) -> str:
    """Return a number; where all positions see the same there is no stride and no padding."""
    return "none" if value is None else number(value)
