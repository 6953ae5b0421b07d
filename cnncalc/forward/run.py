"""The forward pass: a report's layers on real arrays, row by row.

What a layer makes is compared with its row by :mod:`cnncalc.report.verification`; nothing here
asks inference for a shape. Weights are allocated from what the layer declares for the arrays that
really arrive, made layer by layer and dropped; arrays are freed as planned
(:mod:`cnncalc.report.memory`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from time import perf_counter

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun
from cnncalc.forward.families import run_layer
from cnncalc.forward.fill import Filler
from cnncalc.forward.kernels.dispatch import Given, volume_of
from cnncalc.forward.weights import Maker, Weights
from cnncalc.layers.base import Layer
from cnncalc.layers.registry import layer_class
from cnncalc.maths.volume import Volume
from cnncalc.problems.model import RuleError
from cnncalc.report.memory import Plan, plan
from cnncalc.report.report import Report
from cnncalc.report.rows import Row
from cnncalc.report.verification import LayerResult

Progress = Callable[[int, int, str], object]
"""Called before every layer: how many are done, of how many, and its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a pass runs; ``inputs`` and ``weights`` (by full name) replace generated numbers.

    ``until`` names the last layer that is run; without it, all are.
    """

    batch: int = 1
    seed: int = 0
    dtype: str = "float32"
    inputs: Mapping[str, Array] = field(default_factory=dict)
    weights: Mapping[str, Array] = field(default_factory=dict)
    keep: frozenset[str] = frozenset()
    until: str | None = None


_FAILURES = (CannotRun, RuleError, ValueError, TypeError, LookupError, MemoryError)
"""What arrays that do not fit raise."""


def _reason(error: Exception) -> str:
    """Return why a layer cannot run."""
    if isinstance(error, KeyError):
        return f"it uses weights called {error}, which its rule does not declare"
    if isinstance(error, MemoryError):
        return f"there is not enough memory ({error})"
    return str(error) or type(error).__name__


class Pass:
    """One forward pass of a report without errors; ``run`` yields its layers."""

    def __init__(self, report: Report, settings: Settings) -> None:
        self.report = report
        self.settings = settings
        self.filler = Filler(settings.seed, settings.dtype)
        self.maker = Maker(self.filler, settings.weights)
        names = [row.name for row in report.rows]
        count = names.index(settings.until) + 1 if settings.until else len(names)
        self.rows = report.rows[:count]
        self.values: dict[str, Array] = {}
        self.volumes: dict[str, Volume] = {}
        self.plan: Plan = plan(self.rows, report.inputs, {*report.output_rows, *settings.keep})
        self._owners = {row.name: row for row in self.rows}

    def run(self, progress: Progress | None = None) -> Iterator[LayerResult]:
        """Run the layers in order; what follows a layer that cannot run is not run."""
        for name, volume in self.report.inputs.items():
            assert volume is not None
            self.values[name] = self._input(name, volume)
            self.volumes[name] = volume_of(self.values[name])
        for number, row in enumerate(self.rows):
            if progress is not None:
                progress(number, len(self.rows), row.name)
            known = row.like is None or row.like in self.volumes
            if known and all(source in self.values for source in row.sources):
                yield self._row(number, row)
            else:
                yield LayerResult(row=row)
            for name in self.plan.frees[number]:
                self.values.pop(name, None)

    def output(self, name: str) -> Array | None:
        """Return the array of the row that ran last, or of one that was an output or was kept."""
        return self.values.get(name)

    def given(self, row: Row) -> tuple[Layer, Given]:
        """Return the layer of a row that has run, and what it computed with.

        Its inputs must have been kept; its weights are made again, which gives the same.
        """
        layer, inputs = self._layer(row), [self.values[source] for source in row.sources]
        return layer, Given(inputs=inputs, weights=self._weights(row, layer, *inputs))

    def _input(self, name: str, volume: Volume) -> Array:
        if name in self.settings.inputs:
            # a copy: layers may write onto it
            with np.errstate(all="ignore"):  # what is too large for the type is reported
                return np.array(self.settings.inputs[name], self.settings.dtype, order="C")
        shape = (self.settings.batch, *volume.spatial, volume.depth)
        return self.filler.fill(np.empty(shape, self.settings.dtype), f"input {name}")

    def _row(self, number: int, row: Row) -> LayerResult:
        start = perf_counter()
        inputs = [self.values[source] for source in row.sources]
        try:
            layer = self._layer(row)
            weights = self._weights(row, layer, *inputs)
            out = inputs[0] if self._may_overwrite(number, row) else None
            with np.errstate(all="ignore"):  # what is not finite is reported
                result = _own(run_layer(layer, inputs, weights, out), inputs[0])
            weights.check()
        except _FAILURES as error:
            return LayerResult(
                row=row,
                seconds=perf_counter() - start,
                finite=False,
                error=_reason(error),
            )
        self.values[row.name] = result
        self.volumes[row.name] = volume_of(result)
        params, others = (
            0 if row.shared_from else weights.count(trainable=trainable)
            for trainable in (True, False)
        )
        seconds = perf_counter() - start
        return LayerResult(
            row=row,
            actual=self.volumes[row.name],
            params=params,
            non_trainable=others,
            seconds=seconds,
            finite=_finite(result),
        )

    def _may_overwrite(self, number: int, row: Row) -> bool:
        """Return whether the first input may be overwritten: it is planned, and no view is left."""
        if not self.plan.overwrites[number]:
            return False
        mine = self.values[row.sources[0]]
        if not mine.flags.c_contiguous:
            return False
        others = (array for name, array in self.values.items() if name != row.sources[0])
        return not any(np.may_share_memory(mine, other) for other in others)

    def _layer(self, row: Row) -> Layer:
        """Return the layer of a row, built anew from its kind and the fields that are stated.

        One that takes its size from another array is given that array's.
        """
        assert row.layer is not None
        fields = {name: getattr(row.layer, name) for name in row.layer.model_fields_set}
        if row.like is not None:
            fields["like"] = self.volumes[row.like]
        return layer_class(row.kind).model_validate(fields, by_alias=False, by_name=True)

    def _weights(self, row: Row, layer: Layer, *inputs: Array) -> Weights:
        """Make the weights for these inputs; shared ones again, from the owner's name."""
        declared = layer.weights(*map(volume_of, inputs))
        return self.maker.make(self._owners[row.shared_from or row.name], declared)


def _own(result: Array, source: Array) -> Array:
    """Return a part of an array as an array of its own, so that the whole can be freed."""
    part = result.size < source.size and np.may_share_memory(result, source)
    return result.copy() if part or not result.flags.c_contiguous else result


def _finite(array: Array) -> bool:
    """Return whether all numbers are finite: the sum of their squares is, unless it overflows.

    Then the extremes decide. One product takes half of their time.
    """
    flat = array.reshape(-1)
    with np.errstate(all="ignore"):
        squares = float(np.dot(flat, flat))
    if isfinite(squares):
        return True
    return bool(np.isfinite(array.max()) and np.isfinite(array.min()))
