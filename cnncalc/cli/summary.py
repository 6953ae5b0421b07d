"""``summary``: volumes, parameters and MACs of every layer of a network."""

from __future__ import annotations

from dataclasses import dataclass

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.cli.problems import exit_code, print_problems
from cnncalc.cli.reading import Changes, infer_spec, load_spec
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.report import Report
from cnncalc.spec.load import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a summary is printed: the options of that name; no ``columns`` means the usual ones.

    Raises:
        UsageError: the format has no such column.
    """

    format: param.TableFormat
    depth: int | None = 1
    columns: tuple[str, ...] | None
    layout: param.VolumeLayout
    dtype: param.ByteType

    def __post_init__(self) -> None:
        known = _column_names(self.format) if self.columns else []
        for name in self.columns or ():
            if name not in known:
                message = f"--columns: there is no column `{name}`"
                listed = f"columns: {', '.join(known)}"
                raise UsageError(message, *did_you_mean(name, known), listed)


def summary(
    spec: param.Spec,
    input: param.Inputs = None,
    set: param.Variables = None,
    rounding: param.Rounding = None,
    format: param.TableFormat = "table",
    depth: param.Depth = 1,
    columns: param.Columns = None,
    layout: param.VolumeLayout = "whd",
    dtype: param.ByteType = "float32",
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Show volume, parameters and MACs of every layer.

    SPEC is a file, - for standard input, or the name of a network of the zoo.
    """
    look = Look(format=format, depth=depth, columns=columns, layout=layout, dtype=dtype)
    loaded = load_spec(spec)
    report = infer_spec(loaded, Changes(inputs=input, variables=set, rounding=rounding))
    return print_summary(loaded, report, look, Output(color, quiet=quiet, ascii=ascii))


def print_summary(loaded: Loaded, report: Report | None, look: Look, output: Output) -> int:
    """Print a report, and its problems where the format does not hold them.

    Returns the exit code. Without a report there are problems only.
    """
    problems = loaded.problems if report is None else report.problems
    if look.format == "json":
        output.results.write_json(_json(loaded, report, look))
        return exit_code(problems)
    if report is not None:
        output.results.write(_text(report, look, output))
    return print_problems(problems, output)


def _json(loaded: Loaded, report: Report | None, look: Look) -> str:
    from cnncalc.render.json import summary_json, unread_json

    if report is not None:
        return summary_json(report, DTYPES[look.dtype])
    name = loaded.problems[0].span.source.name if loaded.problems else ""
    stem = name.rpartition("/")[2].rpartition(".")[0] or "network"
    return unread_json(stem, loaded.problems)


def _text(report: Report, look: Look, output: Output) -> str:
    size = DTYPES[look.dtype]
    if look.format == "csv":
        from cnncalc.render.csv import csv_text

        return csv_text(report, columns=look.columns, layout=look.layout, dtype_bytes=size)
    if look.format == "markdown":
        from cnncalc.render.markdown import markdown

        return markdown(
            report, depth=look.depth, columns=look.columns, layout=look.layout, dtype_bytes=size
        )
    from cnncalc.render.table import table

    return table(
        report,
        output.results.terminal,
        depth=look.depth,
        columns=look.columns,
        layout=look.layout,
        dtype_bytes=size,
    )


def _column_names(format: str) -> list[str]:
    """Return the columns that a format has."""
    if format == "csv":
        from cnncalc.render.csv import COLUMNS as CSV_COLUMNS

        return list(CSV_COLUMNS)
    from cnncalc.render.columns import COLUMNS

    return list(COLUMNS)


DTYPES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8": 1,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1,
}  # fmt: skip
"""Type of numbers → its bytes."""
