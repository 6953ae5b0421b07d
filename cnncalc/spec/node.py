"""The nodes of a read document: values with their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from cnncalc.problems.source import Span

Scalar = None | bool | int | Fraction | str
"""A scalar of a document: decimals are exact fractions, whole ones are integers."""


@dataclass(slots=True, eq=False)
class Node:
    """A value of a document with its place.

    ``value`` is a scalar, a list of nodes, or a dict of nodes in file order; ``keys`` holds
    the span of each key of a dict. ``plain`` marks an unquoted YAML scalar, ``text`` is the
    scalar as it was written (empty for lists and mappings).
    """

    value: Scalar | list[Node] | dict[str, Node]
    span: Span
    keys: dict[str, Span] = field(default_factory=dict)
    text: str = ""
    plain: bool = False
    dynamic: bool | None = None
    """Whether there is an expression in or below the node; found on first use."""

    def data(self) -> Any:
        """Return the value as plain Python data, without places."""
        if isinstance(self.value, dict):
            return {key: child.data() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.data() for child in self.value]
        return self.value
