"""Missing numbers of one layer: every value within bounds with which it fits and meets goals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import Any, Final, TypeAlias

from cnncalc.homework.solve_question import FIELDS, MULTIPLES, WINDOW_FIELDS, Answer, Goal, Question
from cnncalc.homework.solve_values import bound_held, rank, values
from cnncalc.layers.axes import per_axis, per_side
from cnncalc.layers.base import Layer
from cnncalc.layers.checks import SIDES
from cnncalc.layers.conv import Conv
from cnncalc.layers.dense import Dense
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.maths.volume import Volume

MOST_SOLUTIONS: Final = 10_000
"""So many solutions are found at most."""
_MOST_TRIED: Final = 200_000
"""So many layers are looked at, at most, where several numbers are unknown."""
_FIRST: Final = ("dilation", "groups", "kernel", "stride", "padding", *MULTIPLES)
_ORDER: Final = (*_FIRST, *(field for field in FIELDS if field not in _FIRST))
"""Fields in the order in which they decide what is usual."""

Value: TypeAlias = int | tuple[int, ...]
"""One number for all axes, or one for each in array order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution(Answer):
    """A layer that fits and meets the goals; ``values`` are what ``fields`` state, as numbers."""

    values: Mapping[str, Value]
    layer: Layer
    volume: Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What solves a question; ``bounds`` are the largest values looked at.

    The bound of a field is ``None`` where it depends on another unknown field.
    """

    solutions: tuple[Solution, ...]
    is_complete: bool
    bounds: Mapping[str, int | None]


def uniform(question: Question) -> Solution | None:
    """Return a solution with one number for all axes, ``None`` where there is none."""
    found, _ = _first(_stated(replace(question, free=_undetermined(question)), {}))
    return min(found, key=lambda solution: _usual(question, solution), default=None)


def solve(question: Question) -> Solved:
    """Return everything that solves a question, the usual solutions first.

    An unknown is one number for all axes; only where that solves nothing, one for each axis.
    """
    asked = replace(question, free=_undetermined(question))
    found, is_complete = _first(_stated(asked, {}))
    if not found and isinstance(question.layer, Windowed | ConvTranspose):
        found, is_complete = _first(_stated_by_axis(asked))
    usual = sorted(found, key=lambda solution: _usual(question, solution))
    return Solved(solutions=tuple(usual), is_complete=is_complete, bounds=_bounds(asked))


_Stated: TypeAlias = tuple[Question, Mapping[str, Value]]


def _first(questions: Iterator[_Stated]) -> tuple[list[Solution], bool]:
    """Return the first solutions among questions with all their numbers; whether they are all."""
    found: list[Solution] = []
    for tried, (question, known) in enumerate(questions):
        if tried == _MOST_TRIED or len(found) == MOST_SOLUTIONS:
            return found, False
        solution = _solution(question, known)
        found += [] if solution is None else [solution]
    return found, True


def _undetermined(question: Question) -> tuple[str, ...]:
    """Return the unknown fields that no goal says anything about: filters, and depths."""
    goal = question.goal
    if goal.params is not None or goal.macs is not None:
        return ()
    free: list[str] = [
        name for name in MULTIPLES if name in question.unknown and goal.depth is None
    ]
    wants_depth = goal.depth is not None and not _states_depth(question.layer)
    if "depth" in question.unknown and "groups" not in question.unknown and not wants_depth:
        free.append("depth")
    return tuple(free)


def _states_depth(layer: Layer) -> bool:
    """Return whether a layer states how deep its output is: a filter or unit for each map."""
    return isinstance(layer, Conv | ConvTranspose | Dense)


def _stated(question: Question, known: Mapping[str, Value]) -> Iterator[_Stated]:
    """Yield the question with numbers for all that is unknown; the last one is solved for.

    What nothing determines gets a number that fits with any groups, and is not ``known``.
    """
    field = next((name for name in FIELDS if name in question.unknown), None)
    if field is None:
        yield question, known
    elif field in question.free:
        yield from _stated(question.stating(field, getattr(question.layer, "groups", 1)), known)
    else:
        alone = not known and set(question.unknown) <= {field, *question.free}
        for value in values(question, field, alone=alone):
            yield from _stated(question.stating(field, value), {**known, field: value})


def _stated_by_axis(question: Question) -> Iterator[_Stated]:
    """Yield the question with numbers for each axis: those that solve each axis alone."""
    fields: list[str] = [name for name in WINDOW_FIELDS if name in question.unknown]
    axes = []
    for axis in range(question.volume.rank):
        solved, _ = _first(_stated(_along(question, axis), {}))
        axes.append(solved)
    for combination in product(*axes):
        known = {field: tuple(_along_axis(each, field) for each in combination) for field in fields}
        stated = question
        for field, value in known.items():
            stated = stated.stating(field, value)
        yield from _stated(stated, known)


def _along_axis(solution: Solution, field: str) -> int:
    """Return the number of a field that solves an axis; of an input, the axis' own size."""
    if field == "input":
        return solution.volume.spatial[0]
    value = solution.values[field]
    assert isinstance(value, int)
    return value


