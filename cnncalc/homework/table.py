"""Tables of text: fields between commas, semicolons or tabs, each with its place.

Source: RFC 4180 (quotes around fields, doubled inside).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cnncalc.homework.given import Given
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source, Span

_SEPARATORS: Final = (",", ";", "\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A header and the rows below it; empty lines are no rows."""

    header: tuple[Given, ...]
    rows: tuple[tuple[Given, ...], ...]

    def column(self, name: str) -> int | None:
        """Return the number of the first column of a name, or else of the name in any case."""
        names = [each.text.strip() for each in self.header]
        for found in (names, [each.lower() for each in names]):
            if name in found:
                return found.index(name)
        return None


def read_table(source: Source) -> tuple[Table | None, list[Problem]]:
    """Return the table of a text; ``None`` and CNN607 where it is none."""
    first = next((line for line in source.lines if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    try:
        rows = [row for row in _rows(source, separator) if any(each.text for each in row)]
    except _Unclosed as error:
        text = "a quote is opened here and never closed"
        return None, [bad_table(error.span, text, 'write a quote within quotes twice: ""')]
    if not rows:
        advice = "its first line is layer,output,params"
        return None, [bad_table(source.point(1, 1), "the table is empty", advice)]
    return Table(header=rows[0], rows=tuple(rows[1:])), []


def bad_table(span: Span, message: str, *advice: str) -> Problem:
    """Return CNN607."""
    return Problem(code="CNN607", message=message, span=span, help=advice)


class _Unclosed(Exception):
    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


def _rows(source: Source, separator: str) -> Iterator[tuple[Given, ...]]:
    """Yield the fields of each record; a record in quotes may have several lines."""
    mark = re.escape(separator)
    field = re.compile(rf'[ ]*"((?:[^"]|"")*+)"[ ]*(?={mark}|\n|\Z)|([^{mark}\n]*)')
    text, at = source.text, 0
    row: list[Given] = []
    while at < len(text) or row:
        found = field.match(text, at)
        assert found is not None
        quoted, plain = found.groups()
        span = source.span(at, found.end())
        if quoted is None and plain.strip().startswith('"') and plain.count('"') % 2:
            raise _Unclosed(span)
        value = plain.strip() if quoted is None else quoted.replace('""', '"').strip()
        row.append(Given(text=value, span=span))
        at = found.end()
        if text[at : at + 1] == separator:
            at += 1
            if at < len(text) and text[at] != "\n":
                continue
            row.append(Given(text="", span=span))
        at += 1
        yield tuple(row)
        row = []
