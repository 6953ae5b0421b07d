"""Rosters: who is in a course, in which order, and what else the grade book keeps of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cnncalc.homework.table import bad_table, read_table
from cnncalc.problems.model import Problem
from cnncalc.spec.text import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The students of a course with the fields of their rows, in file order.

    ``header`` are the names of all columns.
    """

    header: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]


def read_roster(data: bytes, name: str) -> tuple[Roster | None, list[Problem]]:
    """Return the roster of a table with a column ``student``; ``None`` where it is none."""
    source, problem = decode(data, name)
    if problem is not None:
        return None, [problem]
    table, problems = read_table(source)
    if table is None:
        return None, problems
    column = table.column("student")
    if column is None:
        text, advice = "the roster has no column `student`", "add one with the names on the sheets"
        return None, [bad_table(table.header[0].span, text, advice)]
    rows: dict[str, tuple[str, ...]] = {}
    width = len(table.header)
    for row in table.rows:
        if len(row) > width and any(each.text for each in row[width:]):
            text = f"this row has {len(row)} fields, but the header {width}"
            problems.append(bad_table(row[width].span, text, "quote fields with commas"))
            continue
        student = row[column].text if column < len(row) else ""
        if student in rows:
            text = f"{student} is on the roster twice: the first row counts"
            problems.append(Problem(code="CNN606", message=text, span=row[column].span))
        elif student:
            fields = (*(each.text for each in row), *[""] * (width - len(row)))
            rows[student] = fields[:width]
    return Roster(header=tuple(each.text for each in table.header), rows=rows), problems
