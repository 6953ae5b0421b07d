"""The document of ``check``: every problem of many specs, and how many specs are fine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnncalc.checking.check import Checked, Outcome, Skipped
from cnncalc.checking.discovery import Unreadable
from cnncalc.maths.words import plural, plurals
from cnncalc.problems.model import Problem
from cnncalc.render.document import EMPTY, Document
from cnncalc.render.grid import Column, Grid
from cnncalc.render.json import problem_data, totals_data, unknown_totals, version_data
from cnncalc.render.text import visible

_NAMED = 3
"""How many of the files that are no specs are named."""


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


_COLUMNS: tuple[Column[Problem], ...] = (
    Column(
        name="file",
        heading="File",
        value=lambda problem: problem.span.source.name,
        readable=16,
        shortest=10,
        cut_start=True,  # of a path the end says more
    ),
    Column(name="line", heading="Line", value=lambda problem: problem.span.line, right=True),
    Column(name="column", heading="Column", value=lambda problem: problem.span.column, right=True),
    Column(name="severity", heading="Severity", value=lambda problem: problem.severity),
    Column(name="code", heading="Code", value=lambda problem: problem.code),
    Column(name="name", heading="Name", value=lambda problem: problem.name),
    Column(name="layer", heading="Layer", value=lambda problem: problem.layer),
    Column(
        name="message",
        heading="Message",
        value=lambda problem: problem.message,
        readable=24,
        shortest=10,
    ),
)


def check(results: Results) -> Document:
    """Return what ``check`` prints."""
    grid = Grid(
        columns=_COLUMNS,
        items=results.problems,
        dropped=("column", "layer", "name", "severity"),
    )
    return Document(
        lines=grid if results.problems else EMPTY,
        records=grid,
        details=(((check_line(results), ""),),),
        data=lambda: _data(results),
    )


def check_line(results: Results) -> str:
    """Return ``12 specs checked: 11 fine, 1 with problems (2 errors, 1 warning)``, and more."""
    counts = results.counts()
    counted = plurals({"error": counts["errors"], "warning": counts["warnings"]})
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


def _data(results: Results) -> dict[str, Any]:
    return version_data() | {
        "files": [_file_data(each) for each in results.checked],
        "problems": [problem_data(problem) for problem in results.problems],
        "skipped": [{"file": each.file, "why": each.why} for each in results.skipped],
        "unreadable": [{"file": each.file, "why": each.why} for each in results.unreadable],
        "counts": results.counts(),
    }


def _file_data(file: Checked) -> dict[str, Any]:
    report = file.report
    return {
        "file": file.file,
        "name": None if report is None else report.name,
        "totals": unknown_totals() if report is None else totals_data(report, 4),
    }
