"""Where things stand in a file: sources, spans, and the nodes of a read document.

Lines and columns are 1-based and count Unicode code points; the end of a span is
exclusive, so an empty span has ``end_column == column``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

Scalar = None | bool | int | Fraction | str
"""A scalar of a document: decimals are exact fractions, whole ones are integers."""


@dataclass(slots=True, eq=False)
class Source:
    """One text that was read: a file, standard input, or a command line."""

    name: str
    text: str = field(repr=False)

    def line(self, number: int) -> str:
        """Return line ``number`` (1-based) without its line break, or an empty string."""
        lines = self.text.split("\n", number)
        return lines[number - 1].rstrip("\r") if number <= len(lines) else ""


class Span(NamedTuple):
    """A stretch of a source; the end is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def start(self) -> tuple[int, int]:
        """The first place, to sort by."""
        return self.line, self.column


@dataclass(slots=True, eq=False)
class Node:
    """A value of a document with its place.

    ``value`` is a scalar, a list of nodes, or a dict of nodes in file order; ``keys`` holds
    the span of each key of a dict. ``plain`` tells an unquoted YAML scalar, ``text`` is the
    scalar as it was written (empty for lists and mappings).
    """

    value: Scalar | list[Node] | dict[str, Node]
    span: Span
    keys: dict[str, Span] = field(default_factory=dict)
    text: str = ""
    plain: bool = False
    dynamic: bool | None = None
    """Whether an expression stands in or below the node; found on first use."""

    def data(self) -> Any:
        """Return the value as plain Python data, without places."""
        if isinstance(self.value, dict):
            return {key: child.data() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.data() for child in self.value]
        return self.value
