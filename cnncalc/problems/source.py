"""Places in a file: sources and spans.

Lines and columns are 1-based and count Unicode code points; the end of a span is
exclusive, so an empty span has ``end_column == column``.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate


@dataclass(eq=False)
class Source:
    """One text that was read: a file, standard input, or a command line."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their line breaks; of an empty text one, which is empty."""
        return [line.rstrip("\r") for line in self.text.split("\n")]

    def offset(self, line: int, column: int) -> int:
        """Return how many characters of the text are in front of a place."""
        return self._starts[line - 1] + column - 1

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of what has so many characters in front of it."""
        line = bisect_right(self._starts, offset, hi=len(self.lines))
        return line, offset - self._starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """Return the span of the characters from one offset up to another."""
        (line, column), (end_line, end_column) = self.place(start), self.place(end)
        return Span(source=self, line=line, column=column, end_line=end_line, end_column=end_column)

    def point(self, line: int, column: int) -> Span:
        """Return the empty span at a place, as of an insertion."""
        return Span(source=self, line=line, column=column, end_line=line, end_column=column)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))]

    def line(self, number: int) -> str:
        """Return line ``number`` (1-based), or an empty string where there is none."""
        return self.lines[number - 1] if number <= len(self.lines) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
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

    @property
    def end(self) -> tuple[int, int]:
        """The place behind the last one."""
        return self.end_line, self.end_column

    @property
    def text(self) -> str:
        """What is written here."""
        if self.line == self.end_line:  # a line may be very long: cut it once
            return self.source.line(self.line)[self.column - 1 : self.end_column - 1]
        lines = self.source.lines[self.line - 1 : self.end_line]
        lines[-1] = lines[-1][: self.end_column - 1]
        lines[0] = lines[0][self.column - 1 :]
        return "\n".join(lines)
