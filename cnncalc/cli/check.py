"""``check``: every spec below the paths, for people and for CI."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import WRONG_USAGE, error_text
from cnncalc.cli.files import Found, find
from cnncalc.cli.output import Output
from cnncalc.cli.reading import load_spec
from cnncalc.inference.infer import infer
from cnncalc.maths.words import plural
from cnncalc.problems.model import Problem
from cnncalc.render.json import check_json, totals_data, unknown_totals
from cnncalc.render.visible import visible
from cnncalc.report.report import Report
from cnncalc.spec.load import SPEC_KEYS, CannotRead, Loaded

_NAMED = 3
"""How many of the files that are no specs are named."""


@dataclass(slots=True, kw_only=True)
class Checked:
    """What came of all files so far."""

    files: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    wrong: int = 0
    not_specs: list[str] = field(default_factory=list)
    unreadable: int = 0

    def count(self, severity: str) -> int:
        """Return how many problems are of this severity."""
        return sum(problem.severity == severity for problem in self.problems)

    @property
    def exit_code(self) -> int:
        """2 when something was not checked, 1 when something is wrong."""
        if self.unreadable or not self.files:
            return WRONG_USAGE
        return int(self.wrong > 0)


def check(
    paths: param.Paths,
    format: Annotated[Literal["text", "json"], param.shown("What is printed.")] = "text",
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Check specs, and all specs in folders.

    PATH is a file, a folder, or - for standard input. In folders, hidden files, environments
    and files that are no specs are passed over.

    Example: cnncalc check . --quiet
    """
    output, checked = Output(color, quiet=quiet, ascii=ascii), Checked()
    for file in find(paths):
        try:
            problems = _check_file(file, checked)
        except CannotRead as error:
            checked.unreadable += 1
            output.messages.write(error_text(str(error)))
            continue
        if problems and format == "text":
            _print_problems(problems, output)
    if format == "json":
        output.results.write_json(_json(checked))
    elif checked.files and not quiet:
        output.results.write(summary_line(checked) + "\n")
    if not checked.files and not checked.unreadable:
        output.messages.write(_nothing_found(paths, checked))
    return checked.exit_code


def _check_file(file: Found, checked: Checked) -> tuple[Problem, ...]:
    """Check one file, add what came of it, and return its problems.

    Raises:
        CannotRead: it cannot be opened.
    """
    if file.trouble:
        raise CannotRead(f"cannot read {file.shown}: {file.trouble}")
    loaded, report = load_spec(file.path), None
    if not file.named and not _is_spec(loaded):
        checked.not_specs.append(file.shown)
        return ()
    if loaded.network is not None:
        report = infer(loaded.network, None, loaded.problems)
    problems = loaded.problems if report is None else report.problems
    checked.files.append(_file_data(file, report))
    checked.problems += problems
    checked.wrong += any(problem.severity == "error" for problem in problems)
    return problems


def _is_spec(loaded: Loaded) -> bool:
    """Tell whether a file found in a folder means to be a spec.

    One that cannot be read does when some line of it begins with a spec's key: a folder may
    hold YAML of other tools that the reader refuses (several documents, anchors).
    """
    if loaded.source is not None:
        return loaded.is_spec
    text = loaded.problems[0].span.source.text if loaded.problems else ""
    keys = rf'"?({"|".join(SPEC_KEYS)})"?\s*:'
    is_json = text.lstrip().startswith("{")  # its keys may be anywhere in a line
    return re.search(keys if is_json else f"^{keys}", text, re.MULTILINE) is not None


def _file_data(file: Found, report: Report | None) -> dict[str, Any]:
    name = report.name if report is not None else None
    totals = unknown_totals() if report is None else totals_data(report, 4)
    return {"file": file.shown, "name": name, "totals": totals}


def _print_problems(problems: tuple[Problem, ...], output: Output) -> None:
    from cnncalc.render.problems import problems_text  # they load rich

    quiet, results = output.quiet, output.results
    text = problems_text(problems, results.terminal, quiet=quiet)
    results.write(text if quiet else f"{text}\n")


def summary_line(checked: Checked) -> str:
    """Return ``12 specs checked: 11 fine, 1 with problems (2 errors, 1 warning)``, and more."""
    errors, warnings = checked.count("error"), checked.count("warning")
    numbers = [(errors, "error"), (warnings, "warning")]
    counted = ", ".join(plural(count, noun) for count, noun in numbers if count)
    fine = len(checked.files) - checked.wrong
    wrong = f", {checked.wrong:,} with problems" if checked.wrong else ""
    parts = [f"{plural(len(checked.files), 'spec')} checked: {fine:,} fine{wrong}"]
    parts[0] += f" ({counted})" if counted else ""
    if checked.not_specs:
        are = "is not a spec" if len(checked.not_specs) == 1 else "are not specs"
        named = ", ".join(map(visible, checked.not_specs[:_NAMED]))
        more = ", …" if len(checked.not_specs) > _NAMED else ""
        parts.append(f"{plural(len(checked.not_specs), 'file')} {are} ({named}{more})")
    if checked.unreadable:
        parts.append(f"{plural(checked.unreadable, 'file')} could not be read")
    return "; ".join(parts)


def _nothing_found(paths: Sequence[str], checked: Checked) -> str:
    seen = len(checked.not_specs)
    others = f" ({plural(seen, 'file')} looked at)" if seen else ""
    return error_text(f"there is no spec in {', '.join(paths)}{others}")


def _json(checked: Checked) -> str:
    counts = {
        "specs": len(checked.files),
        "fine": len(checked.files) - checked.wrong,
        "with_problems": checked.wrong,
        "errors": checked.count("error"),
        "warnings": checked.count("warning"),
        "not_specs": len(checked.not_specs),
        "unreadable": checked.unreadable,
    }
    return check_json(checked.files, checked.problems, counts)
