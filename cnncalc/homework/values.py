"""Values of cells: what is right, and what an answer means where this is asked.

A volume is its sizes in the order in which they are printed, a receptive field one number for each
axis of the input, a count an integer; where windows do not fit, an output is ``MISFIT``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

from cnncalc.homework.answers import (
    MISFIT,
    Sizes,
    read_count,
    read_setting,
    read_sizes,
    read_volume,
)
from cnncalc.homework.cells import COUNTS, FIELDS
from cnncalc.layers.axes import per_side
from cnncalc.maths.numbers import Count
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import number, on_paper

Number: TypeAlias = int | Fraction
Value: TypeAlias = "Number | tuple[Number, ...] | str"


def sizes_of(volume: Volume) -> tuple[int, ...]:
    """Return the sizes of a volume in the order in which they are printed."""
    return tuple(volume.named().values())


def volume_of(sizes: Value, like: Volume) -> Volume | None:
    """Return the volume of sizes as they are printed, ``None`` where they are none of its rank."""
    if not isinstance(sizes, tuple) or len(sizes) != like.rank + 1:
        return None
    if any(not isinstance(size, int) or size < 1 for size in sizes):
        return None
    *spatial, depth = (int(size) for size in sizes)
    return Volume(depth=depth, spatial=on_paper(spatial))


def read(cell: str, text: str, right: Value, shape: Volume | None) -> tuple[Value, Sizes] | None:
    """Return what an answer means, and its numbers as they are written; ``None``: it is blank.

    ``shape`` is a volume of the rank that is asked for.

    Raises:
        cnncalc.homework.answers.Unreadable: it is neither a value nor blank.
    """
    if cell == "output":
        volume = read_volume(text)
        if volume is None or isinstance(volume, str):
            return None if volume is None else (MISFIT, ())
        assert shape is not None
        written = _of_rank(volume, shape)
        return tuple(whole(size.value) for size in written), written
    if cell in COUNTS:
        assert isinstance(right, int)
        count = read_count(text, right)
        return None if count is None else (whole(count.value), (count,))
    if cell in FIELDS:
        setting = read_setting(text, zero_is_right=right == 0)
        if setting is None or isinstance(setting, str):
            return None if setting is None else (setting, ())
        numbers = tuple(map(whole, setting))
        return (numbers[0] if len(numbers) == 1 else numbers), ()
    sizes = read_sizes(text)
    return None if sizes is None else (_field(sizes, right), sizes)


def _of_rank(sizes: Sizes, shape: Volume) -> Sizes:
    """Return sizes in the rank of a volume, where they can be meant so.

    A depth of 1 may be left out; a vector may be 1×1×D or D×1, and 1×1×D may be D.
    """
    one = Count(value=Fraction(1), step=Fraction(0))
    values = [size.value for size in sizes]
    if len(sizes) == shape.rank + 1:
        return sizes
    if shape.rank == 0:
        if len(sizes) == 3 and values[:2] == [1, 1]:
            return sizes[2:]
        return sizes[:1] if len(sizes) == 2 and values[1] == 1 else sizes
    if len(sizes) == 1 and shape.positions == 1:
        return (*(one,) * shape.rank, *sizes)
    return (*sizes, one) if len(sizes) == shape.rank else sizes


def _field(sizes: Sizes, right: Value) -> Value:
    """Return a receptive field for each axis; one number is meant for all of them."""
    values = tuple(whole(size.value) for size in sizes)
    if isinstance(right, tuple) and len(values) == 1:
        return values * len(right)
    return values


def whole(value: Fraction) -> Number:
    """Return a whole fraction as an integer, any other as it is."""
    return value.numerator if value.denominator == 1 else value


def shown(cell: str, value: Value) -> str:
    """Return a value as it is printed, such as ``28×28×6`` or ``61,706``."""
    if isinstance(value, tuple):
        if cell == "receptive_field" and len(set(value)) == 1:
            value = value[:1]
        return "×".join(number(size) for size in value)
    if cell in COUNTS and isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else number(value)


def typed(cell: str, value: Value) -> str:
    """Return a value as a student would type it: ``28x28x6``, ``61706``."""
    return shown(cell, value).replace("×", "x").replace(",", "")


def setting_value(setting: Any, rank: int) -> Any:
    """Return a setting as a spec writes it: sizes as they are printed become those of arrays."""
    if isinstance(setting, tuple):
        return list(setting[::-1] if rank == 2 else setting)
    return setting


def setting_shown(value: Any, volume: Volume) -> Value:
    """Return a layer's own setting as a value: a number, sizes as printed, or a word."""
    if isinstance(value, dict) and any(key in ("left", "right", "top", "bottom") for key in value):
        sides = per_side(value, volume)
        return ", ".join(f"{before} and {after}" for before, after in on_paper(sides))
    if isinstance(value, dict):
        return on_paper(value.get(axis, 1) for axis in volume.axes)
    if isinstance(value, tuple | list):
        return on_paper(value)
    return value if isinstance(value, int | str) else str(value)
