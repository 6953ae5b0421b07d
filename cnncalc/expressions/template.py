"""Expressions within a scalar: where each begins and ends, and what becomes of the text."""

from __future__ import annotations

import re

from cnncalc.expressions.evaluation import evaluate, look_up
from cnncalc.expressions.values import (
    MAX_SIZE,
    ExpressionError,
    Fault,
    Lookup,
    Near,
    Value,
    as_text,
)

_NAME = re.compile(r"\s*\$([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*")
_EXPRESSION = re.compile(r"""\$\{((?:'[^'\n]*'|"[^"\n]*"|[^}])*+)\}""")
"""A brace within quotes does not close it."""


def has_expression(text: str) -> bool:
    """Return whether ``text`` holds a ``${`` or is, as a whole, a ``$name``.

    A ``$`` anywhere else is plain text.
    """
    return "$" in text and ("${" in text or _NAME.fullmatch(text) is not None)


def expand(text: str, names: Lookup, near: Near = lambda name: ()) -> Value:
    """Return the value of a scalar.

    A text that is one ``${…}`` or ``$name`` (white space around it does not count) keeps the
    type of its value; otherwise every ``${…}`` is replaced by its value as text. ``names``
    raises :class:`KeyError` for a name that does not exist and :class:`Unknown` for one whose
    value is not known; ``near`` gives names to suggest. Raises :class:`ExpressionError` with
    offsets into ``text``.
    """
    if not has_expression(text):
        return text
    if len(text) > MAX_SIZE:
        raise _too_long(text)
    if name := _NAME.fullmatch(text):
        return look_up(name[1], names, near, (name.start(1) - 1, name.end(1)))
    matches = list(_EXPRESSION.finditer(text))
    start = text.find("${", matches[-1].end() if matches else 0)
    if start >= 0:
        hint = "write `${expression}`"
        raise ExpressionError("CNN117", "`${` is not closed by `}`", start, start + 2, (hint,))
    if matches[0][0] == text.strip():
        return _value(matches[0], names, near)
    expanded = _EXPRESSION.sub(lambda match: _text(match, names, near), text)
    if len(expanded) > MAX_SIZE:
        raise _too_long(text)
    return expanded


def _value(match: re.Match[str], names: Lookup, near: Near) -> Value:
    """Return the value of an expression within a text."""
    if not match[1].strip():
        raise ExpressionError("CNN117", "the expression is empty", *match.span())
    try:
        return evaluate(match[1], names, near)
    except ExpressionError as error:
        error.start += match.start(1)
        error.end += match.start(1)
        raise


def _text(match: re.Match[str], names: Lookup, near: Near) -> str:
    """Return the value of an expression as it is inserted."""
    try:
        return as_text(_value(match, names, near))
    except Fault as fault:
        raise fault.at(*match.span()) from None


def _too_long(text: str) -> ExpressionError:
    message = f"the text has more than {MAX_SIZE:,} characters"
    return ExpressionError("CNN119", message, 0, len(text))
