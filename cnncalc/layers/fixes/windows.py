"""What would fit: the strides, paddings, kernels and inputs that mend a window.

Each candidate is put to the rule itself (:func:`cnncalc.maths.geometry.slide`), so nothing is
proposed that does not fit. Runs only when something is wrong already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from math import gcd
from typing import Any

from cnncalc.layers.checks import MAX_KERNEL, SIDES
from cnncalc.maths.geometry import Sides, extent
from cnncalc.maths.setting import Setting
from cnncalc.maths.volume import MAX_SIZE, format_value
from cnncalc.maths.words import LINES, either, plural, times
from cnncalc.problems.model import Fix

_MOST = 12
"""How many values of one field are proposed in ``fixes``."""
_SHOWN = {"stride": 3, "padding": 2, "kernel": 2, "input": 2}
"""How many of them the help text shows."""
_LONGEST = 120
"""Characters of a value that names every side."""
_REACH = 64
"""How far from the present value a kernel or padding is looked for."""


def fixes(setting: Setting) -> list[Fix]:
    """Return every change of one field that makes ``setting`` fit, nearest first by field."""
    found: list[Fix] = []
    for field, candidates in (
        ("stride", _strides(setting)),
        ("padding", _paddings(setting)),
        ("kernel", _kernels(setting)),
        ("input", _inputs(setting)),
        ("rounding", _roundings(setting)),
        ("padding", [("same", replace(setting, padding=("same",) * setting.volume.rank))]),
    ):
        fitting = (
            Fix(field=field, value=value, output=times(w.output for w in windows))
            for value, changed in candidates
            if (windows := changed.fitting())
        )
        found += islice(fitting, _MOST)
    return found


def help_lines(setting: Setting, found: Iterable[Fix]) -> tuple[str, ...]:
    """Return at most three lines that name the nearest fixes of each field, the likeliest first.

    Where floor drops nothing but padding, the spec comes from a framework that does so.
    """
    found = list(found)
    floored = replace(setting, rounding="floor").fitting()
    if floored and not any(w.unseen_input for w in floored):
        floor = [fix for fix in found if fix.value == "floor"]
        others = [fix for fix in found if fix.value != "floor"]
        order = sorted(_SHOWN, key=lambda field: field != "padding")
        return (*(_rounding(setting, fix) for fix in floor), *_lines(setting, others, order))
    return _lines(setting, found, _SHOWN)


def _lines(setting: Setting, found: list[Fix], order: Iterable[str]) -> tuple[str, ...]:
    """Return a line of the numbers that fit, by field in this ``order``, and one of the words."""
    parts: list[str] = []
    for field in order:
        fitting = [fix for fix in found if fix.field == field and fix.value != "same"]
        near = fitting[: _SHOWN[field]]
        if field == "input" and near:
            parts.append(f"input {either(_size(fix.value) for fix in near)} fits")
        elif near:
            numbers = sorted((f for f in near if isinstance(f.value, int)), key=lambda f: f.value)
            near = [*numbers, *(f for f in near if not isinstance(f.value, int))]
            fits = (f"{format_value(fix.value, _LONGEST)} → {fix.output}" for fix in near)
            parts.append(f"{field} {either(fits)}")
    lines = ["; ".join(parts)] if parts else []
    rounded = [_rounding(setting, fix) for fix in found if fix.field == "rounding"]
    rounded += [f"padding: same → {fix.output}" for fix in found if fix.value == "same"]
    return (*lines, "; ".join(rounded)) if rounded else tuple(lines)


Candidates = Iterator[tuple[Any, Setting]]


def _nearest(numbers: Iterable[int], present: int) -> list[int]:
    """Return the numbers other than ``present``, nearest to it first."""
    return sorted(set(numbers) - {present}, key=lambda n: (abs(n - present), n))


def _uniform(values: tuple[Any, ...]) -> bool:
    return len(set(values)) == 1


def _named(setting: Setting, sizes: tuple[int, ...]) -> Any:
    """Return sizes as a spec writes them: one number, or a mapping of axes."""
    return sizes[0] if _uniform(sizes) else dict(zip(setting.volume.axes, sizes, strict=True))


def _rooms(setting: Setting) -> tuple[int, ...]:
    """Return W − F′ + P of each axis."""
    return tuple(
        size + sum(sides) - extent(kernel, dilation) if not isinstance(sides, str) else 0
        for size, sides, kernel, dilation in zip(
            setting.volume.spatial, setting.padding, setting.kernel, setting.dilation, strict=True
        )
    )


def _strides(setting: Setting) -> Candidates:
    rooms = _rooms(setting)
    if any(room < 0 for room in rooms):
        return
    common = gcd(*rooms)
    present = max(setting.stride)
    if _uniform(setting.stride):
        divisors = [n for n in range(1, present + _REACH + 1) if common % n == 0]
        for stride in _nearest(divisors, present):
            yield stride, replace(setting, stride=(stride,) * len(rooms))
    each = tuple(
        next(n for n in range(stride, 0, -1) if room % n == 0)
        for room, stride in zip(rooms, setting.stride, strict=True)
    )
    if not _uniform(each):
        yield _named(setting, each), replace(setting, stride=each)


def _paddings(setting: Setting) -> Candidates:
    if any(isinstance(sides, str) for sides in setting.padding):
        return
    largest = max(extent(k, d) for k, d in zip(setting.kernel, setting.dilation, strict=True)) - 1
    flat = [side for sides in setting.padding for side in sides]
    present = flat[0] if _uniform(tuple(flat)) else -1
    high = min(max(largest, *flat), max(present, 0) + _REACH)
    near = range(max(present - _REACH, 0), high + 1)
    for padding in dict.fromkeys([*_nearest(near, present), 0]):
        sides = ((padding, padding),) * len(setting.padding)
        yield padding, replace(setting, padding=sides)
    added = tuple(
        _even_out(sides, -room % stride if room >= 0 else -room)
        for sides, room, stride in zip(
            setting.padding, _rooms(setting), setting.stride, strict=True
        )
    )
    one_number = _uniform(tuple(side for sides in added for side in sides))
    within = max(side for sides in added for side in sides) <= MAX_KERNEL
    if added != setting.padding and not one_number and within:
        yield _sides(setting, added), replace(setting, padding=added)


def _even_out(sides: Sides, more: int) -> Sides:
    """Return ``sides`` with ``more`` pixels added, the odd one after the input."""
    before, after = sides
    return before + more // 2, after + more - more // 2


def _sides(setting: Setting, padding: tuple[Sides, ...]) -> dict[str, int]:
    """Return padding per side, as a spec writes it; sides without padding are left out."""
    return {
        name: size
        for axis, sides in zip(setting.volume.axes, padding, strict=True)
        for name, size in zip(SIDES[axis], sides, strict=True)
        if size
    }


def _kernels(setting: Setting) -> Candidates:
    if _uniform(setting.kernel):
        for kernel in _other_kernels(setting, range(setting.volume.rank)):
            yield kernel, setting.with_kernel((kernel,) * len(setting.kernel))
        return
    for i in range(setting.volume.rank):
        for kernel in _other_kernels(setting, [i]):
            changed = (*setting.kernel[:i], kernel, *setting.kernel[i + 1 :])
            value = dict(zip(setting.volume.axes, changed, strict=True))
            yield value, setting.with_kernel(changed)
            if setting.with_kernel(changed).fitting():
                break


def _other_kernels(setting: Setting, axes: Sequence[int]) -> list[int]:
    """Return kernels close by, small ones, and the largest that fits; nearest first."""
    present = setting.kernel[axes[0]]
    rooms = _rooms(setting)
    largest = min(present + rooms[i] // setting.dilation[i] for i in axes)
    near = range(max(present - _REACH, 1), min(present + _REACH, MAX_KERNEL) + 1)
    return _nearest([*near, *range(1, _REACH), min(max(largest, 1), MAX_KERNEL)], present)


def _inputs(setting: Setting) -> Candidates:
    """Propose the nearest smaller and larger input on the axes that fail."""
    sizes = setting.volume.spatial
    for direction in (-1, 1):
        changed = tuple(
            _fitting_size(setting, i, direction) if not setting.alone(i).fitting() else size
            for i, size in enumerate(sizes)
        )
        if None not in changed and changed != sizes:
            volume = setting.volume.sized(changed)  # type: ignore[arg-type]
            yield volume.named(), replace(setting, volume=volume)


def _fitting_size(setting: Setting, i: int, direction: int) -> int | None:
    """Return the nearest size that fits: close by, or where the windows come out whole."""
    size, stride, room = setting.volume.spatial[i], setting.stride[i], _rooms(setting)[i]
    whole: int = -room if room < 0 else room * -direction % stride
    for step in sorted({*range(1, _REACH + 1), whole} - {0}):
        other: int = size + direction * step
        if not 1 <= other <= MAX_SIZE:
            return None
        if setting.alone(i, other).fitting():
            return other
    return None


def _roundings(setting: Setting) -> Candidates:
    for rounding in ("floor", "ceil") if setting.pooling else ("floor",):
        yield rounding, replace(setting, rounding=rounding)


def _size(named: dict[str, int]) -> str:
    """Return the spatial part of a named shape, one number when all axes are equal."""
    sizes = [size for axis, size in named.items() if axis != "depth"]
    return str(sizes[0]) if len(set(sizes)) == 1 else "×".join(map(str, sizes))


def _rounding(setting: Setting, fix: Fix) -> str:
    """Return ``rounding: floor → 2×2 (drops 1 column and 1 row)``."""
    words = f"rounding: {fix.value} → {fix.output}"
    windows = replace(setting, rounding=fix.value).fitting()
    if fix.value != "floor" or not windows:
        return words
    lost = [plural(w.unseen_input, LINES[w.axis]) for w in reversed(windows) if w.unseen_input]
    if not lost:
        return f"{words}, as PyTorch and Keras do (drops only padding)"
    return f"{words} (drops {' and '.join(lost)})"
