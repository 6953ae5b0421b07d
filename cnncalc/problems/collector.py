"""Collecting problems: one place in a block body is reported once, with its uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span

Reporter: TypeAlias = Callable[[Problem], None]
"""A function that takes a problem, and knows to which layer it belongs."""

MAX_PLACES = 500
"""How many places with problems are reported: a file with so many has one cause."""
MAX_ERRORS = 1_000
"""How many errors are taken, those of repetitions at one place each: the cause is the same."""
_MOST_USES = 8
"""How many uses of a block a problem lists."""


@dataclass(slots=True)
class _Place:
    """What was reported at one place: the first problem, and who else has it."""

    problem: Problem
    layers: set[str | None]
    uses: dict[Span, str] = field(default_factory=dict)


class Collector:
    """Takes problems in any order; the same code at the same place counts as one.

    ``faults`` holds the first error of each layer that has one (``None``: the file itself).
    """

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.faults: dict[str | None, Problem] = {}
        self._errors = 0
        self._places: dict[tuple[str, Span], _Place] = {}
        for problem in problems:
            self.add(problem)

    @property
    def full(self) -> bool:
        """Whether there are so many problems that inference should end."""
        return len(self._places) >= MAX_PLACES or self._errors >= MAX_ERRORS

    def add(self, problem: Problem) -> None:
        """Take a problem of the file itself."""
        self._take(problem, None)

    def at(self, layer: str, use: tuple[str, Span] | None) -> Reporter:
        """Return the function that takes problems of a layer; ``use`` opened its block."""

        def take(problem: Problem) -> None:
            self._take(problem.at(layer=problem.layer or layer), use)

        return take

    def blame(self, layer: str, span: Span) -> None:
        """Give a layer the first error at or after its place: those of reading name no layer."""
        behind = [
            place.problem
            for place in self._places.values()
            if place.problem.severity == "error"
            and place.problem.span.source is span.source
            and place.problem.span.start >= span.start
        ]
        if behind:
            self.faults.setdefault(layer, min(behind, key=lambda problem: problem.span.start))

    def _take(self, problem: Problem, use: tuple[str, Span] | None) -> None:
        if problem.severity == "error":
            self.faults.setdefault(problem.layer, problem)
            self._errors += 1
        key = problem.code, problem.span
        if self.full and key not in self._places:
            return
        place = self._places.setdefault(key, _Place(problem, {problem.layer}))
        if place.problem is not problem:
            place.problem = _agreed(place.problem, problem)
        place.layers.add(problem.layer)
        if use is not None and len(place.uses) < _MOST_USES:
            place.uses.setdefault(use[1], use[0])

    def sorted(self) -> tuple[Problem, ...]:
        """Return the problems by place, each with the block uses that show it."""
        places = sorted(
            self._places.values(), key=lambda p: (*p.problem.span.start, p.problem.code)
        )
        return tuple(
            place.problem.at(
                instances=len(place.layers),
                related=(
                    *place.problem.related,
                    *(
                        Related(message=f"used here as {name}", span=span)
                        for span, name in place.uses.items()
                    ),
                ),
            )
            for place in places
        )


def _agreed(first: Problem, other: Problem) -> Problem:
    """Return a problem without the edits of fixes that do not mend it where ``other`` is."""
    if first.fixes == other.fixes:
        return first
    both = {(fix.field, str(fix.value)) for fix in other.fixes}
    fixes = (
        fix if (fix.field, str(fix.value)) in both else replace(fix, edits=())
        for fix in first.fixes
    )
    return first.at(fixes=tuple(fixes))
