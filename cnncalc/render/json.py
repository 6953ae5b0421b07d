"""Reports as JSON: the contract that scripts rely on; it grows only by adding.

Every layer and every problem has a line of its own, which people can read and ``diff``
can compare, and which the standard library writes at full speed (it indents slowly).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cnncalc.maths.volume import Volume
from cnncalc.render.text import escape_json
from cnncalc.report.memory import Bytes
from cnncalc.report.rows import Totals, total
from cnncalc.version import __version__

if TYPE_CHECKING:
    from cnncalc.problems.model import Fix, Problem
    from cnncalc.report.report import Report
    from cnncalc.report.rows import ReceptiveField, Row, Use

SCHEMA = 1
"""Rises only when something breaks for those who read the JSON."""

Shape = dict[str, int] | None


def summary_data(report: Report, width: int, batch: int = 1) -> dict[str, Any]:
    """Return the data of ``summary``: plain dicts, lists, strings, and numbers.

    ``width`` is how many bytes a number takes in memory.
    """
    return version_data() | {
        "name": report.name,
        "inputs": {name: shape_data(volume) for name, volume in report.inputs.items()},
        "outputs": {name: shape_data(volume) for name, volume in report.outputs.items()},
        "layers": [layer_data(row) for row in report.rows],
        "blocks": [_block(use, report.rows[use.start : use.stop]) for use in report.uses],
        "totals": totals_data(report, width, batch),
        "problems": [problem_data(problem) for problem in report.problems],
    }


def unread_data(problems: Iterable[Problem]) -> dict[str, Any]:
    """Return the data of ``summary`` for a file in which no network can be read."""
    return version_data() | {
        "name": None,
        "inputs": {},
        "outputs": {},
        "layers": [],
        "blocks": [],
        "totals": sums_data(),
        "problems": [problem_data(problem) for problem in problems],
    }


def document(data: Mapping[str, Any]) -> str:
    """Return a JSON object with the items of its lists one to a line.

    What could act on a terminal is escaped: names come from files of any origin.
    """
    return "{\n" + ",\n".join(_members(data)) + "\n}\n"


def _members(data: Mapping[str, Any]) -> Iterator[str]:
    for key, value in data.items():
        if isinstance(value, list) and value:
            lines = ",\n    ".join([line(item) for item in value])
            yield f"  {line(key)}: [\n    {lines}\n  ]"
        else:
            yield f"  {line(key)}: {line(value)}"


def line(value: Any) -> str:
    """Return a value as JSON on one line; what could act on a terminal is escaped."""
    return escape_json(_encode(value), str.isprintable)


def indented(value: Any) -> str:
    """Return a value as JSON in the usual layout; what could act on a terminal is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "\n".join(escape_json(each, str.isprintable) for each in text.split("\n")) + "\n"


def _plain(value: Any) -> Any:
    """Return what a fix proposes in the spec's words: exact fractions, shapes by axis."""
    if isinstance(value, Fraction):
        return _fraction(value)
    return value.named()


_encode = json.JSONEncoder(ensure_ascii=False, default=_plain).encode


def version_data() -> dict[str, Any]:
    """Return what every JSON document begins with."""
    return {"cnncalc": __version__, "schema": SCHEMA}


def layer_data(row: Row) -> dict[str, Any]:
    """Return one layer; what could not be computed is ``None``."""
    return {
        "name": row.name,
        "kind": row.kind,
        "fields": _hyperparameters(row),
        "from": row.sources,
        "inputs": [shape_data(volume) for volume in row.inputs],
        "output": shape_data(row.output),
        "params": {"trainable": row.params, "non_trainable": row.non_trainable},
        "weights": {weight.name: weight.shape for weight in row.weights},
        "macs": row.macs,
        "neurons": row.neurons,
        "connections": row.connections,
        "activations": row.activations,
        "receptive_field": field_data(row.receptive_field),
        "line": row.span.line,
    }


