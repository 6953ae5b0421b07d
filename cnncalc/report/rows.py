"""Rows of a report: a layer each, uses of blocks, and sums over rows. Frozen records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from cnncalc.layers.base import Layer, Weight
from cnncalc.maths.receptive import Field
from cnncalc.maths.volume import Volume
from cnncalc.problems.source import Span

Nested: TypeAlias = Any
"""A number, or a list of nested values of equal shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a volume sees of the network's input ``origin``, by axis of that input.

    ``shift`` is how many input pixels further right, or down, the windows' centres are than
    those of windows spread evenly over their inputs, because of ``same`` padding. ``parted``:
    branches with different centres have met on the way.
    """

    origin: str
    fields: Mapping[str, Field]
    shift: Mapping[str, Fraction] = field(default_factory=dict)
    parted: bool = False

    def size(self, axis: str, volume: Volume) -> int:
        """Return how many pixels along an axis of the input one position of ``volume`` sees."""
        length = volume.sizes.get(axis, 1)
        return self.fields[axis].size(length)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptiveField:
    """A receptive field in input pixels, per axis; stride and padding may not exist.

    Without ``is_exact`` the size is an upper bound: see :mod:`cnncalc.maths.receptive`.
    """

    size: dict[str, int]
    stride: dict[str, Fraction | None]
    padding: dict[str, int | None]
    is_exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One layer: what reached it, what leaves it, and what it costs for one input.

    ``output`` is ``None`` when it could not be computed: ``failed`` when the layer itself is
    at fault, otherwise because something before it is. ``shared_from`` names the layer whose
    weights it uses. ``blocks`` are the enclosing block uses, outermost first; ``branch`` the
    enclosing branches as (name of the merge, number from 0). ``like`` names the row whose size
    the layer takes (``crop``). ``places`` are those of the values of its fields. ``floored`` is a
    row whose output is unknown as it would be if ``floor`` were meant where windows do not fit.
    """

    name: str
    kind: str
    sources: tuple[str, ...]
    inputs: tuple[Volume | None, ...]
    span: Span
    output: Volume | None = None
    layer: Layer | None = None
    weights: tuple[Weight, ...] = ()
    macs: int | None = None
    connections: int | None = None
    activations: int | None = None
    seen: Seen | None = None
    shared_from: str | None = None
    values: Mapping[str, Any] | None = None
    blocks: tuple[str, ...] = ()
    branch: tuple[tuple[str, int], ...] = ()
    failed: bool = False
    like: str | None = None
    places: Mapping[str, Span] = field(default_factory=dict)
    floored: Row | None = None

    @property
    def assumed(self) -> Volume | None:
        """The output if ``floor`` were meant, where it is unknown otherwise."""
        return None if self.floored is None else self.floored.output

    @property
    def neurons(self) -> int | None:
        """Numbers that leave the layer."""
        return None if self.output is None else self.output.size

    @property
    def hyperparameters(self) -> str:
        """The words for the layer's fields, such as ``5×5, stride 2``; none where it has none."""
        return "" if self.layer is None else self.layer.hyperparameters(*self.inputs)

    @property
    def kept(self) -> int:
        """Numbers that are kept for the next layers: none where the layer works in place."""
        in_place = self.layer is None or self.layer.keeps_nothing
        return 0 if self.output is None or in_place else self.output.size

    @property
    def params(self) -> int | None:
        """Trainable weights and biases; 0 when they are shared with another layer."""
        return self._count(trainable=True)

    @property
    def non_trainable(self) -> int | None:
        """Numbers that training does not change by gradient: running statistics, RBF centres."""
        return self._count(trainable=False)

    def _count(self, *, trainable: bool) -> int | None:
        if self.output is None:
            return None
        if self.shared_from is not None:
            return 0
        return sum(w.count for w in self.weights if w.trainable is trainable)

    @property
    def receptive_field(self) -> ReceptiveField | None:
        """The receptive field over the axes of the input, or ``None`` when there are none."""
        return receptive_field(self.seen, self.output)


def receptive_field(seen: Seen | None, output: Volume | None) -> ReceptiveField | None:
    """Return the printable receptive field of ``output``."""
    if seen is None or not seen.fields or output is None:
        return None
    return ReceptiveField(
        size={axis: seen.size(axis, output) for axis in seen.fields},
        stride={axis: along.stride for axis, along in seen.fields.items()},
        padding={axis: along.padding for axis, along in seen.fields.items()},
        is_exact=all(along.is_exact for along in seen.fields.values()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a block: rows ``start`` up to ``stop`` are its layers.

    ``assumed`` is its output, where that is unknown, as in :class:`Row`; ``repetition`` the
    number, from 0, that the innermost ``repeat`` gives it.
    """

    name: str
    block: str
    arguments: str
    sources: tuple[str, ...]
    inputs: tuple[Volume | None, ...]
    output: Volume | None
    assumed: Volume | None
    seen: Seen | None
    span: Span
    start: int
    stop: int
    repetition: int | None = None
    blocks: tuple[str, ...] = ()
    branch: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over all layers for one input; ``complete`` is false when some are unknown."""

    params: int
    non_trainable: int
    macs: int
    neurons: int
    connections: int
    activations: int
    complete: bool

    @property
    def flops(self) -> int:
        """Two operations per multiply-accumulate."""
        return 2 * self.macs


def total(rows: Sequence[Row]) -> Totals:
    """Return the sums over ``rows``."""
    known = [row for row in rows if row.output is not None]
    return Totals(
        params=sum(row.params or 0 for row in known),
        non_trainable=sum(row.non_trainable or 0 for row in known),
        macs=sum(row.macs or 0 for row in known),
        neurons=sum(row.neurons or 0 for row in known),
        connections=sum(row.connections or 0 for row in known),
        activations=sum(row.activations or 0 for row in known),
        complete=len(known) == len(rows),
    )
