"""Which sizes of its input fit a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Final

from cnncalc.homework.solve.axis import NotAlongAnAxis
from cnncalc.homework.solve.progressions import Progression, Sizes
from cnncalc.homework.solve.question import Goal
from cnncalc.homework.solve.sizes import sizes_that_fit, steps_along
from cnncalc.inference.infer import Overrides, infer
from cnncalc.inference.left_open import is_left_open, open_volume
from cnncalc.layers.base import Layer
from cnncalc.maths.volume import Volume
from cnncalc.problems.model import Problem
from cnncalc.report.report import Report
from cnncalc.spec.network import Network

_OF_SIZES: Final = ("CNN301", "CNN302", "CNN305", "CNN308", "CNN309", "CNN312", "CNN315", "CNN4")
"""Errors that another size of the input may not have."""
_MOST_TRIED: Final = 4_096
_MOST_SOLUTIONS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FittingSizes:
    """The sizes of an input that fit a network, by axis; ``own`` are those of the spec, if stated.

    ``solutions`` are reports of inputs whose every axis has single sizes only. ``depth`` is that
    of the output, where another is wanted.
    """

    own: Mapping[str, int]
    axes: Mapping[str, Sizes]
    solutions: tuple[tuple[Volume, Report], ...] = ()
    depth: int | None = None

    @property
    def is_solved(self) -> bool:
        """Whether some size of every axis fits."""
        return all(sizes.progressions for sizes in self.axes.values())


def sizes_of(
    network: Network, overrides: Overrides, report: Report, goal: Goal
) -> FittingSizes | tuple[Problem, ...]:
    """Return the sizes of the first input that fit, or the problems that no size mends.

    Of an input such as ``anyx32x3`` only the open sizes are asked for. ``overrides`` are changes
    of the network, ``report`` is of the network with them; expectations are not checked.
    """
    name, node = next(iter(network.inputs.items()))
    stated = own = report.inputs[name]
    asked_for = own.axes if own is not None else ()
    if own is None and is_left_open(node.data()):
        own, asked_for = open_volume(node.data())
    if own is None or "depth" in asked_for:
        return _to_state(report.errors)
    asked = _Asked(network=network, overrides=overrides, name=name, own=own, goal=goal)
    if stated is None:
        report = asked.report(own)
    mistakes = _mistakes(report)
    sizes = None if mistakes else asked.carried(report)
    if sizes is None:  # a mistake behind windows that do not fit shows where they are floored
        mistakes = mistakes or _mistakes(asked.report(own, "floor"))
        if mistakes:
            return _to_state(mistakes)
        sizes = asked.tried()
    for axis in set(own.axes) - set(asked_for):
        sizes[axis] = sizes[axis].only(own.along(axis))
    depth = asked.depth(sizes) if goal.depth is not None else None
    if depth != goal.depth:
        sizes = {axis: Sizes(progressions=(), is_complete=True) for axis in sizes}
    return FittingSizes(
        own={} if stated is None else stated.sizes,
        axes=sizes,
        depth=depth if depth != goal.depth else None,
        solutions=tuple(asked.solutions(sizes)),
    )


def _mistakes(report: Report) -> tuple[Problem, ...]:
    """Return the errors that no other size of the input mends."""
    depths = {row.name: {each.depth for each in row.inputs if each} for row in report.rows}
    return tuple(
        each
        for each in report.errors
        if not each.code.startswith(_OF_SIZES)
        or (each.code == "CNN305" and len(depths[each.layer or ""]) > 1)
    )


def _to_state(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems, of which those that are left open cannot be found."""
    hint = "state it: the sizes of the first input are found"
    return tuple(each.at(help=(hint,)) if each.code == "CNN608" else each for each in problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A network whose first input is asked for."""

    network: Network
    overrides: Overrides
    name: str
    own: Volume
    goal: Goal

    def report(self, volume: Volume, rounding: str | None = None) -> Report:
        """Return the report of the network on another input."""
        inputs = {**self.overrides.inputs, self.name: volume}
        changes = replace(self.overrides, inputs=inputs)
        return infer(
            self.network, changes if rounding is None else replace(changes, rounding=rounding)
        )

    def meets(self, report: Report) -> bool:
        """Return whether an input fits, and gives the sizes that are wanted."""
        output = next(iter(report.outputs.values()), None)
        fits = all(problem.code.startswith("CNN4") for problem in report.errors)
        return fits and output is not None and self.goal.has_sizes(output)

    def carried(self, report: Report) -> dict[str, Sizes] | None:
        """Return the sizes by axis, found along each; ``None`` where that does not hold."""
        layers = self.layers(report)
        end = next(iter(report.output_rows), None)
        if layers is None or end is None:
            return None
        found = {}
        for axis, called in enumerate(self.own.axes):
            wanted = self.goal.sizes[axis] if axis < len(self.goal.sizes) else None
            try:
                steps = steps_along(layers, self.own.axes, axis, end)
            except NotAlongAnAxis:
                return None
            others = {
                other: volume.spatial[axis]
                for other, volume in report.inputs.items()
                if other != self.name and volume is not None and axis < volume.rank
            }
            found[called] = sizes_that_fit(steps, self.name, end, wanted, others)
        return found if self.agrees(found, report) else None

    def layers(self, report: Report) -> dict[str, tuple[Layer, tuple[str, ...]]] | None:
        """Return the layers by name with what they read; ``None`` where one is not known.

        A layer that takes its size from another is known where that is: rounded down if need be.
        """
        known = {row.name: row.layer for row in report.rows}
        if None in known.values():
            floored = self.report(self.own, "floor")
            known |= {row.name: row.layer for row in floored.rows if known.get(row.name) is None}
        layers = {}
        for row in report.rows:
            layer = known[row.name]
            if layer is None:
                return None
            layers[row.name] = (layer, (*row.sources, *([row.like] if row.like else [])))
        return layers

    def agrees(self, sizes: Mapping[str, Sizes], report: Report) -> bool:
        """Return whether inference agrees at the spec's own size and at the first that fit.

        It does not where fields are computed from sizes.
        """
        fits = all(self.own.along(axis) in each for axis, each in sizes.items())
        return fits == self.meets(report) and all(
            self.meets(self.report(volume)) for volume in _first(self.own, sizes)
        )

    def depth(self, sizes: Mapping[str, Sizes]) -> int | None:
        """Return the depth of the output, which no size changes."""
        for volume in _first(self.own, sizes)[:1]:
            output = next(iter(self.report(volume).outputs.values()))
            return output.depth if output else None
        return None

    def tried(self) -> dict[str, Sizes]:
        """Return the sizes that inference accepts, each tried; equal axes stay equal."""
        found = {}
        for axis in self.own.axes:
            alike = [
                other for other in self.own.axes if self.own.along(other) == self.own.along(axis)
            ]
            singles = []
            for size in range(1, _MOST_TRIED + 1):
                volume = self.own
                for other in alike:
                    volume = volume.with_size(other, size)
                if self.meets(self.report(volume)):
                    singles.append(Progression(start=size, step=0))
            found[axis] = Sizes(progressions=tuple(singles), is_complete=False)
        return found

    def solutions(self, sizes: Mapping[str, Sizes]) -> Iterator[tuple[Volume, Report]]:
        """Yield the inputs and their reports where every axis has single sizes only."""
        if any(each.step for axis in sizes.values() for each in axis.progressions):
            return
        singles = [[each.start for each in axis.progressions] for axis in sizes.values()]
        for spatial in islice(product(*singles), _MOST_SOLUTIONS):
            volume = self.own.sized(spatial)
            report = self.report(volume)
            if self.meets(report):
                yield volume, report


def _first(own: Volume, sizes: Mapping[str, Sizes]) -> list[Volume]:
    """Return the smallest input that fits, and the next along every axis; none if none fits."""
    firsts = [each.progressions[0] for each in sizes.values() if each.progressions]
    if len(firsts) < len(sizes):
        return []
    return [own.sized(tuple(each.start + each.step * k for each in firsts)) for k in (0, 1)]
