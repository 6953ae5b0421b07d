"""Which sizes of an input fit a whole network: arithmetic progressions along one axis.

A class of sizes a + b·k is carried through the network. All sizes on the way are straight lines in
k; where a layer's stride does not divide their slope, one congruence says which k are left
(strict windows), or the class is split by remainders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import gcd, lcm
from typing import Final

from cnncalc.homework.solve.axis import Along, along
from cnncalc.homework.solve.progressions import Progression, Sizes
from cnncalc.layers.base import Layer, SameShape

_MOST_CLASSES: Final = 4_096
_MOST_TRIED: Final = 4_096
"""So many classes, and so many single sizes in each, are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A layer of a network, by name, with what it reads: rows, or the input."""

    name: str
    sources: tuple[str, ...]
    rule: Along


Line = tuple[int, int]
"""A size p + q·k."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Carried:
    """A class at the end of the network: it fits from ``first`` on, below that ``doubtful`` k may.

    Where ``first`` is ``None``, it does not fit, or falls into the classes ``parts``.
    """

    first: int | None = None
    end: Line = (0, 0)
    doubtful: tuple[range, ...] = ()
    parts: tuple[Line, ...] = ()


def sizes_that_fit(
    steps: Sequence[Step],
    entry: str,
    end: str,
    wanted: int | None = None,
    others: Mapping[str, int] | None = None,
) -> Sizes:
    """Return the sizes of the input ``entry`` that fit all steps along one axis.

    ``wanted`` is the size that has to come out of ``end``, if any; ``others`` are the sizes of
    other inputs.
    """
    fixed = tuple(
        Step(name=name, sources=(), rule=Along(at=partial(_always, size)))
        for name, size in (others or {}).items()
    )
    steps = (*fixed, *steps)
    waiting: list[Line] = [(1, 1)]
    found: list[Progression] = []
    is_complete, looked_at = True, 0
    while waiting:
        start, slope = waiting.pop()
        looked_at += 1
        if looked_at + len(waiting) > 2 * _MOST_CLASSES:
            return _tried(steps, entry, end, wanted)
        carried = _carry(steps, entry, end, (start, slope))
        waiting += carried.parts
        found += _class(start, slope, carried, wanted)
        for doubtful in carried.doubtful:
            is_complete &= len(doubtful) <= _MOST_TRIED
            for k in doubtful[:_MOST_TRIED]:
                size = start + slope * k
                if _fits(steps, entry, end, size, wanted):
                    found.append(Progression(start=size, step=0))
    return Sizes(progressions=_joined(found), is_complete=is_complete)


def _always(size: int, sizes: Sequence[int]) -> int:
    return size


def _class(start: int, slope: int, carried: _Carried, wanted: int | None) -> Iterator[Progression]:
    """Yield the regular part of a class, or the one size of it that gives what is wanted."""
    if carried.first is None:
        return
    offset, rise = carried.end
    if wanted is None or (not rise and offset == wanted):
        yield Progression(start=start + slope * carried.first, step=slope)
    elif rise:
        k, rest = divmod(wanted - offset, rise)
        if not rest and k >= carried.first:
            yield Progression(start=start + slope * k, step=0)


def _fits(steps: Sequence[Step], entry: str, end: str, size: int, wanted: int | None) -> bool:
    """Return whether one size fits, and gives what is wanted."""
    known = {entry: size}
    for step in steps:
        output = step.rule.at([known[source] for source in step.sources])
        if output is None:
            return False
        known[step.name] = output
    return wanted in (None, known[end])


def _tried(steps: Sequence[Step], entry: str, end: str, wanted: int | None) -> Sizes:
    """Return the sizes that fit among the first, each tried: there are too many classes."""
    fitting = (n for n in range(1, _MOST_TRIED + 1) if _fits(steps, entry, end, n, wanted))
    singles = tuple(Progression(start=size, step=0) for size in fitting)
    return Sizes(progressions=singles, is_complete=False)


