"""Sizes per axis and per side, spread over the axes of a volume."""

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.checks import SIDE_NAMES, SIDES, Padding, Sizes
from cnncalc.maths.volume import Volume, format_value
from cnncalc.maths.words import an, plural
from cnncalc.problems.model import RuleError


def per_axis(value: Sizes, volume: Volume, field: str, missing: int = 1) -> tuple[int, ...]:
    """Return one size for each spatial axis of ``volume``, in array order.

    A mapping may leave axes out; they get ``missing``.

    Raises:
        RuleError: CNN306 when the axes are not those of the volume.
    """
    if isinstance(value, int):
        return (value,) * volume.rank
    if isinstance(value, dict):
        for axis in value:
            if axis not in volume.axes:
                raise _not_there(f"{field} names the axis {axis}", volume, field)
        return tuple(value.get(axis, missing) for axis in volume.axes)
    if len(value) == volume.rank:
        return tuple(value)
    axes = ", ".join(volume.axes)
    fitting = format_value([*value, *value[-1:] * volume.rank][: volume.rank])
    raise RuleError(
        "CNN306",
        f"{field} lists {plural(len(value), 'size')} for {volume.rank} axes ({axes})",
        field=field,
        help=(
            f"write {field}: {value[0]} for every axis, or {field}: {fitting} for [{axes}]",
            "the depth is never stated: a filter always sees the whole depth of its input",
        ),
    )


def _not_there(named: str, volume: Volume, field: str) -> RuleError:
    """Return CNN306: an axis or a side is named that the volume does not have."""
    return RuleError(
        "CNN306",
        f"{named}, which {an(str(volume))} volume does not have",
        field=field,
        help=(f"its axes are {', '.join(volume.axes)}",),
    )


def resized(volume: Volume, output: Volume) -> Iterator[tuple[str, int, int]]:
    """Return each spatial axis with its size in the input and in the output."""
    return zip(volume.axes, volume.spatial, output.spatial, strict=True)


def kept_per_axis(value: Sizes, volume: Volume, field: str) -> tuple[int, ...]:
    """Return one size for each spatial axis, in array order; axes left out keep their size.

    Raises:
        RuleError: CNN306 when the axes are not those of the volume.
    """
    sizes = per_axis(value, volume, field, missing=0)
    return tuple(size or kept for size, kept in zip(sizes, volume.spatial, strict=True))


def per_side(
    value: Padding, volume: Volume, field: str = "padding"
) -> tuple[tuple[int, int] | Any, ...]:
    """Return (before, after) or ``same``/``same_lower`` for each spatial axis, in array order.

    Raises:
        RuleError: CNN306 when axes or sides are not those of the volume.
    """
    if isinstance(value, str):
        return (value,) * volume.rank
    if isinstance(value, dict) and any(key in SIDE_NAMES for key in value):
        sides = [SIDES[axis] for axis in volume.axes]
        for side in value:
            if not any(side in names for names in sides):
                raise _not_there(f"{field} names the side {side}", volume, field)
        return tuple((value.get(before, 0), value.get(after, 0)) for before, after in sides)
    return tuple((size, size) for size in per_axis(value, volume, field, missing=0))
