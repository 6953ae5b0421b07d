"""Syntax errors of YAML in plain words.

The parser names the place where it gave up; :data:`_RULES` finds out what was meant. The
patterns match the messages of libyaml and of PyYAML's own parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from cnncalc.spec.fault import Fault, Place, place_of
from cnncalc.spec.findings import Findings
from cnncalc.spec.flow_errors import expression, flow_end, missing_node
from cnncalc.spec.refusals import refuse_directive, refuse_property
from cnncalc.spec.scalars import shorten
from cnncalc.spec.traps import missing_space


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
    at = place_of(findings, getattr(error, "problem_mark", None))
    context = place_of(findings, getattr(error, "context_mark", None))
    if any(
        found.code == "CNN103" and found.span.line == at.line + 1 for found in findings.problems
    ):
        return  # a trap on this line explains it
    fault = Fault(findings, problem, at, context, last, opened, closed)
    for pattern, rule in _RULES:
        if re.search(pattern, told) and rule(fault):
            return
    fault.report(f"not valid YAML: {problem.splitlines()[0]}", fault.span())


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
    """``@``, a backtick, ``%``, ``>`` and ``|`` begin no text."""
    if fault.char not in ("@", "`", "%", ">", "|"):
        return False
    written = fault.rest()
    name = "a backtick" if fault.char == "`" else f"`{fault.char}`"
    message = f"an unquoted value cannot begin with {name}"
    return fault.report(message, fault.span(size=len(written)), _quote(written))


def _quote(written: str) -> str:
    mark = "'" if '"' in written else '"'
    return f"quote it: `{mark}{shorten(written)}{mark}`"


def _bound(fault: Fault) -> bool:
    """``> 0`` or ``>= 5M`` in block style looks like the head of a folded text."""
    line = fault.findings.lines[fault.context.line][fault.context.column :]
    if line[:1] not in (">", "|"):
        return False
    written = fault.rest(fault.context)
    message = f"an unquoted `{shorten(written)}` begins a folded text in YAML"
    return fault.report(message, fault.span(fault.context, len(written)), _quote(written))


def _open_quote(fault: Fault) -> bool:
    return fault.report(
        "the quote which stands here is never closed",
        fault.span(fault.context),
        f"close it with `{fault.findings.lines[fault.context.line][fault.context.column]}`",
    )


def _escape(fault: Fault) -> bool:
    return fault.report(
        "an unknown escape in a double-quoted text",
        fault.span(size=2),
        r"write `\\` for a backslash, or put the text in single quotes: `'…'`",
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
    if fault.at.column - start.column > 1000:
        message = "a key of more than 1000 characters"
        return fault.report(message, fault.span(Place(start.line, start.column)), "shorten it")
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


def _inline_item(fault: Fault) -> bool:
    return fault.report(
        f"a list entry `{fault.char}` on the line of its key",
        fault.span(),
        "begin the list on the next line, or write it in brackets: `[a, b]`",
    )


def _question(fault: Fault) -> bool:
    return fault.report("`?` begins no value", fault.span(), 'quote it if it is text: `"?"`')


def _space(fault: Fault) -> bool:
    return fault.report("a space is missing after this `:`", fault.span(), "write `key: value`")


def _comma(fault: Fault) -> bool:
    advice = "remove the comma: outside brackets, entries stand on lines of their own"
    return fault.char == "," and fault.report("a comma outside brackets", fault.span(), advice)


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
            f"the quote which stands here is closed only on line {fault.at.line + 1}",
            fault.span(opened),
            f"close it with `{last.style}` on this line",
        )
    other = "'" if last.style == '"' else '"'
    return fault.report(
        f"`{shorten(fault.line[fault.at.column :].strip())}` follows the closing quote",
        fault.span(),
        f"quote the whole text; a text which holds {last.style} stands in {other}…{other}",
    )


def _stray(fault: Fault) -> bool:
    """A bracket, comma or other text where a new entry should begin."""
    if fault.char in ("}", "]"):
        message = f"this `{fault.char}` closes nothing"
        return fault.report(message, fault.span(), "remove it, or open the bracket before")
    if fault.char == ":":
        return fault.report(
            "the key before this `:` is missing", fault.span(), "write `key: value`"
        )
    if fault.line[: fault.at.column].strip(" -"):
        written = shorten(fault.line[fault.at.column :].strip())
        advice = "quote the whole text, or begin a new line"
        return fault.report(f"`{written}` follows a value which is complete", fault.span(), advice)
    return False


def _indent(fault: Fault) -> bool:
    """A line whose indentation fits none of the lines above, or which changes the style."""
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


def _second_document(fault: Fault) -> bool:
    if fault.char in ("}", "]"):
        return _stray(fault)
    return fault.report(
        "something follows the end of the document",
        fault.span(),
        "one file is one mapping: give every key at the outer level the same indentation",
    )


_RULES: Final[tuple[tuple[str, Callable[[Fault], bool]], ...]] = (
    ("cannot start any token|tab character", _tab),
    ("cannot start any token", _bad_start),
    ("scanning a block scalar", _bound),
    ("found unexpected (end of stream|document (indicator|separator))", _open_quote),
    ("escape|hexdecimal|hexadecimal|surrogates|chr\\(\\)|code point", _escape),
    (r"(scanning|parsing) an? (anchor|alias|tag|node)", _property),
    ("directive|incompatible", _directive),
    ("mapping values are not allowed", _second_colon),
    ("could not find expected ':'", _no_colon),
    ("sequence entries are not allowed", _inline_item),
    ("mapping keys are not allowed", _question),
    ("found unexpected ':'", _space),
    ("expected ',' or", expression),
    ("expected ',' or", flow_end),
    ("node content", missing_node),
    ("expected (key|<block end>|'-' indicator)", _comma),
    ("expected (key|<block end>|'-' indicator)", _after_quote),
    ("expected (key|<block end>|'-' indicator)", _stray),
    ("expected (key|<block end>|'-' indicator)", _indent),
    ("document start", _second_document),
)
"""Patterns in the parser's message and what each may mean; the first rule that fits reports."""
