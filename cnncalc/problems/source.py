"""Places in a file: sources and spans.

Lines and columns are 1-based and count Unicode code points; the end of a span is
exclusive, so an empty span has ``end_column == column``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


@dataclass(eq=False)
class Source:
    """One text that was read: a file, standard input, or a command line."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their line breaks; of an empty text one, which is empty."""
        return [line.rstrip("\r") for line in self.text.split("\n")]

    def line(self, number: int) -> str:
        """Return line ``number`` (1-based), or an empty string where there is none."""
        return self.lines[number - 1] if number <= len(self.lines) else ""


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
