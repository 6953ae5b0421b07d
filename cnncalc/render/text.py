"""Text that is safe to write: no terminal acts on it, and the stream's encoding can hold it.

This is the one place that knows what terminals act on, and how each sign is written in ASCII.
Tables and explanations lay out text that was spelled already, so that columns stay aligned.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
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


_FRACTIONS = {
    "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5",
    "⅗": "3/5", "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8",
    "⅞": "7/8",
}  # fmt: skip
_SIGNS = {
    "×": "x", "−": "-", "→": "->", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "≈": "~", "≠": "!=",
    "≤": "<=", "≥": ">=", "…": "...", "′": "'", "–": "-", "—": "-", "√": "sqrt", "∞": "inf",
    "⌈": "ceil(", "⌉": ")", "⌊": "floor(", "⌋": ")", "Σ": "sum", "α": "alpha", "β": "beta",
    "γ": "gamma", "ε": "epsilon", "σ": "sigma", "Φ": "Phi", "π": "pi", "§": "section ",
    "✓": "ok", "✗": "x", "✘": "x", "•": "*", "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"',
    "„": '"', "«": '"', "»": '"',
    "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿˣᵖ", "0123456789+-()nxp", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True))
_BOXES = {
    **dict.fromkeys("─━═╌┄╴╶", "-"),
    **dict.fromkeys("│┃║╎┆", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╭╮╯╰╞╡╤╧╪╔╗╚╝", "+"),
    **dict.fromkeys("█▉▊▋▌▍▎▏▓", "#"),
    **dict.fromkeys("▒░", "."),
}
_TABLE = str.maketrans({**_SIGNS, **_SUBSCRIPTS, **_BOXES})
_RAISED = frozenset((*_FRACTIONS, *_SUPERSCRIPTS))
_WHOLE_ALPHABET = "×−→·≈…′Σ₁²⅓│─█⌈"
"""A stream that holds these holds all signs; one that does not gets ASCII throughout."""


def to_ascii(text: str) -> str:
    """Return ``text`` with every sign of the tool in ASCII: ``2⅓ ≈ 2.33`` → ``2 1/3 ~ 2.33``.

    Other letters (names in other scripts) stay as they are; see :func:`translate`.
    """
    if text.isascii():
        return text
    if not _RAISED.isdisjoint(text):
        text = _spell_raised(text)
    return text.translate(_TABLE)


def _spell_raised(text: str) -> str:
    """Write fractions after their whole number, and powers with ``^``."""
    parts: list[str] = []
    before = ""
    for char in text:
        if char in _FRACTIONS:
            parts.append(f" {_FRACTIONS[char]}" if before.isdecimal() else _FRACTIONS[char])
        elif char in _SUPERSCRIPTS:
            parts.append(("" if before in _SUPERSCRIPTS else "^") + _SUPERSCRIPTS[char])
        else:
            parts.append(char)
        before = char
    return "".join(parts)


def needs_ascii(encoding: str | None) -> bool:
    """Return whether a stream of this encoding cannot hold the tool's signs."""
    try:
        _WHOLE_ALPHABET.encode(encoding or "ascii")
    except (UnicodeError, LookupError):
        return True
    return False


def translate(text: str, encoding: str | None, *, ascii: bool = False) -> str:
    """Return ``text`` as ``encoding`` can hold it, or in ASCII.

    Signs become their ASCII spelling, everything else that does not fit is backslash-escaped:
    the text can always be written.
    """
    if text.isascii():
        return text
    target = "ascii" if ascii else encoding or "ascii"
    if ascii or needs_ascii(encoding):
        text = to_ascii(text)
    try:
        text.encode(target)
    except UnicodeEncodeError:
        return text.encode(target, "backslashreplace").decode(target)
    except (UnicodeError, LookupError):  # an encoding that is unknown, or not for texts
        return text.encode("ascii", "backslashreplace").decode("ascii")
    return text


def pack(pieces: Sequence[str], width: int, indent: int) -> list[str]:
    """Return pieces on as few lines as hold them, further lines indented; width 0 is unlimited.

    A piece that is wider than a line is broken between its words.
    """
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if not width or len(lines[-1]) + 1 + len(piece) <= width:
            lines[-1] += f" {piece}"
        else:
            lines.append(" " * indent + piece)
    return [part for line in lines for part in wrap(line, width, indent)]


def wrap(line: str, width: int, indent: int) -> list[str]:
    """Return a line broken between words where it is too wide, further lines indented."""
    if not width or len(line) <= width:
        return [line]
    further = " " * min(indent, width // 2)
    return textwrap.wrap(
        line, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )


def wrap_markdown(text: str, width: int) -> str:
    """Return Markdown with the lines of its paragraphs made to fit; code and tables stay."""
    if not width:
        return text
    parts = []
    for part in text.split("\n\n"):
        is_prose = not part.startswith(("```", "    ", "#", "|"))
        fits = all(len(line) <= width for line in part.split("\n"))
        words = " ".join(part.split("\n"))
        parts.append("\n".join(wrap(words, width, 0)) if is_prose and not fits else part)
    return "\n\n".join(parts).rstrip("\n") + "\n"


def escape_json(text: str, kept: Callable[[str], bool] = str.isascii) -> str:
    r"""Return JSON in which only what is ``kept`` is itself: all else becomes ``\uXXXX``.

    Outside its strings JSON is printable ASCII, so the whole text can be treated alike.
    """
    return text if kept(text) else "".join(char if kept(char) else _units(char) for char in text)


def _units(char: str) -> str:
    """Return the UTF-16 code units of a character as JSON escapes."""
    data = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[i : i + 2].hex()}" for i in range(0, len(data), 2))
