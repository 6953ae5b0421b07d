"""``check`` as SARIF 2.1.0 (OASIS, 2020), which code scanning takes.

Sections of the standard are given as §3.11.5.
"""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from cnncalc.problems.codes import CODES, severity
from cnncalc.problems.model import Fix, Problem
from cnncalc.problems.page_texts import meaning, page
from cnncalc.problems.source import Span
from cnncalc.render.check.fingerprints import fingerprints
from cnncalc.render.check.results import Results, details
from cnncalc.render.json import indented
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import visible
from cnncalc.version import __version__

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
"""What relative addresses are relative to: the root of the repository."""


def sarif(results: Results, terminal: Terminal) -> str:
    """Return a log of one run: rules with their pages, results, and files that were not read."""
    problems = results.problems
    codes = sorted({problem.code for problem in problems})
    run = {
        "tool": {
            "driver": {
                "name": "cnncalc",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(code) for code in codes],
            }
        },
        "columnKind": "utf16CodeUnits",
        "invocations": [_invocation(results)],
        "results": [
            _result(problem, codes.index(problem.code), fingerprint, results)
            for problem, fingerprint in zip(problems, fingerprints(results), strict=True)
        ],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return terminal.json(indented(log))


def _rule(code: str) -> dict[str, Any]:
    """Return what a code means, with its page as help."""
    text = page(code)
    return {
        "id": code,
        "name": CODES[code],
        "shortDescription": _message(CODES[code].replace("-", " ")),
        "fullDescription": _message(meaning(code)),
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": severity(code)},
    }


def _result(problem: Problem, rule: int, fingerprint: str, results: Results) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": _location(problem.span, results)}
    if problem.layer:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(problem.layer)}]
    result = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": _message("\n".join([problem.headline, *details(problem)])),
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},  # the one GitHub knows
    }
    if problem.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": _message(related.message),
                "physicalLocation": _location(related.span, results),
            }
            for number, related in enumerate(problem.related)
        ]
    fixes = [_fix(fix, results) for fix in problem.fixes if fix.edits]
    return result | ({"fixes": fixes} if fixes else {})


def _fix(fix: Fix, results: Results) -> dict[str, Any]:
    """Return what a fix changes in the text: of one file, as all its edits are."""
    written = " and ".join(edit.text.strip() for edit in fix.edits)
    replacements = [
        {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        for edit in fix.edits
    ]
    change = _artifact(fix.edits[0].span.source.name, results) | {"replacements": replacements}
    return {"description": _message(f"write {written}"), "artifactChanges": [change]}


def _invocation(results: Results) -> dict[str, Any]:
    """Return whether every file could be looked at."""
    notifications = [
        {
            "level": "error",
            "message": _message(each.why),
            "locations": [{"physicalLocation": _artifact(each.file, results)}],
        }
        for each in results.unreadable
    ]
    return {
        "executionSuccessful": not notifications,
        "toolExecutionNotifications": notifications,
    }


def _location(span: Span, results: Results) -> dict[str, Any]:
    return _artifact(span.source.name, results) | {"region": _region(span)}


def _region(span: Span) -> dict[str, int]:
    source = span.source
    return {
        "startLine": span.line,
        "startColumn": _units(source.line(span.line), span.column),
        "endLine": span.end_line,
        "endColumn": _units(source.line(span.end_line), span.end_column),
    }


def _artifact(file: str, results: Results) -> dict[str, Any]:
    """Return the address of a file (§3.4): relative, unless it lies outside."""
    path = PurePath(results.path(file))
    if path.is_absolute():
        return {"artifactLocation": {"uri": path.as_uri()}}
    return {"artifactLocation": {"uri": quote(os.fsencode(path.as_posix())), "uriBaseId": _ROOT}}


def _units(line: str, column: int) -> int:
    """Return a column of code points in UTF-16 code units."""
    before = line[: column - 1]
    return column + sum(ord(char) > 0xFFFF for char in before)


def _message(text: str) -> dict[str, str]:
    return {"text": _escaped("\n".join(map(visible, text.split("\n"))))}


def _escaped(text: str) -> str:
    """Return text in which nothing is a placeholder (§3.11.5) or a link (§3.11.6)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
