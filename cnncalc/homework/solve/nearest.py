"""What is nearest where nothing solves a question: unequal sides, `same`, floor, other inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from cnncalc.homework.solve.equation import equations
from cnncalc.homework.solve.layer import Answer, Solved, input_sizes, solve, usual
from cnncalc.homework.solve.progressions import Sizes
from cnncalc.homework.solve.question import WINDOW_FIELDS, Question, Unknown
from cnncalc.homework.solve.values import within_bounds
from cnncalc.layers.checks import SIDES
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.maths.volume import Volume
from cnncalc.problems.model import Problem

How: TypeAlias = Literal["sides", "same", "rounding", "input"]
_MOST_VALUES: Final = 64
"""For so many values of an unknown number, the usual ones, the nearest inputs are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """A layer that is nearly what was asked for: the fields that make it fit, and how."""

    how: How
    fields: Mapping[str, Any]
    solution: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Solved):
    """What solves a question, or what is nearest, with the equation and the unknown fields.

    ``problems`` are those of a file that all numbers leave, or those that come closest.
    """

    unknown: Sequence[str]
    nearest: Sequence[Nearest] = ()
    equation: Sequence[str] = ()
    problems: tuple[Problem, ...] = ()


def find(question: Question, unknown: Sequence[str]) -> Found:
    """Return what solves the question of a layer, or what is nearest."""
    solved = solve(question)
    return Found(
        solutions=solved.solutions,
        is_complete=solved.is_complete,
        bounds=solved.bounds,
        sizes=solved.sizes,
        unknown=unknown,
        nearest=() if solved.is_solved else nearest(question),
        equation=equations(question),
    )


def nearest(question: Question) -> tuple[Nearest, ...]:
    """Return what is nearest to a question that nothing solves."""
    if not isinstance(question.layer, Windowed | ConvTranspose):
        return ()
    return (*_padded(question), *_rounded(question), *_resized(question))


def _padded(question: Question) -> Iterator[Nearest]:
    """Yield the paddings that are not one number for all sides."""
    if "padding" not in question.fields or not isinstance(question.layer, Windowed):
        return
    paddings: tuple[tuple[How, Any], ...] = (("sides", _sides(question)), ("same", "same"))
    for how, padding in paddings:
        stated = question.stating(Unknown(field="padding"), padding)
        found = usual(stated) if padding is not None else None
        if found is not None:
            yield Nearest(how=how, fields={**found.fields, "padding": padding}, solution=found)


def _sides(question: Question) -> dict[str, int] | None:
    """Return the least padding that fits, each axis' odd pixel after the input.

    ``None`` where more than the padding is unknown, or no padding gives the size.
    """
    if question.searched != ("padding",):
        return None
    sides: dict[str, int] = {}
    for at, wanted in enumerate(question.wanted_sizes()):
        stride, missing = question.setting.stride[at], -question.room(at)
        total = max(missing, missing % stride)
        if wanted is not None:
            total = (wanted - 1) * stride + missing
        if total < 0:
            return None
        before, after = SIDES[question.volume.axes[at]]
        sides |= {before: total // 2, after: total - total // 2}
    return sides


def _rounded(question: Question) -> Iterator[Nearest]:
    """Yield the usual solution if pixels that no whole window reaches may be left out."""
    if getattr(question.layer, "rounding", "") != "strict":
        return
    layer = question.layer.model_copy(update={"rounding": "floor"})
    found = usual(replace(question, layer=layer))
    if found is not None:
        yield Nearest(how="rounding", fields={"rounding": "floor", **found.fields}, solution=found)


def _resized(question: Question) -> Iterator[Nearest]:
    """Yield the nearest smaller and the nearest larger input that fits; one field is unknown."""
    if "input" in question.fields or len(question.searched) > 1:
        return
    stated = [question]
    for unknown in question.unknown:
        if unknown.field in WINDOW_FIELDS:
            numbers = within_bounds(question, unknown)[:_MOST_VALUES]
            stated = [question.stating(unknown, number) for number in numbers]
    own, sizes = question.volume, [input_sizes(each) for each in stated]
    for step in (Sizes.below, Sizes.above):
        volumes = filter(None, (_moved(own, each, step) for each in sizes))
        nearest = min(volumes, key=lambda volume: _distance(own, volume), default=own)
        found = usual(replace(question, volume=nearest))
        if found is not None:
            named = nearest.sizes
            size = nearest.spatial[0] if len(set(nearest.spatial)) == 1 else named
            yield Nearest(how="input", fields={"input": size, **found.fields}, solution=found)


def _moved(
    own: Volume, sizes: Mapping[str, Sizes], step: Callable[[Sizes, int], int | None]
) -> Volume | None:
    """Return the volume with the nearest size along every axis on which its own does not fit."""
    for axis, fitting in sizes.items():
        size = own.along(axis)
        nearest = size if size in fitting else step(fitting, size)
        if nearest is None:
            return None
        own = own.with_size(axis, nearest)
    return own


def _distance(own: Volume, other: Volume) -> int:
    return sum(abs(a - b) for a, b in zip(own.spatial, other.spatial, strict=True))
