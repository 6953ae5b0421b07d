"""Missing numbers of one layer: every value within bounds with which it fits and meets goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Final

from cnncalc.homework.solve.progressions import Progression, Sizes
from cnncalc.homework.solve.question import MULTIPLES, WINDOW_FIELDS, Question
from cnncalc.homework.solve.sizes import sizes_that_fit, steps_along
from cnncalc.homework.solve.values import bounds_of, next_unknown, rank, values
from cnncalc.layers.base import Layer
from cnncalc.layers.merge import Add

MOST_SOLUTIONS: Final = 10_000
"""So many solutions are found at most."""
MOST_STEPS: Final = 12_000
"""So many numbers are put in at most: some seconds of work."""
_ORDER: Final = (
    "dilation", "groups", "kernel", "stride", "padding", *MULTIPLES,
    "input", "depth", "output_padding",
)  # fmt: skip
"""Fields in the order in which they decide what is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Numbers that were unknown, and what comes out with them.

    ``fields`` are as a spec writes them; what nothing determines is not among them, and what
    depends on it is ``None``: ``depth``, counts.
    """

    fields: Mapping[str, Any]
    sizes: tuple[int, ...]
    depth: int | None
    params: int | None
    macs: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What solves a question; ``bounds`` are the largest values looked at.

    The bound of a field is ``None`` where it depends on another unknown field. ``sizes`` are
    those of the input along each open axis, where nothing else is unknown; ``solutions`` are
    then only those that stand alone.
    """

    solutions: tuple[Answer, ...]
    is_complete: bool
    bounds: Mapping[str, int | None] = field(default_factory=dict)
    sizes: Mapping[str, Sizes] = field(default_factory=dict)

    @property
    def is_solved(self) -> bool:
        """Whether anything solves the question."""
        fits = bool(self.sizes) and all(each.progressions for each in self.sizes.values())
        return fits or bool(self.solutions)


def solve(question: Question) -> Solved:
    """Return everything that solves a question, the usual solutions first.

    An unknown is one number for all axes; only where that solves nothing, one for each axis.
    """
    asks_size = question.asks == ("input",)
    if asks_size and not question.counts_size:
        sizes = _fitting(question)
        if not all(
            along.progressions and not along.progressions[-1].step for along in sizes.values()
        ):
            is_complete = all(along.is_complete for along in sizes.values())
            return Solved(solutions=(), is_complete=is_complete, sizes=sizes)
    found, is_complete = _search(question)
    if not found and is_complete and {*WINDOW_FIELDS} & {*question.fields}:
        question = question.by_axis()
        found, is_complete = _search(question)
    return Solved(
        solutions=tuple(_solution(question, stated) for stated in found),
        is_complete=is_complete,
        bounds=bounds_of(question),
        sizes=_alone(question, found, is_complete=is_complete) if asks_size else {},
    )


def usual(question: Question) -> Answer | None:
    """Return the usual solution with one number for all axes, ``None`` where there is none."""
    found, _ = _search(question)
    return _solution(question, found[0]) if found else None


def _search(question: Question) -> tuple[list[Question], bool]:
    """Return the question with numbers that solve it, the usual first; whether they are all."""
    found: list[Question] = []
    bounds, waiting, steps = bounds_of(question), [question], 0
    while waiting and steps < MOST_STEPS and len(found) < MOST_SOLUTIONS:
        stated = waiting.pop()
        steps += 1
        if stated.is_hopeless:
            continue
        if stated.unknown:
            unknown = next_unknown(stated)
            numbers = reversed(values(stated, unknown, bounds))
            waiting += [stated.stating(unknown, number) for number in numbers]
        elif _meets(stated):
            found.append(stated)
    return sorted(found, key=lambda stated: _order(question, stated)), not waiting


def _meets(stated: Question) -> bool:
    """Return whether the layer of a question without unknowns fits and meets the goals."""
    output, goal = stated.output(), stated.goal
    if output is None:
        return False
    wanted = zip(stated.wanted_sizes(), output.spatial, strict=False)
    return (
        all(size in (None, own) for size, own in wanted)
        and goal.depth in (None, output.depth)
        and goal.params in (None, stated.params)
        and goal.macs in (None, stated.layer.macs((stated.volume,), output))
    )


def _solution(question: Question, stated: Question) -> Answer:
    """Return what solves a question, of which all numbers are stated."""
    output, layer, undetermined = stated.output(), stated.layer, question.undetermined
    assert output is not None
    depth_is_open = "depth" in undetermined and not question.states_depth
    depth_is_open |= bool({*MULTIPLES} & {*undetermined})
    counts_are_open = bool(undetermined and layer.weights(stated.volume))
    return Answer(
        fields={name: _written(stated, name) for name in question.asks},
        sizes=output.spatial,
        depth=None if depth_is_open else output.depth,
        params=None if counts_are_open else stated.params,
        macs=None if counts_are_open else layer.macs((stated.volume,), output),
    )


def _written(stated: Question, name: str) -> Any:
    """Return a value as a spec writes it: one number, or one for each axis by its name."""
    value, volume = stated.value(name), stated.volume
    if name == "input" and len(stated.open_axes) < volume.rank:
        return {axis: volume.along(axis) for axis in stated.open_axes}
    return dict(zip(volume.axes, value, strict=True)) if isinstance(value, tuple) else value


def _order(question: Question, stated: Question) -> list[tuple[int, ...]]:
    """Return what sorts solutions: the usual ones first."""
    found = []
    for name in (name for name in _ORDER if name in question.asks):
        value = stated.value(name)
        numbers = value if isinstance(value, tuple) else (value,)
        found.append(tuple(chain(*(rank(stated, name, number) for number in numbers))))
    return found


# --- the sizes of the input alone -----------------------------------------------------------------


def input_sizes(question: Question) -> dict[str, Sizes]:
    """Return the sizes of the input that fit a layer and give what is wanted, along each axis."""
    layers: dict[str, tuple[Layer, tuple[str, ...]]] = {"layer": (question.layer, ("input",))}
    if question.goal.keeps_size:  # as what is added to its input must
        layers["sum"] = (Add(), ("layer", "input"))
    axes, end = question.volume.axes, list(layers)[-1]
    wanted = question.goal.sizes or (None,) * len(axes)
    return {
        axis: sizes_that_fit(steps_along(layers, axes, at, end), "input", end, wanted[at])
        for at, axis in enumerate(axes)
    }


def _fitting(question: Question) -> dict[str, Sizes]:
    """Return the sizes of the input's open axes that solve a question that asks for no more."""
    sizes, volume = input_sizes(question), question.volume
    for axis in question.open_axes:
        if sizes[axis].progressions:
            volume = volume.with_size(axis, sizes[axis].progressions[0].start)
    others = tuple(each for each in question.unknown if each.field != "input")
    smallest = replace(question, unknown=others, volume=volume)
    fits = all(volume.along(axis) in found for axis, found in sizes.items())
    if not fits or not _search(smallest)[0]:  # along another axis, or for its depth
        return {axis: Sizes(progressions=(), is_complete=True) for axis in question.open_axes}
    return {axis: sizes[axis] for axis in question.open_axes}


def _alone(question: Question, found: Sequence[Question], *, is_complete: bool) -> dict[str, Sizes]:
    """Return the sizes of the solutions along each open axis."""
    return {
        axis: Sizes(
            progressions=tuple(
                Progression(start=size, step=0)
                for size in sorted({stated.volume.along(axis) for stated in found})
            ),
            is_complete=is_complete,
        )
        for axis in question.open_axes
    }
