"""Reports as CSV: one row for each layer, numbers without separators, for other programs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from typing import TYPE_CHECKING, Any

from cnncalc.render.columns import View

if TYPE_CHECKING:
    from cnncalc.maths.volume import Volume
    from cnncalc.report.report import Report
    from cnncalc.report.rows import Row


def _volume(volume: Volume | None, view: View) -> str:
    """Return a volume such as ``32x32x3``; empty where it is unknown."""
    return "" if volume is None else view.volume(volume).replace("×", "x")


def _inputs(row: Row, view: View) -> str:
    return " ".join(_volume(volume, view) for volume in row.inputs)


def _hyperparameters(row: Row, view: View) -> str:
    return row.layer.hyperparameters(*row.inputs) if row.layer is not None else ""


def _field(row: Row, view: View) -> str:
    found = row.receptive_field
    if found is None:
        return ""
    sizes = list(found.size.values())
    if view.layout == "whd" and len(sizes) == 2:
        sizes.reverse()
    return "x".join(map(str, sizes))


def _bytes(row: Row, view: View) -> int | None:
    if row.output is None or row.layer is None:
        return None
    return 0 if row.layer.keeps_nothing else row.output.size * view.dtype_bytes


COLUMNS: dict[str, Callable[[Row, View], Any]] = {
    "layer": lambda row, view: row.name,
    "kind": lambda row, view: row.kind,
    "hyperparameters": _hyperparameters,
    "from": lambda row, view: " ".join(row.sources),
    "input": _inputs,
    "output": lambda row, view: _volume(row.output, view),
    "params": lambda row, view: row.params,
    "non_trainable": lambda row, view: row.non_trainable,
    "macs": lambda row, view: row.macs,
    "neurons": lambda row, view: row.neurons,
    "connections": lambda row, view: row.connections,
    "bytes": _bytes,
    "receptive_field": _field,
    "line": lambda row, view: row.span.line,
}
"""Every column by the name that ``--columns`` takes; by default all."""


def csv_text(
    report: Report, *, columns: tuple[str, ...] | None, layout: str, dtype_bytes: int
) -> str:
    """Return the layers, blocks unfolded; what could not be computed is empty."""
    names = columns or tuple(COLUMNS)
    view = View(report, [], layout, dtype_bytes, ascii=False)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([COLUMNS[name](row, view) for name in names] for row in report.rows)
    return text.getvalue()