def _hyperparameters(row: Row) -> dict[str, Any] | None:
    """Return the fields of a layer in the words of specs, ``None`` where they are not known."""
    if row.layer is None:
        return None
    fields = {name: _stated(value) for name, value in row.layer.as_stated().items()}
    return fields | {"like": row.like} if row.like else fields


def _stated(value: Any) -> Any:
    """Return the value of a field in JSON's types: a fraction is a decimal, or else ``"1/6"``."""
    if isinstance(value, Fraction):
        decimal = float(value)
        return decimal if Fraction(repr(decimal)) == value else str(value)
    return value.named() if isinstance(value, Volume) else value


def _block(use: Use, rows: Sequence[Row]) -> dict[str, Any]:
    """Return one use of a block with the sums over its layers, ``None`` where some are unknown."""
    sums = total(rows)
    known = sums.complete
    return {
        "name": use.name,
        "block": use.block,
        "inputs": [shape_data(volume) for volume in use.inputs],
        "output": shape_data(use.output),
        "params": {
            "trainable": sums.params if known else None,
            "non_trainable": sums.non_trainable if known else None,
        },
        "macs": sums.macs if known else None,
        "first": rows[0].name if rows else None,
        "last": rows[-1].name if rows else None,
        "line": use.span.line,
    }


def shape_data(volume: Volume | None) -> Shape:
    """Return a volume by its axes."""
    return None if volume is None else volume.named()


def field_data(field: ReceptiveField | None) -> dict[str, Any] | None:
    """Return a receptive field by the axes of the input."""
    if field is None:
        return None
    stride = {axis: _fraction(step) for axis, step in field.stride.items()}
    bound = {} if field.is_exact else {"exact": False}
    return {"size": field.size, "stride": stride, "padding": field.padding, **bound}


def _fraction(value: Fraction | int | None) -> int | str | None:
    """Return a whole number as it is, anything else as ``"1/2"``: floats are not exact."""
    if value is None or isinstance(value, int):
        return value
    return value.numerator if value.denominator == 1 else f"{value}"


def totals_data(report: Report, width: int, batch: int = 1) -> dict[str, Any]:
    """Return the totals; all ``None`` when some layer is unknown."""
    totals = report.totals if report.totals.complete else None
    return sums_data(totals, report.bytes(width, batch))


def sums_data(totals: Totals | None = None, memory: Bytes | None = None) -> dict[str, Any]:
    """Return the totals of a network; all ``None`` when it could not be computed."""
    return {
        "params": {
            "trainable": totals and totals.params,
            "non_trainable": totals and totals.non_trainable,
        },
        "macs": totals and totals.macs,
        "neurons": totals and totals.neurons,
        "connections": totals and totals.connections,
        "activations": totals and totals.activations,
        "bytes": asdict(memory or Bytes()),
    }


def problem_data(problem: Problem) -> dict[str, Any]:
    """Return one problem."""
    return {
        "code": problem.code,
        "name": problem.name,
        "severity": problem.severity,
        "message": problem.message,
        "help": "\n".join(problem.help),
        "fixes": [_fix_data(fix) for fix in problem.fixes],
        **_place(problem),
        "layer": problem.layer,
        "related": [{"message": other.message, **_place(other)} for other in problem.related],
    }


def _fix_data(fix: Fix) -> dict[str, Any]:
    """Return one fix; its edits are all made together, the end of each is exclusive."""
    return {
        "field": fix.field or None,
        "value": fix.value,
        "output": fix.output,
        "edits": [
            {
                "start": dict(zip(("line", "column"), edit.span.start, strict=True)),
                "end": dict(zip(("line", "column"), edit.span.end, strict=True)),
                "text": edit.text,
                "safe": fix.safe,
            }
            for edit in fix.edits
        ],
    }


def _place(item: Any) -> dict[str, Any]:
    """Return the place of a problem, or of what belongs to it; the end is exclusive."""
    span = item.span
    return {
        "file": span.source.name,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
