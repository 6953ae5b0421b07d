"""Collecting problems: one place in a block body is reported once, with its uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span

Reporter: TypeAlias = Callable[[Problem], None]
"""A function that takes a problem, and knows to which layer it belongs."""

MAX_ERRORS = 500
"""How many errors are taken, those of repetitions each: so many have few causes."""
_MOST_USES = 8
"""How many uses of a block a problem lists."""


class Stop(Exception):
    """Nothing more is looked at; the problems say why."""


def too_many(problem: Problem) -> Problem:
    """Return the problem that takes the place of the first one beyond ``MAX_ERRORS``."""
    text = f"there are more than {MAX_ERRORS} errors: what is not looked at yet may have more"
    hint = "mend the first ones and look again: so many have few causes"
    return Problem(
        code="CNN121", message=text, span=problem.span, layer=problem.layer, help=(hint,)
    )


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
            self._put(problem, None)

    def add(self, problem: Problem) -> None:
        """Take a problem of the file itself.

        Raises:
            Stop: there are so many errors that nothing more should be looked at.
        """
        self._take(problem, None)

    def at(self, layer: str, use: tuple[str, Span] | None) -> Reporter:
        """Return the function that takes problems of a layer; ``use`` opened its block.

        It raises as :meth:`add` does.
        """

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
        if self._errors < MAX_ERRORS or problem.severity != "error":
            self._put(problem, use)
        else:
            self._put(too_many(problem), use)
            raise Stop

    def _put(self, problem: Problem, use: tuple[str, Span] | None) -> None:
        if problem.severity == "error":
            self.faults.setdefault(problem.layer, problem)
            self._errors += 1
        key = problem.code, problem.span
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
