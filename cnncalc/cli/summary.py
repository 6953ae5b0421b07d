"""``summary``: volumes, parameters and MACs of every layer of a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import typer

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.cli.problems import print_result
from cnncalc.cli.reading import Changes, infer_spec
from cnncalc.problems.model import Problem
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.render.columns import COLUMNS
from cnncalc.render.summary import summary as summary_document
from cnncalc.render.summary import unread
from cnncalc.report.report import Report
from cnncalc.spec.load import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a summary is printed: the options of that name; no ``columns`` means the usual ones.

    Raises:
        UsageError: there is no such column.
    """

    format: param.TableFormat
    depth: int | None = 1
    columns: tuple[str, ...] | None
    layout: param.VolumeLayout
    dtype: param.ByteType
    batch: int = 1

    def __post_init__(self) -> None:
        for name in self.columns or ():
            if name not in COLUMNS:
                message = f"--columns: there is no column `{name}`"
                listed = f"columns: {', '.join(COLUMNS)}"
                raise UsageError(message, *did_you_mean(name, COLUMNS), listed)


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
    batch: Annotated[
        int,
        typer.Option(metavar="N", help="How many inputs Memory is for.", parser=param.whole(1)),
    ] = 1,
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Show volume, parameters and MACs of every layer.

    SPEC is a file, - for standard input, or the name of a network of the zoo.

    Example: cnncalc summary resnet50 --depth 2 --input 256x256x3
    """
    look = Look(
        format=format, depth=depth, columns=columns, layout=layout, dtype=dtype, batch=batch
    )
    loaded = load(spec)
    report = infer_spec(loaded, Changes(inputs=input, variables=set, rounding=rounding))
    problems = loaded.problems if report is None else report.problems
    return print_summary(report, problems, look, Output(color, quiet=quiet, ascii=ascii))


def print_summary(
    report: Report | None,
    problems: tuple[Problem, ...],
    look: Look,
    output: Output,
    below: Sequence[str] = (),
) -> int:
    """Print a report and its problems, ``below`` the table some lines; return the exit code.

    Without a report there are problems only.
    """
    if report is None:
        return print_result(unread(problems), look.format, problems, output)
    document = summary_document(
        report,
        depth=look.depth,
        columns=look.columns,
        layout=look.layout,
        dtype=look.dtype,
        batch=look.batch,
    )
    details = tuple(((line, ""),) for line in below)
    return print_result(replace(document, details=details), look.format, problems, output)
