"""Collecting problems: one place in a block body is reported once, with its uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span

_MOST = 500
"""How many places with problems a walk reports before it ends: each costs time, and a file with
so many has one cause."""
_MOST_USES = 8
"""How many uses of a block a problem lists."""


@dataclass(slots=True)
class _Found:
    problem: Problem
    layers: set[str | None]
    uses: dict[Span, str] = field(default_factory=dict)


class Collector:
    """Takes problems in any order; the same code at the same place counts as one."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.errors = 0
        self._found: dict[tuple[str, Span], _Found] = {}
        for problem in problems:
            self.add(problem)

    @property
    def full(self) -> bool:
        """Whether there are so many problems that the walk should end."""
        return len(self._found) >= _MOST

    def add(self, problem: Problem) -> None:
        """Take a problem of the file itself."""
        self._take(problem, None)

    def at(self, layer: str, use: tuple[str, Span] | None) -> Callable[[Problem], None]:
        """Return the function that takes problems of a layer; ``use`` opened its block."""

        def take(problem: Problem) -> None:
            self._take(problem.at(layer=problem.layer or layer), use)

        return take

    def _take(self, problem: Problem, use: tuple[str, Span] | None) -> None:
        if problem.severity == "error":
            self.errors += 1
        found = self._found.setdefault(
            (problem.code, problem.span), _Found(problem, {problem.layer})
        )
        found.layers.add(problem.layer)
        if use is not None and len(found.uses) < _MOST_USES:
            found.uses.setdefault(use[1], use[0])

    def sorted(self) -> tuple[Problem, ...]:
        """Return the problems by place, each with the block uses that show it."""
        found = sorted(self._found.values(), key=lambda f: (*f.problem.span.start, f.problem.code))
        return tuple(
            f.problem.at(
                instances=len(f.layers),
                related=(
                    *f.problem.related,
                    *(Related(f"used here as {name}", span) for span, name in f.uses.items()),
                ),
            )
            for f in found
        )