def _carry(steps: Sequence[Step], entry: str, end: str, sizes: Line) -> _Carried:
    """Carry a class through all steps, as far as its sizes stay straight lines."""
    lines: dict[str, Line] = {entry: sizes}
    first = 0
    doubtful: list[range] = []
    for step in steps:
        reads, rule = [lines[source] for source in step.sources], step.rule
        offset, rise = reads[0] if reads else (1, 0)
        if rise % rule.period:
            parts = tuple(_parts(sizes, (offset, rise), rule))
            return _Carried(parts=parts, doubtful=tuple(doubtful))
        if rule.residue is not None and (offset - rule.residue) % rule.period:
            return _Carried(doubtful=tuple(doubtful))
        if rise:
            regular = max(first, -((offset - rule.regular) // rise))
            least = max(first, -((offset - rule.least) // rise))
            if regular > least:
                doubtful.append(range(least, regular))
            first = regular
        crossed = _crossing(reads, first)
        doubtful += [range(first, crossed)] if crossed > first else []
        first = crossed
        near = rule.at([p + q * first for p, q in reads])
        far = rule.at([p + q * (first + 1) for p, q in reads])
        if near is None or far is None:
            return _Carried(doubtful=(*doubtful, range(first, first + 1)))
        lines[step.name] = (near - (far - near) * first, far - near)
    return _Carried(first=first, end=lines[end], doubtful=tuple(doubtful))


def _crossing(reads: Sequence[Line], first: int) -> int:
    """Return from where on, at least from ``first``, the lines do not cross any more."""
    crossings = [
        (p2 - p1) // (q1 - q2) + 1
        for at, (p1, q1) in enumerate(reads)
        for p2, q2 in reads[:at]
        if q1 != q2
    ]
    return max([first, *crossings])


def _parts(sizes: Line, line: Line, rule: Along) -> Iterator[Line]:
    """Yield the classes in which a layer's period divides the slope of what it reads.

    Of strict windows that is at most one, which a congruence gives; never more are yielded than
    it takes to see that there are too many.
    """
    (start, slope), (offset, rise) = sizes, line
    common = gcd(rise, rule.period)
    parts = rule.period // common
    if rule.residue is None:
        for k in range(min(parts, 2 * _MOST_CLASSES)):
            yield start + slope * k, slope * parts
        return
    missing, rest = divmod(rule.residue - offset, common)
    if not rest:
        k = missing * pow(rise // common, -1, parts) % parts
        yield start + slope * k, slope * parts


# --- classes that belong together -----------------------------------------------------------------


def _joined(found: Sequence[Progression]) -> tuple[Progression, ...]:
    """Return as few progressions as hold the same sizes."""
    singles = {each.start for each in found if not each.step}
    classes = [each for each in found if each.step]
    period = lcm(*(each.step for each in classes))
    if sum(period // each.step for each in classes) > _MOST_CLASSES:
        return tuple(sorted(found))
    residues = {
        (each.start + each.step * turn) % period
        for each in classes
        for turn in range(period // each.step)
    }
    if classes:
        period = _shortest(residues, period)
    joined = []
    for residue in sorted({residue % period for residue in residues}):
        members = [each for each in classes if (each.start - residue) % gcd(each.step, period) == 0]
        start = max(each.start for each in members)
        start += (residue - start) % period
        while start > period and (
            start - period in singles or any(start - period in each for each in classes)
        ):
            start -= period
        joined.append(Progression(start=start, step=period))
    sizes = {*singles, *_early(classes, joined)}
    alone = {size for size in sizes if not any(size in each for each in joined)}
    return tuple(sorted([*joined, *(Progression(start=size, step=0) for size in alone)]))


def _early(classes: Sequence[Progression], joined: Sequence[Progression]) -> Iterator[int]:
    """Yield the members of classes that come before the progressions that they are joined in."""
    latest = max((each.start for each in joined), default=0)
    for each in classes:
        yield from range(each.start, latest, each.step)


def _shortest(residues: set[int], period: int) -> int:
    """Return the shortest period that the residues of a period have."""
    for turns in range(len(residues), 1, -1):
        if len(residues) % turns == 0 and period % turns == 0:
            shorter = period // turns
            if all((residue + shorter) % period in residues for residue in residues):
                return shorter
    return period


# --- a network along one axis ---------------------------------------------------------------------


def steps_along(
    layers: Mapping[str, tuple[Layer, tuple[str, ...]]],
    axes: Sequence[str],
    axis: int,
    end: str,
) -> tuple[Step, ...]:
    """Return a network along one axis; ``layers`` are by name, each with what it reads.

    Layers that change no size are left out, but for its ``end``.

    Raises:
        NotAlongAnAxis: sizes along different axes depend on each other somewhere.
    """
    through: dict[str, str] = {}
    steps = []
    for name, (layer, reads) in layers.items():
        sources = tuple(through.get(source, source) for source in reads)
        if isinstance(layer, SameShape) and name != end:
            through[name] = sources[0]
        else:
            steps.append(Step(name=name, sources=sources, rule=along(layer, axes, axis)))
    return tuple(steps)
