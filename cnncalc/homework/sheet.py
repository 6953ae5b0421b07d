"""Sheets: the answers of students, from YAML, JSON, specs and tables. Nothing in them is run."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from cnncalc.homework.cells import NETWORK, cell_called
from cnncalc.homework.given import Given, Sheet, answer_text, place_of_answer
from cnncalc.homework.names import student_of
from cnncalc.homework.sheet_tables import sheets_of_table
from cnncalc.maths.volume import format_value
from cnncalc.problems.collector import Stop
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source
from cnncalc.problems.suggestions import surely_meant
from cnncalc.spec.document import read
from cnncalc.spec.entries import in_row_order
from cnncalc.spec.findings import Findings
from cnncalc.spec.names import named
from cnncalc.spec.node import Node
from cnncalc.spec.parse_entries import Entries
from cnncalc.spec.text import decode

MAX_BYTES: Final = 1_000_000
"""The longest sheet."""
_NO_TEXT: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
"""How files of office programs begin (zip archives, and their older form), and PDF files."""
TABLES: Final = (".csv", ".tsv")
"""Endings of tables."""


def read_sheets(data: bytes, name: str, id: re.Pattern[str] | None = None) -> list[Sheet]:
    """Return the sheets of a file: one for each student that it is of.

    Who that is says ``student``, else group 1 of ``id`` in the file's path, else its stem.
    """
    sheet = Sheet(student=_student(name, id), file=name)
    source, problem = decode(data[: MAX_BYTES + 1], name)
    if data.startswith(_NO_TEXT):
        text, start = (
            "this is a spreadsheet, a document or a PDF, not text",
            Source(name, "").point(1, 1),
        )
        advice = "save it as CSV"
        sheet.fail(Problem(code="CNN101", message=text, span=start, help=(advice,)))
    elif len(data) > MAX_BYTES:
        text = f"the sheet has more than {MAX_BYTES:,} bytes, the most that is read"
        start = Source(name, "").point(1, 1)
        sheet.fail(Problem(code="CNN102", message=text, span=start))
    elif problem is not None:
        sheet.fail(problem)
    elif _is_table(source):
        return sheets_of_table(source, sheet)
    else:
        _read_document(data, sheet)
    sheet.limit()
    return [sheet]


def unopened(name: str, why: str, id: re.Pattern[str] | None = None) -> Sheet:
    """Return the sheet of a file that cannot be opened: only this one is not marked."""
    sheet = Sheet(student=_student(name, id), file=name)
    sheet.fail(Problem(code="CNN101", message=why, span=Source(name, "").point(1, 1)))
    return sheet


def _student(name: str, id: re.Pattern[str] | None) -> str:
    found = id.search(PurePath(name).as_posix()) if id is not None else None
    if found is not None and found[1]:
        return found[1]
    return student_of(PurePath(name).stem or name)


def _is_table(source: Source) -> bool:
    """Return whether a text is a table: by its ending, without one by its first line."""
    ending = PurePath(source.name).suffix.lower()
    if ending:
        return ending in TABLES
    first = next((line for line in source.lines if line.strip()), "")
    return bool(re.match(r"[^:{]*[,;\t]", first)) and not first.startswith("{")


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
    elif "layers" in root.children or "extends" in root.children:
        _read_spec(root, sheet)
    else:
        text, start = "a sheet needs `answers`", document.source.point(1, 1)
        advice = "such as `answers: {conv1: {output: 28x28x6, params: 156}}`"
        slip = surely_meant("answers", root.children)
        if slip is not None:
            start, advice = root.keys[slip], "did you mean `answers`?"
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
        _read_cells(layer.strip(), cells, sheet, layer)


def _read_cells(layer: str, node: Node, sheet: Sheet, key: str = "answer") -> None:
    """Take the answers about one layer, which are below a ``key`` of the file."""
    if node.value is None:
        return
    if not isinstance(node.value, dict):
        text = f"{layer}: {format_value(node.data())} does not say which cell it answers"
        advice = f"write {key}: {{output: {format_value(node.data())}}}"
        sheet.problems.append(Problem(code="CNN108", message=text, span=node.span, help=(advice,)))
        return
    for word, answer in node.value.items():
        span = place_of_answer(answer, node.keys[word])
        sheet.add(layer, cell_called(word), Given(text=answer_text(answer), span=span))


def _read_spec(root: Node, sheet: Sheet) -> None:
    """Take the answers at the entries of a spec, whatever else it says."""
    items = root.children
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
        for problem in findings.problems:
            if any(fix.value == "answer" for fix in problem.fixes):
                sheet.problems.append(replace(problem, code="CNN601"))
    slip = surely_meant("answer", items)
    if "answer" in items:
        _read_cells(NETWORK, items["answer"], sheet)
    elif slip is not None:
        text, advice = f"`{slip}` is not read", "did you mean `answer`?"
        span = root.keys[slip]
        sheet.problems.append(Problem(code="CNN601", message=text, span=span, help=(advice,)))
    if not sheet.answers and not sheet.problems:
        text, advice = (
            "this spec has no answers",
            "write `answer: {output: 28x28x6, params: 156}` at a layer",
        )
        sheet.fail(
            Problem(code="CNN110", message=text, span=root.span.source.point(1, 1), help=(advice,))
        )
