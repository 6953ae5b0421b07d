"""Text from a spec on a terminal: what could act on it is written out, and how wide it is."""

from __future__ import annotations

from unicodedata import category, combining, east_asian_width

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


def width(text: str) -> int:
    """Return the columns that ``text`` takes on a terminal.

    Own code, because the one library here that knows (rich) costs more to import than a report
    of problems takes: wide and full-width letters are two columns, combining marks none.
    """
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if combining(char) or category(char) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(char) in ("W", "F") else 1
