"""Help for the tests of reading: what is written at a span, and what always holds."""

from __future__ import annotations

from cnncalc.problems.codes import CODES
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source, Span
from cnncalc.spec.document import Document, read
from cnncalc.spec.node import Node


def load(text: str | bytes, name: str = "net.yaml") -> tuple[Document | None, list[Problem]]:
    return read(text.encode() if isinstance(text, str) else text, name)


def good(text: str | bytes, name: str = "net.yaml") -> Node:
    document, problems = load(text, name)
    assert problems == []
    assert document is not None
    return document.root


def written(span: Span) -> str:
    """Return what the source holds at a span."""
    lines = span.source.text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def place(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column


def each(node: Node) -> list[Node]:
    children: list[Node] = []
    if isinstance(node.value, list):
        children = node.value
    elif isinstance(node.value, dict):
        children = list(node.value.values())
    return [node, *(found for child in children for found in each(child))]


def well_put(problem: Problem) -> None:
    """Check what holds of every problem."""
    assert problem.code in CODES
    assert problem.message
    assert not problem.message.endswith(".")
    assert not problem.message[0].isupper()
    assert len(problem.help) <= 3
    assert all(line and line.isprintable() for line in (problem.message, *problem.help))
    lines = problem.span.source.text.split("\n")
    assert 1 <= problem.span.line <= problem.span.end_line <= len(lines)
    assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1
    assert 1 <= problem.span.end_column <= len(lines[problem.span.end_line - 1]) + 1
    assert problem.span.start <= (problem.span.end_line, problem.span.end_column)


def sound(data: bytes, name: str) -> None:
    """Check what holds whatever is read."""
    document, problems = read(data, name)
    assert document is not None or problems
    assert problems == sorted(problems, key=lambda found: found.span.start)
    for problem in problems:
        well_put(problem)
    if document is not None:
        assert isinstance(document.root.value, dict)
        for node in each(document.root):
            written(node.span)
            if not isinstance(node.value, list | dict):
                assert node.text == written(node.span)
            for span in node.keys.values():
                assert isinstance(span.source, Source)
                assert span.start <= (span.end_line, span.end_column)
