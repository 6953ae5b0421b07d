"""What inference found, frozen: rows, block uses, totals, problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.maths.receptive import Field
from cnncalc.maths.volume import Volume
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source, Span
from cnncalc.report.memory import Bytes, plan_bytes

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer, Weight

Fields = Mapping[str, Field]
"""Receptive field by axis of the network's input."""


class ReceptiveField(NamedTuple):
    """A receptive field in input pixels, per axis; stride and padding may not exist.

    Without ``is_exact`` the size is an upper bound: see :mod:`cnncalc.maths.receptive`.
    """

    size: dict[str, int]
    stride: dict[str, Fraction | None]
    padding: dict[str, int | None]
    is_exact: bool = True


class Row(NamedTuple):
    """One layer: what reached it, what leaves it, and what it costs for one input.

    ``output`` is ``None`` when it could not be computed: ``failed`` when the layer itself is
    at fault, otherwise because something before it is. ``shared_from`` names the layer whose
    weights it uses. ``blocks`` are the enclosing block uses, outermost first; ``branch`` the
    enclosing branches as (name of the merge, number from 0). ``like`` names the row whose size
    the layer takes (``crop``).
    """

    name: str
    kind: str
    sources: tuple[str, ...]
    inputs: tuple[Volume | None, ...]
    output: Volume | None
    layer: Layer | None
    span: Span
    weights: tuple[Weight, ...] = ()
    macs: int | None = None
    neurons: int | None = None
    connections: int | None = None
    fields: Fields | None = None
    shared_from: str | None = None
    values: Mapping[str, Any] | None = None
    blocks: tuple[str, ...] = ()
    branch: tuple[tuple[str, int], ...] = ()
    failed: bool = False
    like: str | None = None

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
        return receptive_field(self.fields, self.output)


def receptive_field(fields: Fields | None, output: Volume | None) -> ReceptiveField | None:
    """Return the printable receptive field of ``output``."""
    if not fields or output is None:
        return None
    lengths = dict.fromkeys(fields, 1) | dict(zip(output.axes, output.spatial, strict=True))
    return ReceptiveField(
        {axis: seen.size(lengths[axis]) for axis, seen in fields.items()},
        {axis: seen.stride for axis, seen in fields.items()},
        {axis: seen.padding for axis, seen in fields.items()},
        all(seen.is_exact for seen in fields.values()),
    )


class Use(NamedTuple):
    """One use of a block: rows ``start`` up to ``stop`` are its layers."""

    name: str
    block: str
    arguments: str
    sources: tuple[str, ...]
    inputs: tuple[Volume | None, ...]
    output: Volume | None
    fields: Fields | None
    span: Span
    start: int
    stop: int
    blocks: tuple[str, ...] = ()
    branch: tuple[tuple[str, int], ...] = ()


class Totals(NamedTuple):
    """Sums over all layers for one input; ``complete`` is false when some are unknown."""

    params: int
    non_trainable: int
    macs: int
    neurons: int
    connections: int
    complete: bool

    @property
    def flops(self) -> int:
        """Two operations per multiply-accumulate."""
        return 2 * self.macs


@dataclass(frozen=True, eq=False)
class Report:
    """A network, inferred."""

    name: str
    source: Source
    inputs: dict[str, Volume | None]
    outputs: dict[str, Volume | None]
    rows: tuple[Row, ...]
    uses: tuple[Use, ...]
    problems: tuple[Problem, ...]
    output_rows: tuple[str, ...] = ()
    cases: tuple[Any, ...] = ()
    overridden: tuple[str, ...] = ()
    """Which options (``--input``) changed the spec: its expectations were not checked."""
    stopped: bool = False
    """Whether the walk ended before the network did."""
    _bytes: dict[int, Bytes] = field(default_factory=dict, repr=False)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems that are not advice."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors

    @cached_property
    def totals(self) -> Totals:
        """Sums over all rows that are known; of a walk that was stopped, they are not all."""
        sums = total(self.rows)
        stopped = self.stopped or not self.rows or any(p.code == "CNN116" for p in self.problems)
        return sums._replace(complete=False) if stopped else sums

    def bytes(self, width: int = 4) -> Bytes:
        """Return memory for ``width`` bytes per number; all ``None`` when rows are unknown."""
        if width not in self._bytes:
            self._bytes[width] = plan_bytes(self, width)
        return self._bytes[width]


def total(rows: tuple[Row, ...] | list[Row]) -> Totals:
    """Return the sums over ``rows``."""
    known = [row for row in rows if row.output is not None]
    return Totals(
        sum(row.params or 0 for row in known),
        sum(row.non_trainable or 0 for row in known),
        sum(row.macs or 0 for row in known),
        sum(row.neurons or 0 for row in known),
        sum(row.connections or 0 for row in known),
        len(known) == len(rows),
    )
