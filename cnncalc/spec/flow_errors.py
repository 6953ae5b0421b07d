"""Syntax errors inside ``{}`` and ``[]``, in plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.problems.model import Related
from cnncalc.spec.scalars import shorten

if TYPE_CHECKING:
    from cnncalc.spec.fault import Fault, Place

_NAME: Final = re.compile(r"\$\{\s*([A-Za-z_][\w.]*)\s*\}")
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|\s#.*")
_OTHER: Final = {"{": "}", "[": "]", "}": "{", "]": "["}


def expression(fault: Fault) -> bool:
    """``${…}`` without quotes: its brace ends the text and opens a mapping."""
    line, at = fault.line, fault.at.column
    if fault.char != "{" or line[at - 1 : at] != "$":
        return False
    end = _closing(line, at)
    written, value = line[at - 1 : end], _value(line, at - 1, end)
    place = fault.at._replace(column=at - 1)
    name = _NAME.fullmatch(value)
    words = f", or write `${name[1]}`" if name else ""
    return fault.report(
        f"`{shorten(written, 40)}` is not quoted: inside {{}} and [] its brace opens a mapping",
        fault.span(place, len(written)),
        f"quote it: `{shorten(_quoted(value), 60)}`{words}",
        code="CNN113",
    )


def _value(line: str, start: int, end: int) -> str:
    """Return the whole value an expression is part of, such as ``${size}x3``."""
    begin = max(line.rfind(mark, 0, start) for mark in (" ", "\t", ",", "[", "{"))
    match = re.compile(r"[^\s,:}\]]*").match(line, end)
    return line[begin + 1 : match.end() if match else end]


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


def _closing(line: str, at: int) -> int:
    """Return the end of the brace that opens at ``at``, or of the line."""
    depth = 0
    for index in range(at, len(line)):
        depth += {"{": 1, "}": -1}.get(line[index], 0)
        if not depth:
            return index + 1
    return len(line.rstrip())


def flow_end(fault: Fault) -> bool:
    """A bracket which is not closed, closed by the other kind, or a comma left out."""
    char = fault.findings.lines[fault.context.line][fault.context.column :][:1]
    if char not in ("{", "["):
        return False
    if fault.at_end or not _closed(fault):
        return _never_closed(fault, char)
    if fault.char in ("}", "]"):
        return fault.report(
            f"`{fault.char}` stands where `{_OTHER[char]}` should close a `{char}`",
            fault.span(),
            f"write `{_OTHER[char]}`",
            related=(Related(f"`{char}` opened here", fault.span(fault.context)),),
        )
    if _missing_comma(fault):
        return True
    return fault.report(
        f"expected `,` or `{_OTHER[char]}`, found `{shorten(fault.rest() or fault.char)}`",
        fault.span(),
        f"separate entries by commas and close the `{char}` with `{_OTHER[char]}`",
        related=(Related(f"`{char}` opened here", fault.span(fault.context)),),
    )


def _missing_comma(fault: Fault) -> bool:
    """``{b: 1 c: 2}``: the value runs on up to the next colon."""
    last = fault.last
    words = last.value.split() if last is not None and not last.style else []
    if fault.char != ":" or len(words) < 2:
        return False
    start = fault.at._replace(line=last.start_mark.line, column=last.start_mark.column)
    size = fault.at.column - start.column if start.line == fault.at.line else len(words[0])
    return fault.report(
        f"a comma is missing in `{shorten(last.value)}:`",
        fault.span(start, max(size, 1)),
        f"write `{shorten(' '.join(words[:-1]))}, {shorten(words[-1])}: …`",
    )


def _never_closed(fault: Fault, char: str, place: Place | None = None) -> bool:
    return fault.report(
        f"the `{char}` which stands here is never closed",
        fault.span(place or fault.context),
        f"close it with `{_OTHER[char]}`",
    )


def _closed(fault: Fault) -> bool:
    """Tell whether the bracket at the context has a counterpart, as far as one can see."""
    line, column = fault.context
    lines = fault.findings.lines[line : line + 200]
    text = "\n".join((lines[0][column:], *lines[1:]))
    depth = 0
    for char in _QUOTED.sub("", text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(char, 0)
        if not depth:
            return True
    return False


def missing_node(fault: Fault) -> bool:
    """A value left out before a comma, a bracket, or the end."""
    for line, column in reversed(fault.opened if fault.at_end else []):
        char = fault.findings.lines[line][column : column + 1]
        if char in ("{", "["):
            return _never_closed(fault, char, fault.at._replace(line=line, column=column))
    if not fault.char:
        return fault.report("a value is missing here", fault.span())
    if fault.char in ("}", "]"):
        message = f"this `{fault.char}` closes nothing"
        return fault.report(message, fault.span(), "remove it, or open the bracket before")
    if fault.char == ":":
        message = "the key before this `:` is missing"
        return fault.report(message, fault.span(), "write `key: value`")
    if fault.char == ",":
        return fault.report("nothing stands before this comma", fault.span(), "remove the comma")
    return fault.report(
        f"`{shorten(fault.rest() or fault.char)}` begins no value",
        fault.span(),
        "quote it if it is text; `- ` lists stand on lines of their own, not inside brackets",
    )
