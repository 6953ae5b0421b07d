"""One number of a layer's output, and the arithmetic that gives it in a pass: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from cnncalc.report.rows import Row

Sign = Literal["+", "−", "·", "/", "^"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Expressions joined by a sign, from left to right."""

    sign: Sign
    of: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of expressions: ``max``, ``abs``, ``exp``, ``ln``, ``√``, or an activation."""

    name: str
    of: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Omitted:
    """Terms of a long sum, or of a ``max``, that are not listed: what they give together."""

    value: float


Expression: TypeAlias = "int | float | Operation | Function | Omitted"
"""A count is an ``int``; what a pass computed is a ``float``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of arithmetic: ``what = formula = expression = result``."""

    what: str
    formula: str = ""
    expression: Expression
    result: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Numbers of an input or of weights; ``None`` is padding that does not count.

    ``rows`` are the first of a table of ``shape``, (rows, columns), each with its first numbers.
    """

    title: str
    rows: tuple[tuple[float | None, ...], ...]
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What one number is made of: the numbers that it reads, and the arithmetic.

    ``formula`` and ``expression`` give the number itself, from what ``lines`` give.
    """

    tables: tuple[Table, ...] = ()
    lines: tuple[Line, ...] = ()
    formula: str = ""
    expression: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """The number of ``row`` at ``at``, (map, *position), in array order.

    ``result`` is what the forward pass gave.
    """

    row: Row
    at: tuple[int, ...]
    parts: Parts
    result: float
