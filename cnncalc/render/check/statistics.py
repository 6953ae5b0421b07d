"""How many problems there are of each code: ``check --statistics``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnncalc.problems.codes import CODES
from cnncalc.render.check.results import Results
from cnncalc.render.document import EMPTY, Document
from cnncalc.render.formats import FORMATS
from cnncalc.render.grid import Column, Grid
from cnncalc.render.json import version_data
from cnncalc.render.terminal import Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """How many problems of a code there are, as bad as they count."""

    code: str
    severity: str
    count: int


_COLUMNS: tuple[Column[_Count], ...] = (
    Column(name="count", heading="Count", value=lambda each: each.count, right=True),
    Column(name="severity", heading="Severity", value=lambda each: each.severity),
    Column(name="code", heading="Code", value=lambda each: each.code),
    Column(name="name", heading="Name", value=lambda each: CODES[each.code]),
)


def table(results: Results, terminal: Terminal) -> str:
    """Return a table for a terminal."""
    return FORMATS["table"].write(_document(results), terminal)


def json(results: Results, terminal: Terminal) -> str:
    """Return one JSON object."""
    return FORMATS["json"].write(_document(results), terminal)


def csv(results: Results, terminal: Terminal) -> str:
    """Return a record for each code."""
    return FORMATS["csv"].write(_document(results), terminal)


def markdown(results: Results, terminal: Terminal) -> str:
    """Return a table in Markdown."""
    return FORMATS["markdown"].write(_document(results), terminal)


def _document(results: Results) -> Document:
    counts = _counts(results)
    grid = Grid(columns=_COLUMNS, items=counts)
    return Document(
        lines=grid if counts else EMPTY,
        records=grid,
        details=(((results.line, ""),),),
        data=lambda: _data(counts, results),
    )


def _counts(results: Results) -> Sequence[_Count]:
    """Return the counts, the most first, equal ones by code."""
    found = Counter((problem.code, problem.severity) for problem in results.problems)
    counts = [
        _Count(code=code, severity=severity, count=count)
        for (code, severity), count in found.items()
    ]
    return sorted(counts, key=lambda each: (-each.count, each.code, each.severity))


def _data(counts: Sequence[_Count], results: Results) -> dict[str, Any]:
    statistics = [{column.name: column.value(each) for column in _COLUMNS} for each in counts]
    return version_data() | {"statistics": statistics, "counts": results.counts()}