def _along(question: Question, axis: int) -> Question:
    """Return the question of one axis alone: its window, and the size that has to come out."""
    layer, volume = question.layer, question.volume
    name = volume.axes[axis]
    changes: dict[str, object] = {}
    for field in ("kernel", "stride", "dilation", "output_padding"):
        stated = getattr(layer, field, None)
        if stated is not None and field not in question.unknown:
            missing = 0 if field == "output_padding" else 1
            changes[field] = per_axis(stated, volume, field, missing)[axis]
    if "padding" not in question.unknown:
        sides = per_side(layer.padding, volume)[axis]  # type: ignore[attr-defined]
        words = sides if isinstance(sides, str) else dict(zip(SIDES["length"], sides, strict=True))
        changes["padding"] = words
    for field in ("groups", *MULTIPLES):
        if hasattr(layer, field):
            changes[field] = 1
    unknown = [field for field in question.unknown if field in WINDOW_FIELDS]
    if "input" in unknown and name not in question.open_axes:
        unknown.remove("input")
    return Question(
        layer=layer.model_copy(update=changes),
        volume=Volume(depth=1, spatial=volume.spatial[axis : axis + 1]),
        unknown=tuple(unknown),
        open_axes=("length",),
        goal=Goal(keeps_size=question.goal.keeps_size, sizes=(question.wanted_sizes()[axis],)),
        most=question.most,
    )


def _solution(question: Question, known: Mapping[str, Value]) -> Solution | None:
    """Return the layer of a question without unknowns, if it fits and meets the goals."""
    output, goal = question.output(), question.goal
    if output is None:
        return None
    layer, free = question.layer, question.free
    is_open = bool(set(free) & set(MULTIPLES)) or ("depth" in free and not _states_depth(layer))
    counts_are_open = bool(free and layer.weights(question.volume))
    found = Solution(
        values=known,
        fields={field: _written(question, field, known[field]) for field in known},
        layer=layer,
        volume=question.volume,
        sizes=output.spatial,
        depth=None if is_open else output.depth,
        params=None if counts_are_open else question.params,
        macs=None if counts_are_open else layer.macs((question.volume,), output),
    )
    wanted = zip(question.wanted_sizes(), output.spatial, strict=False)
    meets = (
        all(size in (None, own) for size, own in wanted)
        and (found.depth is None or goal.depth in (None, found.depth))
        and goal.params in (None, found.params)
        and goal.macs in (None, found.macs)
    )
    return found if meets else None


def _written(question: Question, field: str, value: Any) -> Any:
    """Return a value as a spec writes it: one number, or one for each axis by its name."""
    volume = question.volume
    sizes = dict(zip(volume.axes, volume.spatial, strict=True))
    if field == "input":
        shared = isinstance(value, int) and len(question.open_axes) == volume.rank
        return value if shared else {axis: sizes[axis] for axis in question.open_axes}
    return dict(zip(volume.axes, value, strict=True)) if isinstance(value, tuple) else value


def _usual(question: Question, solution: Solution) -> tuple[tuple[int, ...], ...]:
    """Return what sorts solutions: the usual ones first."""
    answered = replace(question, layer=solution.layer, volume=solution.volume)
    return tuple(
        tuple(chain(*(rank(answered, field, number) for number in _numbers(solution, field))))
        for field in _ORDER
        if field in solution.values
    )


def _numbers(solution: Solution, field: str) -> tuple[int, ...]:
    value = solution.values[field]
    return value if isinstance(value, tuple) else (value,)


def _bounds(question: Question) -> dict[str, int | None]:
    """Return the largest value that is looked at of each unknown field that is bounded."""
    unknown = [field for field in FIELDS if field in {*question.unknown} - {*question.free}]
    needs = {"padding": {"kernel", "dilation"}, "output_padding": {"stride"}}
    bounds: dict[str, int | None] = {}
    for field in unknown:
        if field not in question.most and needs.get(field, set()) & set(unknown):
            bounds[field] = None
        else:
            bound = bound_held(question, field, alone=unknown == [field])
            bounds |= {} if bound is None else {field: bound}
    return bounds
