"""What is nearest where nothing solves a question: unequal sides, `same`, floor, other inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final, Literal, TypeAlias

from cnncalc.homework.solve import Solution, uniform
from cnncalc.homework.solve_question import Answer, Question
from cnncalc.layers.checks import SIDES
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.maths.geometry import extent

How: TypeAlias = Literal["sides", "same", "rounding", "input"]
_FURTHEST: Final = 64
"""How far from its size an input is looked for that fits."""
_FURTHEST_APART: Final = 8
"""The same where the axes differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """A layer that is nearly what was asked for: the fields that make it fit, and how."""

    how: How
    fields: Mapping[str, Any]
    solution: Answer


def nearest(question: Question) -> tuple[Nearest, ...]:
    """Return what is nearest to a question that nothing solves."""
    if not isinstance(question.layer, Windowed | ConvTranspose):
        return ()
    return tuple(_padded(question)) + tuple(_rounded(question)) + tuple(_resized(question))


def _padded(question: Question) -> Iterator[Nearest]:
    """Yield the paddings that are not one number for all sides."""
    if "padding" not in question.unknown or not isinstance(question.layer, Windowed):
        return
    for how, padding in (("sides", _sides(question)), ("same", "same")):
        found = uniform(question.stating("padding", padding)) if padding else None
        if found is not None:
            fields = {**found.fields, "padding": padding}
            yield Nearest(how="sides" if how == "sides" else "same", fields=fields, solution=found)


def _sides(question: Question) -> dict[str, int] | None:
    """Return the least padding that fits, each axis' odd pixel after the input.

    ``None`` where more than the padding is unknown, or no padding gives the size.
    """
    layer = question.layer
    assert isinstance(layer, Windowed)
    if set(question.unknown) - {"padding", "filters", "multiplier"}:
        return None
    setting = layer.setting(question.volume)
    sides: dict[str, int] = {}
    for axis, wanted in enumerate(question.wanted_sizes()):
        stride, size = setting.stride[axis], question.volume.spatial[axis]
        missing = extent(setting.kernel[axis], setting.dilation[axis]) - size
        total = max(missing, missing % stride)
        if wanted is not None:
            total = (wanted - 1) * stride + missing
        if total < 0:
            return None
        before, after = SIDES[question.volume.axes[axis]]
        sides |= {before: total // 2, after: total - total // 2}
    return sides


def _rounded(question: Question) -> Iterator[Nearest]:
    """Yield the usual solution if pixels that no whole window reaches may be left out."""
    if getattr(question.layer, "rounding", "") != "strict":
        return
    layer = question.layer.model_copy(update={"rounding": "floor"})
    found = uniform(replace(question, layer=layer))
    if found is not None:
        yield Nearest(how="rounding", fields={"rounding": "floor", **found.fields}, solution=found)


def _resized(question: Question) -> Iterator[Nearest]:
    """Yield the nearest smaller and the nearest larger input that fits; one field is unknown."""
    if "input" in question.unknown or len({*question.unknown} - {"filters", "multiplier"}) > 1:
        return
    for direction in (-1, 1):
        for steps in _steps(question):
            sizes = tuple(
                size + direction * step
                for size, step in zip(question.volume.spatial, steps, strict=True)
            )
            found = _on(question, sizes)
            if found is not None:
                named = dict(zip(question.volume.axes, sizes, strict=True))
                size = sizes[0] if len(set(sizes)) == 1 else named
                yield Nearest(how="input", fields={"input": size, **found.fields}, solution=found)
                break


def _steps(question: Question) -> Iterator[tuple[int, ...]]:
    """Yield how far each axis is from its size, the nearest first; equal axes stay equal."""
    rank = question.volume.rank
    if len(set(question.volume.spatial)) == 1:
        yield from ((step,) * rank for step in range(1, _FURTHEST + 1))
    else:
        steps = product(range(_FURTHEST_APART + 1), repeat=rank)
        yield from sorted(steps, key=lambda each: (sum(each), each))[1:]


def _on(question: Question, sizes: tuple[int, ...]) -> Solution | None:
    """Return what solves the question on an input of other sizes."""
    if min(sizes) < 1:
        return None
    return uniform(replace(question, volume=question.volume.sized(sizes)))
