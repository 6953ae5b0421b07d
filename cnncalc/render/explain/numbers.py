"""One output number worked out by hand: the numbers that it reads, and the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.layers.base import Step
from cnncalc.maths.volume import AXES
from cnncalc.maths.words import LINES, five_digits
from cnncalc.render.explain.build import row_title, volumes_of
from cnncalc.render.explain.explanation import Explanation, Matrix, Section
from cnncalc.report.verification import Verification
from cnncalc.report.worked import Expression, Function, Line, Operation, Table, Worked

_LINES = 12
"""The most rows and columns of a table that are shown."""
_TERMS = 12
"""The longest sum that is written out; of a longer one the first terms and the last."""
_FIRST = 4
_SIGNS = {"+": (" + ", 1), "−": (" − ", 1), "·": ("·", 2), "/": ("/", 2), "^": ("^", 3)}
"""How a sign is printed, and how strongly it binds."""


def worked_out(verified: Verification) -> Explanation:
    """Return how one number of a forward pass, ``verified.worked``, comes about."""
    worked = verified.worked
    assert worked is not None
    parts = worked.parts
    last = Line(
        what=_place_words(worked),
        formula=parts.formula,
        expression=parts.expression,
        result=worked.result,
    )
    section = Section(
        title=row_title(worked.row),
        volumes=volumes_of(worked.row),
        matrices=tuple(map(_matrix, parts.tables)),
        steps=tuple(map(_step, (*parts.lines, last))),
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
    rows = [_cut([_cell(value) for value in row]) for row in table.rows[:_LINES]]
    more = [("…",)] if len(table.rows) > _LINES else []
    return Matrix(title=table.title, rows=(*rows, *more))


def _cut(cells: list[str]) -> tuple[str, ...]:
    return tuple(cells if len(cells) <= _LINES else [*cells[:_LINES], "…"])


def _cell(value: float | None) -> str:
    return "pad" if value is None else _number(value)


def _step(line: Line) -> Step:
    numbers = "" if line.expression is None else _written(line.expression)
    result = _number(line.result)
    return Step(what=line.what, formula=line.formula, numbers=numbers, result=result)


def _written(expression: Expression, around: int = 0, *, first: bool = True) -> str:
    """Return an expression as people write it, in brackets where a sign ``around`` binds more."""
    if isinstance(expression, Function):
        return f"{expression.name}({', '.join(_short(list(map(_written, expression.of))))})"
    if not isinstance(expression, Operation):
        text = _number(expression)
        leads = first and around <= _SIGNS["+"][1]
        return f"({text})" if text.startswith("−") and not leads else text
    sign, binding = _SIGNS[expression.sign]
    if len(expression.of) == 1:
        return _written(expression.of[0], around, first=first)
    terms = [_written(term, binding, first=place == 0) for place, term in enumerate(expression.of)]
    text = sign.join(_short(terms))
    return f"({text})" if around > binding or (around == binding and not first) else text


def _short(terms: Sequence[str]) -> Sequence[str]:
    """Return terms, of many the first ones and the last."""
    return terms if len(terms) <= _TERMS else [*terms[:_FIRST], "…", terms[-1]]


def _number(value: float) -> str:
    """Return a count, or five digits as ``verify --show`` prints them."""
    text = f"{value:,}" if isinstance(value, int) else five_digits(value)
    return text.replace("-", "−")
