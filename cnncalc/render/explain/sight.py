"""The arithmetic of receptive fields: R, its stride J and its padding, from the layer before.

R = R₁ + (F − 1)·J₁, J = J₁·S and the padding P₁ + P·J₁ are the recurrence of Araujo et al.;
where it does not hold (behind upsampling, where branches meet), the lines say so instead. Every
result is inference's own; the arithmetic is only shown where it gives that result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from cnncalc.inference.seen import reads_along
from cnncalc.layers.base import Step
from cnncalc.layers.derivation import SYMBOL
from cnncalc.layers.window import Windowed
from cnncalc.maths.words import fraction, on_paper, signed

if TYPE_CHECKING:
    from cnncalc.maths.reads import Read
    from cnncalc.maths.receptive import Field
    from cnncalc.maths.volume import Volume
    from cnncalc.report.rows import Row, Seen

ARAUJO = "Araujo, Norris and Sim 2019, Distill, doi:10.23915/distill.00021"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A volume by its name, and what it sees of the network's input."""

    name: str
    volume: Volume
    seen: Seen

    def size(self, axis: str) -> int:
        """Return the receptive field along an axis of the input."""
        return self.seen.size(axis, self.volume)


def sight_steps(row: Row, seen: Mapping[str, Seen | None]) -> list[Step]:
    """Return the lines of a layer's receptive field; none where its input has no axes.

    ``seen`` is what inputs and layers see, by name.
    """
    if row.layer is None or row.output is None or row.seen is None or not row.seen.fields:
        return []
    here = Sight(name=row.name, volume=row.output, seen=row.seen)
    before = list(_sources(row, here.seen.origin, seen))
    if len(before) > 1:
        return [_union(here, before)]
    fields = here.seen.fields
    reads = reads_along(row.layer, fields, before[0].volume, here.volume)
    named = isinstance(row.layer, Windowed)
    alike: dict[object, tuple[list[str], list[Step]]] = {}
    for axis in on_paper(fields):
        steps = list(_axis(axis, before[0], here, reads.get(axis), named=named))
        key = tuple((step.what, step.numbers, step.result) for step in steps)
        alike.setdefault(key, ([], steps))[0].append(axis)
    several = len(alike) > 1
    return [
        replace(step, what=f"{step.what} {' and '.join(axes)}") if several else step
        for axes, steps in alike.values()
        for step in steps
    ]


def _sources(row: Row, origin: str, seen: Mapping[str, Seen | None]) -> Iterator[Sight]:
    """Yield each input of a layer that sees something of the network's input ``origin``."""
    for name, volume in dict(zip(row.sources, row.inputs, strict=True)).items():
        there = seen.get(name)
        if volume is not None and there is not None and there.fields and there.origin == origin:
            yield Sight(name=name, volume=volume, seen=there)


def _union(here: Sight, before: list[Sight]) -> Step:
    """Return the line of a layer where branches meet."""
    inside = here.name.rpartition(".")[0] + "."
    shown = ", ".join(f"{sight.name.removeprefix(inside)} {_sizes(sight)}" for sight in before)
    return Step(what="R", formula=f"union of {shown}", result=_sizes(here))


def _sizes(sight: Sight) -> str:
    bound = "" if all(along.is_exact for along in sight.seen.fields.values()) else "≤"
    return bound + "×".join(str(sight.size(axis)) for axis in on_paper(sight.seen.fields))


def _axis(
    axis: str, before: Sight, here: Sight, read: Read | None, *, named: bool
) -> Iterator[Step]:
    """Yield the lines of one axis."""
    first, last = before.seen.fields[axis], here.seen.fields[axis]
    size = here.size(axis)
    if not last.is_exact:
        yield Step(what="R", result=f"≤{size:,}, an upper bound")
        return
    if read is None:
        yield Step(what="R", formula="R₁", result=size)
        return
    letter = _letter(axis, read, named=named)
    reach = max((span[1] - span[0] + 1 for span in read.spans if span), default=0)
    jump = first.stride
    start = before.size(axis)
    if reach <= 1 or first.is_constant:
        fits, formula, numbers = start == size, "R₁", ""
    elif jump is None:
        fits, formula, numbers = False, "", ""
    else:
        fits = start + (reach - 1) * jump == size
        formula = f"R₁ + ({letter} − 1)·J₁"
        numbers = f"{start} + ({reach} − 1)·{_factor(jump)}"
    if not fits:
        formula, numbers = "the most that one position sees", ""
    yield Step(
        what="R", formula=formula, numbers=numbers, result=size, source=ARAUJO if numbers else ""
    )
    if last.stride is not None and jump is not None and last.stride != jump:
        by = last.stride / jump
        formula, numbers = "J₁·S", f"{_factor(jump)}·{_factor(by)}"
        if by < 1:
            formula, numbers = "J₁/S", f"{_factor(jump)}/{1 / by}"
        yield Step(
            what="J", formula=formula, numbers=numbers, result=fraction(last.stride), source=ARAUJO
        )
    yield from _padding(first, last, read)


def _letter(axis: str, read: Read, *, named: bool) -> str:
    """Return what the arithmetic calls the positions that are read."""
    if read.advance == 0:
        return f"{SYMBOL[axis]}1"  # all of them
    if named:
        return "F" if read.step == 1 else "F′"
    return "n"


def _padding(first: Field, last: Field, read: Read) -> Iterator[Step]:
    """Yield the line of the padding on the left, where it changes."""
    span = read.spans[0]
    before, after, jump = first.padding, last.padding, first.stride
    if before is None or after is None or before == after or span is None or jump is None:
        return
    if before - span[0] * jump != after:
        yield Step(what="padding", formula="seen on the left", result=signed(after))
        return
    sign, pixels = ("+", -span[0]) if span[0] < 0 else ("−", span[0])
    numbers = f"{before} {sign} {pixels}·{_factor(jump)}"
    yield Step(
        what="padding",
        formula=f"padding₁ {sign} P·J₁",
        numbers=numbers,
        result=signed(after),
        source=ARAUJO,
    )


def _factor(jump: Fraction) -> str:
    return str(jump) if jump.denominator == 1 else f"({jump})"
