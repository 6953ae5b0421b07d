"""A rule as a formula with named factors, and the tables of what it gives with some changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, TypeAlias

from cnncalc.homework.answers import Sizes
from cnncalc.homework.values import Value

Factors: TypeAlias = Mapping[str, Any]
MOST_OTHERS = 3
"""How many other explanations of the same size are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An alternative of a rule: which factors it changes; of one ``brace`` only one can be."""

    code: str
    changes: Factors
    brace: str = ""
    only_with: str = ""
    """The brace of another alternative that this one needs at its side."""
    words: str = ""

    @property
    def group(self) -> str:
        """What at most one alternative can be of."""
        return self.brace or self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Alternatives that give a value, and the arithmetic that they make of the rule."""

    codes: tuple[str, ...]
    arithmetic: str


Table: TypeAlias = dict[Value, list[Explanation]]
"""Wrong values with what explains each, in the order in which it is tried."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Formula:
    """A rule for one cell of one layer: ``value`` of ``factors``, and its arithmetic in words.

    ``ways`` are the alternatives in the order in which they are tried. ``zero``: 0 is a value.
    """

    right: Value
    factors: Factors
    value: Callable[[Factors], Value | None]
    words: Callable[[Factors], str]
    ways: Sequence[Way]
    pairs: bool = True
    zero: bool = False

    def explained(self, value: Value, written: Sizes, size: int) -> list[Explanation]:
        """Return the alternatives, ``size`` of them at once, that give an answer."""
        table = self.alone if size == 1 else self.in_pairs
        exact = table.get(value, [])
        if exact or not any(number.step for number in written):
            return exact
        near = [found for known, found in table.items() if _rounds_to(written, known)]
        return [each for found in near for each in found]

    @cached_property
    def alone(self) -> Table:
        """What single alternatives give."""
        return _by_value(self._made(1))

    @cached_property
    def in_pairs(self) -> Table:
        """What two alternatives at once give."""
        return _by_value(self._made(2)) if self.pairs else {}

    def _made(self, size: int) -> Iterator[tuple[Value, Explanation]]:
        """Yield the values of all alternatives of a size that explain something."""
        for ways in combinations(self.ways, size):
            groups = {way.group for way in ways}
            if len(groups) < size or any(way.only_with not in ("", *groups) for way in ways):
                continue
            factors = dict(self.factors)
            for way in reversed(ways):
                factors |= way.changes
            value = self.value(factors)
            if value is None or value == self.right or not self._possible(value):
                continue
            codes = tuple(way.code for way in ways)
            said = [way.words for way in ways if way.words]
            yield value, Explanation(codes=codes, arithmetic=" ".join(said) or self.words(factors))

    def _possible(self, value: Value) -> bool:
        """Return whether a value can explain an answer: 0 and less explain nothing."""
        if isinstance(value, str):
            return True
        least = 0 if self.zero else 1
        numbers = value if isinstance(value, tuple) else (value,)
        return all(number >= least or 0 < number < 1 for number in numbers)


def _by_value(made: Iterable[tuple[Value, Explanation]]) -> Table:
    found: Table = {}
    for value, explanation in made:
        found.setdefault(value, []).append(explanation)
    return found


def _rounds_to(written: Sizes, value: Value) -> bool:
    """Return whether numbers are those of a value, rounded to the digits that are written."""
    if not isinstance(value, tuple) or len(value) != len(written):
        return False
    pairs = zip(written, value, strict=True)
    return all(abs(size.value - known) * 2 <= size.step for size, known in pairs)
