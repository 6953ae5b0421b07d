"""The traps of YAML: what it refuses.

The parser names the place where it gave up; :data:`_TRAPS` recognise the mistakes that people
make there. Of anything else its own words are reported, at its mark. Lines and columns are
0-based.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from cnncalc.maths.words import plural
from cnncalc.spec.findings import Findings
from cnncalc.spec.misread import NEAR, in_quotes, text_help, unquoted
from cnncalc.spec.scalars import shorten

_MISSING_COLON: Final = re.compile(r"\b([A-Za-z]\w*) +(\{)")
_ENTRY: Final = re.compile(r"\s*- +([A-Za-z]\w*)(: +[^{\[].*)?")
_PAIR: Final = re.compile(r"\s*([A-Za-z]\w*): +([^{\[].*)")
_KEY: Final = re.compile(r"(?<!\S)([A-Za-z_][\w-]*) *:(?!\S)")
_EXPRESSION: Final = re.compile(r"(\$\{(?:[^{}]|\{[^{}]*\})*\}?)[^\s,:}\]]*")
_BEFORE: Final = re.compile(r"[^\s,\[{]*\Z")
_NAME: Final = re.compile(r"\$\{\s*([A-Za-z_][\w.]*)\s*\}")
_HELP: Final = (
    ("mapping values", "put nested fields in braces, `conv: {filters: 6}`, or indented below"),
    ("mapping values", 'quote a text that holds a colon: `"…: …"`'),
    ("expected key", "the next `key:` of the mapping above is expected here"),
    ("'-' indicator", "begin it with `- `, or indent it like the fields of the entry above"),
)
"""Parts of the parser's messages, and a help line for each."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fault:
    """What is known of a syntax error."""

    findings: Findings
    words: str
    """What the parser says."""
    at: tuple[int, int]
    begun: tuple[int, int]
    """Where that began which the parser was reading."""
    last: Any
    """The event of the last scalar, or ``None``."""
    brackets: list[tuple[int, int]]

    def rest(self, place: tuple[int, int]) -> str:
        """Return the line from a place on."""
        return self.findings.lines[place[0]][place[1] :]

    @property
    def before(self) -> str:
        """What is on the line before the fault."""
        return self.findings.lines[self.at[0]][: self.at[1]]

    def report(self, message: str, place: tuple[int, int], size: int, *advice: str) -> bool:
        """Report the error on ``size`` characters; a trap returns what this returns."""
        line, column = place
        end = column + min(size, len(self.rest(place)))
        span = self.findings.span(line, column, line, end)
        self.findings.report("CNN103", message, span, *advice)
        return True


def explain(
    findings: Findings, error: Exception, last: Any, brackets: list[tuple[int, int]]
) -> None:
    """Report a syntax error: where the mistake is, and how to mend it.

    ``last`` is the event of the last scalar, ``brackets`` are the places of those still open.
    """
    words = str(getattr(error, "problem", None) or error).splitlines()[0]
    at = _place(findings, getattr(error, "problem_mark", None))
    begun = _place(findings, getattr(error, "context_mark", None))
    if any(p.code == "CNN103" and p.span.line == at[0] + 1 for p in findings.problems):
        return  # what was reported on this line explains it
    fault = _Fault(findings=findings, words=words, at=at, begun=begun, last=last, brackets=brackets)
    if not any(trap(fault) for trap in _TRAPS):
        advice = (help_line for part, help_line in _HELP if part in words)
        fault.report(f"not valid YAML: {words}", at, 1, *advice)


def _place(findings: Findings, mark: Any) -> tuple[int, int]:
    """Return the place of a mark; one behind the text is its end."""
    lines = findings.lines
    if mark is None:
        return 0, 0
    if mark.line >= len(lines):
        return len(lines) - 1, len(lines[-1])
    return mark.line, min(mark.column, len(lines[mark.line]))


def _tab(fault: _Fault) -> bool:
    rest = fault.rest(fault.at)
    if not rest.startswith("\t") or fault.before.strip():
        return False
    advice = "indent with spaces, two for each level; most editors can convert tabs"
    message = "a tab indents this line, but YAML wants spaces"
    return fault.report(message, fault.at, len(rest) - len(rest.lstrip("\t")), advice)


