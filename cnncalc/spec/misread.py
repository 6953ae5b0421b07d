"""What YAML reads without complaint, but not as it was meant; and parts of it that specs refuse.

Lines and columns are 0-based.
"""

from __future__ import annotations

import re
from typing import Any, Final

from cnncalc.problems.source import Span
from cnncalc.spec.findings import Findings
from cnncalc.spec.scalars import shorten

NEAR: Final = 60
"""Characters before and after a mistake that are looked at: lines may be very long."""
_MISSPELT: Final = {
    re.compile(r"(\w[\w-]*):(\S.*)"): "put a space after the colon: `{}: {}`",
    re.compile(r"(\w[\w-]*) *= *(.*)"): "write a colon and a space: `{}: {}`",
    re.compile(r"-(\w.*)"): "put a space after the dash: `- {}`",
}
"""What is read as one text, and the help for it."""
_NUMBERS: Final = re.compile(r"\(?[0-9]+(?:, ?[0-9]+)+\)?")
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:, ?[0-9]{3})+")
_BOUND: Final = re.compile(r">[-+]?[0-9].*")
_VOLUME_KEY: Final = re.compile(r"\b(input|output)\s*:$")
"""What is in front of a volume."""
_PROPERTY: Final = re.compile(r"[&*!][^\s,\[\]{}]*")
_PROPERTIES: Final = {
    "&": ("an anchor", "give a value a name under `vars:`, layers one under `blocks:`"),
    "*": ("an alias", "use a value from `vars:` as `$name`, layers from `blocks:` by their name"),
    "!": ("a tag", "leave the tag out; a value in quotes is text"),
}


def text_help(text: str) -> tuple[str, ...]:
    """Return the help for a text such as ``kernel:3``, ``kernel = 3`` or ``-relu``, or nothing."""
    for pattern, mend in _MISSPELT.items():
        if match := pattern.fullmatch(text.strip()):
            return (mend.format(*map(shorten, match.groups())),)
    return ()


def unquoted(written: str) -> tuple[str, str]:
    """Return what is wrong with a value that begins with a mark of YAML, and what helps."""
    first = "a backtick" if written[0] == "`" else f"`{written[0]}`"
    return f"an unquoted value cannot begin with {first}", f"quote it: {in_quotes(written)}"


def in_quotes(written: str) -> str:
    """Return a text as messages quote it, in the quotes that it does not hold."""
    mark = "'" if '"' in written else '"'
    return f"`{shorten(f'{mark}{written}{mark}', 60)}`"


def blank_key(findings: Findings, key: str, span: Span) -> None:
    """Report a key without a value in ``{}`` that was meant as something else."""
    if key[:1].isdigit() and number_key(findings, span):
        return
    if advice := text_help(key):
        message = f"`{shorten(key)}` is read as one word, not as a key and its value"
        findings.report("CNN103", message, span, *advice)


def number_key(findings: Findings, span: Span) -> bool:
    """Report ``61,706``, ``1, 1`` or ``(3, 3)`` in ``{}``; say whether the key is part of one."""
    line, column = span.line - 1, span.column - 1
    text = findings.lines[line]
    near = max(span.column - NEAR, 0), span.end_column + NEAR
    found = (m for m in _NUMBERS.finditer(text, *near) if m.start() < column < m.end())
    match = next(found, None)
    if match is None:
        return False
    what = "number" if _THOUSANDS.fullmatch(match[0]) else "value"
    message = f"`{match[0]}` is not one {what}: inside {{}} a comma begins the next key"
    place = findings.span(line, match.start(), line, match.end())
    advice = _numbers_help(match[0], text[: match.start()].rstrip())
    findings.report("CNN103", message, place, advice)
    return True


def _numbers_help(written: str, before: str) -> str:
    """Return how to write numbers with commas that come after ``before`` on a line."""
    sizes = re.findall("[0-9]+", written)
    if _THOUSANDS.fullmatch(written):
        return f"write it without commas: `{''.join(sizes)}`"
    if before.endswith("{"):
        return "name each value, as in `conv: {filters: 6, kernel: 5}`"
    if _VOLUME_KEY.search(before) and 1 < len(sizes) < 4:
        return f"write `{'x'.join(sizes)}`: width, height, depth"
    return f"write a list in square brackets: `[{written.strip('()')}]`"


def odd_key(findings: Findings, value: Any, span: Span) -> None:
    """Report a key that is not text."""
    text = shorten(span.text)
    if value == "<<":
        message = "`<<` is a merge of YAML, which specs do not use"
        advice = "give what is shared a name under `blocks:`, with `args:` for what differs"
        findings.report("CNN106", message, span, advice)
        return
    kinds = {bool: "a boolean", type(None): "null", list: "a list", dict: "a mapping"}
    message = f"the key `{text}` is {kinds.get(type(value), 'a number')}, but keys are text"
    findings.report("CNN108", message, span, f'quote it: `"{text}":`')


def block_bound(findings: Findings, span: Span) -> None:
    """Report a bound such as ``>5``, which YAML takes for the head of a folded text."""
    line, column = span.line - 1, span.column - 1
    if match := _BOUND.match(findings.lines[line], column):
        written = match[0].rstrip()
        message, advice = unquoted(written)
        place = findings.span(line, column, line, column + len(written))
        findings.report("CNN103", message, place, advice)


def refuse_property(findings: Findings, mark: Any) -> None:
    """Report the anchor, alias or tag at a mark."""
    match = _PROPERTY.match(findings.lines[mark.line], mark.column)
    written = match[0] if match else ""
    what, advice = _PROPERTIES.get(written[:1], _PROPERTIES["!"])
    findings.report(
        "CNN106",
        f"`{shorten(written)}` is {what} of YAML, which specs do not use",
        findings.span(mark.line, mark.column, mark.line, mark.column + len(written)),
        advice,
        f'if it is meant as text, quote it: `"{shorten(written)}"`',
    )
