"""Nodes → plain values: the expressions in a node are evaluated, and their errors located."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cnncalc.expressions import ExpressionError, Unknown, expand, has_expression
from cnncalc.inference.scope import Names
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Span
from cnncalc.spec.node import Node

Report = Callable[[Problem], None]


def is_dynamic(node: Node) -> bool:
    """Tell whether an expression stands in or below ``node``; remembered in the node."""
    if node.dynamic is None:
        value = node.value
        if isinstance(value, str):
            node.dynamic = has_expression(value)
        elif isinstance(value, dict):
            node.dynamic = _any_dynamic(value.values())
        elif isinstance(value, list):
            node.dynamic = _any_dynamic(value)
        else:
            node.dynamic = False
    return node.dynamic


def _any_dynamic(nodes: Iterable[Node]) -> bool:
    return True in [is_dynamic(node) for node in nodes]  # all of them, so that each remembers


def evaluate(node: Node, names: Names, report: Report) -> Any:
    """Return the plain value of ``node``.

    Raises:
        Unknown: it depends on a value that is not known, or an expression failed; that
            expression's problem is reported.
    """
    if not is_dynamic(node):
        return node.data()
    if isinstance(node.value, dict):
        return _all({k: (child,) for k, child in node.value.items()}, names, report)
    if isinstance(node.value, list):
        items = _all({i: (child,) for i, child in enumerate(node.value)}, names, report)
        return list(items.values())
    assert isinstance(node.value, str)
    try:
        return expand(node.value, names, _Known(names))
    except ExpressionError as error:
        report(
            Problem(error.code, error.message, _place(node, error), error.note, tuple(error.help))
        )
        raise Unknown from None


def _all(nodes: dict[Any, tuple[Node]], names: Names, report: Report) -> dict[Any, Any]:
    """Evaluate each node before the first that is unknown ends it, so all errors are told."""
    values: dict[Any, Any] = {}
    unknown = False
    for key, (node,) in nodes.items():
        try:
            values[key] = evaluate(node, names, report)
        except Unknown:
            unknown = True
    if unknown:
        raise Unknown
    return values


class _Known:
    """The names of a scope, listed only when an error asks for them."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def __iter__(self) -> Any:
        return iter(self._names.known())

    def __len__(self) -> int:
        return len(self._names.known())

    def __contains__(self, name: object) -> bool:
        return name in self._names.known()


def _place(node: Node, error: ExpressionError) -> Span:
    """Return the span of the faulty part, where the text stands as it was read."""
    span, text = node.span, node.value
    assert isinstance(text, str)
    if span.line != span.end_line or "\n" in text:
        return span
    quotes = 0 if node.plain else 1
    if span.end_column - span.column != len(text) + 2 * quotes:
        return span  # escapes: columns of the value are not those of the file
    start = span.column + quotes
    return Span(
        span.source, span.line, start + error.start, span.line, start + max(error.end, error.start)
    )