def _quote_missing(fault: _Fault) -> bool:
    """``>``, ``|``, ``@``, ``%`` and a backtick begin no text without quotes."""
    if not re.search("cannot start any token|line break|expected chomping", fault.words):
        return False
    for place in (fault.at, fault.begun):
        written = re.split(r"[,}\]\n]|\s#|:\s", fault.rest(place))[0].rstrip()
        if written and written[0] in "@`%>|":
            message, advice = unquoted(written)
            return fault.report(message, place, len(written), advice)
    return False


def _question_mark(fault: _Fault) -> bool:
    """``?`` for a number that is open: to YAML it begins a key."""
    line, column = fault.at
    if not re.search("node content|mapping keys", fault.words):
        return False
    for place in ((line, column), (line, max(column - 1, 0))):
        if fault.rest(place).startswith("?"):
            written = re.split(r"[\s,}\]]", fault.rest(place))[0]
            message, _ = unquoted(written)
            advice = f"write `{shorten(written.replace('?', 'any'))}`, or {in_quotes(written)}"
            return fault.report(message, place, len(written), advice)
    return False


def _quote(fault: _Fault) -> bool:
    """A quote that is never closed, or closed too late or too early."""
    mark = fault.rest(fault.begun)[:1]
    if fault.words.startswith("found unexpected") and mark in ("'", '"'):
        return fault.report("the quote is never closed", fault.begun, 1, f"close it with `{mark}`")
    if fault.last is None or fault.last.style not in ("'", '"'):
        return False
    start, end = fault.last.start_mark, fault.last.end_mark
    after = fault.rest(fault.at).strip()
    if end.line != fault.at[0] or fault.before[end.column :].strip() or after[:1] in ("", "}", "]"):
        return False
    if _key_behind(fault) is not None:
        return False  # a comma is missing
    if start.line != end.line:
        message = f"the quote is closed only on line {end.line + 1}"
        advice = f"close it with `{fault.last.style}` on this line"
        return fault.report(message, (start.line, start.column), 1, advice)
    message = f"`{shorten(after)}` follows the closing quote"
    return fault.report(message, fault.at, 1, "quote the whole text, in the other kind of quotes")


def _space(fault: _Fault) -> bool:
    """A missing space after a colon, or no colon at all."""
    no_colon = "could not find expected ':'" in fault.words
    place = fault.begun
    if not no_colon:
        if "mapping values" not in fault.words or fault.last is None:
            return False
        place = fault.last.start_mark.line, fault.last.start_mark.column
    written = re.split(r"\s#", fault.rest(place))[0].rstrip()
    advice = text_help(written)
    if advice:
        message = f"`{shorten(written)}` is read as one text"
        return fault.report(message, place, len(written), *advice)
    message = f"`{shorten(written)}` is neither a key nor a list entry"
    advice = ("write `key: value`, or `- entry` in a list",)
    return no_colon and fault.report(message, place, len(written), *advice)


def _colon(fault: _Fault) -> bool:
    """A kind without a colon before its fields: ``conv {filters: 6}``."""
    found = list(_MISSING_COLON.finditer(fault.before + fault.rest(fault.at)[:1]))
    if not found or not re.search("mapping values|expected ','", fault.words):
        return False
    kind, place = found[-1][1], (fault.at[0], found[-1].start(2))
    message = f"a colon is missing between `{kind}` and its fields"
    return fault.report(message, place, 1, f"write `{kind}: {{…}}`")


def _below_a_value(fault: _Fault) -> bool:
    """A key that is indented below a line that takes none: ``- relu``, ``filters: 6``."""
    line = fault.at[0]
    if "mapping values" not in fault.words or not fault.last or fault.last.start_mark.line == line:
        return False
    above = fault.findings.lines[fault.last.start_mark.line].rstrip()
    key, why = fault.before.strip(), "has a value already"
    if pair := _PAIR.fullmatch(above):
        advice = f"indent it like `{pair[1]}`"
    elif entry := _ENTRY.fullmatch(above):
        advice = f"write `- {entry[1]}:` above it"
        if entry[2]:
            advice += ", and its value with the name of its field below"
        else:
            why = "has no colon"
    else:
        return False
    message = f"`{shorten(key)}` is indented below `{shorten(above.strip())}`, which {why}"
    return fault.report(message, (line, fault.before.index(key)), len(key), advice)


