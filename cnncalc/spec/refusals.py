"""The parts of YAML which specs leave out, and what to write instead."""

from __future__ import annotations

import re
from typing import Any, Final

from cnncalc.spec.findings import Findings
from cnncalc.spec.scalars import shorten

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
