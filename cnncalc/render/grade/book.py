"""The grade book: a row for each student, as spreadsheets and course systems import it."""

from __future__ import annotations

import csv as writer
from collections.abc import Iterable, Sequence
from io import StringIO

from cnncalc.homework.mark import STATUSES, Marked
from cnncalc.homework.summary import summarize_course
from cnncalc.render.grade.view import View, exact, percent
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import visible

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def csv(view: View, terminal: Terminal) -> str:
    """Return the grade book; with a summary, the table of the cells instead."""
    return _summary(view) if view.summary else _book(view)


def _book(view: View) -> str:
    results = view.results
    roster = results.roster
    header = ("student",) if roster is None else roster.header
    sheets = results.of_students
    names = dict.fromkeys(cell.asked.name for sheet in sheets for cell in sheet.cells)
    columns = [*header, "score", "max", "percent", *names]
    shows = view.feedback != "marks"
    rows = [[*columns, *(["mistakes"] if shows else [])]]
    for sheet in sheets:
        points = {cell.asked.name: str(exact(cell.points)) for cell in sheet.cells}
        mistakes = [
            f"{cell.asked.name}: {'+'.join(cell.mistake)}" for cell in sheet.cells if cell.mistake
        ]
        rows.append(
            [
                *_fields(sheet, view),
                str(exact(sheet.score)),
                str(exact(sheet.max)),
                str(exact(percent(sheet))),
                *(points.get(name, "") for name in names),
                *(["; ".join(mistakes)] if shows else []),
            ]
        )
    return _text(rows, numbers=range(len(header), len(header) + 3 + len(names)))


def _fields(sheet: Marked, view: View) -> Sequence[str]:
    """Return the roster's row of a student; of one who is not on it the name alone."""
    roster = view.results.roster
    if roster is None:
        return (sheet.student,)
    if sheet.student in roster.rows:
        return roster.rows[sheet.student]
    names = [heading.strip().lower() for heading in roster.header]
    return [sheet.student if name == "student" else "" for name in names]


def _summary(view: View) -> str:
    summary = summarize_course(view.results.sheets)
    rows = [["cell", "asked", *STATUSES, "facility", "discrimination", "mistakes", "unexplained"]]
    for cell in summary.cells:
        mistakes = "; ".join(f"{'+'.join(codes)} {count}" for codes, count in cell.mistakes)
        answers = "; ".join(f"{given} ({count})" for given, count in cell.unexplained)
        discrimination = cell.discrimination
        rows.append(
            [
                cell.name,
                str(cell.asked),
                *(str(cell.counts[status]) for status in STATUSES),
                str(exact(cell.facility)),
                "" if discrimination is None else str(exact(discrimination)),
                mistakes,
                answers,
            ]
        )
    return _text(rows, numbers=range(1, 9))


def _text(rows: Iterable[Sequence[str]], numbers: range) -> str:
    """Return rows as text; all but numbers is kept from being taken for a formula."""
    text = StringIO()
    lines = writer.writer(text, lineterminator="\n")
    for row in rows:
        lines.writerow(
            field if place in numbers and _is_number(field) else inert(field)
            for place, field in enumerate(row)
        )
    return text.getvalue()


def _is_number(field: str) -> bool:
    return field.removeprefix("-").replace(".", "", 1).isdecimal()


def inert(field: str) -> str:
    """Return text that no spreadsheet computes."""
    guarded = f"'{field}" if field.startswith(_FORMULAS) else field
    return visible(guarded)
