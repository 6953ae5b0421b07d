"""Mistakes about receptive fields: the windows on a single path from the input to a layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cnncalc.homework.mistakes.formula import Factors, Formula, Way
from cnncalc.homework.values import Value
from cnncalc.layers.base import SameShape
from cnncalc.layers.window import Windowed
from cnncalc.report.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A window along one axis of the path."""

    kernel: int
    extent: int
    stride: int
    pooling: bool


def sight_formula(row: Row, rows: Mapping[str, Row], right: Value) -> Formula | None:
    """Return the rule of a receptive field; ``None`` where there is more than a path of windows."""
    path = _path(row, rows)
    if not path or not isinstance(right, tuple):
        return None
    factors = {
        "path": path, "dilated": True, "J": True, "pools": True, "sum": "", "after": False,
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


def _path(row: Row, rows: Mapping[str, Row]) -> list[list[_Step]]:
    """Return the windows of each axis, in the order in which sizes are printed, input first."""
    found: list[list[_Step]] = []
    at: Row | None = row
    while at is not None:
        layer, volume = at.layer, at.inputs[0]
        if len(at.sources) != 1 or layer is None or volume is None:
            return []
        if isinstance(layer, Windowed):
            setting = layer.windows(volume)
            steps = [
                _Step(kernel=w.kernel, extent=w.extent, stride=w.stride, pooling=layer.pooling)
                for w in setting
            ]
            found.append(steps[::-1] if len(steps) == 2 else steps)
        elif not isinstance(layer, SameShape):
            return []
        at = rows.get(at.sources[0])
    if not isinstance(row.layer, Windowed):
        return []
    return [list(axis) for axis in zip(*reversed(found), strict=True)]


def _seen(f: Factors) -> Value | None:
    return tuple(_along(axis, f) for axis in f["path"])


def _along(axis: list[_Step], f: Factors) -> int:
    """Return R = 1 + Σ (F′ − 1)·J along one axis."""
    if f["sum"] == "kernel":
        return axis[-1].extent
    size, jump = (0 if f["sum"] else 1), 1
    for number, step in enumerate(axis):
        if step.pooling and not f["pools"]:
            continue
        wide = step.extent if f["dilated"] else step.kernel
        is_last = number == len(axis) - 1
        by = jump * step.stride if f["after"] and is_last else jump
        size += (wide if f["sum"] else wide - 1) * by
        jump *= step.stride if f["J"] else 1
    return size


def _words(f: Factors) -> str:
    value = _seen(f)
    assert isinstance(value, tuple)
    sizes = dict.fromkeys(value)
    return "×".join(map(str, sizes if len(sizes) == 1 else value))
