"""Fields that a file leaves open: numbers with which all windows fit and all expectations hold."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, TypeAlias

from cnncalc.homework.solve.equation import equations
from cnncalc.homework.solve.layer import MOST_SOLUTIONS, Answer, solve
from cnncalc.homework.solve.left_open import OpenField
from cnncalc.homework.solve.nearest import Found, Nearest, nearest
from cnncalc.homework.solve.question import (
    LEAST,
    MULTIPLES,
    OF_NUMBERS,
    WINDOW_FIELDS,
    Goal,
    Question,
    unknowns,
)
from cnncalc.inference.infer import Overrides, infer
from cnncalc.maths.volume import MAX_SIZE
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Span
from cnncalc.report.report import Report
from cnncalc.spec.network import Network
from cnncalc.spec.node import with_values
from cnncalc.spec.parse import parse

MOST_LAYERS: Final = 20_000
"""So many layers are inferred, at most, to find their numbers."""
_STAND_IN: Final = {**LEAST, **dict.fromkeys(MULTIPLES, 20_160)}
"""What an open field holds while others are looked at: filters that all usual groups divide."""
_LARGEST_STEP: Final = 64
_MOST_CLOSE: Final = 2
"""So many errors of single numbers are printed where nothing solves a file."""
_MISFITS: Final = ("CNN301", "CNN302", "CNN4")
"""What the equation, or the numbers that were tried, say of stand-ins already."""

_Values: TypeAlias = Mapping[Span, Any]
"""Numbers for open fields, by place."""


def solve_fields(
    network: Network,
    overrides: Overrides,
    opened: Sequence[OpenField],
    goal: Goal,
    most: Mapping[str, int],
) -> Found:
    """Return what solves the open fields of a network, in a bounded number of steps.

    ``most`` are bounds that were stated, by field.
    """
    search = _Search(network, overrides, opened, goal, most)
    search.run()
    return Found(
        unknown=tuple(each.name for each in opened),
        solutions=tuple(search.answers),
        is_complete=search.is_complete,
        bounds=search.bounds,
        nearest=search.near,
        equation=search.equation,
        problems=() if search.answers else search.reasons(),
    )


class _Enough(Exception):
    """So many layers were inferred that the search ends."""


class _Search:
    """A search for the numbers of open fields."""

    def __init__(
        self,
        network: Network,
        overrides: Overrides,
        opened: Sequence[OpenField],
        goal: Goal,
        most: Mapping[str, int],
    ) -> None:
        self.network = network
        self.overrides = overrides
        self.opened = opened
        self.goal = goal
        self.most = most
        self.inferred = 0
        self.answers: list[Answer] = []
        self.is_complete = True
        self.bounds: dict[str, int | None] = {}
        self.near: list[Nearest] = []
        self.equation: tuple[str, ...] = ()
        self.tries = 0
        self.close: list[Problem] = []
        self.always: dict[tuple[str, Span, str], Problem] | None = None

    def run(self) -> None:
        """Find all solutions; what is nearest where there are none.

        A field is one number for all axes; only where that solves nothing, one for each axis.
        """
        layers = [list(group) for _, group in groupby(self.opened, key=lambda each: each.row)]
        try:
            self.look(layers, by_axis=False)
            if not self.answers and any(each.field in WINDOW_FIELDS for each in self.opened):
                self.look(layers, by_axis=True)
            if not self.answers and len(layers) == 1:
                self.look_near(layers[0])
        except _Enough:
            self.is_complete = False

    def look(self, layers: Sequence[Sequence[OpenField]], *, by_axis: bool) -> None:
        """Take all numbers that solve the network."""
        for windows in self.windows({}, layers, by_axis=by_axis):
            missing = [each for each in self.opened if each.place not in windows]
            fewest = dict.fromkeys((each.place for each in missing), 1)
            if missing and self.gives_other_sizes({**windows, **fewest}):
                continue
            for values in self.multiples(windows, missing):
                found = self.filled(values)
                self.answers += [found] if found else []

    def gives_other_sizes(self, values: _Values) -> bool:
        """Return whether sizes come out that are not expected, whatever the filters are."""
        errors = self.report(values).errors
        found = [each for each in errors if each.code == "CNN401" and each.exceeds is None]
        if found:
            self.remember(found, values)
        return bool(found)

    def report(self, values: _Values) -> Report:
        """Return the report of the network with these numbers, and stand-ins for the others."""
        if self.inferred > MOST_LAYERS or len(self.answers) == MOST_SOLUTIONS:
            raise _Enough
        stand_ins = {each.place: _STAND_IN.get(each.field, 1) for each in self.opened}
        root = with_values(self.network.root, {**stand_ins, **values})
        network, problems = parse(root, self.network.name)
        assert network is not None  # it was read before, with other values
        report = infer(network, self.overrides, tuple(problems), compared=True)
        self.inferred += len(report.rows)
        return report

    def windows(
        self, values: _Values, layers: Sequence[Sequence[OpenField]], *, by_axis: bool
    ) -> Iterator[_Values]:
        """Yield numbers with which the layer of each group of fields fits what reaches it."""
        if not layers:
            yield values
            return
        asked, *others = layers
        question = self.question(values, asked)
        if question is None:
            return
        solved = solve(question.by_axis() if by_axis else question)
        self.is_complete &= solved.is_complete
        self.bounds |= {f"{asked[0].row}.{name}": n for name, n in solved.bounds.items()}
        if not self.equation and not {*question.fields}.isdisjoint(WINDOW_FIELDS):
            lines = equations(question)  # those of later layers depend on what is found here
            self.equation = tuple(f"{asked[0].row}: {line}" for line in lines)
        places = {each.field: each.place for each in asked}
        for solution in solved.solutions:
            found = {places[name]: value for name, value in solution.fields.items()}
            yield from self.windows({**values, **found}, others, by_axis=by_axis)

    def question(self, values: _Values, asked: Sequence[OpenField]) -> Question | None:
        """Return what is asked of a layer; ``None`` where it or its input is not known."""
        report = self.report(values)
        row = next((row for row in report.rows if row.name == asked[0].row), None)
        fault = report.faults.get(asked[0].row)
        if fault is not None and not fault.code.startswith(_MISFITS):
            self.remember(report.errors, values)
        if row is None or row.layer is None or row.inputs[0] is None:
            return None
        if fault is not None and not fault.code.startswith((*OF_NUMBERS, "CNN4")):
            return None
        unknown = unknowns(*(each.field for each in asked))
        return Question(layer=row.layer, volume=row.inputs[0], unknown=unknown, most=self.most)

    def multiples(self, values: _Values, missing: Sequence[OpenField]) -> Iterator[_Values]:
        """Yield the numbers with those of filters and units that are determined."""
        if not missing:
            yield values
            return
        first, *others = missing
        numbers = self.numbers(values, first, others)
        if numbers is None:
            yield from self.multiples(values, others)
            return
        for number in numbers:
            yield from self.multiples({**values, first.place: number}, others)

    def numbers(
        self, values: _Values, asked: OpenField, others: Sequence[OpenField]
    ) -> Sequence[int] | None:
        """Return how many filters or units there may be; ``None`` where nothing determines it.

        All counts rise with it: it is too large where one is with the fewest of the others, too
        small where one is with very many of them.
        """
        fewest, most = (dict.fromkeys((each.place for each in others), n) for n in (1, MAX_SIZE))

        def is_too_large(number: int) -> bool:
            report = self.report({**values, **fewest, asked.place: number})
            return self.misses(report, above=True)

        def is_too_small(number: int) -> bool:
            report = self.report({**values, **most, asked.place: number})
            return self.misses(report, above=False)

        step = self.step({**values, **fewest}, asked)
        possible = range(step, MAX_SIZE + 1, step)
        end = 1
        while end < len(possible) and not is_too_large(possible[end - 1]):
            end *= 2
        stop = bisect_left(possible[:end], True, lo=end // 2, key=is_too_large)
        start = bisect_left(possible[:stop], True, key=lambda n: not is_too_small(n))
        if stop - start == len(possible):
            return None
        if start >= stop and len(self.opened) == 1:
            for number in possible[max(stop - 1, 0) : stop + 1]:
                tried = {asked.place: number}
                self.remember(self.report(tried).errors, tried)
        if stop - start > MOST_SOLUTIONS:
            self.is_complete = False
        return sorted(possible[start:stop][:MOST_SOLUTIONS], key=lambda n: (n.bit_count() != 1, n))

    def step(self, values: _Values, asked: OpenField) -> int:
        """Return the steps in which filters come that layers divide into groups."""
        for number in range(1, _LARGEST_STEP + 1):
            report = self.report({**values, asked.place: number})
            if not any(problem.code.startswith("CNN3") for problem in report.errors):
                return number
        return 1

    def misses(self, report: Report, *, above: bool) -> bool:
        """Return whether something that is wanted comes out too large (``above``) or too small."""
        output = next(iter(report.outputs.values()), None)
        wanted = self.goal.depth
        if output is not None and wanted is not None and output.depth != wanted:
            return (output.depth > wanted) is above
        return any(problem.exceeds is above for problem in report.errors)

    def look_near(self, asked: Sequence[OpenField]) -> None:
        """Take what is nearest of one layer, if the whole network fits with it."""
        question = self.question({}, asked)
        places = {each.field: each.place for each in asked}
        for near in nearest(question) if question else ():
            if near.fields.keys() <= places.keys():
                values = {places[name]: value for name, value in near.fields.items()}
                found = self.filled(values)
                if found is not None:
                    fields = {f"{asked[0].row}.{name}": each for name, each in near.fields.items()}
                    self.near.append(Nearest(how=near.how, fields=fields, solution=found))

    def filled(self, values: _Values) -> Answer | None:
        """Return the network with these numbers, if it fits and meets what is expected.

        What comes out differently with twice the stand-ins depends on numbers that are missing.
        """
        report = other = self.report(values)
        output = next(iter(report.outputs.values()), None)
        if not report.ok or output is None:
            self.remember(report.errors, values)
            return None
        if not self.goal.has_sizes(output) or self.goal.depth not in (None, output.depth):
            return None
        missing = [each for each in self.opened if each.place not in values]
        if missing:
            twice = {each.place: 2 * _STAND_IN[each.field] for each in missing}
            other = self.report({**values, **twice})
        return Answer(
            fields={each.name: values[each.place] for each in self.opened if each not in missing},
            sizes=output.spatial,
            depth=output.depth if report.outputs == other.outputs else None,
            params=_same(report.totals.params, other.totals.params),
            macs=_same(report.totals.macs, other.totals.macs),
        )

    def reasons(self) -> tuple[Problem, ...]:
        """Return the errors that all numbers leave, or else those of the first numbers."""
        always = () if self.tries == 1 else tuple((self.always or {}).values())
        return always or tuple(self.close)

    def remember(self, errors: Sequence[Problem], values: _Values) -> None:
        """Keep the errors that all numbers leave, and those of the first that were looked at."""
        named = {(each.code, each.span, each.message): each for each in errors}
        kept = named if self.always is None else self.always
        self.always = {key: each for key, each in kept.items() if key in named}
        stated = [f"{e.name} {values[e.place]}" for e in self.opened if e.place in values]
        self.tries += bool(stated)
        if stated and len(self.close) < _MOST_CLOSE:
            words = ", ".join(stated)
            self.close += [each.at(message=f"with {words}: {each.message}") for each in errors]


def _same(one: int, other: int) -> int | None:
    return one if one == other else None
