"""The nodes of a read document: values with their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from cnncalc.expressions import has_expression
from cnncalc.problems.source import Span

Scalar = None | bool | int | Fraction | str
"""A scalar of a document: decimals are exact fractions, whole ones are integers."""


def shape_of(value: Any) -> tuple[int, ...] | None:
    """Return the shape of nested lists of numbers, or ``None`` when they are ragged or none."""
    if isinstance(value, list):
        shapes = {shape_of(item) for item in value}
        if len(shapes) != 1 or None in shapes:
            return None
        return (len(value), *(shapes.pop() or ()))
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return ()
    return None


@dataclass(kw_only=True, eq=False)
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

    @property
    def children(self) -> dict[str, Node]:
        """The values of a mapping by key, in file order; none for a scalar or a list."""
        return self.value if isinstance(self.value, dict) else {}

    @cached_property
    def dynamic(self) -> bool:
        """Whether there is an expression in or below the node."""
        if isinstance(self.value, str):
            return has_expression(self.value)
        inside = self.value if isinstance(self.value, list) else self.children.values()
        return any(child.dynamic for child in inside)

    @cached_property
    def constant(self) -> Any:
        """What :meth:`data` returns, made once; for nodes without expressions."""
        return self.data()

    @cached_property
    def shape(self) -> tuple[int, ...] | None:
        """The shape of the constant, ``None`` when it is no array of numbers."""
        return shape_of(self.constant)

    def data(self) -> Any:
        """Return the value as plain Python data, without places."""
        if isinstance(self.value, dict):
            return {key: child.data() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.data() for child in self.value]
        return self.value


def with_values(node: Node, values: Mapping[Span, Any]) -> Node:
    """Return a document in which plain values replace what is at these places."""
    if node.span in values:
        return _node(values[node.span], node.span)
    if isinstance(node.value, dict):
        inside = {key: with_values(child, values) for key, child in node.value.items()}
        return Node(value=inside, span=node.span, keys=node.keys)
    if isinstance(node.value, list):
        return Node(value=[with_values(child, values) for child in node.value], span=node.span)
    return node


def _node(value: Any, span: Span) -> Node:
    """Return a plain value as a node, all of it at one place."""
    if isinstance(value, Mapping):
        inside = {key: _node(part, span) for key, part in value.items()}
        return Node(value=inside, span=span, keys=dict.fromkeys(inside, span))
    return Node(value=value, span=span)
