"""Which values an unknown number can have: found by halving, as each goal is monotone in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import gcd, isqrt
from typing import Final

from cnncalc.homework.solve_question import MULTIPLES, WINDOW_FIELDS, Question
from cnncalc.layers.axes import per_axis
from cnncalc.layers.checks import MAX_KERNEL
from cnncalc.layers.dense import Dense
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.maths.geometry import extent
from cnncalc.maths.volume import MAX_SIZE

USUAL: Final = {"kernel": 11, "stride": 8, "dilation": 8, "input": 512, "depth": 512}
"""The largest value of each field that is looked at, unless another is stated."""
_SHRINKING: Final = ("kernel", "stride", "dilation")
"""Fields that make the output of a window smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """A number that must be in ``least`` … ``most``; it falls or rises with the unknown field."""

    measure: Callable[[Question], int]
    least: int
    most: int
    falls: bool = False

    def within(self, values: range, question: Question, field: str) -> range:
        """Return the part of ``values`` for which the number is in its limits."""
        sign = -1 if self.falls else 1
        ends = sorted((sign * self.least, sign * self.most))

        def measured(value: int) -> int:
            return sign * self.measure(question.stating(field, value))

        start = bisect_left(values, ends[0], key=measured)
        return values[start : bisect_right(values, ends[1], lo=start, key=measured)]


def values(question: Question, field: str, *, alone: bool) -> Sequence[int]:
    """Return the values of an unknown field that may be right, those that are usual first.

    No value is left out that is right; which of them are, the kind's own rule decides.
    ``alone``: it is the only unknown field, and bounds do not hold for what a goal restricts.
    """
    if field == "groups":
        return list(_divisors(_maps(question)))
    found, bound = _restricted(question, field, alone=alone)
    if bound is not None:
        found = range(found.start, max(found.start, min(found.stop, bound + 1)))
    return sorted(found, key=lambda value: rank(question, field, value))


def bound_held(question: Question, field: str, *, alone: bool) -> int | None:
    """Return the largest value of a field that is looked at, ``None`` where none bounds it."""
    return None if field == "groups" else _restricted(question, field, alone=alone)[1]


def _restricted(question: Question, field: str, *, alone: bool) -> tuple[range, int | None]:
    """Return the values of a field that the goals allow, and the bound that holds for them."""
    possible, bound = _possible(question, field), bound_of(question, field)
    if bound is not None and not alone:
        possible = range(possible.start, min(possible.stop, bound + 1))
    found = possible
    for limit in _limits(question, field):
        found = limit.within(found, question, field)
    is_finite = alone and found.stop < possible.stop
    return found, None if is_finite and field not in question.most else bound


def bound_of(question: Question, field: str) -> int | None:
    """Return the largest value of a field that is looked at, ``None`` where there is none."""
    if field in question.most:
        return question.most[field]
    layer = question.layer
    if field == "padding":
        return max(_extents(question)) - 1
    if field == "output_padding":
        assert isinstance(layer, ConvTranspose)
        return max(per_axis(layer.stride, question.volume, "stride")) - 1
    return USUAL.get(field)


def rank(question: Question, field: str, value: int) -> tuple[int, ...]:
    """Return what puts the usual values of a field before the others."""
    if field == "kernel":
        order = (3, 5, 7, 1)
        return (order.index(value),) if value in order else (4 + (value % 2 == 0), value)
    if field == "padding":
        layer, reach = question.layer, max(_extents(question))
        if isinstance(layer, ConvTranspose):
            stride = max(per_axis(layer.stride, question.volume, "stride"))
            return abs(reach - 2 * value - stride), value
        return abs(2 * value - (reach - 1)), value
    if field in MULTIPLES:
        return int(value.bit_count() != 1), value
    return (value,)


def _extents(question: Question) -> list[int]:
    """Return F′ of each axis."""
    layer, volume = question.layer, question.volume
    assert isinstance(layer, Windowed | ConvTranspose)
    kernels = per_axis(layer.kernel, volume, "kernel")
    return [
        extent(kernel, dilation)
        for kernel, dilation in zip(
            kernels, per_axis(layer.dilation, volume, "dilation"), strict=True
        )
    ]


def _maps(question: Question) -> int:
    """Return what groups must divide: the depth of the input and, if known, the filters."""
    if "filters" in question.unknown:
        return question.volume.depth
    return gcd(question.volume.depth, question.depth)


def _divisors(number: int) -> Iterator[int]:
    low = [n for n in range(1, isqrt(number) + 1) if number % n == 0]
    yield from low
    yield from (number // n for n in reversed(low) if n * n != number)


def _possible(question: Question, field: str) -> range:
    """Return the values of a field that the language has."""
    if field == "padding":
        return range(MAX_KERNEL + 1)
    if field == "output_padding":
        layer, volume = question.layer, question.volume
        assert isinstance(layer, ConvTranspose)
        if isinstance(layer.padding, str):
            return range(1)  # it says already how large the output is
        strides = per_axis(layer.stride, volume, "stride")
        dilations = per_axis(layer.dilation, volume, "dilation")
        return range(min(map(max, strides, dilations)))
    return range(1, 1 + (MAX_KERNEL if field in _SHRINKING else MAX_SIZE))


def _limits(question: Question, field: str) -> Iterator[_Limit]:
    """Yield what restricts a field, where all that it depends on is known."""
    others = {name for name in question.unknown if name != field}
    goal, layer = question.goal, question.layer
    windows = isinstance(layer, Windowed)
    falls = field in _SHRINKING if windows else field == "padding"
    if field in WINDOW_FIELDS and not others & set(WINDOW_FIELDS):
        yield from _size_limits(question, falls=falls)
    counted = others - {*WINDOW_FIELDS}
    if goal.depth is not None and field in (*MULTIPLES, "depth") and not counted - {"groups"}:
        yield _exactly(goal.depth, lambda asked: asked.depth)
    weighs = {"kernel", "input"} if isinstance(layer, Dense) else {"kernel"}
    weighed = field in (*weighs, *MULTIPLES, "depth") and not counted and not others & weighs
    if goal.params is not None and weighed:
        yield _exactly(goal.params, lambda asked: asked.params)
    if goal.macs and not others and getattr(layer, "rounding", "") != "ceil":
        if windows and field == "kernel":  # a larger kernel has more weights in fewer places
            yield _Limit(measure=lambda asked: asked.params, least=1, most=2 * goal.macs)
            yield _Limit(measure=lambda asked: min(asked.sizes), least=1, most=MAX_SIZE, falls=True)
        else:
            yield _exactly(goal.macs, lambda asked: asked.macs, falls=falls)


def _exactly(wanted: int, measure: Callable[[Question], int], *, falls: bool = False) -> _Limit:
    return _Limit(measure=measure, least=wanted, most=wanted, falls=falls)


def _size_limits(question: Question, *, falls: bool) -> Iterable[_Limit]:
    """Yield a limit for each size that has to come out; ``ceil`` may add a window to it."""
    slack = int(getattr(question.layer, "rounding", "") == "ceil")
    for axis, wanted in enumerate(question.wanted_sizes()):
        if wanted is not None:
            yield _Limit(
                measure=partial(_size, axis), least=wanted - slack, most=wanted, falls=falls
            )


def _size(axis: int, question: Question) -> int:
    return question.sizes[axis]
