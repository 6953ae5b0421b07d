"""The rich table of ``summary``.

Each column is handed to rich as one cell of many lines, already measured: rich's own measuring
of every cell takes five times as long, which is felt on networks of hundreds of layers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import StringIO
from typing import TYPE_CHECKING

from rich.box import Box
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table

from cnncalc.render.columns import COLUMNS, Cell, View, check_columns
from cnncalc.render.fit import GAP, cut, fit, width_of
from cnncalc.render.folding import lines
from cnncalc.render.totals import heading, totals

if TYPE_CHECKING:
    from rich.console import RenderResult

    from cnncalc.render.terminal import Terminal
    from cnncalc.report.report import Report

_UNLIMITED = 1_000_000
"""Wide enough for any line: the body is fitted already, and rich would shrink its counts."""
_RULED = "    \n    \n ── \n    \n    \n    \n    \n ── \n"
"""A rule below the headings, in rich's notation of boxes."""


def table(
    report: Report,
    terminal: Terminal,
    *,
    depth: int | None = 1,
    columns: tuple[str, ...] | None = None,
    layout: str = "whd",
    dtype_bytes: int = 4,
) -> str:
    """Return the table of a report as text.

    ``depth`` levels of layers are shown (``None``: all), blocks below are folded.

    Raises:
        ValueError: ``columns`` names one that does not exist.
    """
    view = View(report, lines(report, depth), layout, dtype_bytes, terminal.plain)
    names = view.default() if columns is None else check_columns(columns)
    width, spelled = terminal.width, terminal.spell
    text = StringIO()
    console = Console(
        file=text,
        width=_UNLIMITED,
        height=100,
        force_terminal=terminal.color,
        color_system="standard" if terminal.color else None,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},  # what it looks like is decided by the arguments alone
    )
    console.print(heading(view, spelled), width=width or None)
    console.print(_body(view, names, width, spelled, stated=columns is not None))
    console.print(totals(view, spelled), width=width or None)
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().rstrip("\n").split("\n"))


def _body(
    view: View, names: Iterable[str], width: int, spelled: Callable[[str], str], *, stated: bool
) -> Table:
    """Return the lines of the report as a rich table."""
    names = tuple(dict.fromkeys(names))
    cells = {
        name: [
            tuple((spelled(text), style) for text, style in COLUMNS[name].cell(line, view))
            for line in view.lines
        ]
        for name in names
    }
    heads = {
        name: [spelled(part) for part in heading] for name, heading in view.headings(names).items()
    }
    widths = {
        name: max(map(width_of, [*cells[name], *(((head, ""),) for head in heads[name])]))
        for name in names
    }
    shown = fit(names, widths, width, stated=stated)
    box = Box(_RULED.replace("─", "-") if view.ascii else _RULED, ascii=view.ascii)
    grid = Table(
        box=box,
        border_style="dim",
        header_style="",
        show_edge=False,
        padding=(0, GAP - 1, 0, 0),
        pad_edge=False,
    )
    dots = spelled("…")
    for name, size in shown.items():
        head = [cut(((part, "bold"),), size, dots) for part in heads[name]]
        right = COLUMNS[name].right
        grid.add_column(_Stack(head, size, right=right), width=size, no_wrap=True)
    grid.add_row(
        *(
            _Stack(
                [cut(cell, size, dots, start=name == "layer") for cell in cells[name]],
                size,
                right=COLUMNS[name].right,
            )
            for name, size in shown.items()
        )
    )
    return grid


class _Stack:
    """The cells of one column below each other, for rich: each exactly ``size`` wide."""

    def __init__(self, cells: list[Cell], size: int, *, right: bool) -> None:
        self.cells = cells
        self.size = size
        self.right = right

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(self.size, self.size)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        styles = {style: console.get_style(style) for cell in self.cells for _, style in cell}
        end = Segment.line()
        for cell in self.cells:
            space = Segment(" " * (self.size - width_of(cell)))
            if self.right:
                yield space
            for text, style in cell:
                yield Segment(text, styles[style] if style else None)
            if not self.right:
                yield space
            yield end
