"""The YAML reader: PyYAML's events, turned into nodes with their places.

Events rather than PyYAML's own nodes, because those hide anchors and tags, and because building
them can overflow the stack before anyone counts how deep they go.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

from cnncalc.problems.collector import Stop
from cnncalc.problems.source import Span
from cnncalc.spec.findings import Findings
from cnncalc.spec.misread import blank_key, block_bound, number_key, odd_key, refuse_property
from cnncalc.spec.node import Node
from cnncalc.spec.scalars import OutOfRange, read_value
from cnncalc.spec.syntax_errors import explain

PARSER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(findings: Findings) -> Node | None:
    """Return the root of a YAML text, or ``None`` where it holds no document.

    Problems go to ``findings``; fatal ones also stop.
    """
    reader = _Reader(findings)
    try:
        return reader.document()
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        explain(findings, error, reader.last, reader.brackets)
        raise Stop from None


class _Reader:
    """Builds nodes from events, as PyYAML's composer does."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.parser: Any = PARSER(findings.source.text)
        self.last: Any = None
        """The event of the last scalar, for the help of syntax errors."""
        self.brackets: list[tuple[int, int]] = []
        """The places of the brackets that are still open."""

    def document(self) -> Node | None:
        """Return the root of the only document; ``None`` where there is none."""
        root = None
        event: Any
        while not isinstance(event := self.parser.get_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise self.findings.stop(
                    "CNN106",
                    "a second document begins here, but one file is one network",
                    self.span(event),
                    "remove this line, or move what follows to a file of its own",
                )
            if isinstance(event, yaml.NodeEvent):
                root = self.node(event, depth=1)
        return root

    def span(self, first: Any, last: Any = None) -> Span:
        """Return the span of an event, or from it up to the last one."""
        start, end = first.start_mark, (last or first).end_mark
        return self.findings.span(start.line, start.column, end.line, end.column)

    def node(self, event: Any, depth: int) -> Node:
        """Return the node that begins with an event."""
        if event.anchor or getattr(event, "tag", None):
            refuse_property(self.findings, event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            node = self.collection(event, depth)
        elif isinstance(event, yaml.AliasEvent):
            node = Node(value=None, span=self.span(event))
        elif event.style:
            node = self.quoted(event)
        else:
            node = self.plain(event)
        self.findings.count(node.span)
        return node

    def collection(self, event: Any, depth: int) -> Node:
        """Return the node of a list or a mapping, in brackets or as a block."""
        self.findings.descend(depth, event.start_mark.line, event.start_mark.column)
        if event.flow_style:
            self.brackets.append((event.start_mark.line, event.start_mark.column))
        if isinstance(event, yaml.SequenceStartEvent):
            node, end = self.list(event, depth)
        else:
            node, end = self.mapping(event, depth)
        if event.flow_style:
            self.brackets.pop()
            node.span = self.span(event, end)
        return node

    def list(self, first: Any, depth: int) -> tuple[Node, Any]:
        """Return the node of a list, and the event that ends it."""
        items: list[Node] = []
        while not isinstance(event := self.parser.get_event(), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        span = self.around(first, items[-1] if items else None)
        return Node(value=items, span=span), event

    def mapping(self, first: Any, depth: int) -> tuple[Node, Any]:
        """Return the node of a mapping, and the event that ends it."""
        node = Node(value={}, span=self.span(first))
        value = None
        while not isinstance(event := self.parser.get_event(), yaml.MappingEndEvent):
            key, span = self.key(event, depth + 1)
            value = self.node(self.parser.get_event(), depth + 1)
            if key is None:
                continue
            if first.flow_style and value.plain and not value.text:
                blank_key(self.findings, key, span)
            self.findings.put(node, key, span, value)
        node.span = self.around(first, value)
        return node, event

    def around(self, first: Any, last: Node | None) -> Span:
        """Return the span of a block collection, which the parser ends at the next token."""
        start = first.start_mark
        if last is None:
            return self.span(first)
        end = last.span
        return self.findings.span(start.line, start.column, end.end_line - 1, end.end_column - 1)

    def key(self, event: Any, depth: int) -> tuple[str | None, Span]:
        """Return a key, or ``None`` where it cannot be one, and its place."""
        if not isinstance(event, yaml.ScalarEvent):
            node = self.node(event, depth)
            if isinstance(node.value, list | dict):
                odd_key(self.findings, node.value, node.span)
            return None, node.span
        span = self.span(event)
        self.last = event
        if event.anchor or event.tag:
            refuse_property(self.findings, event.start_mark)
        if event.style:
            return event.value, span
        try:
            value = read_value(event.value)
        except OutOfRange:
            value = 0
        if isinstance(value, str) and value != "<<":
            return value, span
        if not number_key(self.findings, span):
            odd_key(self.findings, value, span)
        return None, span

    def quoted(self, event: Any) -> Node:
        """Return the node of a quoted or block scalar."""
        self.last = event
        span = self.span(event)
        if event.style in "|>":
            block_bound(self.findings, span)
            span = self.without_breaks(span)
        self.findings.check_text(event.value, span)
        return Node(value=event.value, span=span, text=span.text)

    def without_breaks(self, span: Span) -> Span:
        """Leave out the line breaks after a block scalar, which the parser counts in."""
        lines = span.text.rstrip().split("\n")
        start = span.column - 1 if len(lines) == 1 else 0
        end_line = span.line - 2 + len(lines)
        return self.findings.span(span.line - 1, span.column - 1, end_line, start + len(lines[-1]))

    def plain(self, event: Any) -> Node:
        """Return the node of a scalar without quotes."""
        self.last = event
        span = self.span(event)
        value = self.findings.plain(event.value, span)
        return Node(value=value, span=span, text=span.text, plain=True)
