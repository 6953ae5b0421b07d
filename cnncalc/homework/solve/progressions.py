"""Sizes that fit, as arithmetic progressions: 67, 99, 131, … and single ones."""

from __future__ import annotations

from dataclasses import dataclass

from cnncalc.maths.volume import MAX_SIZE


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Progression:
    """The sizes ``start``, ``start + step``, …; of step 0 one size alone."""

    start: int
    step: int

    def __contains__(self, size: int) -> bool:
        beyond = size - self.start
        return beyond == 0 if not self.step else beyond >= 0 and beyond % self.step == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The sizes that fit, as progressions; they are not all where not ``is_complete``."""

    progressions: tuple[Progression, ...]
    is_complete: bool

    def __contains__(self, size: int) -> bool:
        return any(size in each for each in self.progressions)

    def only(self, size: int) -> Sizes:
        """Return one size alone, if it fits."""
        found = (Progression(start=size, step=0),) if size in self else ()
        return Sizes(progressions=found, is_complete=True)

    def below(self, size: int) -> int | None:
        """Return the largest size that fits and is smaller."""
        found = [
            each.start + (size - 1 - each.start) // each.step * each.step
            if each.step
            else each.start
            for each in self.progressions
            if each.start < size
        ]
        return max(found, default=None)

    def above(self, size: int) -> int | None:
        """Return the smallest size that fits and is larger."""
        found = [
            size + 1 + (each.start - size - 1) % each.step
            if each.step and each.start <= size
            else each.start
            for each in self.progressions
            if each.step or each.start > size
        ]
        return min((each for each in found if each <= MAX_SIZE), default=None)
