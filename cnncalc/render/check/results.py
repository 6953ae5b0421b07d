"""What came of all files that ``check`` looked at, and the line that sums it up."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from cnncalc.checking.check import Checked, Outcome, Skipped
from cnncalc.checking.discovery import Unreadable
from cnncalc.checking.growth import Change
from cnncalc.checking.mending import fixable
from cnncalc.maths.words import plural, plurals
from cnncalc.problems.model import Problem
from cnncalc.render.text import visible

_NAMED = 3
"""How many of the files that are no specs are named."""
_LEFT_OUT = "hidden, linked, excluded, ignored by git, or packages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What came of all files.

    ``left_out`` counts the files and folders that were passed over; ``root`` is the folder that
    a CI server names files from, empty for the current one.
    """

    checked: list[Checked]
    skipped: list[Skipped]
    unreadable: list[Unreadable]
    left_out: int
    root: str = ""
    changes: tuple[Change, ...] | None = None
    """What differs from the baseline, if there is one."""
    were_mended: bool = False
    """Whether the fixes were made already: those that are left cannot be."""

    @staticmethod
    def of(outcomes: Sequence[Outcome], left_out: int, root: str = "") -> Results:
        """Return the outcomes by what they are."""
        return Results(
            checked=[each for each in outcomes if isinstance(each, Checked)],
            skipped=[each for each in outcomes if isinstance(each, Skipped)],
            unreadable=[each for each in outcomes if isinstance(each, Unreadable)],
            left_out=left_out,
            root=root,
        )

    @property
    def problems(self) -> list[Problem]:
        """The problems of all files, in their order; of a file that others extend, once."""
        found: dict[object, Problem] = {}
        for each in self.checked:
            for problem in each.problems:
                span = problem.span
                place = (span.source.name, span.line, span.column)
                what = (problem.code, problem.severity, problem.layer, problem.message)
                found.setdefault((place, what), problem)
        return list(found.values())

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
            "fixable": 0 if self.were_mended else sum(map(fixable, self.checked)),
            "not_specs": len(self.skipped),
            "unreadable": len(self.unreadable),
            "left_out": self.left_out,
        }

    def path(self, file: str) -> str:
        """Return a file's path from the root, as a CI server knows it; as given where outside."""
        try:
            path = os.path.relpath(file, self.root or os.curdir)
        except (OSError, ValueError):  # the current folder was deleted, or it is another drive
            return file
        parts = PurePath(path).parts
        return file if parts[:1] == (os.pardir,) else "/".join(parts)

    @property
    def line(self) -> str:
        """``12 specs checked: 11 fine, 1 with problems (2 errors, 1 warning)``, and more."""
        counts = self.counts()
        counted = plurals({"error": counts["errors"], "warning": counts["warnings"]})
        wrong = f", {counts['with_problems']:,} with problems" if counts["with_problems"] else ""
        parts = [f"{plural(counts['specs'], 'spec')} checked: {counts['fine']:,} fine{wrong}"]
        parts[0] += f" ({counted})" if counted else ""
        if counts["fixable"]:
            parts.append(f"{counts['fixable']:,} fixable with --fix")
        if self.skipped:
            are = "is not a spec" if len(self.skipped) == 1 else "are not specs"
            named = ", ".join(visible(each.file) for each in self.skipped[:_NAMED])
            more = ", …" if len(self.skipped) > _NAMED else ""
            parts.append(f"{plural(len(self.skipped), 'file')} {are} ({named}{more})")
        if self.unreadable:
            parts.append(f"{len(self.unreadable):,} could not be read")
        if self.left_out:
            parts.append(f"{self.left_out:,} left out ({_LEFT_OUT})")
        for what, files in self._moved().items():
            if files:
                more = ", …" if len(files) > _NAMED else ""
                named = ", ".join(map(visible, files[:_NAMED]))
                parts.append(f"{len(files):,} {what} the baseline ({named}{more})")
        return "; ".join(parts)

    def _moved(self) -> dict[str, list[str]]:
        """Return the files that the baseline does not know, and those that it knows alone."""
        changes = self.changes or ()
        return {
            "new to": [each.file for each in changes if each.before is None],
            "gone since": [each.file for each in changes if each.now is None],
        }


def details(problem: Problem) -> list[str]:
    """Return what is said below the headline where there is no frame: the arithmetic, the help."""
    return [*filter(None, (problem.note,)), *problem.help]
