"""Marked sheets for people: the cells of one, a line for each of several, and the class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from cnncalc.homework.mark import STATUSES, Mark, Marked
from cnncalc.homework.summary import BINS, CellSummary, Summary, summarize_course
from cnncalc.maths.words import plural
from cnncalc.render.document import EMPTY, Document
from cnncalc.render.formats import FORMATS
from cnncalc.render.grade.data import data
from cnncalc.render.grade.view import View, percent, points
from cnncalc.render.grid import Cell, Column, Grid
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import visible

_STYLES = {"right": "green", "carried": "green", "wrong": "red", "unreadable": "red", "blank": ""}


def table(view: View, terminal: Terminal) -> str:
    """Return one sheet with its cells, or a line for each of several sheets; then the class."""
    return "\n".join(FORMATS["table"].write(each, terminal) for each in documents(view))


def markdown(view: View, terminal: Terminal) -> str:
    """Return the same for web pages and mails; one sheet has its problems in it."""
    found = documents(view, problems=True)
    return "\n".join(FORMATS["markdown"].write(each, terminal) for each in found)


def documents(view: View, *, problems: bool = False) -> Iterator[Document]:
    """Yield what is printed about results."""
    sheets = view.results.sheets
    if len(sheets) == 1:
        yield _sheet(sheets[0], view, view.problems(sheets[0]) if problems else ())
    elif sheets:
        yield _sheets(view)
    if view.summary:
        yield _class(summarize_course(sheets), view)


def _sheet(sheet: Marked, view: View, problems: Sequence[str]) -> Document:
    columns: list[Column[Mark]] = [
        Column(name="layer", heading="Layer", value=lambda mark: mark.asked.layer),
        Column(name="cell", heading="Asked", value=lambda mark: mark.asked.cell),
        Column(
            name="given",
            heading="Answer",
            value=lambda mark: visible(mark.given.text) if mark.given else "",
            readable=12,
            shortest=8,
        ),
        Column(name="status", heading="Status", value=_status, cell=_status_cell),
        Column(name="points", heading="Points", value=_of_points, right=True),
    ]
    if view.feedback == "full":
        columns.append(
            Column(name="right", heading="Right", value=lambda mark: view.right(mark) or "")
        )
    score = f"{points(sheet.score)} of {plural_points(sheet.max)}"
    about = score if sheet.status == "marked" else f"{sheet.status}: {score}"
    explained = [
        f"{mark.asked.name}: {line}"
        for mark in sheet.cells
        for line in (view.says(mark), *view.derivation(mark))
        if line
    ]
    cells = Grid(columns=tuple(columns), items=sheet.cells, dropped=("right",))
    return Document(
        title=visible(sheet.student),
        about=(about,),
        lines=cells if sheet.cells else EMPTY,
        details=tuple(((line, ""),) for line in (*explained, *problems)),
        data=lambda: data(view),
    )


def _status(mark: Mark) -> str:
    return mark.status


def _status_cell(mark: Mark) -> Cell:
    return ((mark.status, _STYLES[mark.status]),)


def _of_points(mark: Mark) -> str:
    return f"{points(mark.points)}/{points(mark.asked.points)}"


def plural_points(value: Fraction) -> str:
    """Return ``1 point`` or ``7.5 points``."""
    return plural(1, "point") if value == 1 else f"{points(value)} points"


def _sheets(view: View) -> Document:
    columns: list[Column[Marked]] = [
        Column(
            name="student",
            heading="Student",
            value=lambda sheet: visible(sheet.student),
            readable=12,
            shortest=8,
        ),
        Column(name="status", heading="Status", value=lambda sheet: sheet.status),
        Column(name="score", heading="Score", value=lambda sheet: points(sheet.score), right=True),
        Column(name="max", heading="Of", value=lambda sheet: points(sheet.max), right=True),
        Column(
            name="percent",
            heading="%",
            value=lambda sheet: points(percent(sheet)),
            right=True,
        ),
    ]
    if view.feedback != "marks":
        columns.append(
            Column(name="mistakes", heading="Mistakes", value=_mistakes, readable=16, shortest=8)
        )
    return Document(
        title=visible(view.results.key),
        about=(plural(len(view.results.sheets), "sheet"),),
        lines=Grid(columns=tuple(columns), items=view.results.sheets, dropped=("mistakes", "max")),
        data=lambda: data(view),
    )


def _mistakes(sheet: Marked) -> str:
    return ", ".join("+".join(cell.mistake) for cell in sheet.cells if cell.mistake)


_DISCRIMINATION: Column[CellSummary] = Column(
    name="discrimination",
    heading="Discrim.",
    value=lambda cell: "" if cell.discrimination is None else points(cell.discrimination),
    right=True,
)


def _class(summary: Summary, view: View) -> Document:
    columns: list[Column[CellSummary]] = [
        Column(name="cell", heading="Cell", value=lambda cell: cell.name),
        Column(name="asked", heading="Asked", value=lambda cell: cell.asked, right=True),
        *map(_counted, STATUSES),
        Column(
            name="facility",
            heading="Facility",
            value=lambda cell: points(cell.facility),
            right=True,
        ),
        Column(name="mistakes", heading="Mistakes", value=_cell_mistakes, readable=16, shortest=8),
    ]
    if any(cell.discrimination is not None for cell in summary.cells):
        columns.insert(-1, _DISCRIMINATION)
    scores = [
        f"{name} {points(value)}"
        for name, value in (
            ("mean", summary.mean),
            ("median", summary.median),
            ("standard deviation", summary.deviation),
        )
        if value is not None
    ]
    missing = f", {summary.missing} missing or not marked" if summary.missing else ""
    notes: list[tuple[str, Cell]] = [
        ("Scores", ((", ".join(scores) or "none", ""),)),
        ("Tenths", ((_histogram(summary), ""),)),
    ]
    for cell in summary.cells:
        if cell.unexplained:
            words = ", ".join(f"{visible(given)} ({count})" for given, count in cell.unexplained)
            notes.append((f"Unexplained {cell.name}", ((words, ""),)))
    return Document(
        title="Class",
        about=(f"{plural(summary.sheets, 'sheet')}{missing}",),
        lines=Grid(
            columns=tuple(columns),
            items=summary.cells,
            dropped=("discrimination", "blank", "carried", "mistakes", "asked", "facility"),
        ),
        notes=tuple(notes),
        data=lambda: data(view),
    )


def _counted(status: str) -> Column[CellSummary]:
    return Column(
        name=status,
        heading=status.capitalize(),
        value=lambda cell: cell.counts[status],
        right=True,
    )


def _cell_mistakes(cell: CellSummary) -> str:
    return ", ".join(f"{'+'.join(codes)} {count}" for codes, count in cell.mistakes)


def _histogram(summary: Summary) -> str:
    """Return how many sheets there are in each tenth of the points."""
    step = 100 // BINS
    return ", ".join(
        f"{number * step}%: {count}" for number, count in enumerate(summary.histogram) if count
    )
