"""``check``: every spec below the paths, for people and for CI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from cnncalc.checking.check import Checked, Outcome, Skipped
from cnncalc.checking.check import check as check_file
from cnncalc.checking.discovery import Unreadable, discover, shown
from cnncalc.cli import parameters as param
from cnncalc.cli.failures import WRONG_USAGE, error_text
from cnncalc.cli.output import Output
from cnncalc.cli.problems import advice
from cnncalc.maths.words import plural
from cnncalc.problems.model import Problem
from cnncalc.render.json import check_json, totals_data, unknown_totals
from cnncalc.render.visible import visible

_NAMED = 3
"""How many of the files that are no specs are named."""


def check(
    paths: param.Paths = None,
    exclude: Annotated[
        list[str] | None,
        param.option(
            "PATTERN", "Leave out files and folders of such a name.", parser=param.pattern
        ),
    ] = None,
    format: Annotated[Literal["text", "json"], param.shown("What is printed.")] = "text",
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
    if format == "json":
        output.results.write_json(_json(results))
    elif results.checked and not quiet:
        more = f"; {advice(results.problems)}" if results.problems else ""
        output.results.write(f"{summary_line(results)}{more}\n")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What came of all files; ``left_out`` counts the files and folders that were passed over."""

    checked: list[Checked]
    skipped: list[Skipped]
    unreadable: list[Unreadable]
    left_out: int

    @staticmethod
    def of(outcomes: Sequence[Outcome], left_out: int) -> Results:
        """Return the outcomes by what they are."""
        return Results(
            checked=[each for each in outcomes if isinstance(each, Checked)],
            skipped=[each for each in outcomes if isinstance(each, Skipped)],
            unreadable=[each for each in outcomes if isinstance(each, Unreadable)],
            left_out=left_out,
        )

    @property
    def problems(self) -> list[Problem]:
        """The problems of all files, in their order."""
        return [problem for each in self.checked for problem in each.problems]

    def counts(self) -> dict[str, int]:
        """Return how many there are of everything."""
        severities = [problem.severity for problem in self.problems]
        wrong = sum(each.is_wrong for each in self.checked)
        return {
            "specs": len(self.checked),
            "fine": len(self.checked) - wrong,
            "with_problems": wrong,
            "errors": severities.count("error"),
            "warnings": severities.count("warning"),
            "not_specs": len(self.skipped),
            "unreadable": len(self.unreadable),
            "left_out": self.left_out,
        }


def _print_problems(outcome: Outcome, output: Output) -> None:
    """Print the problems of a file, which are the results of this command."""
    if not isinstance(outcome, Checked) or not outcome.problems:
        return
    from cnncalc.render.problems import problems_text  # it loads rich

    text = problems_text(outcome.problems, output.results.terminal, quiet=output.quiet)
    output.results.write(text if output.quiet else f"{text}\n")


def summary_line(results: Results) -> str:
    """Return ``12 specs checked: 11 fine, 1 with problems (2 errors, 1 warning)``, and more."""
    counts = results.counts()
    numbers = ((counts["errors"], "error"), (counts["warnings"], "warning"))
    counted = ", ".join(plural(count, noun) for count, noun in numbers if count)
    wrong = f", {counts['with_problems']:,} with problems" if counts["with_problems"] else ""
    parts = [f"{plural(counts['specs'], 'spec')} checked: {counts['fine']:,} fine{wrong}"]
    parts[0] += f" ({counted})" if counted else ""
    if results.skipped:
        are = "is not a spec" if len(results.skipped) == 1 else "are not specs"
        named = ", ".join(visible(each.file) for each in results.skipped[:_NAMED])
        more = ", …" if len(results.skipped) > _NAMED else ""
        parts.append(f"{plural(len(results.skipped), 'file')} {are} ({named}{more})")
    if results.unreadable:
        parts.append(f"{len(results.unreadable):,} could not be read")
    if results.left_out:
        parts.append(f"{results.left_out:,} left out (hidden, linked, excluded or foreign)")
    return "; ".join(parts)


def _json(results: Results) -> str:
    files = [
        {
            "file": each.file,
            "name": each.report.name if each.report is not None else None,
            "totals": totals_data(each.report, 4) if each.report is not None else unknown_totals(),
        }
        for each in results.checked
    ]
    return check_json(
        files,
        results.problems,
        results.counts(),
        skipped=[{"file": each.file, "why": each.why} for each in results.skipped],
        unreadable=[{"file": each.file, "why": each.why} for each in results.unreadable],
    )
