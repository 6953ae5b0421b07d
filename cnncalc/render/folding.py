"""The lines of a table: layers, block uses folded to one line, repetitions folded further."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from cnncalc.render.marks import marks
from cnncalc.render.tree import Place, places
from cnncalc.report.rows import Row, Use

if TYPE_CHECKING:
    from cnncalc.maths.volume import Volume
    from cnncalc.problems.model import Problem
    from cnncalc.report.report import Report
    from cnncalc.report.rows import FieldsByAxis

FEWEST = 3
"""Fewer equal repetitions than this stay apart: folding them saves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """One line of the table: ``rows`` are the layers that it sums.

    ``block`` is a folded block use, of several equal ones the last; then ``times`` is their
    number and ``name`` shows the first and the last. ``place`` is its place among the branches, and
    what it reads other than the line before it.
    """

    name: str
    kind: str
    rows: tuple[Row, ...]
    inputs: tuple[Volume | None, ...]
    output: Volume | None
    fields: FieldsByAxis | None
    line: int
    place: Place
    problem: Problem | None = None
    failed: bool = False
    assumed: Volume | None = None
    block: Use | None = None
    times: int = 1

    @property
    def unknown(self) -> int:
        """How many of its layers could not be computed."""
        return sum(row.output is None for row in self.rows)


def lines(report: Report, depth: int | None) -> list[Line]:
    """Return the lines of a report with ``depth`` levels of layers shown (``None``: all)."""
    wrong = marks(report)
    shown = list(_shown(report, depth))
    found = [
        _line(report, item, place, wrong)
        for item, place in zip(shown, places(report, shown), strict=True)
    ]
    return [line for run in _runs(found) for line in _joined(run)]


def _shown(report: Report, depth: int | None) -> Iterator[Row | Use]:
    """Yield what gets a line of its own, in order."""
    level = None if depth is None else max(depth, 1)
    rows = [
        (number, row)
        for number, row in enumerate(report.rows)
        if level is None or len(row.blocks) < level
    ]
    uses = [use for use in report.uses if level is not None and len(use.blocks) == level - 1]
    at = 0
    for number, row in rows:
        while at < len(uses) and uses[at].start <= number:
            yield uses[at]
            at += 1
        yield row
    yield from uses[at:]


def _line(report: Report, item: Row | Use, place: Place, wrong: dict[str, Problem]) -> Line:
    use = item if isinstance(item, Use) else None
    rows = (item,) if isinstance(item, Row) else report.rows[item.start : item.stop]
    inside = (wrong[row.name] for row in rows if row.name in wrong)
    return Line(
        name=item.name,
        kind=item.kind if isinstance(item, Row) else item.block,
        rows=rows,
        inputs=item.inputs,
        output=item.output,
        fields=item.fields,
        line=item.span.line,
        place=place,
        problem=wrong.get(item.name) or next(inside, None),
        failed=any(row.failed for row in rows),
        assumed=item.assumed.output if isinstance(item.assumed, Row) else item.assumed,
        block=use,
    )


def _runs(found: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield neighbouring lines that are equal but for their number."""
    for _, run in groupby(enumerate(found), lambda pair: _likeness(*pair)):
        yield [line for _, line in run]


def _likeness(at: int, line: Line) -> object:
    """Return what equal repetitions have in common; nothing is like another layer."""
    base, _, number = line.name.rpartition(".")
    if line.block is None or not base or not number.isdigit() or line.problem or line.unknown:
        return at
    sums = tuple((row.params, row.non_trainable, row.macs) for row in line.rows)
    return (
        base,
        int(number) - at,
        line.block.arguments,
        line.inputs,
        line.output,
        line.place.likeness,
        sums,
    )


def _joined(run: list[Line]) -> list[Line]:
    """Return equal repetitions as one line when there are enough of them."""
    if len(run) < FEWEST:
        return run
    first, last = run[0], run[-1]
    return [
        replace(
            last,
            name=f"{first.name} … {last.name.rpartition('.')[2]}",
            rows=tuple(row for line in run for row in line.rows),
            inputs=first.inputs,
            place=first.place,
            block=first.block,
            times=len(run),
        )
    ]
