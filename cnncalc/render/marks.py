"""Which problem a row of the table shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.problems.model import Problem
    from cnncalc.report.report import Report
    from cnncalc.report.rows import Row


def marks(report: Report) -> dict[str, Problem]:
    """Return the error of every layer and block use that has one, by its full name.

    A problem in a block body is reported once, under the first layer that shows it: the copies
    of that layer have the same place in the file.
    """
    errors = report.errors
    if not errors:
        return {}
    found: dict[str, Problem] = {}
    for problem in errors:
        if problem.layer is not None:
            found.setdefault(problem.layer, problem)
    places = {row.span: found[row.name] for row in report.rows if row.name in found and row.failed}
    for row in report.rows:
        if row.failed and row.name not in found:
            nearest = places.get(row.span) or _nearest(row, errors)
            if nearest is not None:
                found[row.name] = nearest
    return found


def _nearest(row: Row, errors: tuple[Problem, ...]) -> Problem | None:
    """Return the first error behind the row's place: what is found while reading has no layer."""
    behind = [
        problem
        for problem in errors
        if problem.span.source is row.span.source and problem.span.start >= row.span.start
    ]
    return min(behind, key=lambda problem: problem.span.start, default=None)
