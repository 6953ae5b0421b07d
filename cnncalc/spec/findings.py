"""What reading a spec has found so far: the problems of its text and of its structure; limits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from cnncalc.problems.collector import MAX_ERRORS, Stop, too_many
from cnncalc.problems.model import Fix, Problem, Related
from cnncalc.problems.source import Source, Span
from cnncalc.spec.node import Node, Scalar
from cnncalc.spec.scalars import OutOfRange, read_value, shorten

MAX_DEPTH: Final = 100
MAX_VALUES: Final = 200_000

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(slots=True, eq=False)
class Findings:
    """The spec being read, with its problems. Lines and columns are 0-based here."""

    source: Source
    found: dict[tuple[str, Span], Problem] = field(default_factory=dict)
    """One problem of each code at each place."""
    values: int = 0

    @property
    def problems(self) -> list[Problem]:
        """The problems, in the order in which they were found."""
        return list(self.found.values())

    @property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.source.lines

    def span(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """Return the span between two 0-based places, kept inside the text."""
        last = len(self.lines) - 1
        if end_line > last:  # parsers count a line break at the end of the text, if there or not
            end_line, end_column = last, len(self.lines[last])
            if line > last:
                line, column = end_line, end_column
        return Span(
            source=self.source,
            line=line + 1,
            column=column + 1,
            end_line=end_line + 1,
            end_column=end_column + 1,
        )

    def add(self, problem: Problem) -> None:
        """Add a problem, once for a place.

        Raises:
            Stop: there are so many that reading ends here.
        """
        key = (problem.code, problem.span)
        if key in self.found or len(self.found) < MAX_ERRORS:
            self.found.setdefault(key, problem)
            return
        ending = too_many(problem)
        self.found[ending.code, ending.span] = ending
        raise Stop

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        *advice: str,
        note: str = "",
        fixes: tuple[Fix, ...] = (),
        related: tuple[Related, ...] = (),
    ) -> None:
        """Add the problem that is described."""
        self.add(
            Problem(
                code=code,
                message=message,
                span=span,
                note=note,
                help=advice,
                fixes=fixes,
                related=related,
            )
        )

    def stop(self, code: str, message: str, span: Span, *advice: str) -> Stop:
        """Add a problem after which nothing sensible can be read; raise what is returned."""
        self.report(code, message, span, *advice)
        return Stop()

    def plain(self, text: str, span: Span) -> Scalar:
        """Return the value of a plain scalar; a number out of range is reported."""
        try:
            return read_value(text)
        except OutOfRange as error:
            self.report("CNN112", str(error), span, error.help)
            return None

    def check_text(self, text: str, span: Span) -> None:
        """Report a string that holds what no file or terminal can show."""
        if not text.isascii() and _SURROGATE.search(text):
            self.report(
                "CNN101",
                "a string holds half of a surrogate pair, which is not a character",
                span,
                r"write both halves, such as `\ud83d\ude00`, or the character itself",
            )

    def descend(self, depth: int, line: int, column: int) -> None:
        """Stop where the list or mapping that opens here is nested too deeply."""
        if depth > MAX_DEPTH:
            raise self.stop(
                "CNN107",
                f"more than {MAX_DEPTH} lists and mappings inside each other",
                self.span(line, column, line, column + 1),
                "give inner parts a name under `blocks:` and use them by name",
            )

    def count(self, span: Span) -> None:
        """Stop after more values than a network can need."""
        self.values += 1
        if self.values > MAX_VALUES:
            raise self.too_many_values(span)

    def too_many_values(self, span: Span) -> Stop:
        """Report that the file holds too many values."""
        return self.stop(
            "CNN102",
            f"the file holds more than {MAX_VALUES:,} values",
            span,
            "a spec describes a network; leave large tables of weights out",
        )

    def put(self, mapping: Node, key: str, span: Span, value: Node) -> None:
        """Add an entry to a mapping; of two equal keys the first one stays."""
        if key not in mapping.children:
            mapping.children[key] = value
            mapping.keys[key] = span
            return
        first = mapping.keys[key]
        self.report(
            "CNN105",
            f"the key `{shorten(key)}` is given twice in one mapping",
            span,
            "remove one of the two; in a list each entry begins with `- `",
            note=f"already given on line {first.line}",
            related=(Related(message="first given here", span=first),),
        )