def _expression(fault: _Fault) -> bool:
    """``${…}`` without quotes: its brace ends the text and opens a mapping."""
    line, column = fault.at
    text = fault.findings.lines[line]
    start = column - 1
    match = _EXPRESSION.match(text, max(start, 0))
    if match is None or "expected ','" not in fault.words:
        return False
    before = _BEFORE.search(text[max(start - NEAR, 0) : start])
    value = (before[0] if before else "") + match[0]
    name = _NAME.fullmatch(value)
    fault.findings.report(
        "CNN113",
        f"`{shorten(match[1], 40)}` is not quoted: inside {{}} and [] its brace opens a mapping",
        fault.findings.span(line, start, line, match.end(1)),
        f"quote it: {in_quotes(value)}" + (f", or write `${name[1]}`" if name else ""),
    )
    return True


def _bracket(fault: _Fault) -> bool:
    """A bracket that is never closed, as far as one can see."""
    if not fault.brackets:
        return False
    place = fault.brackets[-1]
    text = "\n".join((fault.rest(place), *fault.findings.lines[place[0] + 1 :]))
    closing = "}" if text[0] == "{" else "]"
    if text.count(text[0]) <= text.count(closing):
        return False
    return fault.report(f"this `{text[0]}` is never closed", place, 1, f"close it with `{closing}`")


def _comma(fault: _Fault) -> bool:
    """A key in braces that has no comma in front of it."""
    key = _key_behind(fault)
    if key is None:
        return False
    message = f"a comma is missing before `{shorten(key[1])}`"
    return fault.report(message, (fault.at[0], key.start()), len(key[1]), f"write `, {key[0]} …`")


def _key_behind(fault: _Fault) -> re.Match[str] | None:
    """Return the key that is at the fault, or whose colon is, where a comma is expected."""
    if "expected ','" not in fault.words:
        return None
    line, column = fault.at
    near = _KEY.finditer(fault.findings.lines[line], max(column - NEAR, 0), column + NEAR)
    return next((key for key in near if column in (key.start(), key.end() - 1)), None)


def _indentation(fault: _Fault) -> bool:
    """A line whose indentation fits none of the lines above, or an entry none of the lists."""
    line, column = fault.at
    rest = fault.rest(fault.at)
    lists, mappings = _columns(fault.findings.lines[:line])
    is_entry = rest.startswith("- ")
    fitting = lists if is_entry else [0, *lists, *mappings]
    columns = lists if is_entry else mappings
    if fault.before.strip() or column in fitting or rest[:1] in ("", "}", "]", ",", ":"):
        return False
    if not columns:
        return False  # no list is open
    above = "list" if is_entry else "line"
    message = f"an indentation of {plural(column, 'space')} fits no {above} above"
    nearest = sorted(columns, key=lambda each: (abs(each - column), -each))
    advice = (f"indent it by {' or '.join(map(str, nearest))} spaces",)
    return fault.report(message, fault.at, len(rest), *advice)


def _columns(lines: list[str]) -> tuple[list[int], list[int]]:
    """Return where the next line may begin: as an entry of a list above, or a key of a mapping."""
    lists: list[int] = []
    mappings: list[int] = []
    for line in reversed(lines):
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        if not text or text.startswith("#") or indent >= min(lists + mappings, default=indent + 1):
            continue
        content = text.lstrip("- ")
        if content != text:
            lists.append(indent)
        if content == text or _KEY.match(content):
            mappings.append(indent + len(text) - len(content))
    return lists, mappings


_TRAPS: Final[tuple[Callable[[_Fault], bool], ...]] = (
    _tab, _quote_missing, _question_mark, _quote, _space, _below_a_value, _colon, _expression,
    _bracket, _comma, _indentation,
)  # fmt: skip
"""Each reports its mistake where it recognises it; the first one wins."""
