"""What parts are put together from: what a layer reads, lines of arithmetic, tables of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.kernels.dispatch import Given, lay
from cnncalc.forward.parts.arithmetic import value
from cnncalc.layers.window import Windowed
from cnncalc.maths.volume import AXES
from cnncalc.maths.words import LINES, signed
from cnncalc.report.worked import Expression, Line, Operation, Parts, Sign, Table

_CELLS = 12
"""The most rows and columns of a table that are kept."""

Place = tuple[int, ...]
"""(map, *position) of a number of the output."""
Positions = tuple[Sequence[int], ...]
"""Positions of the input along each axis; negative ones and those behind its end are padding."""


def read(x: Array, at: Place) -> float:
    """Return the number of the first image at a place, the only one where an axis has one."""
    return weight(np.moveaxis(x[0], -1, 0), at)


def weight(array: Array, at: Place) -> float:
    """Return what an array (maps, …) has for a place, the only number where an axis has one."""
    sizes = zip(at, array.shape, strict=False)
    return float(array[tuple(place if size > 1 else 0 for place, size in sizes)])


def taps(layer: Windowed, given: Given, at: Place) -> Positions:
    """Return the positions that a window reads along each axis."""
    axes = zip(lay(layer, given), at[1:], strict=True)
    return tuple(axis.taps(axis.starts[place]) for axis, place in axes)


def windows_of(x: Array, maps: Sequence[int], positions: Positions) -> np.ma.MaskedArray:
    """Return what a window reads of maps of the first image, (maps, *window); padding is masked."""
    image = np.moveaxis(x[0], -1, 0)
    axes = list(zip(np.ix_(maps, *positions), image.shape, strict=True))
    inside = reduce(np.logical_and, [(at >= 0) & (at < size) for at, size in axes])
    numbers = image[tuple(np.clip(at, 0, size - 1) for at, size in axes)]
    return np.ma.masked_array(numbers, mask=~inside)


def line(what: str, expression: Expression, formula: str = "") -> Line:
    """Return a line of arithmetic with its result."""
    result = float(value(expression))
    return Line(what=what, formula=formula, expression=expression, result=result)


def with_weight(parts: Parts, given: Given, name: str, at: Place, sign: Sign = "+") -> Parts:
    """Return the parts of a number plus a weight, or times it, where the layer has one."""
    if name not in given.weights:
        return parts
    assert parts.expression is not None
    mine = line(name, weight(given.weights[name], at))
    written = {"+": " + ", "·": "·"}[sign]
    return replace(
        parts,
        lines=(*parts.lines, mine),
        formula=f"{parts.formula}{written}{name}",
        expression=Operation(sign=sign, of=(parts.expression, mine.result)),
    )


def table(title: str, numbers: Array) -> Table:
    """Return the first numbers of an array, in rows along its last axis."""
    rows = numbers.reshape(-1, numbers.shape[-1])
    shown = tuple(map(tuple, rows[:_CELLS, :_CELLS].tolist()))
    return Table(title=title, rows=shown, shape=rows.shape)


def window_title(number: int, positions: Positions) -> str:
    """Return ``input, map 0, rows 3 to 5, columns 0, 2 and 4``: what a window reads."""
    axes = zip(AXES[len(positions)], positions, strict=True)
    places = "".join(f", {LINES[axis]}s {_listed(along)}" for axis, along in axes)
    return f"input, map {number}{places}"


def _listed(places: Sequence[int]) -> str:
    """Return ``3 to 5`` where positions follow each other, else all of them."""
    if len(places) > 2 and list(places) == list(range(places[0], places[-1] + 1)):
        return f"{signed(places[0])} to {signed(places[-1])}"
    *first, last = map(signed, places) if places else ["none"]
    return f"{', '.join(first)} and {last}" if first else last
