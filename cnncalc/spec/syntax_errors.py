"""Syntax errors of YAML: help for the mistakes that people make, else what the parser says.

The parser names the place where it gave up; :data:`_RULES` finds out what was meant. The
patterns match the messages of libyaml and of PyYAML's own parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from cnncalc.problems.source import Span
from cnncalc.spec.findings import Findings
from cnncalc.spec.scalars import shorten
from cnncalc.spec.traps import (
    missing_space,
    refuse_directive,
    refuse_property,
    unquoted_expression,
)

_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|\s#.*")
_CLOSING: Final = {"{": "}", "[": "]"}


def explain(
    findings: Findings,
    error: Exception,
    last: Any,
    opened: list[tuple[int, int]],
    closed: list[int],
) -> None:
    """Report a syntax error: where the mistake is, and how to mend it.

    ``last`` is the last scalar event; ``opened`` and ``closed`` are those of :class:`Fault`.
    """
    problem = str(getattr(error, "problem", None) or error)
    told = f"{getattr(error, 'context', None) or ''}: {problem}"
    at = _place_of(findings, getattr(error, "problem_mark", None))
    context = _place_of(findings, getattr(error, "context_mark", None))
    if any(
        found.code == "CNN103" and found.span.line == at.line + 1 for found in findings.problems
    ):
        return  # a trap on this line explains it
    fault = Fault(findings, at, context, last, opened, closed)
    for pattern, rule in _RULES:
        if re.search(pattern, told) and rule(fault):
            return
    fault.report(f"not valid YAML: {problem.splitlines()[0]}", fault.span())


class Place(NamedTuple):
    """A place as the parser counts it, from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """What is known of a syntax error."""

    findings: Findings
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

    def report(self, message: str, span: Span, *advice: str, code: str = "CNN103") -> bool:
        """Report the error; a rule returns what this returns."""
        self.findings.report(code, message, span, *advice)
        return True


def _place_of(findings: Findings, mark: Any) -> Place:
    """Return the place of a mark, moved to the end of the text where it is behind it."""
    if mark is None:
        return Place(0, 0)
    if mark.line < len(findings.lines):
        return Place(mark.line, min(mark.column, len(findings.lines[mark.line])))
    return Place(len(findings.lines) - 1, len(findings.lines[-1]))


def _tab(fault: Fault) -> bool:
    line = fault.line
    if fault.char != "\t":
        return False
    indent = len(line) - len(line.lstrip())
    tabs = len(line[fault.at.column :]) - len(line[fault.at.column :].lstrip("\t"))
    what = "a tab indents this line" if fault.at.column < indent else "a tab stands here"
    advice = "indent with spaces, two for each level; most editors can convert tabs"
    return fault.report(f"{what}, but YAML wants spaces", fault.span(size=tabs), advice)


def _bad_start(fault: Fault) -> bool:
    """``@``, a backtick, ``%``, ``>`` and ``|`` begin no text without quotes."""
    for place in (fault.at, fault.context):
        char = fault.findings.lines[place.line][place.column : place.column + 1]
        if char and char in "@`%>|":
            written = fault.rest(place)
            name = "a backtick" if char == "`" else f"`{char}`"
            mark = "'" if '"' in written else '"'
            return fault.report(
                f"an unquoted value cannot begin with {name}",
                fault.span(place, len(written)),
                f"quote it: `{mark}{shorten(written)}{mark}`",
            )
    return False


def _open_quote(fault: Fault) -> bool:
    return fault.report(
        "the quote is never closed",
        fault.span(fault.context),
        f"close it with `{fault.findings.lines[fault.context.line][fault.context.column]}`",
    )


def _after_quote(fault: Fault) -> bool:
    """Something follows a closing quote, often because the quote is not meant to close."""
    last = fault.last
    if last is None or last.style not in ("'", '"') or last.end_mark.line != fault.at.line:
        return False
    between = fault.line[last.end_mark.column : fault.at.column]
    if between.strip() or fault.char in ("", "}", "]"):
        return False
    opened = Place(last.start_mark.line, last.start_mark.column)
    if last.start_mark.line != fault.at.line:
        return fault.report(
            f"the quote is closed only on line {fault.at.line + 1}",
            fault.span(opened),
            f"close it with `{last.style}` on this line",
        )
    other = "'" if last.style == '"' else '"'
    return fault.report(
        f"`{shorten(fault.line[fault.at.column :].strip())}` follows the closing quote",
        fault.span(),
        f"quote the whole text; a text which holds {last.style} stands in {other}…{other}",
    )


def _property(fault: Fault) -> bool:
    line, column = fault.context
    if fault.findings.lines[line][column : column + 1] not in ("&", "*", "!"):
        return False
    refuse_property(fault.findings, fault.context)
    return True


def _directive(fault: Fault) -> bool:
    lines = fault.findings.lines[: fault.at.line + 1]
    found = [number for number, line in enumerate(lines) if line.startswith("%")]
    if not found:
        return False
    refuse_directive(fault.findings, found[-1])
    return True


