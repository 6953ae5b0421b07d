"""Expressions within a scalar: where each begins and ends, and what becomes of the text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cnncalc.expressions.leaves import Program, name
from cnncalc.expressions.program import program
from cnncalc.expressions.scan import empty
from cnncalc.expressions.values import MAX_SIZE, ExpressionError, Fault, Lookup, Value, as_text

_BRACES = re.compile(r"""'[^'\n]*'|"[^"\n]*"|(?P<brace>[{}])""")


class Part(NamedTuple):
    """One ``${…}`` with the offsets of the whole and of the expression, after its text."""

    text: str
    run: Program
    start: int
    end: int
    inner: int

    def value(self, names: Lookup) -> Value:
        """Return the value of the expression."""
        try:
            return self.run(names)
        except ExpressionError as error:
            raise _shifted(error, self.inner) from None

    def inserted(self, names: Lookup) -> str:
        """Return the value of the expression as text."""
        try:
            return as_text(self.value(names))
        except Fault as fault:
            raise fault.at(self.start, self.end) from None


def _shifted(error: ExpressionError, inner: int) -> ExpressionError:
    """Move an error from the expression to the scalar."""
    error.start += inner
    error.end += inner
    return error


@lru_cache(maxsize=2048)
def split(text: str) -> tuple[tuple[Part, ...], str]:
    """Return the expressions of a scalar, each with the text before it, and the text after."""
    if len(text) > MAX_SIZE:
        raise _too_long(text)
    if "${" not in text:
        start = text.index("$")
        end = len(text.rstrip())
        return (Part("", name(text[start + 1 : end], (0, end - start)), start, end, start),), ""
    parts: list[Part] = []
    place = 0
    while (start := text.find("${", place)) >= 0:
        end = _end(text, start)
        expression = text[start + 2 : end - 1]
        if not expression.strip():
            raise empty(start, end)
        try:
            run = program(expression)
        except ExpressionError as error:
            raise _shifted(error, start + 2) from None
        parts.append(Part(text[place:start], run, start, end, start + 2))
        place = end
    return tuple(parts), text[place:]


def _end(text: str, start: int) -> int:
    depth = 0
    for match in _BRACES.finditer(text, start):
        depth += {"{": 1, "}": -1, None: 0}[match["brace"]]
        if depth == 0 and match["brace"]:
            return match.end()
    message = "`${` is not closed by `}`"
    raise ExpressionError("CNN117", message, start, start + 2, ("write `${expression}`",))


def _too_long(text: str) -> ExpressionError:
    message = f"the text has more than {MAX_SIZE:,} characters"
    return ExpressionError("CNN119", message, 0, len(text))


def expand(text: str, names: Lookup) -> Value:
    """Return the value of a scalar that has an expression."""
    parts, rest = split(text)
    first = parts[0]
    if len(parts) == 1 and not first.text.strip() and not rest.strip():
        return first.value(names)
    pieces: list[str] = []
    size = len(rest)
    for part in parts:
        pieces += part.text, part.inserted(names)
        size += len(pieces[-2]) + len(pieces[-1])
        if size > MAX_SIZE:
            raise _too_long(text)
    return "".join(pieces) + rest
