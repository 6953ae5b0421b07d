"""The expressions of a spec: ``${…}``, ``$name`` and ``$volume.depth``.

The language: whole numbers and exact fractions (decimals are fractions, a whole fraction is
an integer), ``true false null``, strings in quotes (no escapes), lists and indexing,
comparisons and their chains, ``and or not``, ``a if c else b``, ``+ - * / // % **`` and the
functions of :data:`cnncalc.expressions.functions.FUNCTIONS`. Types are strict: a boolean is
no number, a number no condition, and values of different types are never equal.

Nothing is ever executed: :mod:`~cnncalc.expressions.scan` splits the text into tokens,
Python's parser finds the structure, and :mod:`~cnncalc.expressions.program` turns a short
list of node types into functions. Lengths, nesting and numbers are bounded. Those modules
are loaded with the first expression.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from cnncalc.expressions.values import ExpressionError, Lookup, Unknown, Value

__all__ = ["ExpressionError", "Lookup", "Unknown", "Value", "evaluate", "expand", "has_expression"]

_NAME = re.compile(r"\s*\$[^\W\d]\w*(?:\.[^\W\d]\w*)*\s*")

_LISTED = 12  # names, at most, that a help line counts up


def has_expression(text: str) -> bool:
    """Tell whether ``text`` holds a ``${`` or is, as a whole, a ``$name``.

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
    from cnncalc.expressions.template import expand as expand_template

    try:
        return expand_template(text, names)
    except ExpressionError as error:
        raise _with_help(error, text, known) from None


def evaluate(expression: str, names: Lookup, known: Collection[str] = ()) -> Value:
    """Return the value of an expression, the part between ``${`` and ``}``; see :func:`expand`."""
    from cnncalc.expressions.program import program

    try:
        return program(expression)(names)
    except ExpressionError as error:
        raise _with_help(error, expression, known) from None


def _with_help(error: ExpressionError, text: str, known: Collection[str]) -> ExpressionError:
    """Suggest a name where one is unknown; the error knows only its place."""
    if error.code == "CNN202" and not error.help:
        from cnncalc.problems.suggestions import did_you_mean

        word = "".join(text[error.start : error.end].split()).lstrip("$")
        ends = sorted(name for name in known if name.endswith(f".{word}"))
        near = (f"did you mean `{ends[0]}`?",) if ends else did_you_mean(word, sorted(known))
        listed = ", ".join(f"`{name}`" for name in sorted(known)) if len(known) <= _LISTED else ""
        error.help = near or ((f"known here: {listed}",) if listed else ())
    return error
