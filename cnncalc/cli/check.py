"""``check``: every spec below the paths, for people and for CI."""

from __future__ import annotations

from typing import Annotated, Literal

from cnncalc.checking.check import Checked, Outcome, Skipped
from cnncalc.checking.check import check as check_file
from cnncalc.checking.discovery import discover, shown
from cnncalc.cli import parameters as param
from cnncalc.cli.failures import WRONG_USAGE, error_text
from cnncalc.cli.output import Output
from cnncalc.cli.problems import advice
from cnncalc.maths.words import plural
from cnncalc.render.check import Results, check_line
from cnncalc.render.check import check as check_document
from cnncalc.render.formats import FORMATS, FormatName
from cnncalc.render.text import wrap


def check(
    paths: param.Paths = None,
    exclude: Annotated[
        list[str] | None,
        param.option(
            "PATTERN", "Leave out files and folders of such a name.", parser=param.pattern
        ),
    ] = None,
    format: Annotated[
        Literal["text", FormatName],
        param.shown("What is printed: text, table, json, csv or markdown.", metavar="FORMAT"),
    ] = "text",
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Check specs, and all specs in folders.

    PATH is a file, a folder, or - for standard input; without it, the current folder. In
    folders, files with none of a spec's keys are named at the end, and what is hidden, linked
    folders, environments and node_modules are left out.

    Example: cnncalc check . --quiet
    """
    output, paths = Output(color, quiet=quiet, ascii=ascii), paths or ["."]
    found = discover(paths, exclude or ())
    outcomes: dict[str, Outcome] = {}
    for place, file in found.files.items():
        outcomes[place] = check_file(file)
        if format == "text":
            _print_problems(outcomes[place], output)
    results = Results.of([*found.unreadable, *outcomes.values()], len(found.left_out))
    if format != "text":
        terminal = output.results.terminal
        output.results.write(FORMATS[format].write(check_document(results), terminal))
    elif results.checked and not quiet:
        more = f"; {advice(results.problems)}" if results.problems else ""
        lines = wrap(f"{check_line(results)}{more}", output.results.width, 2)
        output.results.write("\n".join(lines) + "\n")
    for trouble in results.unreadable:
        output.messages.write(error_text(trouble.why))
    empty = [
        folder
        for folder, places in found.folders.items()
        if all(isinstance(outcomes[place], Skipped) for place in places)
    ]
    for folder in empty:
        seen = len(found.folders[folder])
        others = f" ({plural(seen, 'file')} looked at)" if seen else ""
        output.messages.write(error_text(f"there is no spec in {shown(folder)}{others}"))
    if results.unreadable or empty:
        return WRONG_USAGE
    return int(any(each.is_wrong for each in results.checked))


def _print_problems(outcome: Outcome, output: Output) -> None:
    """Print the problems of a file, which are the results of this command."""
    if not isinstance(outcome, Checked) or not outcome.problems:
        return
    from cnncalc.render.problems import problems_text  # it loads rich

    text = problems_text(outcome.problems, output.results.terminal, quiet=output.quiet)
    output.results.write(text if output.quiet else f"{text}\n")
