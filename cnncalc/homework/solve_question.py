"""What is asked of one layer: which of its numbers are unknown, and what has to come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from cnncalc.layers.base import Layer
from cnncalc.layers.conv import Convolution
from cnncalc.layers.dense import Dense
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.maths.volume import MAX_ELEMENTS, Volume
from cnncalc.problems.model import RuleError

WINDOW_FIELDS: Final = ("dilation", "kernel", "stride", "padding", "output_padding", "input")
"""What the sizes of an output depend on; each may differ by axis."""
FIELDS: Final = (*WINDOW_FIELDS, "depth", "groups", "multiplier", "filters", "units")
"""Every number that may be unknown, in the order in which values are put in.

``input`` stands for the unknown sizes of the input, ``depth`` for its depth.
"""
MULTIPLES: Final = ("multiplier", "filters", "units")
"""What the output's depth is made of."""


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


@dataclass(frozen=True, kw_only=True)
class Question:
    """A layer on an input volume, of which some numbers are unknown.

    Where a number is ``unknown``, ``layer`` and ``volume`` hold one that means nothing.
    ``open_axes`` are the axes of the input that ``input`` stands for; ``most`` are the bounds
    that were stated, by field; ``free`` are the unknown fields that no goal determines.
    """

    layer: Layer
    volume: Volume
    unknown: tuple[str, ...]
    open_axes: tuple[str, ...] = ()
    goal: Goal = field(default_factory=Goal)
    most: Mapping[str, int] = field(default_factory=dict)
    free: tuple[str, ...] = ()

    def stating(self, field: str, value: Any) -> Question:
        """Return the question with one field known: a number for all axes, or one for each."""
        unknown = tuple(name for name in self.unknown if name != field)
        if field == "depth":
            return replace(self, unknown=unknown, volume=self.volume.with_size("depth", value))
        if field == "input":
            return replace(self, unknown=unknown, volume=self._sized(value))
        layer = self.layer.model_copy(update={field: value})
        return replace(self, unknown=unknown, layer=layer)

    def _sized(self, value: int | tuple[int, ...]) -> Volume:
        if isinstance(value, tuple):
            return self.volume.sized(value)
        pairs = zip(self.volume.axes, self.volume.spatial, strict=True)
        return self.volume.sized(
            tuple(value if axis in self.open_axes else own for axis, own in pairs)
        )

    def wanted_sizes(self) -> tuple[int | None, ...]:
        """Return the sizes that have to come out, as far as they are known."""
        if not self.goal.keeps_size:
            return self.goal.sizes or (None,) * self.volume.rank
        if "input" not in self.unknown:
            return self.volume.spatial
        pairs = zip(self.volume.axes, self.volume.spatial, strict=True)
        return tuple(None if axis in self.open_axes else own for axis, own in pairs)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The output's sizes if pixels that no whole window reaches are left out.

        They are 0 where not even one window fits: so each is monotone in every field.
        """
        layer, volume = self.layer, self.volume
        if isinstance(layer, Windowed):
            setting = replace(layer.setting(volume), rounding="floor", pooling=False)
            windows = [setting.alone(axis).fitting() for axis in range(volume.rank)]
            return tuple(found[0].output if found else 0 for found in windows)
        if isinstance(layer, ConvTranspose):
            try:
                return tuple(window.output for window in layer.windows(volume))
            except RuleError:
                return (0,) * volume.rank
        return ()

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

    def output(self) -> Volume | None:
        """Return the output by the kind's own rule; ``None`` where the layer does not fit."""
        layer, volume = self.layer, self.volume
        if isinstance(layer, Windowed) and layer.setting(volume).fitting() is None:
            return None  # before the rule looks for what would fit
        try:
            output = layer.output(volume)
        except RuleError:
            return None
        return output if output.size <= MAX_ELEMENTS else None
