"""Mistakes about receptive fields: the windows on a single path from the input to a layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from cnncalc.homework.mistakes.formula import Factors, Formula, Way
from cnncalc.homework.own import Above
from cnncalc.homework.values import Number, Value, whole
from cnncalc.layers.base import SameShape
from cnncalc.layers.window import Windowed
from cnncalc.maths.geometry import Window
from cnncalc.maths.words import on_paper
from cnncalc.report.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A window along one axis of the path."""

    window: Window
    pooling: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """The path along one axis: its windows, and the field and the stride that they begin with."""

    steps: tuple[_Step, ...]
    field: Number = 1
    stride: Number = 1


def receptive_field_formula(
    row: Row, rows: Mapping[str, Row], right: Value, above: Above | None
) -> Formula | None:
    """Return the rule of a receptive field; ``None`` where there is more than a path of windows.

    It begins with the field that was answered for a layer ``above``, else with one pixel.
    """
    axes = _axes(row, rows, above)
    if not axes or not isinstance(right, tuple):
        return None
    factors = {
        "axes": axes, "dilated": True, "J": True, "pools": True, "sum": "", "after": False,
    }  # fmt: skip
    ways = [
        Way(code="strides-forgotten", changes={"J": False}),
        Way(code="kernel-only", changes={"sum": "kernel"}),
        Way(code="own-stride-counted", changes={"after": True}),
        Way(code="kernels-added", changes={"sum": "added"}),
        Way(code="pooling-forgotten", changes={"pools": False}),
        Way(code="dilation-forgotten", changes={"dilated": False}),
    ]
    return Formula(right=right, factors=factors, value=_seen, words=_words, ways=ways, pairs=False)


def _axes(row: Row, rows: Mapping[str, Row], above: Above | None) -> list[_Axis]:
    """Return the path along each axis, in the order in which sizes are printed."""
    found: list[tuple[_Step, ...]] = []
    at: Row | None = row
    while at is not None and (above is None or at is not above.row):
        layer, volume = at.layer, at.inputs[0]
        if len(at.sources) != 1 or layer is None or volume is None:
            return []
        if isinstance(layer, Windowed):
            windows = on_paper(layer.windows(volume))
            found.append(tuple(_Step(window=each, pooling=layer.pooling) for each in windows))
        elif not isinstance(layer, SameShape):
            return []
        at = rows.get(at.sources[0])
    if not isinstance(row.layer, Windowed):
        return []
    axes = [_Axis(steps=steps) for steps in zip(*reversed(found), strict=True)]
    if above is None:
        return axes
    field = above.row.receptive_field
    strides = on_paper(field.stride.values()) if field is not None else ()
    if len(strides) != len(axes) or None in strides:
        return []
    begun = zip(axes, above.sizes, strides, strict=True)
    return [_Axis(steps=axis.steps, field=size, stride=stride) for axis, size, stride in begun]


def _seen(f: Factors) -> Value | None:
    return tuple(_along(axis, f) for axis in f["axes"])


def _along(axis: _Axis, f: Factors) -> Number:
    """Return R = 1 + Σ (F′ − 1)·J along one axis."""
    if f["sum"] == "kernel":
        return axis.steps[-1].window.extent
    added = f["sum"] == "added"
    size = Fraction(0 if added and axis.field == 1 else axis.field)
    jump = Fraction(axis.stride if f["J"] else 1)
    for number, step in enumerate(axis.steps):
        if step.pooling and not f["pools"]:
            continue
        window = step.window
        wide = window.extent if f["dilated"] else window.kernel
        is_last = number == len(axis.steps) - 1
        by = jump * window.stride if f["after"] and is_last else jump
        size += (wide if added else wide - 1) * by
        jump *= window.stride if f["J"] else 1
    return whole(size)


def _words(f: Factors) -> str:
    value = _seen(f)
    assert isinstance(value, tuple)
    sizes = dict.fromkeys(value)
    return "×".join(map(str, sizes if len(sizes) == 1 else value))
