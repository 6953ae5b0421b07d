"""Text from a spec on a terminal: what could act on it is written out."""

from __future__ import annotations

from unicodedata import category

_TAB = "    "
_ESCAPED = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Categories that a terminal could act on, or that show nothing: printed as escapes."""


def visible(text: str) -> str:
    r"""Return ``text`` with everything that a terminal could act on as an escape (``\x1b``)."""
    if text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char == "\t":
        return _TAB
    if category(char) in _ESCAPED:
        return char.encode("unicode_escape", "surrogatepass").decode("ascii")
    return char
