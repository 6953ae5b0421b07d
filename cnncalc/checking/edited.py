"""Edits made in the bytes of a file, and where each place of the new text was before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from cnncalc.problems.model import Edit
from cnncalc.problems.source import Span

_BOM: Final = "\ufeff"
_LINES: Final = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")


def edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return UTF-8 text with these edits, of which no two overlap.

    A byte order mark and every line break stay; new lines end as the first line does.
    """
    text = data.decode("utf-8")
    body = text.lstrip(_BOM)
    lines = [(line.start(), line[2]) for line in _LINES.finditer(body)]
    line_break = lines[0][1] or "\n"
    for edit in sorted(edits, key=lambda each: each.span.start, reverse=True):
        start = lines[edit.span.line - 1][0] + edit.span.column - 1
        end = lines[edit.span.end_line - 1][0] + edit.span.end_column - 1
        body = body[:start] + edit.text.replace("\n", line_break) + body[end:]
    return (text[: len(text) - len(text.lstrip(_BOM))] + body).encode("utf-8")


def place(span: Span) -> tuple[str, int]:
    """Return where a span begins: its file, and how many characters are in front of it."""
    return span.source.name, span.source.offset(*span.start)


def place_before(span: Span, edits: Sequence[Edit]) -> tuple[str, int]:
    """Return where a span of the new text began in the old one, which ``edits`` changed."""
    file, now = place(span)
    grown = 0
    for edit in sorted(edits, key=lambda each: each.span.start):
        start = place(edit.span)[1]
        if file != edit.span.source.name or now < start + grown:
            break
        if now < start + grown + len(edit.text):
            return file, start
        grown += len(edit.text) - len(edit.span.text)
    return file, now - grown
