"""Traps of YAML, read without complaint but not as meant, and its parts that specs leave out."""

from __future__ import annotations

import re
from typing import Any, Final

from cnncalc.problems.source import Span
from cnncalc.spec.findings import Findings
from cnncalc.spec.node import Node
from cnncalc.spec.scalars import shorten

_MISSING_SPACE: Final = re.compile(r"([\w-]+):(\S.*)")
_THOUSANDS: Final = re.compile(r"[-+]?[0-9]{1,3}(?:, ?[0-9]{3})+(?![0-9.])")
_BOUND: Final = re.compile(r">[-+]?[0-9].*")
_ITEM: Final = re.compile(r"\n *- ")
_NAME: Final = re.compile(r"\$\{\s*([A-Za-z_][\w.]*)\s*\}")
_PROPERTY: Final = re.compile(r"[&*!][^\s,\[\]{}]*")
_YAML_1_2: Final = re.compile(r"%YAML[ \t]+1\.2\s*(?:\s#.*)?")
_PROPERTIES: Final = {
    "&": (
        "an anchor",
        "give a shared value a name under `vars:`, shared layers one under `blocks:`",
    ),
    "*": ("an alias", "use a value from `vars:` as `$name`, layers from `blocks:` by their name"),
    "!": ("a tag", "leave the tag out; a value in quotes is text"),
}


def missing_space(text: str) -> tuple[str, ...]:
    """Return the help for a text such as ``kernel:3``, or nothing."""
    match = _MISSING_SPACE.fullmatch(text.strip())
    if match is None:
        return ()
    return (f"put a space after the colon: `{match[1]}: {shorten(match[2])}`",)


def blank_key(findings: Findings, key: str, span: Span) -> None:
    """Report a key without a value in ``{}`` which is a key and a value without a space."""
    if advice := missing_space(key):
        message = f"`{shorten(key)}` is read as one word, not as a key and its value"
        findings.report("CNN103", message, span, *advice)


def number_key(findings: Findings, before: Node | None, text: str, span: Span) -> bool:
    """Report a number split at its comma, as in ``{params: 61,706}``; return whether it is one."""
    if before is None or before.span.line != span.line or not re.fullmatch("[0-9]{3}", text):
        return False
    if any(_covers(problem.span, span) for problem in findings.problems):
        return True  # the third group of the same number
    line = span.line - 1
    match = _THOUSANDS.match(findings.lines[line], before.span.column - 1)
    if match is None or match.end() < span.end_column - 1:
        return False
    findings.report(
        "CNN103",
        f"`{match[0]}` is not one number: inside {{}} a comma begins the next key",
        findings.span(line, match.start(), line, match.end()),
        f"write it without commas: `{re.sub('[, ]', '', match[0])}`",
    )
    return True


def _covers(outer: Span, inner: Span) -> bool:
    return outer.line == inner.line and outer.column < inner.column < outer.end_column


def odd_key(findings: Findings, text: str, value: Any, span: Span) -> None:
    """Report a key which is not text."""
    if text == "<<":
        findings.report(
            "CNN106",
            "`<<` is a merge of YAML, which specs do not use",
            span,
            "give what is shared a name under `blocks:`, with `args:` for what differs",
        )
        return
    if isinstance(value, list | dict):
        what = "list" if isinstance(value, list) else "mapping"
        advice = 'quote a key that begins with a bracket; an expression is written `"${…}"`'
        findings.report("CNN108", f"a {what} stands where a key belongs", span, advice)
        return
    if not text:
        advice = 'write a key before the colon, or `"":` for an empty one'
        findings.report("CNN108", "the key before this `:` is missing", span, advice)
        return
    kind = {bool: "a boolean", type(None): "null"}.get(type(value), "a number")
    message = f"the key `{shorten(text)}` is {kind}, but keys are text"
    findings.report("CNN108", message, span, f'quote it: `"{shorten(text)}":`')


def block_bound(findings: Findings, span: Span, text: str) -> None:
    """Report a bound such as ``>5``, which YAML takes for the head of a folded text."""
    match = _BOUND.match(text)
    if match is None:
        return
    end = span.column - 1 + len(match[0].rstrip())
    place = findings.span(span.line - 1, span.column - 1, span.line - 1, end)
    written = match[0].rstrip()
    message = f"an unquoted `{shorten(written)}` begins a folded text in YAML"
    findings.report("CNN103", message, place, f'quote it: `"{shorten(written)}"`')


def merged_item(findings: Findings, span: Span, text: str) -> None:
    """Report a list entry which is read as the continuation of the line above."""
    match = _ITEM.search(text)
    if match is None:
        return
    line = span.line - 1 + text.count("\n", 0, match.end())
    column = match.end() - match.start() - 3
    findings.report(
        "CNN103",
        "this `-` continues the text of the line above; it begins no entry",
        findings.span(line, column, line, column + 1),
        "indent it like the other entries of its list",
    )


def unquoted_expression(line: str, start: int) -> tuple[str, str]:
    """Return the ``${…}`` that begins at ``start`` without quotes, and the help for it."""
    depth = 0
    end = len(line.rstrip())
    for index in range(start, len(line)):
        depth += {"{": 1, "}": -1}.get(line[index], 0)
        if line[index] == "}" and not depth:
            end = index + 1
            break
    begin = max(line.rfind(mark, 0, start) for mark in (" ", "\t", ",", "[", "{"))
    rest = re.compile(r"[^\s,:}\]]*").match(line, end)
    value = line[begin + 1 : rest.end() if rest else end]  # such as `${size}x3`
    quote = "'" if '"' in value else '"'
    name = _NAME.fullmatch(value)
    words = f", or write `${name[1]}`" if name else ""
    return line[start:end], f"quote it: `{shorten(f'{quote}{value}{quote}', 60)}`{words}"


def refuse_property(findings: Findings, mark: Any) -> None:
    """Report the anchor, alias or tag which stands at a mark."""
    match = _PROPERTY.match(findings.lines[mark.line], mark.column)
    written = match[0] if match else findings.lines[mark.line][mark.column :][:1]
    what, advice = _PROPERTIES.get(written[:1], _PROPERTIES["!"])
    findings.report(
        "CNN106",
        f"`{shorten(written)}` is {what} of YAML, which specs do not use",
        findings.span(mark.line, mark.column, mark.line, mark.column + len(written)),
        advice,
        f'if it is meant as text, quote it: `"{shorten(written)}"`',
    )


def refuse_documents(findings: Findings, mark: Any) -> None:
    """Stop at the second document of a file."""
    raise findings.stop(
        "CNN106",
        "a second document begins here, but one file is one network",
        findings.span(mark.line, mark.column, mark.line, mark.column + 3),
        "remove this line, or move what follows to a file of its own",
    )


def refuse_directives(findings: Findings, before: int) -> None:
    """Report directives other than ``%YAML 1.2`` above the line where a document begins."""
    for number, line in enumerate(findings.lines[:before]):
        if line.startswith("%") and not _YAML_1_2.fullmatch(line):
            refuse_directive(findings, number)


def refuse_directive(findings: Findings, number: int) -> None:
    """Report the directive on a line."""
    text = findings.lines[number].rstrip()
    findings.report(
        "CNN106",
        f"`{shorten(text)}` is a directive which specs do not use",
        findings.span(number, 0, number, len(text)),
        "remove this line: specs are read as YAML 1.2",
    )
