"""The nearest of the words that are known, for help lines."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from heapq import nlargest

_LONGEST = 60
"""Longer words are not compared: the time grows with the square of the length."""
_CONSIDERED = 500
"""How many words are looked at: the latest, where there are more."""
_COMPARED = 30
"""How many of them are compared letter by letter: those with the most letters in common."""


def did_you_mean(word: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return one help line that names the nearest of ``words``, or nothing."""
    if len(word) > _LONGEST:
        return ()
    letters = set(word.lower())
    known = [each for each in list(words)[-_CONSIDERED:] if len(each) <= _LONGEST]
    some = nlargest(_COMPARED, known, key=lambda each: len(letters & set(each)) / (len(each) + 1))
    same = [each for each in known if each.lower() == word.lower()]
    near = same or get_close_matches(word, some, n=1) or get_close_matches(word.lower(), some, n=1)
    return (f"did you mean `{near[0]}`?",) if near else ()
