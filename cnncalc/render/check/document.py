"""``check`` as a document: table, JSON, CSV and Markdown; and JSON with a problem on each line."""

from __future__ import annotations

from typing import Any

from cnncalc.checking.check import Checked
from cnncalc.problems.model import Problem
from cnncalc.render.check.growth import growth_data, growth_grid
from cnncalc.render.check.results import Results
from cnncalc.render.document import EMPTY, Document
from cnncalc.render.formats import FORMATS, markdown_table
from cnncalc.render.grid import Column, Grid
from cnncalc.render.json import line, problem_data, sums_data, version_data
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import visible

_COLUMNS: tuple[Column[Problem], ...] = (
    Column(
        name="file",
        heading="File",
        value=lambda problem: problem.span.source.name,
        cell=lambda problem: ((visible(problem.span.source.name), ""),),
        readable=16,
        shortest=10,
        cut_start=True,  # of a path the end says more
    ),
    Column(name="line", heading="Line", value=lambda problem: problem.span.line, right=True),
    Column(name="column", heading="Column", value=lambda problem: problem.span.column, right=True),
    Column(name="severity", heading="Severity", value=lambda problem: problem.severity),
    Column(name="code", heading="Code", value=lambda problem: problem.code),
    Column(name="name", heading="Name", value=lambda problem: problem.name),
    Column(name="layer", heading="Layer", value=lambda problem: problem.layer),
    Column(
        name="message",
        heading="Message",
        value=lambda problem: problem.message,
        readable=24,
        shortest=10,
    ),
)


def document(results: Results) -> Document:
    """Return what ``check`` prints."""
    grid = Grid(
        columns=_COLUMNS,
        items=results.problems,
        dropped=("column", "layer", "name", "severity"),
    )
    return Document(
        lines=grid if results.problems else EMPTY,
        records=grid,
        notes=tuple(("Unreadable", ((each.why, ""),)) for each in results.unreadable),
        details=(((results.line, ""),),),
        data=lambda: _data(results),
    )


def table(results: Results, terminal: Terminal) -> str:
    """Return a table of the problems, for a terminal."""
    return FORMATS["table"].write(document(results), terminal)


def json(results: Results, terminal: Terminal) -> str:
    """Return one JSON object with every file and every problem."""
    return FORMATS["json"].write(document(results), terminal)


def csv(results: Results, terminal: Terminal) -> str:
    """Return a record for each problem."""
    return FORMATS["csv"].write(document(results), terminal)


def markdown(results: Results, terminal: Terminal) -> str:
    """Return a table of the problems, for pull requests; above it that of what changed."""
    text = FORMATS["markdown"].write(document(results), terminal)
    changed = growth_grid(results.changes or ())
    if not changed.items:
        return text
    return "\n".join([*markdown_table(changed), "", text])


def json_lines(results: Results, terminal: Terminal) -> str:
    """Return a JSON object on a line of its own for each problem."""
    lines = [line(problem_data(problem)) for problem in results.problems]
    return terminal.json("".join(f"{each}\n" for each in lines))


def _data(results: Results) -> dict[str, Any]:
    return (
        version_data()
        | {
            "files": [_file_data(each) for each in results.checked],
            "problems": [problem_data(problem) for problem in results.problems],
            "skipped": [{"file": each.file, "why": each.why} for each in results.skipped],
            "unreadable": [{"file": each.file, "why": each.why} for each in results.unreadable],
            "counts": results.counts(),
        }
        | ({} if results.changes is None else {"baseline": growth_data(results.changes)})
    )


def _file_data(file: Checked) -> dict[str, Any]:
    totals = sums_data(file.totals, file.memory)
    return {"file": file.file, "name": file.name, "totals": totals}
