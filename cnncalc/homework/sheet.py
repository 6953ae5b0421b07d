"""Sheets: the answers of students, from YAML, JSON, specs and tables. Nothing in them is run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from cnncalc.homework.cells import CELLS, NETWORK, cell_called
from cnncalc.homework.given import Given, answer_text
from cnncalc.homework.names import student_of
from cnncalc.homework.table import Table, bad_table, read_table
from cnncalc.maths.volume import format_value
from cnncalc.problems.collector import Stop
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Source
from cnncalc.spec.document import read
from cnncalc.spec.entries import in_row_order
from cnncalc.spec.findings import Findings
from cnncalc.spec.names import named
from cnncalc.spec.node import Node
from cnncalc.spec.parse_entries import Entries
from cnncalc.spec.text import decode

MAX_BYTES: Final = 1_000_000
"""The longest sheet."""
MAX_CELLS: Final = 10_000
"""The most answers of one sheet."""
TABLES: Final = (".csv", ".tsv")
"""Endings of tables."""


@dataclass(slots=True, kw_only=True, eq=False)
class Sheet:
    """The answers of one student, by layer and cell; ``unreadable``: there is nothing to mark."""

    student: str
    file: str
    answers: dict[tuple[str, str], Given] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unreadable: bool = False

    def add(self, layer: str, cell: str, given: Given) -> None:
        """Take an answer; of two to one cell the first counts, and a blank one counts as none."""
        first = self.answers.get((layer, cell))
        if first is None or not first.text:
            self.answers[layer, cell] = given
        elif given.text:
            text = f"{layer}.{cell} is answered twice: the first answer counts"
            related = (Related(message="the first answer is here", span=first.span),)
            self.problems.append(
                Problem(code="CNN603", message=text, span=given.span, related=related)
            )

    def fail(self, *problems: Problem) -> None:
        """Note why the sheet cannot be read."""
        self.problems += problems
        self.unreadable = True


def read_sheets(data: bytes, name: str, id: re.Pattern[str] | None = None) -> list[Sheet]:
    """Return the sheets of a file: one for each student that it is of.

    Who that is says ``student``, else group 1 of ``id`` in the file's name, else its stem.
    """
    sheet = Sheet(student=_student(name, id), file=name)
    source, problem = decode(data[: MAX_BYTES + 1], name)
    if len(data) > MAX_BYTES:
        text = f"the sheet has more than {MAX_BYTES:,} bytes, the most that is read"
        start = Source(name, "").point(1, 1)
        sheet.fail(Problem(code="CNN102", message=text, span=start))
    elif problem is not None:
        sheet.fail(problem)
    elif _is_table(source):
        return _of_table(source, sheet)
    else:
        _read_document(data, sheet)
    _limit(sheet)
    return [sheet]


def unopened(name: str, why: str, id: re.Pattern[str] | None = None) -> Sheet:
    """Return the sheet of a file that cannot be opened: only this one is not marked."""
    sheet = Sheet(student=_student(name, id), file=name)
    sheet.fail(Problem(code="CNN101", message=why, span=Source(name, "").point(1, 1)))
    return sheet


def _student(name: str, id: re.Pattern[str] | None) -> str:
    found = id.search(name) if id is not None else None
    if found is not None and found[1]:
        return found[1]
    return student_of(PurePath(name).stem or name)


def _is_table(source: Source) -> bool:
    """Tell whether a text is a table: by its ending, without one by its first line."""
    ending = PurePath(source.name).suffix.lower()
    if ending:
        return ending in TABLES
    first = next((line for line in source.lines if line.strip()), "")
    return bool(re.match(r"[^:{]*[,;\t]", first)) and not first.startswith("{")


def _limit(sheet: Sheet) -> None:
    """Refuse a sheet with more answers than anybody writes."""
    if len(sheet.answers) > MAX_CELLS:
        text = f"the sheet has more than {MAX_CELLS:,} answers"
        first = next(iter(sheet.answers.values()))
        sheet.fail(Problem(code="CNN102", message=text, span=first.span))


# documents: answers by layer, or a spec with answers at its entries


def _read_document(data: bytes, sheet: Sheet) -> None:
    document, problems = read(data, sheet.file)
    if document is None:
        sheet.fail(*problems)
        return
    sheet.problems += problems
    root = document.root
    student = root.children.get("student")
    if student is not None and not isinstance(student.value, dict | list) and answer_text(student):
        sheet.student = answer_text(student)
    if "answers" in root.children:
        _read_answers(root.children["answers"], sheet)
    elif "layers" in root.children or "answer" in root.children:
        _read_spec(root.children, sheet)
    else:
        advice = "such as `answers: {conv1: {output: 28x28x6, params: 156}}`"
        text = "a sheet needs `answers`"
        start = document.source.point(1, 1)
        sheet.fail(Problem(code="CNN110", message=text, span=start, help=(advice,)))


def _read_answers(node: Node, sheet: Sheet) -> None:
    if node.value is None:
        return
    if not isinstance(node.value, dict):
        text = f"{format_value(node.data())} is not a mapping of layers"
        advice = "write answers: {conv1: {output: 28x28x6, params: 156}}"
        sheet.fail(Problem(code="CNN108", message=text, span=node.span, help=(advice,)))
        return
    for layer, cells in node.value.items():
        _read_cells(layer.strip(), cells, sheet)


def _read_cells(layer: str, node: Node, sheet: Sheet) -> None:
    """Take the answers about one layer."""
    if node.value is None:
        return
    if not isinstance(node.value, dict):
        text = f"{layer}: {format_value(node.data())} does not say which cell it answers"
        advice = f"write {layer}: {{output: {format_value(node.data())}}}"
        sheet.problems.append(Problem(code="CNN108", message=text, span=node.span, help=(advice,)))
        return
    for word, answer in node.value.items():
        span = answer.span if answer_text(answer) else node.keys[word]
        sheet.add(layer, cell_called(word), Given(text=answer_text(answer), span=span))


def _read_spec(items: dict[str, Node], sheet: Sheet) -> None:
    """Take the answers at the entries of a spec, whatever else it says."""
    layers, blocks = items.get("layers"), items.get("blocks")
    names = blocks.children if blocks is not None else {}
    if layers is not None:
        findings = Findings(layers.span.source)
        try:
            entries = named(findings, Entries(findings, tuple(names)).body(layers), ())
        except Stop:
            sheet.fail(*findings.problems)
            return
        for entry in in_row_order(entries):
            if "answer" in entry.common:
                _read_cells(entry.name, entry.common["answer"], sheet)
    if "answer" in items:
        _read_cells(NETWORK, items["answer"], sheet)


# tables: a row for each layer, or for each student


def _of_table(source: Source, whole: Sheet) -> list[Sheet]:
    table, problems = read_table(source)
    if table is None:
        whole.fail(*problems)
        return [whole]
    sheets = _Sheets(whole)
    if table.column("layer") is not None:
        _read_long(table, sheets)
    else:
        _read_wide(table, sheets)
    found = sheets.found()
    for sheet in found:
        _limit(sheet)
    return found


class _Sheets:
    """The sheets of a table by student; ``whole`` is the file's own."""

    def __init__(self, whole: Sheet) -> None:
        self.whole = whole
        self.by_student: dict[str, Sheet] = {}
        self.others: list[Sheet] = []

    def of(self, student: str | None) -> Sheet:
        """Return the sheet of a student; the file's own where the table names none."""
        if student is None:
            return self.whole
        new = Sheet(student=student, file=self.whole.file)
        return self.by_student.setdefault(student, new)

    def found(self) -> list[Sheet]:
        """Return the sheets in the order of the table."""
        listed = [*self.by_student.values(), *self.others]
        return listed if listed and not self.whole.unreadable else [self.whole, *listed]


def _read_long(table: Table, sheets: _Sheets) -> None:
    """Read a table with a row for each layer."""
    layer, student = table.column("layer"), table.column("student")
    assert layer is not None
    cells = {
        number: cell_called(heading.text)
        for number, heading in enumerate(table.header)
        if cell_called(heading.text) in CELLS
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
        if dot and layer and cell_called(word) in CELLS:
            cells[number] = layer, cell_called(word)
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
