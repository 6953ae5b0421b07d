"""Nodes → plain values: the expressions in a node are evaluated, and their errors located."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from cnncalc.expressions import ExpressionError, Unknown, expand
from cnncalc.inference.scope import Names
from cnncalc.problems.collector import Reporter
from cnncalc.problems.model import Fix, Problem
from cnncalc.problems.source import Span
from cnncalc.spec.edits import respelled
from cnncalc.spec.node import Node


def evaluate(node: Node, names: Names, report: Reporter) -> Any:
    """Return the plain value of ``node``.

    Raises:
        Unknown: it depends on a value that is not known, or an expression failed; that
            expression's problem is reported.
    """
    if not node.dynamic:
        return node.constant
    if isinstance(node.value, dict):
        return dict(zip(node.value, _each(node.value.values(), names, report), strict=True))
    if isinstance(node.value, list):
        return _each(node.value, names, report)
    assert isinstance(node.value, str)
    try:
        return expand(node.value, names, names.near)
    except ExpressionError as error:
        span = _place(node, error)
        report(
            Problem(
                code=error.code,
                message=error.message,
                span=span,
                note=error.note,
                help=tuple(error.help),
                fixes=_respelled(error, span, names),
            )
        )
        raise Unknown from None


def _each(nodes: Iterable[Node], names: Names, report: Reporter) -> list[Any]:
    """Evaluate every node, so that all errors are reported, before one that is unknown ends it."""
    values = []
    unknown = False
    for node in nodes:
        try:
            values.append(evaluate(node, names, report))
        except Unknown:
            unknown = True
    if unknown:
        raise Unknown
    return values


def _respelled(error: ExpressionError, span: Span, names: Names) -> tuple[Fix, ...]:
    """Return the fix of a misspelt name in an expression."""
    written = span.text
    word = written.removeprefix("$")
    if error.code != "CNN202" or not word.replace(".", "").isidentifier():
        return ()
    place = replace(span, column=span.column + len(written) - len(word))
    return respelled(place, word, names.near(word))


def _place(node: Node, error: ExpressionError) -> Span:
    """Return the span of the faulty part, where the text is in the file as it was read."""
    span, text = node.span, node.value
    assert isinstance(text, str)
    if span.line != span.end_line or "\n" in text:
        return span
    quotes = 0 if node.plain else 1
    if span.end_column - span.column != len(text) + 2 * quotes:
        return span  # escapes: columns of the value are not those of the file
    start = span.column + quotes
    return Span(
        source=span.source,
        line=span.line,
        column=start + error.start,
        end_line=span.line,
        end_column=start + max(error.end, error.start),
    )
