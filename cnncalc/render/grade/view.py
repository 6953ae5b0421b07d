"""What is shown of marked sheets: numbers, and how much of a mark its student may read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Literal

from cnncalc.homework.course import Results
from cnncalc.homework.key import Asked
from cnncalc.homework.mark import Mark, Marked
from cnncalc.homework.mistakes.explainer import said
from cnncalc.homework.values import shown
from cnncalc.problems.model import Problem

Feedback = Literal["full", "mistakes", "marks"]
Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]
_DECIMALS = 4
_WITHOUT_VALUES = ("CNN1", "CNN2", "CNN6")
"""Problems of reading, of names and of homework: those of volumes and expectations have numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Results and how they are shown.

    ``feedback``: with right values and their derivation; what went wrong, without any right
    value; or points only. ``summary``: whether the class is shown, too.
    """

    results: Results
    feedback: Feedback = "full"
    summary: bool = False
    visibility: Visibility = "visible"

    def right(self, mark: Mark) -> str | None:
        """Return the right value of a cell, where it may be shown."""
        if self.feedback != "full":
            return None
        return shown(mark.asked.cell, mark.asked.right)

    def says(self, mark: Mark) -> str:
        """Return what is said about an answer, with its arithmetic where values may be shown.

        That may hold right values of other cells. Totals have none, but the layer left out.
        """
        if self.feedback == "marks":
            return ""
        if self.feedback == "mistakes" and mark.mistake and mark.asked.subject.row is not None:
            return said(mark.mistake, "")
        return mark.says

    def codes(self, mark: Mark) -> tuple[str, ...]:
        """Return the codes of the mistakes in an answer."""
        return () if self.feedback == "marks" else mark.mistake

    def problem(self, problem: Problem) -> Problem:
        """Return a problem, without its words where these may hold right values."""
        if self.feedback == "full" or problem.code.startswith(_WITHOUT_VALUES):
            return problem
        words = f"{problem.name} (--feedback full says more)"
        return replace(problem, message=words, note="", help=(), fixes=(), related=())

    def problems(self, sheet: Marked) -> list[str]:
        """Return the problems of a sheet, a line each."""
        return [
            f"line {each.span.line}, column {each.span.column}: {each.code} {each.message}"
            for each in map(self.problem, sheet.problems)
        ]

    def derivation(self, mark: Mark) -> tuple[str, ...]:
        """Return the arithmetic of the right value, for answers that are not right."""
        if self.feedback != "full" or mark.status == "right":
            return ()
        return derivation(mark.asked)


@cache
def derivation(asked: Asked) -> tuple[str, ...]:
    """Return the arithmetic of a right value, as on paper; nothing where there is none."""
    if asked.subject.misfit is not None:
        return (asked.subject.misfit.note,)
    row = asked.subject.row
    if row is None or row.layer is None or row.output is None:
        return ()
    volumes = tuple(volume for volume in row.inputs if volume is not None)
    steps = row.layer.derivation(volumes, row.output)
    wanted = "macs" if asked.cell == "flops" else asked.cell
    return tuple(
        str(step) for step in steps if step.counts == wanted or (wanted == "output" and step.axes)
    )


def points(value: Fraction) -> str:
    """Return points with at most four decimals: ``2``, ``0.5``, ``0.3333``, ``−0.25``."""
    text = f"{exact(value)}"
    return text.replace("-", "−")


def exact(value: Fraction) -> int | float:
    """Return points as programs read them, rounded to four decimals."""
    rounded = round(value, _DECIMALS)
    return rounded.numerator if rounded.denominator == 1 else float(rounded)


def percent(sheet: Marked) -> Fraction:
    """Return a score in percent; of an assignment without points 0."""
    return 100 * sheet.score / sheet.max if sheet.max else Fraction(0)
