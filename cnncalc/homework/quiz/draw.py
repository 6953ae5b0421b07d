"""Random choices that are the same on every machine, and all choices that there are.

Source: SplitMix64, by Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final, Protocol, TypeVar

_T = TypeVar("_T")
_Made = TypeVar("_Made")
_MASK: Final = 2**64 - 1


class Pick(Protocol):
    """Chooses one of some options."""

    def __call__(self, options: Sequence[_T]) -> _T:
        """Return one of ``options``."""
        ...


class SplitMix64:
    """A generator of 64-bit numbers; ``state`` is its seed."""

    def __init__(self, state: int) -> None:
        self.state = state

    @classmethod
    def of_text(cls, text: str) -> SplitMix64:
        """Return the generator that a text seeds: the first 8 bytes of its SHA-256."""
        return cls(int.from_bytes(sha256(text.encode()).digest()[:8], "big"))

    def next(self) -> int:
        """Return the next number, from 0 to 2⁶⁴ − 1."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & _MASK
        return mixed ^ (mixed >> 31)

    def pick(self, options: Sequence[_T]) -> _T:
        """Return one of some options; that 2⁶⁴ may not divide evenly shows nowhere."""
        return options[self.next() % len(options)]


def every(make: Callable[[Pick], _Made]) -> Iterator[_Made]:
    """Yield what ``make`` returns for each way of picking, in order."""
    ahead: list[int] = []
    while True:
        picks: list[tuple[int, int]] = []

        def pick(options: Sequence[_T]) -> _T:
            place = ahead[len(picks)] if len(picks) < len(ahead) else 0  # noqa: B023
            picks.append((place, len(options)))  # noqa: B023
            return options[place]

        yield make(pick)
        while picks and picks[-1][0] + 1 == picks[-1][1]:
            picks.pop()
        if not picks:
            return
        ahead = [place for place, _ in picks]
        ahead[-1] += 1
