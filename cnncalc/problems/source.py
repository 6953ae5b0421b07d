"""Where things stand in a file: sources, spans, and the nodes of a read document.

Lines and columns are 1-based and count Unicode code points; the end of a span is
exclusive, so an empty span has ``end_column == column``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(slots=True, eq=False)
class Source:
    """One text that was read: a file, standard input, or a command line."""

    name: str
    text: str = field(repr=False)

    def line(self, number: int) -> str:
        """Return line ``number`` (1-based) without its line break, or an empty string."""
        lines = self.text.split("\n", number)
        return lines[number - 1].rstrip("\r") if number <= len(lines) else ""


class Span(NamedTuple):
    """A stretch of a source; the end is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def start(self) -> tuple[int, int]:
        """The first place, to sort by."""
        return self.line, self.column
