"""Expressions within a scalar: where each begins and ends, and what becomes of the text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cnncalc.expressions.evaluation import evaluate, look_up
from cnncalc.expressions.values import MAX_SIZE, ExpressionError, Fault, Lookup, Value, as_text

_NAME = re.compile(r"\s*\$([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*")
_BRACES = re.compile(r"""'[^'\n]*'|"[^"\n]*"|(?P<brace>[{}])""")


def has_expression(text: str) -> bool:
    """Return whether ``text`` holds a ``${`` or is, as a whole, a ``$name``.

    A ``$`` anywhere else is plain text.
    """
    return "$" in text and ("${" in text or _NAME.fullmatch(text) is not None)


def expand(text: str, names: Lookup, known: Collection[str] = ()) -> Value:
    """Return the value of a scalar.

    A text that is one ``${…}`` or ``$name`` (white space around it does not count) keeps the
    type of its value; otherwise every ``${…}`` is replaced by its value as text. ``names``
    raises :class:`KeyError` for a name that does not exist and :class:`Unknown` for one whose
    value is not known; ``known`` lists names to suggest. Raises :class:`ExpressionError` with
    offsets into ``text``.
    """
    if not has_expression(text):
        return text
    if len(text) > MAX_SIZE:
        raise _too_long(text)
    if match := _NAME.fullmatch(text):
        return look_up(match[1], names, known, (match.start(1) - 1, match.end(1)))
    places = list(_expressions(text))
    values = [_value(text, start + 2, end - 1, names, known) for start, end in places]
    (first, last), *others = places
    if not others and not (text[:first] + text[last:]).strip():
        return values[0]
    return _inserted(text, places, values)


def _expressions(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each ``${…}`` begins and ends."""
    end = 0
    while (start := text.find("${", end)) >= 0:
        depth = 0
        for match in _BRACES.finditer(text, start):
            depth += {"{": 1, "}": -1, None: 0}[match["brace"]]
            if depth == 0 and match["brace"]:
                break
        else:
            hint = "write `${expression}`"
            raise ExpressionError("CNN117", "`${` is not closed by `}`", start, start + 2, (hint,))
        end = match.end()
        if not text[start + 2 : end - 1].strip():
            raise ExpressionError("CNN117", "the expression is empty", start, end)
        yield start, end


def _value(text: str, start: int, end: int, names: Lookup, known: Collection[str]) -> Value:
    """Return the value of the expression between two offsets of a text."""
    try:
        return evaluate(text[start:end], names, known)
    except ExpressionError as error:
        error.start += start
        error.end += start
        raise


def _inserted(text: str, places: list[tuple[int, int]], values: list[Value]) -> str:
    """Return the text with values in the places of their expressions."""
    pieces: list[str] = []
    after = 0
    for (start, end), value in zip(places, values, strict=True):
        try:
            pieces += text[after:start], as_text(value)
        except Fault as fault:
            raise fault.at(start, end) from None
        after = end
    pieces.append(text[after:])
    if sum(map(len, pieces)) > MAX_SIZE:
        raise _too_long(text)
    return "".join(pieces)


def _too_long(text: str) -> ExpressionError:
    message = f"the text has more than {MAX_SIZE:,} characters"
    return ExpressionError("CNN119", message, 0, len(text))
