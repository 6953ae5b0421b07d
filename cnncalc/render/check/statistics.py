"""How many problems there are of each code: ``check --statistics``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnncalc.problems.codes import CODES
from cnncalc.render.check.results import Results
from cnncalc.render.document import EMPTY, Document
from cnncalc.render.grid import Column, Grid
from cnncalc.render.json import version_data


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


def document(results: Results) -> Document:
    """Return the counts, to be printed in any format of documents."""
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