def _second_colon(fault: Fault) -> bool:
    """A ``:`` where a key and its value are complete already."""
    last = fault.last
    start = last.start_mark if last else fault.at
    first = fault.findings.lines[start.line][start.column :]
    if last and start.line != last.end_mark.line and not last.style:
        if advice := missing_space(re.split(r"\s#", first)[0]):
            place = Place(start.line, start.column)
            message = f"`{shorten(first.strip())}` is read as text, not as a key and its value"
            return fault.report(message, fault.span(place, len(first.rstrip())), *advice)
        line = fault.line
        key = line[: fault.at.column].strip()
        above = fault.findings.lines[start.line].strip()
        place = Place(fault.at.line, len(line) - len(line.lstrip()))
        return fault.report(
            f"`{shorten(key)}` cannot stand below `{shorten(above, 40)}`, which has its value",
            fault.span(place, len(key)),
            f"indent `{shorten(key)}` like the key it belongs beside",
            "or write every field inside braces: `conv: {filters: 6, kernel: 5}`",
        )
    return fault.report(
        "a second key and colon in the value of the first",
        fault.span(),
        "put nested fields in braces, as in `conv: {filters: 6}`, or on the next lines, indented",
        'quote a text that holds a colon: `"…: …"`',
    )


def _no_colon(fault: Fault) -> bool:
    line, column = fault.context
    written = fault.findings.lines[line][column:].rstrip()
    span = fault.span(fault.context, len(written))
    if advice := missing_space(re.split(r"\s#", written)[0]):
        message = f"`{shorten(written)}` is read as text, not as a key and its value"
        return fault.report(message, span, *advice)
    advice = ("write `key: value`, or `- entry` in a list",)
    return fault.report(f"`{shorten(written)}` is neither a key nor a list entry", span, *advice)


def _expression(fault: Fault) -> bool:
    """``${…}`` without quotes: its brace ends the text and opens a mapping."""
    start = fault.at.column - 1
    if not fault.line.startswith("${", max(start, 0)):
        return False
    written, *advice = unquoted_expression(fault.line, start)
    return fault.report(
        f"`{shorten(written, 40)}` is not quoted: inside {{}} and [] its brace opens a mapping",
        fault.span(Place(fault.at.line, start), len(written)),
        *advice,
        code="CNN113",
    )


def _open_bracket(fault: Fault) -> bool:
    """A bracket which is not closed, as far as one can see."""
    places = [Place(*place) for place in reversed(fault.opened)] if fault.at_end else []
    for place in (fault.context, *places):
        char = fault.findings.lines[place.line][place.column : place.column + 1]
        if char in _CLOSING and (fault.at_end or not _closed(fault, place)):
            message = f"this `{char}` is never closed"
            return fault.report(message, fault.span(place), f"close it with `{_CLOSING[char]}`")
    return False


def _closed(fault: Fault, place: Place) -> bool:
    """Tell whether the bracket at a place has a counterpart, as far as one can see."""
    line, column = place
    lines = fault.findings.lines[line : line + 200]
    text = "\n".join((lines[0][column:], *lines[1:]))
    depth = 0
    for char in _QUOTED.sub("", text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(char, 0)
        if not depth:
            return True
    return False


def _indent(fault: Fault) -> bool:
    """A line whose indentation fits none of the lines above, or which changes the style."""
    if fault.char in ("}", "]", ",", ":", "") or fault.line[: fault.at.column].strip(" -"):
        return False
    columns = sorted({column for _, column in fault.opened}.union(fault.closed))
    item = fault.line[fault.at.column :].startswith("- ") or fault.char == "-"
    span = fault.span(size=len(fault.line) - fault.at.column)
    if fault.at.column not in columns:
        fits = " or ".join(map(str, columns))
        advice = f"indent it by {fits} spaces, like the line it belongs beside"
        number = fault.at.column
        message = f"an indentation of {number} space{'s'[: number != 1]} fits no line above"
        return fault.report(message, span, advice)
    if item:
        return fault.report(
            "a list entry where a `key:` should stand", span,
            "indent it like the entries of its list, which stands below a key without a value",
        )  # fmt: skip
    return fault.report(
        "a key where a list entry should stand", span,
        "begin it with `- `, or indent it like the fields of the entry above",
    )  # fmt: skip


_RULES: Final[tuple[tuple[str, Callable[[Fault], bool]], ...]] = (
    ("cannot start any token|tab character", _tab),
    ("cannot start any token|scanning a block scalar", _bad_start),
    ("found unexpected (end of stream|document (indicator|separator))", _open_quote),
    (r"(scanning|parsing) an? (anchor|alias|tag|node)", _property),
    ("directive|incompatible", _directive),
    ("mapping values are not allowed", _second_colon),
    ("could not find expected ':'", _no_colon),
    ("expected ',' or", _expression),
    ("expected ',' or|node content", _open_bracket),
    ("expected (key|<block end>|'-' indicator)", _after_quote),
    ("expected (key|<block end>|'-' indicator)", _indent),
)
"""Patterns in the parser's message and what each may mean; the first rule that fits reports."""
