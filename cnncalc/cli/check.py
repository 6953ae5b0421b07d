"""``check``: every spec below the paths, for people and for CI."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cnncalc.cli import options
from cnncalc.cli.dispatch import WRONG_USAGE
from cnncalc.cli.streams import Stream, error_stream, standard_output
from cnncalc.maths.words import plural

if TYPE_CHECKING:
    from cnncalc.cli.files import Found
    from cnncalc.cli.table import Command
    from cnncalc.problems.model import Problem
    from cnncalc.report.report import Report

FORMATS = ("text", "json")
_NAMED = 3
"""How many of the files that are no specs are named."""


@dataclass(slots=True)
class Checked:
    """What came of all files so far."""

    files: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    wrong: int = 0
    not_specs: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    def count(self, severity: str) -> int:
        """Return how many problems are of this severity."""
        return sum(problem.severity == severity for problem in self.problems)

    @property
    def exit_code(self) -> int:
        """2 when something was not checked, 1 when something is wrong."""
        if self.unreadable or not self.files:
            return WRONG_USAGE
        return int(self.wrong > 0)


def check(command: Command, values: Mapping[str, Any]) -> int:
    """Run ``check`` and return its exit code."""
    options.choice(values, "color", options.COLORS)
    as_json = options.choice(values, "format", FORMATS) == "json"
    from cnncalc.cli.files import find

    output, errors, checked = standard_output(values), error_stream(values), Checked()
    found = find(values["paths"])
    _bound_memory()
    for file in found:
        problems = _check_file(file, checked, errors)
        if problems and not as_json:
            _print_problems(problems, values, output)
    if as_json:
        output.write_json(_json(checked))
    elif checked.files and not values["quiet"]:
        output.write(summary_line(checked) + "\n")
    if not checked.files and not checked.unreadable:
        errors.write(_nothing_found(values["paths"], checked))
    return checked.exit_code


def _bound_memory() -> None:
    """Collect garbage again: unlike the other commands this one may run for long."""
    import cnncalc.inference.infer  # noqa: F401  (what is loaded now stays: never look at it)

    gc.freeze()
    gc.enable()


def _check_file(file: Found, checked: Checked, errors: Stream) -> tuple[Problem, ...]:
    """Check one file, add what came of it, and return its problems."""
    from cnncalc.spec.load import CannotRead

    try:
        loaded, report = _infer(file)
    except CannotRead as error:
        from cnncalc.render.visible import visible

        checked.unreadable.append((file.path, str(error)))
        errors.write(f"Error: {visible(str(error))}\n")
        return ()
    if not file.named and not _is_spec(loaded):
        checked.not_specs.append(file.shown)
        return ()
    problems: tuple[Problem, ...] = loaded.problems if report is None else report.problems
    checked.files.append(_file_data(file, report))
    checked.problems += problems
    checked.wrong += any(problem.severity == "error" for problem in problems)
    return problems


def _infer(file: Found) -> tuple[Any, Report | None]:
    from cnncalc.cli.summary import load_spec
    from cnncalc.inference.infer import infer
    from cnncalc.spec.load import CannotRead

    if file.trouble:
        raise CannotRead(f"cannot read {file.shown}: {file.trouble}")
    loaded = load_spec(file.path)
    if loaded.network is None or not (file.named or loaded.is_spec):
        return loaded, None
    return loaded, infer(loaded.network, None, loaded.problems)


def _is_spec(loaded: Any) -> bool:
    """Tell whether a file found in a folder means to be a spec.

    One that cannot be read does when some line of it begins with a spec's key: a folder may
    hold YAML of other tools that the reader refuses (several documents, anchors).
    """
    if loaded.source is not None:
        return bool(loaded.is_spec)
    import re

    from cnncalc.spec.load import SPEC_KEYS

    text = loaded.problems[0].span.source.text if loaded.problems else ""
    keys = rf'"?({"|".join(SPEC_KEYS)})"?\s*:'
    beginning = text.lstrip().startswith("{")  # JSON: its keys may stand anywhere
    return re.search(keys if beginning else f"^{keys}", text, re.MULTILINE) is not None


def _file_data(file: Found, report: Report | None) -> dict[str, Any]:
    from cnncalc.render.json import totals_data, unknown_totals

    name = report.name if report is not None else None
    totals = unknown_totals() if report is None else totals_data(report, 4)
    return {"file": file.shown, "name": name, "totals": totals}


def _print_problems(
    problems: tuple[Problem, ...], values: Mapping[str, Any], output: Stream
) -> None:
    from cnncalc.render.problems import problems_text

    quiet = values["quiet"]
    text = problems_text(problems, output.terminal, quiet=quiet)
    output.write(text if quiet else f"{text}\n")


def summary_line(checked: Checked) -> str:
    """Return ``12 specs checked: 11 fine, 1 with problems (2 errors, 1 warning)``, and more."""
    from cnncalc.render.visible import visible

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
        parts.append(f"{plural(len(checked.unreadable), 'file')} could not be read")
    return "; ".join(parts)


def _nothing_found(paths: tuple[str, ...], checked: Checked) -> str:
    seen = len(checked.not_specs)
    others = f" ({plural(seen, 'file')} looked at)" if seen else ""
    return f"Error: there is no spec in {', '.join(paths)}{others}\n"


def _json(checked: Checked) -> str:
    from cnncalc.render.json import check_json

    return check_json(
        checked.files,
        checked.problems,
        {
            "specs": len(checked.files),
            "fine": len(checked.files) - checked.wrong,
            "with_problems": checked.wrong,
            "errors": checked.count("error"),
            "warnings": checked.count("warning"),
            "not_specs": len(checked.not_specs),
            "unreadable": len(checked.unreadable),
        },
    )
