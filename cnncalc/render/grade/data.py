"""Marked sheets as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from cnncalc.homework.mark import Mark, Marked
from cnncalc.homework.summary import CellSummary, Summary, summarize_course
from cnncalc.problems.model import Problem
from cnncalc.render.grade.view import View, exact
from cnncalc.render.json import document, problem_data, version_data
from cnncalc.render.terminal import Terminal


def json(view: View, terminal: Terminal) -> str:
    """Return one JSON object with every sheet and every cell."""
    return terminal.json(document(data(view)))


def data(view: View) -> Mapping[str, Any]:
    """Return marked sheets as plain data."""
    results = view.results
    return version_data() | {
        "key": results.key,
        "max": exact(results.max),
        "sheets": [_sheet(sheet, view) for sheet in results.sheets],
        "summary": _summary(summarize_course(results.sheets)) if view.summary else None,
        "problems": _problems(results.problems, view),
    }


def _sheet(sheet: Marked, view: View) -> dict[str, Any]:
    return {
        "student": sheet.student,
        "file": sheet.file,
        "status": sheet.status,
        "score": exact(sheet.score),
        "max": exact(sheet.max),
        "cells": [_cell(cell, view) for cell in sheet.cells],
        "problems": _problems(sheet.problems, view),
    }


def _problems(problems: Iterable[Problem], view: View) -> list[dict[str, Any]]:
    return [problem_data(view.problem(problem)) for problem in problems]


def _cell(mark: Mark, view: View) -> dict[str, Any]:
    shows = view.feedback != "marks"
    return {
        "layer": mark.asked.layer,
        "cell": mark.asked.cell,
        "max": exact(mark.asked.points),
        "points": exact(mark.points),
        "status": mark.status,
        "given": mark.given.text if mark.given else None,
        "right": view.right(mark),
        "mistake": list(view.codes(mark)),
        "also": [list(codes) for codes in mark.also] if shows else [],
        "carried_from": list(mark.carried_from) if shows else [],
        "says": view.says(mark),
        "derivation": list(view.derivation(mark)),
        "line": mark.given.span.line if mark.given else None,
        "column": mark.given.span.column if mark.given else None,
    }


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "sheets": summary.sheets,
        "missing": summary.missing,
        "mean": _number(summary.mean),
        "median": _number(summary.median),
        "deviation": _number(summary.deviation),
        "histogram": list(summary.histogram),
        "cells": [_cell_summary(cell) for cell in summary.cells],
        "mistakes": [{"code": code, "count": count} for code, count in summary.mistakes],
    }


def _cell_summary(cell: CellSummary) -> dict[str, Any]:
    return {
        "name": cell.name,
        "asked": cell.asked,
        **cell.counts,
        "facility": _number(cell.facility),
        "discrimination": _number(cell.discrimination),
        "mistakes": [{"codes": list(codes), "count": count} for codes, count in cell.mistakes],
        "unexplained": [{"given": given, "count": count} for given, count in cell.unexplained],
    }


def _number(value: Fraction | None) -> int | float | None:
    return None if value is None else exact(value)
