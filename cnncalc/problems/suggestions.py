"""The nearest of the words that are known, for help lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import SequenceMatcher, get_close_matches
from heapq import nlargest

_LONGEST = 60
"""Longer words are not compared: the time grows with the square of the length."""
_CONSIDERED = 500
"""How many words are looked at: the latest, where there are more."""
_COMPARED = 30
"""How many of them are compared letter by letter: those with the most letters in common."""
_CLOSE = 0.7
"""How alike two words are, from 0 to 1, of which one is surely a slip of the other."""
_CLOSER = 0.05
"""How much more alike than all others it must be."""


def did_you_mean(word: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return one help line that names the nearest of ``words``, or nothing."""
    near = _near(word, words)
    return (f"did you mean `{near[0]}`?",) if near else ()


def surely_meant(
    word: str, words: Iterable[str], meaning: Callable[[str], object] = str
) -> str | None:
    """Return the one of ``words`` that ``word`` is a slip of; ``None`` where several may be.

    Words of the same ``meaning`` count as one.
    """
    near = [each for each in _near(word, words, most=4) if _likeness(word, each) >= _CLOSE]
    if not near:
        return None
    enough = _likeness(word, near[0]) - _CLOSER
    meanings = {meaning(each) for each in near if _likeness(word, each) >= enough}
    return near[0] if len(meanings) == 1 else None


def _near(word: str, words: Iterable[str], most: int = 1) -> list[str]:
    """Return the nearest of ``words``, the very nearest first."""
    if len(word) > _LONGEST:
        return []
    letters = set(word.lower())
    known = [each for each in list(words)[-_CONSIDERED:] if len(each) <= _LONGEST]
    some = nlargest(_COMPARED, known, key=lambda each: len(letters & set(each)) / (len(each) + 1))
    same = [each for each in known if each.lower() == word.lower()]
    close = get_close_matches(word, some, most) or get_close_matches(word.lower(), some, most)
    return same or close


def _likeness(word: str, other: str) -> float:
    return SequenceMatcher(None, word.lower(), other.lower()).ratio()
