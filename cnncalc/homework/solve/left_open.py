"""Which fields a file leaves open, and which of them can be found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cnncalc.homework.solve.question import FIELDS
from cnncalc.maths.words import OPEN_WORDS
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Span
from cnncalc.report.report import Report

_SOLVED: Final = tuple(name for name in FIELDS if name not in ("input", "depth"))
"""Fields that are found."""
MOST_OPEN: Final = 3
"""So many fields of a file may be open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenField:
    """A field of a layer, by its first row, that a file leaves open at ``place``."""

    row: str
    field: str
    place: Span

    @property
    def name(self) -> str:
        """The field as it is called where several layers have one: ``conv1.padding``."""
        return f"{self.row}.{self.field}"


def open_fields(report: Report) -> tuple[OpenField, ...]:
    """Return the fields that a file leaves open, in the order of the rows."""
    places = {problem.span for problem in report.problems if problem.code == "CNN608"}
    found: dict[Span, OpenField] = {}
    for row in report.rows:
        for name, place in row.places.items():
            if place in places:
                found.setdefault(place, OpenField(row=row.name, field=name, place=place))
    return tuple(found.values())


def hindrances(report: Report, opened: Sequence[OpenField]) -> tuple[Problem, ...]:
    """Return why open fields cannot be looked for: other errors, and what is no open number."""
    asked, others = opened[:MOST_OPEN], {each.place for each in opened[MOST_OPEN:]}
    whole = {each.place for each in asked if each.field in _SOLVED and _is_word(each.place)}
    found = []
    for problem in report.errors:
        if problem.code != "CNN608":
            found.append(problem)
        elif problem.span in others:
            found.append(problem.at(help=(f"leave at most {MOST_OPEN} fields open",)))
        elif problem.layer is None:
            found.append(problem.at(help=("state the sizes: they or fields are found, not both",)))
        elif problem.span not in whole:
            hint = f"`any` is understood as the whole value of {', '.join(_SOLVED)}"
            found.append(problem.at(help=("state a number", hint)))
    return tuple(found)


def _is_word(place: Span) -> bool:
    """Return whether nothing but ``any`` is written at a place."""
    return place.text.strip("\"' ").lower() in OPEN_WORDS
