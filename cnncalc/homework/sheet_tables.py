"""Sheets that are tables: a row for each layer, or for each student."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.homework.cells import CELLS, OTHER_NAMES, cell_called
from cnncalc.homework.given import MAX_CELLS, Given, Sheet
from cnncalc.homework.table import Table, bad_table, read_table
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source
from cnncalc.problems.suggestions import surely_meant


def sheets_of_table(source: Source, whole: Sheet) -> list[Sheet]:
    """Return the sheets of a table, one for each student; ``whole`` is the file's own.

    With a column ``student`` and no rows there is none.
    """
    table, problems = read_table(source)
    if table is None:
        whole.fail(*problems)
        return [whole]
    if len(table.header) > MAX_CELLS:
        text = f"the table has more than {MAX_CELLS:,} columns"
        whole.fail(Problem(code="CNN102", message=text, span=table.header[0].span))
        return [whole]
    sheets = _Sheets(whole)
    if table.column("layer") is not None:
        _read_long(table, sheets)
    else:
        _read_wide(table, sheets)
    found = sheets.found()
    if not table.rows and table.column("student") is not None and not whole.unreadable:
        return []
    for sheet in found:
        sheet.limit()
    return found


class _Sheets:
    """The sheets of a table by student; ``whole`` is the file's own."""

    def __init__(self, whole: Sheet) -> None:
        self.whole = whole
        self.by_student: dict[str, Sheet] = {}
        self.others: list[Sheet] = []
        self.headings: list[Problem] = []

    def of(self, student: str | None) -> Sheet:
        """Return the sheet of a student; the file's own where the table names none."""
        if student is None:
            return self.whole
        new = Sheet(student=student, file=self.whole.file)
        return self.by_student.setdefault(student, new)

    def found(self) -> list[Sheet]:
        """Return the sheets in the order of the table."""
        found = [*self.by_student.values(), *self.others]
        if not found or self.whole.unreadable:
            found.insert(0, self.whole)
        found[0].problems += self.headings
        return found


def _read_long(table: Table, sheets: _Sheets) -> None:
    """Read a table with a row for each layer."""
    layer, student = table.column("layer"), table.column("student")
    assert layer is not None
    cells = {
        number: cell
        for number, heading in enumerate(table.header)
        if (cell := _cell(heading, heading.text, sheets)) is not None
    }
    for row in table.rows:
        who = _who(row, student, sheets)
        sheet = sheets.of(who)
        if _too_long(row, table):
            sheet.problems.append(_shifted(row, table))
            continue
        name = row[layer].text if layer < len(row) else ""
        for number, cell in cells.items():
            if number < len(row) and name:
                sheet.add(name, cell, row[number])


def _read_wide(table: Table, sheets: _Sheets) -> None:
    """Read a table with a row for each student, and columns such as ``conv1.output``."""
    student = table.column("student")
    cells: dict[int, tuple[str, str]] = {}
    for number, heading in enumerate(table.header):
        layer, dot, word = heading.text.strip().rpartition(".")
        cell = _cell(heading, word, sheets) if dot and layer else None
        if cell is not None:
            cells[number] = layer, cell
    first = table.header[0].span
    if not cells:
        text = "the table has neither a column `layer` nor one such as `conv1.output`"
        advice = "its first line is layer,output,params or student,conv1.output,conv1.params"
        sheets.whole.fail(bad_table(first, text, advice))
        return
    if student is None and len(table.rows) > 1:
        text = "the table has several rows, and no column `student`"
        sheets.whole.fail(bad_table(first, text, "add a column that says whose row it is"))
        return
    for row in table.rows:
        who = _who(row, student, sheets)
        sheet = sheets.of(who) if who not in sheets.by_student else _again(who, sheets)
        if _too_long(row, table):
            sheet.fail(_shifted(row, table))
            continue
        for number, (layer, cell) in cells.items():
            if number < len(row):
                sheet.add(layer, cell, row[number])


def _cell(heading: Given, word: str, sheets: _Sheets) -> str | None:
    """Return the cell that a heading means; of other columns, nearly one is reported."""
    cell = cell_called(word)
    if cell in CELLS:
        return cell
    near = surely_meant(cell, (*CELLS, *OTHER_NAMES), cell_called)
    if near is not None:
        text, advice = f"the column `{heading.text}` is not read", f"did you mean `{near}`?"
        sheets.headings.append(
            Problem(code="CNN601", message=text, span=heading.span, help=(advice,))
        )
    return None


def _again(who: str | None, sheets: _Sheets) -> Sheet:
    """Return a further sheet of a student who has one in this table."""
    sheet = Sheet(student=who or "", file=sheets.whole.file)
    sheets.others.append(sheet)
    return sheet


def _who(row: Iterable[Given], column: int | None, sheets: _Sheets) -> str | None:
    """Return the student of a row; those of a row that names none are called by the file."""
    fields = tuple(row)
    if column is None:
        return None
    if column < len(fields) and fields[column].text:
        return fields[column].text
    text = "this row does not say whose answers it has"
    sheets.whole.fail(bad_table(fields[0].span, text, "fill in the column `student`"))
    return None


def _too_long(row: tuple[Given, ...], table: Table) -> bool:
    return any(each.text for each in row[len(table.header) :])


def _shifted(row: tuple[Given, ...], table: Table) -> Problem:
    count, known = len(row), len(table.header)
    text = f"this row has {count} fields, but the header {known}: it is not read"
    return bad_table(row[known].span, text, 'quote numbers with commas: "61,706"')
