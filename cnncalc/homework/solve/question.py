"""What is asked of one layer: which of its numbers are unknown, and what has to come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypeAlias

from cnncalc.homework.solve.axis import along
from cnncalc.layers.axes import per_axis
from cnncalc.layers.base import Layer
from cnncalc.layers.conv import Convolution
from cnncalc.layers.dense import Dense
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.maths.geometry import extent
from cnncalc.maths.setting import Setting
from cnncalc.maths.volume import MAX_ELEMENTS, Volume
from cnncalc.problems.model import RuleError

WINDOW_FIELDS: Final = ("kernel", "dilation", "stride", "padding", "output_padding", "input")
"""What the sizes of an output depend on; each may differ by axis."""
MULTIPLES: Final = ("multiplier", "filters", "units")
"""What the output's depth is made of."""
FIELDS: Final = ("kernel", "depth", "groups", *WINDOW_FIELDS[1:], *MULTIPLES)
"""Every number that may be unknown, in the order in which values are put in.

``input`` stands for the unknown sizes of the input, ``depth`` for its depth.
"""

LEAST: Final = {"padding": 0, "output_padding": 0}
"""The least number of a field; 1, where none is here."""
OF_NUMBERS: Final = ("CNN301", "CNN302", "CNN303", "CNN304", "CNN313")
"""Errors of a layer with one number for a field that another number may not have."""

Value: TypeAlias = int | tuple[int, ...]
"""One number for all axes, or one for each in array order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What has to come out; ``None`` is whatever comes.

    ``sizes`` are in array order; ``keeps_size``: they are those of the input.
    """

    keeps_size: bool = False
    sizes: tuple[int | None, ...] = ()
    depth: int | None = None
    params: int | None = None
    macs: int | None = None

    def has_sizes(self, output: Volume) -> bool:
        """Return whether an output has the sizes that are wanted; a vector has all of them 1."""
        own = output.spatial or (1,) * len(self.sizes)
        return all(size in (None, along) for size, along in zip(self.sizes, own, strict=False))

    @property
    def counts(self) -> bool:
        """Whether parameters or MACs are given."""
        return self.params is not None or self.macs is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """An unknown number: that of a field, along one axis or (``""``) the same along all."""

    field: str
    axis: str = ""


