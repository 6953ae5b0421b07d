"""Small activations as text: their numbers, map by map."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from math import prod
from typing import Any

from cnncalc.maths.volume import Volume
from cnncalc.render.grid import Cell

_MAPS, _ROWS, _COLUMNS = 4, 16, 16
"""The most of an activation that is printed."""


def activation_lines(name: str, array: Any, given: str) -> Iterator[Cell]:
    """Yield the lines of an array of (N, D, *spatial): the first input's, large ones in part."""
    batch, depth, *spatial = array.shape
    yield ((f"{name}   {Volume(depth, tuple(spatial))}", "bold"), (f"   {given}", ""))
    if spatial:
        maps = array[0] if len(spatial) > 1 else array[0][:, None]
        yield from _maps(maps)
        *several, rows, columns = maps.shape
        is_cut = prod(several) > _MAPS or rows > _ROWS or columns > _COLUMNS
    else:
        part = array[0, : _ROWS * _COLUMNS].tolist()
        yield from _matrix(
            [part[start : start + _COLUMNS] for start in range(0, len(part), _COLUMNS)]
        )
        is_cut = depth > len(part)
    notes = [f"the first of {batch:,} inputs"] if batch > 1 else []
    if is_cut:
        notes.append("too large to print whole: --save writes all of it")
    if notes:
        yield ((f"  ({'; '.join(notes)})", ""),)


def _maps(array: Any) -> Iterator[Cell]:
    """Yield the first planes of an array of (D, frames, rows, columns) or (D, rows, columns)."""
    for place in islice(product(*map(range, array.shape[:-2])), _MAPS):
        number, *frames = place
        yield ((f"map {number}" + "".join(f", frame {frame}" for frame in frames), ""),)
        yield from _matrix(array[place][:_ROWS, :_COLUMNS].tolist())


def _matrix(rows: list[list[float]]) -> Iterator[Cell]:
    """Yield rows of numbers in columns that are aligned at their end."""
    cells = [[f"{value + 0.0:.5g}" for value in row] for row in rows]
    wide = max((len(cell) for row in cells for cell in row), default=0)
    for row in cells:
        yield (("  " + "  ".join(cell.rjust(wide) for cell in row), ""),)
