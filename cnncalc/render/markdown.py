"""Reports as a Markdown table, for READMEs and merge requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnncalc.maths.words import in_bytes, short
from cnncalc.render.columns import COLUMNS, View
from cnncalc.render.folding import Line, lines

if TYPE_CHECKING:
    from cnncalc.report.report import Report

DEFAULT = ("layer", "hyperparameters", "output", "params", "macs", "receptive_field")
"""The columns of the terminal's table without the bars, which Markdown cannot draw."""

_MEANS_SOMETHING = re.compile(r"[\\|`*<>\[\]]|(?<![^\W_])_|_(?![^\W_])|(?<=~)~")


def markdown(
    report: Report,
    *,
    depth: int | None,
    columns: tuple[str, ...] | None,
    layout: str,
    dtype_bytes: int,
) -> str:
    """Return the table of a report with its totals beneath, ending in a line break."""
    view = View(report, lines(report, depth), layout, dtype_bytes, ascii=False)
    names = columns or DEFAULT
    rows = [
        [_heading(name, view) for name in names],
        ["---:" if COLUMNS[name].right else "---" for name in names],
        *([_cell(name, line, view) for name in names] for line in view.lines),
    ]
    table = [f"| {' | '.join(row)} |" for row in rows]
    totals = [f"- {escape(text)}" for text in _totals(view)]
    return "\n".join([f"**{escape(report.name)}**", "", *table, "", *totals]) + "\n"


def escape(text: str) -> str:
    """Return text in which nothing means anything to Markdown, on one line."""
    return _MEANS_SOMETHING.sub(r"\\\g<0>", " ".join(text.split()))


def _heading(name: str, view: View) -> str:
    first, second = (part.replace("AXES", view.axes) for part in COLUMNS[name].heading)
    joined = first[:-1] + second if first.endswith("-") else f"{first} {second}"
    return escape(joined)


def _cell(name: str, line: Line, view: View) -> str:
    if name == "layer":
        return escape(line.name)  # its cell also draws branches, which needs a fixed font
    return escape("".join(text for text, _ in COLUMNS[name].cell(line, view)))


def _totals(view: View) -> Iterator[str]:
    """Yield each line below the table."""
    report = view.report
    inputs = (f"{name} {view.volume(volume)}" for name, volume in report.inputs.items())
    yield f"Input: {', '.join(inputs).removeprefix('input ')}"
    found, least = report.totals, "" if report.totals.complete else "at least "
    if any(row.output is not None for row in report.rows):
        fixed = f"{found.non_trainable:,} non-trainable"
        yield f"Parameters: {least}{found.params:,} trainable, {fixed}"
        yield f"MACs: {least}{found.macs:,}; FLOPs = 2 × MACs = {least}{short(found.flops)}"
    else:
        yield "Parameters: unknown"
        yield "MACs: unknown"
    planned = report.bytes(view.dtype_bytes)
    if planned.weights is not None and planned.activations is not None and planned.peak is not None:
        yield (
            f"Memory of one input: weights {in_bytes(planned.weights)}, "
            f"activations {in_bytes(planned.activations)}, peak {in_bytes(planned.peak)}"
        )
    if report.overridden:
        yield f"Expectations not checked ({', '.join(report.overridden)})"