def unknowns(*fields: str) -> tuple[Unknown, ...]:
    """Return fields as unknown numbers, in the order in which values are put in."""
    return tuple(Unknown(field=name) for name in FIELDS if name in fields)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A layer on an input volume, of which some numbers are unknown.

    Where a number is ``unknown``, ``layer`` and ``volume`` hold the least that it can be.
    ``open_axes`` are the axes of the input that ``input`` stands for; ``most`` are the bounds
    that were stated, by field.
    """

    layer: Layer
    volume: Volume
    unknown: tuple[Unknown, ...]
    open_axes: tuple[str, ...] = ()
    goal: Goal = field(default_factory=Goal)
    most: Mapping[str, int] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are unknown, each once."""
        return tuple(dict.fromkeys(each.field for each in self.unknown))

    @cached_property
    def undetermined(self) -> tuple[str, ...]:
        """The unknown fields that no goal says anything about: filters, and depths."""
        goal = self.goal
        if goal.counts:
            return ()
        open_fields = [name for name in self.fields if name in MULTIPLES and goal.depth is None]
        is_wanted = goal.depth is not None and not self.states_depth
        if "depth" in self.fields and "groups" not in self.fields and not is_wanted:
            open_fields.append("depth")
        return tuple(open_fields)

    @property
    def asks(self) -> tuple[str, ...]:
        """The unknown fields that something determines."""
        return tuple(name for name in self.fields if name not in self.undetermined)

    @property
    def searched(self) -> tuple[str, ...]:
        """The fields that are asked for, but for filters that the depth of the output states."""
        stated = MULTIPLES if self.goal.depth is not None else ()
        return tuple(name for name in self.asks if name not in stated)

    @property
    def weighs(self) -> set[str]:
        """The fields that the number of parameters depends on, but for groups."""
        return {*MULTIPLES, "depth", "input" if isinstance(self.layer, Dense) else "kernel"}

    @property
    def counts_size(self) -> bool:
        """Whether a count is given that depends on the size of the input."""
        has_macs = bool(self.goal.macs)
        return has_macs or (self.goal.params is not None and isinstance(self.layer, Dense))

    @property
    def states_depth(self) -> bool:
        """Whether the layer states how deep its output is: a filter or unit for each map."""
        return hasattr(self.layer, "filters") or hasattr(self.layer, "units")

    def by_axis(self) -> Question:
        """Return the question with an unknown number for each axis."""
        windows = tuple(
            Unknown(field=name, axis=axis)
            for axis in self.volume.axes
            for name in WINDOW_FIELDS
            if name in self.fields and (name != "input" or axis in self.open_axes)
        )
        others = tuple(each for each in self.unknown if each.field not in WINDOW_FIELDS)
        return replace(self, unknown=(*windows, *others))

    def touches(self, unknown: Unknown, axis: str) -> bool:
        """Return whether the size of the output along an axis depends on an unknown number."""
        if unknown.field == "input" and axis not in self.open_axes:
            return False
        return unknown.field in WINDOW_FIELDS and unknown.axis in ("", axis)

    def knows(self, axis: str) -> bool:
        """Return whether the size of the output along an axis is known."""
        return not any(self.touches(unknown, axis) for unknown in self.unknown)

    def stating(self, unknown: Unknown, value: Any) -> Question:
        """Return the question with a number known."""
        left = tuple(each for each in self.unknown if each != unknown)
        name, axis = unknown.field, unknown.axis
        if name == "depth":
            return replace(self, unknown=left, volume=self.volume.with_size("depth", value))
        if name == "input":
            volume = self.volume
            for each in (axis,) if axis else self.open_axes:
                volume = volume.with_size(each, value)
            return replace(self, unknown=left, volume=volume)
        if axis:
            sizes = list(self.per_axis(name))
            sizes[self.volume.axes.index(axis)] = value
            value = tuple(sizes)
        return replace(self, unknown=left, layer=self.layer.model_copy(update={name: value}))

    def value(self, name: str) -> Value:
        """Return the value of a field that was unknown."""
        if name == "depth":
            return self.volume.depth
        if name == "input":
            sizes = tuple(self.volume.along(axis) for axis in self.open_axes)
            return sizes[0] if len(set(sizes)) == 1 else sizes
        found: Value = getattr(self.layer, name)
        return found

    def per_axis(self, name: str) -> tuple[int, ...]:
        """Return the numbers of a field in array order; ``padding`` of one number for sides."""
        missing = 0 if name in ("padding", "output_padding") else 1
        return per_axis(getattr(self.layer, name), self.volume, name, missing)

    def extents(self) -> tuple[int, ...]:
        """Return F′ along each axis."""
        return tuple(map(extent, self.per_axis("kernel"), self.per_axis("dilation")))

    def wanted_sizes(self) -> tuple[int | None, ...]:
        """Return the sizes that have to come out, as far as they are known."""
        if not self.goal.keeps_size:
            return self.goal.sizes or (None,) * self.volume.rank
        if "input" not in self.fields:
            return self.volume.spatial
        pairs = zip(self.volume.axes, self.volume.spatial, strict=True)
        return tuple(None if axis in self.open_axes else own for axis, own in pairs)

    # --- what comes out, as far as numbers are known ---------------------------------------------

    @cached_property
    def setting(self) -> Setting:
        """The window on every axis."""
        assert isinstance(self.layer, Windowed)
        return self.layer.setting(self.volume)

    def has_room(self, axis: int) -> bool:
        """Return whether a window slides along an axis, and not as far as `same` takes it."""
        return isinstance(self.layer, Windowed) and not isinstance(self.setting.padding[axis], str)

    def is_strict(self, axis: int) -> bool:
        """Return whether (W − F′ + P)/S must be whole along an axis."""
        return self.has_room(axis) and self.setting.rounding == "strict"

    def room(self, axis: int) -> int:
        """Return the pixels of the padded input behind the first window: W − F′ + P."""
        setting = self.setting
        reach = extent(setting.kernel[axis], setting.dilation[axis])
        before, after = setting.padding[axis]
        return self.volume.spatial[axis] + int(before + after) - reach

    def size(self, axis: int) -> int:
        """Return the output's size along an axis, pixels that no whole window reaches left out.

        It is 0 where not even one window fits: so it is monotone in every field.
        """
        if isinstance(self.layer, ConvTranspose):
            rule = along(self.layer, self.volume.axes, axis)
            return rule.at(self.volume.spatial[axis : axis + 1]) or 0
        found = replace(self.setting.alone(axis), rounding="floor", pooling=False).fitting()
        return found[0].output if found else 0

    @property
    def sizes(self) -> tuple[int, ...]:
        """The output's sizes, as :meth:`size` has them; none of a vector."""
        axes = () if isinstance(self.layer, Dense) else range(self.volume.rank)
        return tuple(map(self.size, axes))

    @property
    def depth(self) -> int:
        """The output's depth."""
        layer = self.layer
        if isinstance(layer, Convolution):
            return layer.maps(self.volume)
        if isinstance(layer, ConvTranspose):
            return layer.filters
        return layer.units if isinstance(layer, Dense) else self.volume.depth

    @property
    def params(self) -> int:
        """How many parameters the layer has."""
        return sum(weight.count for weight in self.layer.weights(self.volume))

    @property
    def macs(self) -> int:
        """How many multiply-accumulates the layer takes for an output of :attr:`sizes`."""
        output = Volume(depth=self.depth, spatial=self.sizes)
        return self.layer.macs((self.volume,), output)

    @property
    def is_hopeless(self) -> bool:
        """Whether numbers that are known rule out a count that is wanted."""
        goal, layer = self.goal, self.layer
        weights_are_known = not {*self.weighs, "groups"} & {*self.fields}
        if goal.params is not None and weights_are_known and self.params != goal.params:
            return True
        if goal.macs and not layer.weights(self.volume):
            return True
        if not goal.macs or isinstance(layer, Dense) or getattr(layer, "rounding", "") == "ceil":
            return False
        # a product of the output's sizes, of a transposed convolution of the input's
        known = [at for at, axis in enumerate(self.volume.axes) if self.knows(axis)]
        is_transposed = isinstance(layer, ConvTranspose)
        sizes = (self.volume.spatial[at] if is_transposed else self.size(at) for at in known)
        return any(not size or goal.macs % size for size in sizes)

    def output(self) -> Volume | None:
        """Return the output by the kind's own rule; ``None`` where the layer does not fit."""
        layer, volume = self.layer, self.volume
        if isinstance(layer, Windowed) and self.setting.fitting() is None:
            return None  # before the rule looks for what would fit
        try:
            output = layer.output(volume)
        except RuleError:
            return None
        return output if output.size <= MAX_ELEMENTS else None
