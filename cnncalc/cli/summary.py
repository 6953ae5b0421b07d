"""``summary`` and ``explain``: one network, on standard output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.cli import options
from cnncalc.cli.streams import Stream, error_stream, standard_output

if TYPE_CHECKING:
    from cnncalc.cli.table import Command
    from cnncalc.problems.model import Problem
    from cnncalc.report.report import Report
    from cnncalc.spec.load import Loaded

FAILED = 1
"""The exit code for problems in a spec."""

Values = Mapping[str, Any]


def summary(command: Command, values: Values) -> int:
    """Run ``summary`` and return its exit code."""
    check_look(values)
    loaded = load_spec(values["spec"])
    return show(loaded, infer(loaded, values), values)


def explain(command: Command, values: Values) -> int:
    """Run ``explain`` and return its exit code."""
    options.choice(values, "color", options.COLORS)
    loaded = load_spec(values["spec"])
    report = infer(loaded, values)
    if report is None:
        return tell(loaded.problems, values)
    from cnncalc.render.explain import explain as explanation

    output, layer = standard_output(values), values["layer"]
    try:
        output.write(explanation(report, output.terminal, layer))
    except KeyError:
        raise no_layer(layer, report) from None
    return tell(report.problems, values)


def no_layer(name: str, report: Report) -> Exception:
    """Return the error for a layer that the report does not have."""
    from cnncalc.cli.dispatch import UsageError
    from cnncalc.problems.suggestions import did_you_mean

    known = [*(row.name for row in report.rows), *(use.name for use in report.uses)]
    listed = f"its layers are {', '.join(known[:8])}{', …' if len(known) > 8 else ''}"
    hints = did_you_mean(name, known) or (listed,)
    return UsageError(f"{report.name} has no layer `{name}`", *hints)


def load_spec(spec: str) -> Loaded:
    """Read a spec.

    Raises:
        CannotRead: there is none, or it cannot be opened.
    """
    import sys

    from cnncalc.spec.load import CannotRead, load

    if spec == "-" and sys.stdin is None:
        raise CannotRead("standard input is closed")
    try:
        return load(spec)
    except OSError as error:  # a name that no file system takes
        raise CannotRead(f"cannot read {spec[:80]}: {error.strerror or error}") from None


def infer(loaded: Loaded, values: Values) -> Report | None:
    """Return the report of what was read, with the options that change it."""
    if loaded.network is None:
        return None
    from cnncalc.inference.infer import infer as inferred

    return inferred(loaded.network, options.overrides(values, loaded.network), loaded.problems)


def check_look(values: Values) -> None:
    """Refuse unknown words for how things are printed, before anything is read."""
    options.choice(values, "color", options.COLORS)
    options.choice(values, "format", options.FORMATS)
    options.choice(values, "layout", options.LAYOUTS)
    options.choice(values, "dtype", options.DTYPES)
    if "depth" in values:
        options.depth(values)
    if values["columns"] is not None:
        options.columns(values, _column_names(values["format"]))


def show(loaded: Loaded, report: Report | None, values: Values) -> int:
    """Print a report in the stated format and return the exit code."""
    problems = loaded.problems if report is None else report.problems
    output = standard_output(values)
    if values["format"] == "json":
        output.write_json(_json(loaded, report, values))
    elif report is not None:
        output.write(_FORMATS[values["format"]](report, values, output))
    if values["format"] == "json":  # it holds the problems
        return exit_code(problems)
    return tell(problems, values)


def exit_code(problems: tuple[Problem, ...]) -> int:
    """Return 1 when there is an error; warnings alone are fine."""
    return FAILED if any(problem.severity == "error" for problem in problems) else 0


def tell(problems: tuple[Problem, ...], values: Values) -> int:
    """Print problems on standard error and return the exit code."""
    if problems:
        from cnncalc.render.problems import counts, problems_text

        quiet, stream = values["quiet"], error_stream(values)
        text = problems_text(problems, stream.terminal, quiet=quiet)
        stream.write(text if quiet else f"{text}\n{counts(problems)}\n")
    return exit_code(problems)


def _json(loaded: Loaded, report: Report | None, values: Values) -> str:
    from cnncalc.render.json import summary_json, unread_json

    if report is None:
        name = loaded.problems[0].span.source.name if loaded.problems else ""
        stem = name.rpartition("/")[2].rpartition(".")[0] or "network"
        return unread_json(stem, loaded.problems)
    return summary_json(report, options.DTYPES[values["dtype"]])


def _table(report: Report, values: Values, output: Stream) -> str:
    from cnncalc.render.table import table

    return table(
        report,
        output.terminal,
        depth=_depth(values),
        columns=options.columns(values, _column_names("table")),
        layout=values["layout"],
        dtype_bytes=options.DTYPES[values["dtype"]],
    )


def _markdown(report: Report, values: Values, output: Stream) -> str:
    from cnncalc.render.markdown import markdown

    return markdown(
        report,
        depth=_depth(values),
        columns=options.columns(values, _column_names("markdown")),
        layout=values["layout"],
        dtype_bytes=options.DTYPES[values["dtype"]],
    )


def _csv(report: Report, values: Values, output: Stream) -> str:
    from cnncalc.render.csv import csv_text

    return csv_text(
        report,
        columns=options.columns(values, _column_names("csv")),
        layout=values["layout"],
        dtype_bytes=options.DTYPES[values["dtype"]],
    )


_FORMATS: dict[str, Callable[[Report, Values, Stream], str]] = {
    "table": _table,
    "markdown": _markdown,
    "csv": _csv,
}
"""Format → what prints it; JSON apart, which also tells of specs that cannot be read."""


def _depth(values: Values) -> int | None:
    """Return the depth; one-layer commands have nothing to unfold."""
    return options.depth(values) if "depth" in values else 1


def _column_names(format: str) -> list[str]:
    """Return the columns that a format has."""
    if format == "csv":
        from cnncalc.render.csv import COLUMNS as CSV_COLUMNS

        return list(CSV_COLUMNS)
    from cnncalc.render.columns import COLUMNS

    return list(COLUMNS)
