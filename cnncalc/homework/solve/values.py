"""Which values an unknown number can have: found by halving, as each goal is monotone in it.

One rule serves every field, goal and rounding that way, and the arithmetic is that of the kinds
themselves. A formula solved for its unknown would be another one for each of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import gcd, inf, isqrt
from typing import Final

from cnncalc.homework.solve.question import MULTIPLES, Question, Unknown
from cnncalc.layers.checks import MAX_KERNEL
from cnncalc.layers.dense import Dense
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.maths.volume import MAX_SIZE

USUAL: Final = {"kernel": 11, "stride": 8, "dilation": 8, "input": 512, "depth": 512}
"""The largest value of each field that is looked at, unless another is stated."""
MOST_VALUES: Final = MAX_KERNEL + 1
"""So many values are listed at most: more than a search looks at."""
_SHRINKING: Final = ("kernel", "stride", "dilation")
"""Fields that make the output of a window smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """A number that must be in ``least`` … ``most``; it falls or rises with the unknown one."""

    measure: Callable[[Question], int]
    least: float
    most: float
    falls: bool = False

    def within(self, values: range, question: Question, unknown: Unknown) -> range:
        """Return the part of ``values`` for which the number is in its limits."""
        sign = -1 if self.falls else 1
        low, high = sorted((sign * self.least, sign * self.most))

        def measured(value: int) -> int:
            return sign * self.measure(question.stating(unknown, value))

        start = bisect_left(values, low, key=measured)
        return values[start : bisect_right(values, high, lo=start, key=measured)]


def next_unknown(question: Question) -> Unknown:
    """Return the unknown number to look at next: one that a goal determines, else the first."""
    determined = (
        unknown
        for unknown in question.unknown
        if any(limit.least == limit.most for limit in _limits(question, unknown))
    )
    return next(determined, question.unknown[0])


def values(question: Question, unknown: Unknown, bounds: Mapping[str, int | None]) -> Sequence[int]:
    """Return the values of an unknown number that may be right, those that are usual first.

    No value within ``bounds`` is left out that is right; which of them are, the kind's own rule
    decides.
    """
    field = unknown.field
    if field in question.undetermined:
        return [getattr(question.layer, "groups", 1)]  # as good as any, and it has all groups
    if field == "groups":
        return list(_divisors(_maps(question)))
    found = _possible(question, field)
    if field in bounds:
        found = _cut(found, _bound(question, field))
    found = _restricted(question, unknown, found)
    for axis in _decided(question, unknown):
        found = _fitting(question, unknown, axis, found)
    return sorted(found[:MOST_VALUES], key=lambda value: rank(question, field, value))


def bounds_of(question: Question) -> dict[str, int | None]:
    """Return the largest value that is looked at of each field that is bounded.

    It is ``None`` where it depends on another unknown field. A field that is asked for alone
    needs no bound where a goal restricts it.
    """
    needs = {"padding": {"kernel", "dilation"}, "output_padding": {"stride"}}
    found: dict[str, int | None] = {}
    for unknown in question.unknown:
        field, possible = unknown.field, _possible(question, unknown.field)
        bound = _bound(question, field)
        if bound is None or field not in question.asks:
            continue
        if field in question.most:
            found[field] = bound
        elif needs.get(field, set()) & {*question.fields}:
            found[field] = None
        elif (
            len(question.searched) > 1
            or _restricted(question, unknown, possible).stop == possible.stop
        ):
            found[field] = bound
    return found


def within_bounds(question: Question, unknown: Unknown) -> Sequence[int]:
    """Return all values of a window's number within its bound, those that are usual first."""
    field = unknown.field
    found = _cut(_possible(question, field), _bound(question, field))
    return sorted(found, key=lambda value: rank(question, field, value))


def _restricted(question: Question, unknown: Unknown, values: range) -> range:
    """Return the values that the goals allow."""
    for limit in _limits(question, unknown):
        values = limit.within(values, question, unknown)
    return values


def _cut(values: range, bound: int | None) -> range:
    return values if bound is None else values[: bisect_right(values, bound)]


def _bound(question: Question, field: str) -> int | None:
    """Return the largest value of a field that is looked at, ``None`` where there is none."""
    if field in question.most:
        return question.most[field]
    if field == "padding":
        return max(question.extents()) - 1
    if field == "output_padding":
        return max(question.per_axis("stride")) - 1
    return USUAL.get(field)


def rank(question: Question, field: str, value: int) -> tuple[int, ...]:
    """Return what puts the usual values of a field before the others."""
    if field == "kernel":
        order = (3, 5, 7, 1)
        return (order.index(value),) if value in order else (4 + (value % 2 == 0), value)
    if field == "padding":
        reach = max(question.extents())
        if isinstance(question.layer, ConvTranspose):
            return abs(reach - 2 * value - max(question.per_axis("stride"))), value
        return abs(2 * value - (reach - 1)), value
    if field in MULTIPLES:
        return int(value.bit_count() != 1), value
    return (value,)


