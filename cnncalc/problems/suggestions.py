"""The nearest of the words that are known, for help lines."""

from __future__ import annotations

from typing import Any

_COMPARED = 500
"""How many words a suggestion is looked for in: the latest, where there are more."""


def did_you_mean(word: str, words: Any) -> tuple[str, ...]:
    """Return one help line that names the nearest of ``words``, or nothing."""
    from difflib import get_close_matches  # only where something is wrong already

    some = list(words)[-_COMPARED:]
    near = get_close_matches(word, some, n=1, cutoff=0.6) or get_close_matches(
        word.lower(), some, n=1, cutoff=0.6
    )
    return (f"did you mean `{near[0]}`?",) if near else ()
