"""The JSON reader: the standard library checks the text and reads its strings.

It gives no places, so a text that it accepts is then walked token by token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from cnncalc.problems.collector import Stop
from cnncalc.problems.source import Span
from cnncalc.spec import findings as limits
from cnncalc.spec.findings import Findings
from cnncalc.spec.node import Node
from cnncalc.spec.scalars import not_finite

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s,:{}\[\]"]+')
_NOT_FINITE: Final = frozenset(("NaN", "Infinity", "-Infinity"))
_RULES: Final = (
    "JSON wants double quotes around keys and texts, a comma between entries, none after the last",
    "it has no comments; a YAML file (.yaml) may have them",
)
_OPEN: Final = "something above it is never closed: look for a missing `}` or `]`"


def read_json(findings: Findings) -> Node:
    """Return the root of a JSON text; problems go to ``findings``, fatal ones also stop."""
    text = findings.source.text
    if text.count(",") > limits.MAX_VALUES:
        raise findings.too_many_values(findings.span(0, 0, 0, 0))
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise _syntax_error(findings, error) from None
    except RecursionError:
        pass  # the reader below stops where it is too deep
    reader = _Reader(findings)
    return reader.value(next(reader.tokens), depth=1)


def _syntax_error(findings: Findings, error: json.JSONDecodeError) -> Stop:
    line, column = error.lineno - 1, error.colno - 1
    end = min(column + 1, len(findings.lines[line]))
    message = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}".removesuffix(" at")
    help_lines = _RULES if error.doc[error.pos :].strip() else (_OPEN,)
    span = findings.span(line, column, line, end)
    return findings.stop("CNN103", message, span, *help_lines)


class _Token(NamedTuple):
    text: str
    line: int
    column: int


class _Reader:
    """Builds nodes from the tokens of a text that is known to be JSON."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.tokens: Iterator[_Token] = (
            _Token(match[0], number, match.start())
            for number, line in enumerate(findings.lines)
            for match in _TOKEN.finditer(line)
        )

    def span(self, token: _Token, last: _Token | None = None) -> Span:
        """Return the span of a token, or from it up to the last one."""
        end = last or token
        end_column = end.column + len(end.text)
        return self.findings.span(token.line, token.column, end.line, end_column)

    def value(self, token: _Token, depth: int) -> Node:
        """Return the node that begins with a token."""
        if token.text in ("{", "["):
            return self.collection(token, depth)
        node = self.scalar(token)
        self.findings.count(node.span)
        return node

    def collection(self, first: _Token, depth: int) -> Node:
        """Return the node of a list or a mapping, with its brackets."""
        self.findings.descend(depth, first.line, first.column)
        items: list[Node] = []
        node = Node(value={} if first.text == "{" else items, span=self.span(first))
        while (token := next(self.tokens)).text not in ("}", "]"):
            if first.text == "[":
                items.append(self.value(token, depth + 1))
            else:
                key = self.string(token)
                value = self.value(next(self.tokens), depth + 1)
                self.findings.put(node, key, self.span(token), value)
        node.span = self.span(first, token)
        self.findings.count(node.span)
        return node

    def scalar(self, token: _Token) -> Node:
        """Return the node of a text, a number, ``true``, ``false`` or ``null``."""
        span = self.span(token)
        if token.text.startswith('"'):
            return Node(value=self.string(token), span=span, text=token.text)
        if token.text in _NOT_FINITE:
            error = not_finite(token.text)
            self.findings.report("CNN112", str(error), span, error.help)
            return Node(value=None, span=span, text=token.text, plain=True)
        value = self.findings.plain(token.text, span)
        return Node(value=value, span=span, text=token.text, plain=True)

    def string(self, token: _Token) -> str:
        """Return the text that a token writes in quotes."""
        text = str(json.loads(token.text))
        self.findings.check_text(text, self.span(token))
        return text