def _maps(question: Question) -> int:
    """Return what groups must divide: the depth of the input and, if known, the filters."""
    if "filters" in question.fields:
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
        assert isinstance(question.layer, ConvTranspose)
        if isinstance(question.layer.padding, str):
            return range(1)  # it says already how large the output is
        return range(max(map(max, question.per_axis("stride"), question.per_axis("dilation"))))
    if field in ("depth", "filters") and "groups" not in question.fields:
        groups = getattr(question.layer, "groups", 1)
        return range(groups, MAX_SIZE + 1, groups)
    return range(1, 1 + (MAX_KERNEL if field in _SHRINKING else MAX_SIZE))


def _decided(question: Question, unknown: Unknown) -> list[int]:
    """Return the axes along which the output's size depends on no other unknown number."""
    stated = question.stating(unknown, 1)
    axes = enumerate(question.volume.axes)
    return [at for at, axis in axes if question.touches(unknown, axis) and stated.knows(axis)]


def _fitting(question: Question, unknown: Unknown, axis: int, values: range) -> range:
    """Return those values with which windows fit along an axis, as far as arithmetic says so.

    W − F′ + P is not negative, and a multiple of S where windows are strict: one congruence,
    unless S itself is unknown.
    """
    if not question.has_room(axis):
        return values
    falls = unknown.field in _SHRINKING
    room = _Limit(measure=lambda asked: asked.room(axis), least=0, most=inf, falls=falls)
    values = room.within(values, question, unknown)
    if not question.is_strict(axis) or len(values) < 2:
        return values
    near, far = (question.stating(unknown, value) for value in values[:2])
    stride, rest = near.setting.stride[axis], near.room(axis)
    if stride != far.setting.stride[axis]:
        return values
    slope = far.room(axis) - rest
    common = gcd(slope, stride)
    if rest % common:
        return values[:0]
    step = stride // common
    return values[-rest // common * pow(slope // common, -1, step) % step :: step]


# --- goals ----------------------------------------------------------------------------------------


def _limits(question: Question, unknown: Unknown) -> Iterator[_Limit]:
    """Yield what restricts an unknown number.

    Where something else is unknown that parameters or a depth depend on, they only bound it.
    """
    field, goal, layer = unknown.field, question.goal, question.layer
    others = {each.field for each in question.unknown if each != unknown}
    falls = field in _SHRINKING if isinstance(layer, Windowed) else field == "padding"
    for axis in () if isinstance(layer, Dense) else _decided(question, unknown):
        yield from _size_limits(question, unknown, axis, falls=falls)
    multiples = {*MULTIPLES, *(() if question.states_depth else ("depth",))}
    if goal.depth is not None and field in multiples:
        yield _total(goal.depth, lambda asked: asked.depth, is_exact=not others & multiples)
    if goal.params is not None and field in question.weighs and "groups" not in others:
        is_exact = not others & question.weighs
        yield _total(goal.params, lambda asked: asked.params, is_exact=is_exact)
    if goal.macs and field in question.weighs and "groups" not in others:
        # each weight is multiplied at least once; biases and gains are no more than weights
        yield _total(3 * goal.macs, lambda asked: asked.params, is_exact=False)
    is_monotone = not (isinstance(layer, Windowed) and field == "kernel")  # larger: fewer places
    if goal.macs and not others and is_monotone and getattr(layer, "rounding", "") != "ceil":
        yield _Limit(measure=lambda asked: asked.macs, least=goal.macs, most=goal.macs, falls=falls)


def _total(wanted: int, measure: Callable[[Question], int], *, is_exact: bool) -> _Limit:
    """Return a limit of what grows with the unknown number, and with all others."""
    return _Limit(measure=measure, least=wanted if is_exact else 0, most=wanted)


def _size_limits(
    question: Question, unknown: Unknown, axis: int, *, falls: bool
) -> Iterator[_Limit]:
    """Yield what restricts a number on which the output's size along an axis depends."""
    wanted, layer = question.wanted_sizes()[axis], question.layer
    if unknown.field == "input" and question.goal.keeps_size:
        yield _Limit(
            measure=lambda asked: asked.size(axis) - asked.volume.spatial[axis],
            least=0,
            most=0,
            falls=isinstance(layer, Windowed),
        )
    elif wanted is not None and question.is_strict(axis):
        yield _Limit(
            measure=lambda asked: asked.room(axis) - (wanted - 1) * asked.setting.stride[axis],
            least=0,
            most=0,
            falls=falls,
        )
    elif wanted is not None:
        slack = int(getattr(layer, "rounding", "") == "ceil")  # it may add a window
        yield _Limit(
            measure=lambda asked: asked.size(axis), least=wanted - slack, most=wanted, falls=falls
        )
