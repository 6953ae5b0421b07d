"""``check`` as GitLab's code quality report: a list of issues, from Code Climate's format."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from cnncalc.render.check.fingerprints import fingerprints
from cnncalc.render.check.results import Results
from cnncalc.render.json import indented
from cnncalc.render.terminal import Terminal

_SEVERITIES = {"error": "major", "warning": "minor"}


def gitlab(results: Results, terminal: Terminal) -> str:
    """Return a JSON list with an issue for each problem, and for each file that was not read."""
    issues = [
        _issue(
            f"{problem.code} {problem.name}: {problem.headline}",
            check_name=problem.code,
            fingerprint=fingerprint,
            severity=_SEVERITIES[problem.severity],
            path=results.path(problem.span.source.name),
            lines={"begin": problem.span.line, "end": problem.span.end_line},
        )
        for problem, fingerprint in zip(results.problems, fingerprints(results), strict=True)
    ]
    issues += [
        _issue(
            each.why,
            check_name="unreadable",
            fingerprint=sha256(each.why.encode("utf-8", "surrogatepass")).hexdigest()[:32],
            severity="blocker",
            path=results.path(each.file),
            lines={"begin": 1},
        )
        for each in results.unreadable
    ]
    return terminal.json(indented(issues))


def _issue(
    description: str,
    *,
    check_name: str,
    fingerprint: str,
    severity: str,
    path: str,
    lines: dict[str, int],
) -> dict[str, Any]:
    return {
        "description": description,
        "check_name": check_name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": lines},
    }
