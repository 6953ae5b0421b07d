"""Array code is found by the type of a layer: :func:`compute`, and the memory it takes.

It is loaded for the layers of a network only: :mod:`cnncalc.forward.families`.

A layer gives the numbers that the spec states (strides, filters, …). The array code itself finds
how many windows there are, and with them the shape of the result. It never asks a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from cnncalc.forward.arrays import Array, CannotRun
from cnncalc.forward.slide import Slide, slide
from cnncalc.layers.base import Layer
from cnncalc.layers.window import Windowed
from cnncalc.maths.volume import Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The arrays that a layer computes with, (N, *spatial, C) each.

    ``weights`` are arrays by the names that the layer declares; a dense kernel may be a
    :class:`cnncalc.forward.stream.Stream`. ``out`` is the first input, where it may be overwritten.
    """

    inputs: Sequence[Array]
    weights: Mapping[str, Any]
    out: Array | None = None

    @property
    def x(self) -> Array:
        """The first input."""
        return self.inputs[0]

    @property
    def volume(self) -> Volume:
        """The volume of each image of the first input."""
        return volume_of(self.x)


def volume_of(x: Array) -> Volume:
    """Return the volume of each image of a batch."""
    return Volume(depth=x.shape[-1], spatial=x.shape[1:-1])


@singledispatch
def compute(layer: Layer, given: Given) -> Array:
    """Return the output of a layer, (N, *spatial, C).

    Raises:
        CannotRun: the arrays do not fit the layer.
    """
    raise CannotRun(f"there is no array code for {type(layer).__name__}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A layer that is to run: its first input, its output, and the numbers of its weights."""

    batch: int
    source: Volume
    result: Volume
    weights: int


@singledispatch
def copies(layer: Layer, job: Job) -> int:
    """Return the numbers that :func:`compute` makes apart from the output: none, for most kinds."""
    return 0


def one_of_the_input(layer: Layer, job: Job) -> int:
    """Return the numbers of the input: it is copied once."""
    return job.batch * job.source.size


def two_on_the_way(layer: Layer, job: Job) -> int:
    """Return twice the numbers of the input or the output, whichever are more."""
    return 2 * job.batch * max(job.source.size, job.result.size)


def lay(layer: Windowed, given: Given) -> tuple[Slide, ...]:
    """Return how the windows of a layer lie over the spatial axes of its input."""
    stated = layer.setting(given.volume)
    sizes = given.volume.spatial
    axes = zip(sizes, stated.kernel, stated.stride, stated.dilation, stated.padding, strict=True)
    return tuple(slide(*axis, stated.rounding, stated.pooling) for axis in axes)
