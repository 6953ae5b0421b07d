"""The lines of a table: layers, block uses folded to one line, repetitions folded further."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from cnncalc.render.tree import Place, places
from cnncalc.render.view import Line, View
from cnncalc.report.rows import Row, Use

FEWEST = 3
"""Fewer equal repetitions than this stay apart: folding them saves nothing."""


def lines(view: View, depth: int | None) -> list[Line]:
    """Return the lines of a report with ``depth`` levels of layers shown (``None``: all)."""
    shown = list(view.report.parts(depth))
    found = [
        _line(view, item, place)
        for item, place in zip(shown, places(view.report, shown), strict=True)
    ]
    return [line for run in _runs(found) for line in _joined(run)]


def _line(view: View, item: Row | Use, place: Place) -> Line:
    report, use = view.report, item if isinstance(item, Use) else None
    rows = (item,) if isinstance(item, Row) else report.rows[item.start : item.stop]
    inside = (report.faults[row.name] for row in rows if row.name in report.faults)
    return Line(
        view=view,
        name=item.name,
        kind=item.kind if isinstance(item, Row) else item.block,
        words=item.hyperparameters if isinstance(item, Row) else item.arguments,
        rows=rows,
        sources=item.sources,
        inputs=item.inputs,
        output=item.output,
        assumed=item.assumed,
        seen=item.seen,
        line=item.span.line,
        blocks=item.blocks,
        place=place,
        problem=report.faults.get(item.name) or next(inside, None),
        is_block=use is not None,
        repetition=use.repetition if use else None,
    )


def _runs(found: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield neighbouring lines that are equal but for their number."""
    for _, run in groupby(enumerate(found), lambda pair: _likeness(*pair)):
        yield [line for _, line in run]


def _likeness(at: int, line: Line) -> object:
    """Return what equal repetitions have in common; nothing is like another layer."""
    if line.repetition is None or line.problem or not line.totals.complete:
        return at
    sums = tuple((row.params, row.non_trainable, row.macs) for row in line.rows)
    return (
        line.name.removesuffix(f".{line.repetition}"),
        line.repetition - at,
        line.words,
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
            name=f"{first.name} … {last.repetition}",
            rows=tuple(row for line in run for row in line.rows),
            sources=first.sources,
            inputs=first.inputs,
            place=first.place,
            times=len(run),
        )
    ]
