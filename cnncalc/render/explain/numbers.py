"""One output number worked out by hand: the numbers that it reads, and the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.layers.base import Step
from cnncalc.maths.volume import AXES
from cnncalc.maths.words import LINES, five_digits
from cnncalc.render.explain.build import row_title, volumes_of
from cnncalc.render.explain.explanation import Explanation, Matrix, Section
from cnncalc.report.verification import Verification
from cnncalc.report.worked import Expression, Function, Omitted, Operation, Table, Worked

_SIGNS = {"+": (" + ", 1), "−": (" − ", 1), "·": ("·", 2), "/": ("/", 2), "^": ("^", 3)}
"""How a sign is printed, and how strongly it binds."""


def worked_out(verified: Verification) -> Explanation:
    """Return how one number of a forward pass, ``verified.worked``, comes about."""
    worked = verified.worked
    assert worked is not None
    parts = worked.parts
    last = _step(_place_words(worked), parts.formula, parts.expression, worked.result)
    steps = (_step(line.what, line.formula, line.expression, line.result) for line in parts.lines)
    section = Section(
        title=row_title(worked.row),
        volumes=volumes_of(worked.row),
        matrices=tuple(map(_matrix, parts.tables)),
        steps=(*steps, last),
        remarks=(f"from {'; '.join(_origins(verified))}",),
    )
    return Explanation(sections=(section,))


def _origins(verified: Verification) -> Iterator[str]:
    """Yield whose inputs and weights the number comes from."""
    yield verified.inputs
    batch = max((len(array) for array in verified.arrays.values()), default=1)
    if batch > 1:
        yield f"the first of a batch of {batch:,}"
    if verified.weights:
        yield verified.weights


def _place_words(worked: Worked) -> str:
    """Return ``map 0, row 3, column 2``; of a vector ``unit 3``."""
    map_number, *place = worked.at
    if not place:
        return f"unit {map_number}"
    axes = zip(AXES[len(place)], place, strict=True)
    return ", ".join((f"map {map_number}", *(f"{LINES[axis]} {at}" for axis, at in axes)))


def _matrix(table: Table) -> Matrix:
    """Return a table; an ellipsis is for the rows and the columns that are not listed."""
    height, width = table.shape
    rows = [tuple(map(_cell, row)) for row in table.rows]
    if rows and width > len(rows[0]):
        rows = [(*row, "…") for row in rows]
    more = [("…",)] if height > len(rows) else []
    return Matrix(title=table.title, rows=(*rows, *more))


def _cell(value: float | None) -> str:
    return "pad" if value is None else _number(value)


def _step(what: str, formula: str, expression: Expression | None, result: float) -> Step:
    numbers = "" if expression is None else _written(expression)
    return Step(what=what, formula=formula, numbers=numbers, result=_number(result))


def _written(expression: Expression, around: int = 0, *, first: bool = True) -> str:
    """Return an expression as people write it, in brackets where a sign ``around`` binds more."""
    if isinstance(expression, Omitted):
        return "…"
    if isinstance(expression, Function):
        return f"{expression.name}({', '.join(map(_written, expression.of))})"
    if not isinstance(expression, Operation):
        text = _number(expression)
        leads = first and around <= _SIGNS["+"][1]
        return f"({text})" if text.startswith("−") and not leads else text
    sign, binding = _SIGNS[expression.sign]
    terms = [_written(term, binding, first=place == 0) for place, term in enumerate(expression.of)]
    text = sign.join(terms)
    return f"({text})" if around > binding or (around == binding and not first) else text


def _number(value: float) -> str:
    """Return a count, or five digits as ``verify --show`` prints them."""
    text = f"{value:,}" if isinstance(value, int) else five_digits(value)
    return text.replace("-", "−")
