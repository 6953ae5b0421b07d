"""Grids drawn as terminal tables: which columns fit, what is shortened, which rows are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, set_cell_size
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cnncalc.render.document import Document
from cnncalc.render.grid import MARK, Cell, Column, Grid, Item
from cnncalc.render.terminal import Terminal

GAP = 2
"""Cells between two columns."""
_FEWEST = len("CNN301")
"""The words for what is wrong are left out where fewer cells than these are free."""


def table_text(document: Document, terminal: Terminal) -> str:
    """Return the table for a terminal: what has no room there is named below it."""
    about = [(f"   {words}", "dim") for words in document.about if words]
    notes = list(document.notes)
    parts: list[RenderableType] = []
    if document.title:
        parts.append(_spelled(((document.title, "bold"), *about), terminal))
    if document.lines.columns:
        drawn = draw(document.lines, terminal)
        parts.append(drawn.table)
        if drawn.hidden:
            names = ", ".join(name.replace("_", " ") for name in drawn.hidden)
            room = (f" (no room in {terminal.width} columns)", "dim")
            notes.append(("Hidden", ((names, ""), room)))
    if notes:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column()
        for label, cell in notes:
            grid.add_row(Text(label, "dim"), _spelled(cell, terminal))
        parts.append(grid)
    if document.details:
        parts.append(Text("\n").join(_spelled(line, terminal) for line in document.details))
    return terminal.draw(*chain.from_iterable((part, Text()) for part in parts))


def _spelled(cell: Cell, terminal: Terminal) -> Text:
    return Text.assemble(*((terminal.spell(text), style) for text, style in cell))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A table for rich, and the names of the columns that had no room."""

    table: Table
    hidden: tuple[str, ...]


def draw(grid: Grid[Item], terminal: Terminal) -> Drawn:
    """Return the table of a grid, no wider than the terminal as far as that is possible.

    What is wrong is marked in front of the first column, in cells that are kept free for it; the
    words for it get what the other columns leave. So a fault changes no column.
    """
    cells = {
        column.name: [_text(column, item, terminal) for item in grid.items]
        for column in grid.columns
    }
    heads = {
        column.name: [Text(part, "bold") for part in terminal.translate(column.heading).split("\n")]
        for column in grid.columns
    }
    widths = {
        name: max(text.cell_len for text in (*heads[name], *texts)) for name, texts in cells.items()
    }
    faults = [terminal.spell(fault) for fault in grid.faults()]
    margin = len(MARK) if grid.wrong is not None else 0
    room = max(terminal.width - margin, 1) if terminal.width else 0
    sizes = fit(grid.columns, widths, room, grid.dropped)
    mark = MARK if any(faults) else ""
    dots = terminal.translate("…")
    table = _table(_total(sizes) + len(mark))
    columns = [column for column in grid.columns if column.name in sizes]
    for column in columns:
        size = sizes[column.name]
        before = " " * len(mark) if column is columns[0] else ""
        head = [Text(before) + cut(part, size, dots) for part in heads[column.name]]
        table.add_column(
            Text("\n").join(head),
            justify="right" if column.right else "left",
            width=size + len(before),
            vertical="bottom",
            no_wrap=True,
        )
    rows = [
        [
            cut(cells[column.name][number], sizes[column.name], dots, start=column.cut_start)
            for column in columns
        ]
        for number in range(len(grid.items))
    ]
    if mark:
        _mark(table, rows, faults, _total(sizes), room, terminal)
    for row in rows:
        table.add_row(*row)
    return Drawn(table=table, hidden=tuple(name for name in cells if name not in sizes))


def _table(width: int) -> Table:
    return Table(
        box=SIMPLE_HEAD,
        border_style="dim",
        header_style="",
        show_edge=False,
        padding=(0, GAP - 1, 0, 0),
        pad_edge=False,
        width=width,
    )


def _text(column: Column[Item], item: Item, terminal: Terminal) -> Text:
    drawing = column.drawing(item) if column.drawing is not None else ()
    return _spelled((*drawing, *column.cell_of(item)), terminal)


def _mark(
    table: Table,
    rows: list[list[Text]],
    faults: list[str],
    used: int,
    room: int,
    terminal: Terminal,
) -> None:
    """Mark the rows in which something is wrong, and say what where there is room for it."""
    mark, dots = terminal.translate(MARK), terminal.translate("…")
    width = max(map(cell_len, faults))
    if room:
        width = min(width, room - used - GAP)
    for row, fault in zip(rows, faults, strict=True):
        row[0] = Text.assemble((mark if fault else " " * len(mark), "bold red"), row[0])
        if width >= _FEWEST:
            row.append(cut(Text(fault, "bold red"), width, dots))
    if width >= _FEWEST:
        table.add_column("", width=width, no_wrap=True)
        assert table.width is not None
        table.width += GAP + width


def fit(
    columns: Sequence[Column[Item]], widths: dict[str, int], room: int, dropped: Sequence[str] = ()
) -> dict[str, int]:
    """Return the columns that are shown, with the width of each; ``room`` 0 is unlimited."""
    shown = dict(widths)
    going = [name for name in dropped if name in shown]
    while room:
        fitted = _shortened(columns, shown, room, going)
        if _total(fitted) <= room or not going:
            return fitted
        del shown[going.pop(0)]
    return shown


def _shortened(
    columns: Sequence[Column[Item]], shown: dict[str, int], room: int, going: list[str]
) -> dict[str, int]:
    """Return the widths with columns shortened as far as is needed, the last column first.

    Columns next to each other that may become equally short share their room evenly; those that
    need less than their share leave the rest to the others.
    """

    def least(column: Column[Item]) -> int:
        return column.readable if going not in ([], [column.name]) else column.shortest

    fitted = dict(shown)
    last_first = [column for column in reversed(columns) if column.name in fitted]
    for shortest, alike in groupby(last_first, key=least):
        names = sorted((column.name for column in alike), key=lambda name: fitted[name])
        free = room - _total(fitted) + sum(fitted[name] for name in names)
        for place, name in enumerate(names):
            share = max(free // (len(names) - place), shortest)
            fitted[name] = min(fitted[name], share)
            free -= fitted[name]
    return fitted


def _total(sizes: dict[str, int]) -> int:
    return sum(sizes.values()) + GAP * (len(sizes) - 1)


def cut(text: Text, width: int, dots: str, *, start: bool = False) -> Text:
    """Return text shortened to ``width`` cells at its end, or at its ``start``."""
    if text.cell_len <= width:
        return text
    left = max(width - len(dots), 0)
    if start:
        kept = len(set_cell_size(text.plain[::-1], left).rstrip())
        return Text.assemble((dots, "dim"), text[len(text) - kept :])
    kept = len(set_cell_size(text.plain, left).rstrip(" ,"))  # rather `p1…` than `p1, …`
    return Text.assemble(text[:kept], (dots, "dim"))
