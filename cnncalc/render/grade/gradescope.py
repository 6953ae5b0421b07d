"""A marked sheet as the ``results.json`` of a Gradescope autograder.

Source: Gradescope, Autograder Specifications, Output Format. There is no ``score`` at the top: it
would override the sum of the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from cnncalc.homework.mark import Mark, Marked
from cnncalc.render.formats import escape
from cnncalc.render.grade.view import View, exact, points
from cnncalc.render.json import document
from cnncalc.render.terminal import Terminal
from cnncalc.version import __version__


def gradescope(view: View, terminal: Terminal) -> str:
    """Return the document of one sheet; without any, of one that could not be marked.

    The problems of a key are not those of its students, and hold right values: they are left out.
    """
    results = view.results
    nothing = Marked(
        student="", file="", status="unreadable", cells=(), max=results.max, problems=()
    )
    return terminal.json(document(_data(next(iter(results.sheets), nothing), view)))


def _data(sheet: Marked, view: View) -> Mapping[str, Any]:
    tests = [_test(cell, view) for cell in sheet.cells] or [_failed(sheet, view)]
    below = sheet.score - sum(cell.points for cell in sheet.cells)
    if below:
        tests.append(_evened(below, view))
    return {
        "output": _output(sheet, view),
        "output_format": "md",
        "visibility": view.visibility,
        "stdout_visibility": "hidden",
        "extra_data": {
            "cnncalc": __version__,
            "key": view.results.key,
            "student": sheet.student,
        },
        "tests": tests,
    }


def _output(sheet: Marked, view: View) -> str:
    """Return the score of a sheet, and its problems, as Markdown."""
    score = f"{points(sheet.score)} of {points(sheet.max)} points"
    lines = [f"- {escape(line)}" for line in view.problems(sheet)]
    return "\n".join([score, "", *lines]) if lines else score


def _test(mark: Mark, view: View) -> dict[str, Any]:
    passed = mark.status in ("right", "carried")
    return {
        "name": mark.asked.name,
        "number": mark.asked.number,
        "score": exact(mark.points),
        "max_score": exact(mark.asked.points),
        "status": "passed" if passed else "failed",
        "output": _words(mark, view),
        "output_format": "md",
        "tags": list(view.codes(mark)),
        "visibility": view.visibility,
    }


def _words(mark: Mark, view: View) -> str:
    """Return what a student reads below a cell."""
    given = f": {escape(mark.given.text)}" if mark.given and mark.given.text else ""
    lines = [f"{mark.status}{given}"]
    lines += [escape(says)] if (says := view.says(mark)) else []
    right = view.right(mark)
    lines += [f"right: {escape(right)}"] if right and mark.status != "right" else []
    lines += [escape(line) for line in view.derivation(mark)]
    return "  \n".join(lines)


def _evened(below: Fraction, view: View) -> dict[str, Any]:
    """Return a test that lifts the sum of the others, which is below 0, to 0."""
    return {
        "name": "no less than 0",
        "score": exact(below),
        "max_score": 0,
        "status": "passed",
        "output": "the score of a sheet is at least 0",
        "output_format": "md",
        "visibility": view.visibility,
    }


def _failed(sheet: Marked, view: View) -> dict[str, Any]:
    """Return the one test of a sheet that could not be marked."""
    why = f"the sheet is {sheet.status}" if sheet.file else "the assignment has problems"
    return {
        "name": "sheet",
        "number": "1",
        "score": 0,
        "max_score": exact(sheet.max),
        "status": "failed",
        "output": why,
        "output_format": "md",
        "tags": [],
        "visibility": view.visibility,
    }
