"""The YAML reader: PyYAML's events, turned into nodes with their places.

Events rather than PyYAML's nodes: they tell anchors and tags, cannot overflow a stack, and
are faster.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from cnncalc.problems.source import Span
from cnncalc.spec.findings import Findings, Stop
from cnncalc.spec.node import Node, Scalar
from cnncalc.spec.scalars import OutOfRange, read_value
from cnncalc.spec.traps import (
    blank_key,
    block_bound,
    merged_item,
    number_key,
    odd_key,
    refuse_directives,
    refuse_documents,
    refuse_property,
)

# YAML 1.2 takes these for ordinary characters, the parsers for line breaks or, PyYAML's own,
# the byte order mark for nothing. They are swapped for characters which Unicode reserves for
# such inside use.
_ODD: Final = re.compile("[\x85\u2028\u2029\ufeff]")
_HIDE: Final = {0x85: 0x1FFFE, 0x2028: 0x1FFFF, 0x2029: 0x2FFFE, 0xFEFF: 0x2FFFF}
_SHOW: Final = {hidden: shown for shown, hidden in _HIDE.items()}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def read_yaml(findings: Findings) -> Node | None:
    """Return the root of a YAML text, or ``None`` where it holds no document.

    Problems go to ``findings``; fatal ones also stop.
    """
    import yaml

    text = findings.source.text
    hidden = _ODD.search(text) is not None
    reader = _Reader(findings, hidden)
    actions = reader.actions(yaml)
    parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        next_event = parser(text.translate(_HIDE) if hidden else text).get_event
        while (event := next_event()) is not None:
            if action := actions.get(event.__class__):
                action(event)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        from cnncalc.spec.syntax_errors import explain  # only where something is wrong

        explain(
            findings, error, reader.last, [frame.start for frame in reader.stack], reader.closed
        )
        raise Stop from None
    return reader.root


@dataclass(slots=True, eq=False)
class Frame:
    """A list or mapping which is still open."""

    start: tuple[int, int]
    flow: bool
    items: list[Node] | None
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Span] = field(default_factory=dict)
    key: str | None = None
    key_span: Span | None = None
    """The place of the key whose value comes next; ``key`` is ``None`` if it is unusable."""
    key_plain: bool = False
    last: Node | None = None
    end: Span | None = None
    """Where the last key or value stood: the parser ends block collections too late."""

    @property
    def wants_key(self) -> bool:
        """Tell whether what comes next is a key."""
        return self.items is None and self.key_span is None


class _Reader:
    """Builds nodes from events."""

    def __init__(self, findings: Findings, hidden: bool) -> None:
        self.findings = findings
        self.hidden = hidden
        self.stack: list[Frame] = []
        self.root: Node | None = None
        self.last: Any = None
        self.closed: list[int] = []
        """The columns of the block collections that ended after the last scalar."""
        self.documents = 0

    def actions(self, yaml: Any) -> dict[type[Any], Any]:
        """Return what to do with each kind of event."""
        return {
            yaml.ScalarEvent: self.scalar,
            yaml.AliasEvent: self.alias,
            yaml.SequenceStartEvent: self.open_list,
            yaml.SequenceEndEvent: self.close,
            yaml.MappingStartEvent: self.open_mapping,
            yaml.MappingEndEvent: self.close,
            yaml.DocumentStartEvent: self.document,
        }

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            refuse_documents(self.findings, event.start_mark)
        if event.explicit:
            refuse_directives(self.findings, event.end_mark.line)

    def scalar(self, event: Any) -> None:
        self.last = event
        self.closed.clear()
        start, end, style, text = event.start_mark, event.end_mark, event.style, event.value
        span = self.findings.span(start.line, start.column, end.line, end.column)
        if event.anchor or event.tag:
            refuse_property(self.findings, start)
        if self.hidden:
            text = text.translate(_SHOW)
        top = self.stack[-1] if self.stack else None
        if top is not None and top.wants_key:
            top.end = top.key_span = span
            top.key_plain = not style
            top.key = text if style else self.key(top, text, span)
        elif style:
            self.attach(self.quoted(text, span, style))
        else:
            value = self.findings.resolve(text, span)
            if span.line != span.end_line:
                text = self.findings.text(span)
                if top is None or not top.flow:
                    merged_item(self.findings, span, text)
            self.attach(Node(value, span, {}, text, True))

    def quoted(self, value: str, span: Span, style: str) -> Node:
        """Return the node of a quoted or block scalar."""
        text = self.findings.text(span)
        if style in "|>":
            block_bound(self.findings, span, text)
            span = self.trim(span, text)
            text = self.findings.text(span)
        elif not value.isascii() and _SURROGATE.search(value):
            self.findings.report(
                "CNN101",
                "a string holds half of a surrogate pair, which is not a character",
                span,
                r"write the character itself, or `\U` with eight digits",
            )
        return Node(value, span, {}, text)

    def trim(self, span: Span, text: str) -> Span:
        """Leave out the line breaks after a block scalar, which the parser counts in."""
        lines = text.rstrip().split("\n")
        start = span.column - 1 if len(lines) == 1 else 0
        end_line = span.line - 1 + len(lines) - 1
        return self.findings.span(span.line - 1, span.column - 1, end_line, start + len(lines[-1]))

    def key(self, top: Frame, text: str, span: Span) -> str | None:
        """Return a plain key, or ``None`` where it cannot be one."""
        value: Scalar
        try:
            value = read_value(text)
        except OutOfRange:
            value = 0
        if isinstance(value, str) and text != "<<":
            return value
        if not number_key(self.findings, top.last if top.flow else None, text, span):
            odd_key(self.findings, text, value, span)
        return None

    def alias(self, event: Any) -> None:
        refuse_property(self.findings, event.start_mark)
        start, end = event.start_mark, event.end_mark
        self.value(Node(None, self.findings.span(start.line, start.column, end.line, end.column)))

    def open_list(self, event: Any) -> None:
        self.open(event, [])

    def open_mapping(self, event: Any) -> None:
        self.open(event, None)

    def open(self, event: Any, items: list[Node] | None) -> None:
        mark = event.start_mark
        self.findings.descend(len(self.stack) + 1, mark.line, mark.column)
        if event.anchor or event.tag:
            refuse_property(self.findings, mark)
        self.stack.append(Frame((mark.line, mark.column), bool(event.flow_style), items))

    def close(self, event: Any) -> None:
        frame = self.stack.pop()
        line, column = frame.start
        if frame.flow or frame.end is None:
            mark = event.end_mark
            end_line, end_column = mark.line, mark.column
        else:
            self.closed.append(column)
            end_line, end_column = frame.end.end_line - 1, frame.end.end_column - 1
        span = self.findings.span(line, column, end_line, end_column)
        value = frame.entries if frame.items is None else frame.items
        self.value(Node(value, span, frame.keys))

    def value(self, node: Node) -> None:
        """Take a value which may stand where a key belongs."""
        top = self.stack[-1] if self.stack else None
        if top is None or not top.wants_key:
            self.attach(node)
            return
        top.end = top.key_span = node.span
        top.key = None
        if not isinstance(node.value, str | None):
            odd_key(self.findings, "", node.value, node.span)

    def attach(self, node: Node) -> None:
        """Put a value where it belongs: into the open list or mapping, or at the root."""
        self.findings.count(node.span)
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.end = node.span
        top.last = node
        if top.items is not None:
            top.items.append(node)
            return
        key, span, top.key_span = top.key, top.key_span, None
        if key is None or span is None:
            return
        if top.flow and top.key_plain and node.plain and not node.text:
            blank_key(self.findings, key, span)
        self.findings.put(top.entries, top.keys, key, span, node)
