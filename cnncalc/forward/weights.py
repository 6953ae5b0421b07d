"""The weights of a pass: allocated as a layer declares them, filled, used, counted, dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from math import prod
from typing import Any

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun
from cnncalc.forward.fill import Filler
from cnncalc.forward.memory import Reused
from cnncalc.forward.stream import Stream
from cnncalc.layers.base import Weight
from cnncalc.report.rows import Row

LARGE = 4 << 20
"""Bytes from which weights are made while they are used."""


class Weights(dict[str, Any]):
    """The arrays of a layer by name, all of which must be used: counting alone proves nothing.

    ``others`` are the names of those that are not trained.
    """

    def __init__(self, arrays: Mapping[str, Any], others: Iterable[str] = ()) -> None:
        super().__init__(arrays)
        self.others = frozenset(others)
        self.unused = set(arrays)

    def __getitem__(self, name: str) -> Any:
        self.unused.discard(name)
        return super().__getitem__(name)

    def check(self) -> None:
        """Raise ``CannotRun`` when there is one that the layer did not use."""
        if self.unused:
            names = ", ".join(sorted(self.unused))
            raise CannotRun(f"its rule declares weights ({names}) that it does not use")

    def count(self, *, trainable: bool) -> int:
        """Return the numbers that were really made."""
        return sum(
            array.size for name, array in self.items() if (name not in self.others) is trainable
        )


class Maker:
    """Makes the weights of layers; ``given`` arrays, by full name, go before generated numbers.

    They are there until the next layer's are made: in the same memory, the larger dense ones a few
    units at a time.
    """

    def __init__(self, filler: Filler, given: Mapping[str, Array]) -> None:
        self.filler = filler
        self.given = given
        self._memory = Reused()

    def make(self, owner: Row, declared: tuple[Weight, ...]) -> Weights:
        """Allocate and fill what a layer declares; the numbers go by the owner's name."""
        found = {weight.name: self._elsewhere(owner, weight) for weight in declared}
        made = [weight for weight in declared if found[weight.name] is None]
        sizes = tuple(prod(weight.shape) for weight in made)
        for weight, array in zip(made, self._memory.arrays(sizes, self.filler.dtype), strict=True):
            found[weight.name] = self._filled(owner, weight, array)
        return Weights(found, (weight.name for weight in declared if not weight.trainable))

    def _elsewhere(self, owner: Row, weight: Weight) -> Array | Stream | None:
        """Return the weights that a file or the spec states, or that are made while used."""
        name = f"{owner.name}.{weight.name}"
        if name in self.given:
            with np.errstate(all="ignore"):  # what is too large for the type is reported
                return np.ascontiguousarray(self.given[name], self.filler.dtype)
        if owner.values and weight.name in owner.values:
            stated = np.array(floats(owner.values[weight.name]), self.filler.dtype)
            return np.array(np.broadcast_to(stated, weight.shape))  # of one map: used for all
        if streamed(weight, self.filler.dtype.itemsize):
            return Stream(
                weight.shape, self.filler.dtype, partial(self.filler.weight, weight, name)
            )
        return None

    def _filled(self, owner: Row, weight: Weight, memory: Array) -> Array:
        self.filler.weight(weight, f"{owner.name}.{weight.name}", memory)
        if weight.depth_innermost:
            filters, depth, *sizes = weight.shape
            return np.moveaxis(memory.reshape(filters, *sizes, depth), -1, 1)
        return memory.reshape(weight.shape)


def streamed(weight: Weight, itemsize: int) -> bool:
    """Return whether a layer takes this weight unit by unit, and it is large."""
    suits = weight.by_unit and len(weight.shape) == 2
    return suits and prod(weight.shape) * itemsize >= LARGE


def floats(value: Any) -> Any:
    """Return nested lists of exact numbers as floats."""
    return [floats(item) for item in value] if isinstance(value, list) else float(value)
