"""A syntax error of YAML with its surroundings, for the rules that explain it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from cnncalc.problems.model import Related
from cnncalc.problems.source import Span
from cnncalc.spec.findings import Findings


class Place(NamedTuple):
    """A place as the parser counts it, from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """What is known of a syntax error."""

    findings: Findings
    problem: str
    at: Place
    context: Place
    last: Any
    opened: list[tuple[int, int]]
    """Where the open lists and mappings begin."""
    closed: list[int]
    """The columns of block collections which ended just before."""

    @property
    def line(self) -> str:
        """The line at fault."""
        return self.findings.lines[self.at.line]

    @property
    def char(self) -> str:
        """The character at fault; empty at the end of a line."""
        return self.line[self.at.column : self.at.column + 1]

    @property
    def at_end(self) -> bool:
        """Whether nothing follows."""
        lines = self.findings.lines
        return not self.line[self.at.column :].strip() and not any(
            map(str.strip, lines[self.at.line + 1 :])
        )

    def span(self, place: Place | None = None, size: int = 1) -> Span:
        """Return a short span at a place."""
        line, column = place or self.at
        end = min(column + size, len(self.findings.lines[line]))
        return self.findings.span(line, column, line, max(end, column))

    def rest(self, place: Place | None = None) -> str:
        """Return the value that begins at a place, without what surely follows it."""
        line, column = place or self.at
        return re.split(r"[,}\]\n]|\s#|:\s", self.findings.lines[line][column:])[0].rstrip()

    def report(
        self, message: str, span: Span, *advice: str, code: str = "CNN103", note: str = "",
        related: tuple[Related, ...] = (),
    ) -> bool:  # fmt: skip
        """Report the error; a rule returns what this returns."""
        self.findings.report(code, message, span, *advice, note=note, related=related)
        return True


def place_of(findings: Findings, mark: Any) -> Place:
    """Return the place of a mark, moved to the end of the text where it is behind it."""
    if mark is None:
        return Place(0, 0)
    if mark.line < len(findings.lines):
        return Place(mark.line, min(mark.column, len(findings.lines[mark.line])))
    return Place(len(findings.lines) - 1, len(findings.lines[-1]))
