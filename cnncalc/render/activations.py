"""Small activations as text: their numbers, map by map."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from math import prod
from typing import Any

from cnncalc.maths.volume import Volume
from cnncalc.maths.words import five_digits
from cnncalc.render.grid import Cell

_MAPS, _ROWS, _COLUMNS = 4, 16, 16
"""The most of an activation that is printed."""
_SPACE = "  "
"""In front of each number."""


def activation_lines(name: str, array: Any, inputs: str, width: int = 0) -> Iterator[Cell]:
    """Yield the lines of an array of (N, D, *spatial): the first input's, large ones in part.

    Rows have as many numbers as fit into ``width`` columns (0: no limit), 16 at most.
    """
    batch, depth, *spatial = array.shape
    yield (
        (f"{name}   {Volume(depth=depth, spatial=tuple(spatial))}", "bold"),
        (f"   {inputs}", ""),
    )
    parts = []
    if spatial:
        maps = array[0] if len(spatial) > 1 else array[0][:, None]
        shown = min(maps.shape[-1], _fitting(_printed(maps), width))
        yield from _maps(maps, shown)
        parts = _parts(maps.shape, shown)
    else:
        numbers = array[0, : _ROWS * _COLUMNS]
        shown = _fitting(numbers, width)
        yield from _matrix(
            [numbers[start : start + shown] for start in range(0, len(numbers), shown)]
        )
        parts = [(len(numbers), depth, "numbers")] if len(numbers) < depth else []
    notes = [f"the first of {batch:,} inputs"] if batch > 1 else []
    if parts:
        listed = ", ".join(f"first {some} of {all_:,} {noun}" for some, all_, noun in parts)
        notes.append(f"{listed}: --save writes all")
    if notes:
        yield ((f"  ({'; '.join(notes)})", ""),)


def _parts(shape: tuple[int, ...], shown: int) -> list[tuple[int, int, str]]:
    """Return how many of the planes, rows and columns are printed, where it is not all."""
    *several, rows, columns = shape
    planes = "maps" if len(several) == 1 else "planes"
    stated = [
        (_MAPS, prod(several), planes),
        (_ROWS, rows, "rows"),
        (shown, columns, "columns"),
    ]
    return [(some, all_, noun) for some, all_, noun in stated if some < all_]


def _printed(maps: Any) -> Any:
    """Return the numbers of maps that are printed where the lines may be long."""
    return maps.reshape(-1, *maps.shape[-2:])[:_MAPS, :_ROWS, :_COLUMNS].ravel()


def _fitting(numbers: Any, width: int) -> int:
    """Return how many numbers a row of ``width`` columns holds."""
    if not width:
        return _COLUMNS
    wide = max((len(five_digits(value)) for value in numbers.tolist()), default=0)
    return min(max(width // (len(_SPACE) + wide), 1), _COLUMNS)


def _maps(array: Any, columns: int) -> Iterator[Cell]:
    """Yield the first planes of an array of (D, frames, rows, columns) or (D, rows, columns)."""
    for place in islice(product(*map(range, array.shape[:-2])), _MAPS):
        number, *frames = place
        yield ((f"map {number}" + "".join(f", frame {frame}" for frame in frames), ""),)
        yield from _matrix(array[place][:_ROWS, :columns])


def _matrix(rows: Any) -> Iterator[Cell]:
    """Yield rows of numbers in columns that are aligned at their end."""
    cells = [[five_digits(value) for value in row.tolist()] for row in rows]
    wide = max((len(cell) for row in cells for cell in row), default=0)
    for row in cells:
        yield (("".join(_SPACE + cell.rjust(wide) for cell in row), ""),)
