"""Every format that a document can be printed in.

A new format is one function and its line in ``FORMATS``: each command that takes ``--format``
builds a document and knows no format by name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal

from cnncalc.render.document import Document
from cnncalc.render.grid import MARK, Cell, Column, Grid
from cnncalc.render.json import document as json_document
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import visible

_MEANS_SOMETHING = re.compile(r"[\\|`*<>\[\]&]|(?<![^\W_])_|_(?![^\W_])|(?<=~)~")
"""What Markdown reads as more than text; ``_`` and ``~`` only where they can begin or end."""


def table(document: Document, terminal: Terminal) -> str:
    """Return the table for a terminal."""
    from cnncalc.render.table import table_text  # rich is loaded only where it draws

    return table_text(document, terminal)


def csv_text(document: Document, terminal: Terminal) -> str:
    """Return a record for each thing, numbers without separators, what is unknown empty."""
    columns = document.records.columns
    if not columns:
        return ""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name for column in columns)
    for item in document.records.items:
        values = [column.value(item) for column in columns]
        writer.writerow(visible(value) if isinstance(value, str) else value for value in values)
    return text.getvalue()


def markdown(document: Document, terminal: Terminal) -> str:
    """Return a table for READMEs and merge requests, ending in a line break."""
    about = "".join(f", {escape(words)}" for words in document.about if words)
    title = [f"**{escape(document.title)}**{about}"] if document.title else []
    table = markdown_table(document.lines) if document.lines.columns else []
    labelled = ((f"{label}: " if label else "") + _words(cell) for label, cell in document.notes)
    notes = [f"- {escape(note)}" for note in labelled]
    details = [f"    {visible(_words(line))}".rstrip() for line in document.details]  # as code
    parts = [part for part in (title, table, notes, details) if part]
    return "\n".join("\n".join(part) + "\n" for part in parts)


def _words(cell: Cell) -> str:
    return "".join(text for text, _ in cell)


def markdown_table(grid: Grid[Any]) -> list[str]:
    """Return the lines of a grid as a Markdown table."""
    faults = grid.faults()
    heads = [escape(column.heading.replace("-\n", "-")) for column in grid.columns]
    rules = ["---:" if column.right else "---" for column in grid.columns]
    rows = [[_linked(column, item) for column in grid.columns] for item in grid.items]
    if any(faults):
        heads.append("Problem")
        rules.append("---")
        for row, fault in zip(rows, faults, strict=True):
            row.append(escape(MARK + fault) if fault else "")
    return [f"| {' | '.join(row)} |" for row in (heads, rules, *rows)]


def _linked(column: Column[Any], item: Any) -> str:
    text = escape(_words(column.cell_of(item)))
    return text if column.link is None else f"[{text}]({column.link(item)})"


def escape(text: str) -> str:
    """Return text on one line, all that Markdown interprets escaped; an @name notifies nobody."""
    escaped = _MEANS_SOMETHING.sub(r"\\\g<0>", visible(" ".join(text.split())))
    return escaped.replace("@", "@<!-- -->")


def json_text(document: Document, terminal: Terminal) -> str:
    """Return the document's data as JSON: UTF-8, or ASCII for a terminal without it."""
    return terminal.json(json_document(document.data()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format that documents are written in.

    What is ``for_people`` is printed as it comes, a document for each spec; everything else is
    one document. Where a format does not hold problems, they go to standard error.
    """

    write: Callable[[Document, Terminal], str]
    for_people: bool = False
    holds_problems: bool = False


FormatName = Literal["table", "json", "csv", "markdown"]

FORMATS: dict[FormatName, Format] = {
    "table": Format(write=table, for_people=True),
    "json": Format(write=json_text, holds_problems=True),
    "csv": Format(write=csv_text),
    "markdown": Format(write=markdown),
}
"""Every format by the name that ``--format`` takes."""
