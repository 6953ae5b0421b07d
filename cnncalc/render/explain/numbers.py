"""One output number worked out by hand: the window, the filter, and the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from cnncalc.layers.activation import ElementWise
from cnncalc.layers.base import Step
from cnncalc.layers.registry import layer_class
from cnncalc.layers.weighted import Weighted
from cnncalc.maths.volume import AXES
from cnncalc.maths.words import LINES, five_digits, plural, signed
from cnncalc.render.explain.build import row_title, volumes_of
from cnncalc.render.explain.explanation import Explanation, Matrix, Section
from cnncalc.report.verification import Verification
from cnncalc.report.worked import Parts, Worked

_MAPS = 4
"""The most maps whose numbers are shown."""
_LINES = 12
"""The most rows and columns of a window that are shown."""
_TERMS = 12
"""The longest sum that is written out; of a longer one the first terms and the last."""
_FIRST = 4


def worked_out(verified: Verification) -> Explanation:
    """Return how one number of a forward pass, ``verified.worked``, comes about."""
    worked = verified.worked
    assert worked is not None
    section = Section(
        title=row_title(worked.row),
        volumes=volumes_of(worked.row),
        matrices=tuple(_matrices(worked)),
        steps=tuple(_steps(worked)),
        remarks=(f"from {'; '.join(filter(None, (verified.inputs, verified.weights)))}",),
    )
    return Explanation(sections=(section,))


def place_words(worked: Worked) -> str:
    """Return ``map 0, row 3, column 2``; of a vector ``unit 3``."""
    map_number, *place = worked.at
    if not place:
        return f"unit {map_number}"
    axes = zip(AXES[len(place)], place, strict=True)
    return ", ".join((f"map {map_number}", *(f"{LINES[axis]} {at}" for axis, at in axes)))


def _matrices(worked: Worked) -> Iterator[Matrix]:
    """Yield the window of each of the first maps, each before its filter; none that is empty."""
    parts = worked.parts
    if not parts.window[0]:
        return
    where = _where(parts.positions)
    row_length = len(parts.positions[-1]) if parts.positions else len(parts.window[0])
    for place, window in enumerate(parts.window[:_MAPS]):
        of_map = f", map {parts.maps[place]}" if parts.maps else ""
        yield _matrix(f"input{of_map}{where}", window, row_length)
        if parts.filter:
            noun = "filter" if parts.maps else "weights of unit"
            yield _matrix(f"{noun} {worked.at[0]}{of_map}", parts.filter[place], row_length)


def _matrix(title: str, numbers: Sequence[float | None], row_length: int) -> Matrix:
    rows = [numbers[at : at + row_length] for at in range(0, len(numbers), row_length or 1)]
    cells = [_cut([_cell(value) for value in row]) for row in rows[:_LINES]]
    more = [("…",)] if len(rows) > _LINES else []
    return Matrix(title=title, rows=(*map(tuple, cells), *more))


def _cut(cells: list[str]) -> list[str]:
    return cells if len(cells) <= _LINES else [*cells[:_LINES], "…"]


def _cell(value: float | None) -> str:
    return "pad" if value is None else _number(value)


def _where(positions: tuple[tuple[int, ...], ...]) -> str:
    """Return ``, rows 3 to 5, columns 0, 2 and 4``: what is read along each axis."""
    axes = zip(AXES[len(positions)], positions, strict=True)
    return "".join(f", {LINES[axis]}s {_listed(places)}" for axis, places in axes)


def _listed(places: Sequence[int]) -> str:
    """Return ``3 to 5`` where positions follow each other, else all of them."""
    words = [signed(place) for place in places]
    if len(places) > 2 and list(places) == list(range(places[0], places[-1] + 1)):
        return f"{words[0]} to {words[-1]}"
    *first, last = words or ["none"]
    return f"{', '.join(first)} and {last}" if first else last


def _steps(worked: Worked) -> Iterator[Step]:
    """Yield the arithmetic, up to the number that the forward pass gave."""
    parts = worked.parts
    counted = _counted(parts)
    if parts.how == "largest":
        terms = _short([_number(value) for value in counted])
        yield _last(worked, "largest of the window", f"max({', '.join(terms)})")
    elif parts.how == "products":
        yield from _products(parts)
        yield from _end(worked, sum(_sums_of_products(parts)))
    elif parts.how == "norm":
        power = _plain(parts.factor)
        total = sum(abs(value) ** parts.factor for value in counted)
        terms = _short([f"|{_number(value)}|^{power}" for value in counted])
        yield _step("sum", " + ".join(terms), total)
        yield _last(worked, f"sum^(1/{power})", f"{_number(total)}^(1/{power})")
    else:
        yield _step("sum", _sum(counted), sum(counted))
        yield from _end(worked, sum(counted))


def _end(worked: Worked, total: float) -> Iterator[Step]:
    """Yield what becomes of the sum: a mean, a bias, an activation."""
    parts = worked.parts
    formula, numbers = "sum", _number(total)
    if parts.how == "mean":
        formula, numbers = "sum/n", f"{numbers}/{_plain(parts.factor)}"
    if parts.how == "scaled":
        yield _step("coefficient", "", parts.factor)
        formula, numbers = "coefficient·sum", f"{_number(parts.factor)}·{_factor(total)}"
    if parts.bias is not None:
        yield _step("bias", "", parts.bias)
        formula, numbers = f"{formula} + bias", f"{numbers} + {_factor(parts.bias)}"
    layer = worked.row.layer
    activation = layer.activation if isinstance(layer, Weighted) else None
    if activation is not None and issubclass(layer_class(activation), ElementWise):
        formula, numbers = f"{activation}({formula})", f"{activation}({numbers})"
    elif activation is not None:  # it takes the numbers of all maps
        result = _number(total + (parts.bias or 0.0))
        yield Step(what=f"before {activation}", formula=formula, numbers=numbers, result=result)
        formula, numbers = f"{activation} over the depth", ""
    yield _last(worked, formula, numbers)


def _products(parts: Parts) -> Iterator[Step]:
    """Yield the sum of products of each of the first maps, and of all."""
    sums = _sums_of_products(parts)
    if len(sums) == 1:
        yield _step("sum", _sum_of_products(parts, 0), sums[0])
        return
    for place, number in enumerate(parts.maps[:_MAPS]):
        yield _step(f"map {number}", _sum_of_products(parts, place), sums[place])
    terms, others = sums[:_MAPS], sums[_MAPS:]
    if others:
        words = f"the products of {plural(len(others), 'other map')}"
        terms.append(sum(others))
        yield Step(what="others", formula=words, numbers="", result=_number(terms[-1]))
    yield _step("sum", _sum(terms), sum(terms))


def _pairs(parts: Parts, place: int) -> list[tuple[float, float]]:
    """Return each number of the window of a map with its weight."""
    pairs = zip(parts.window[place], parts.filter[place], strict=True)
    return [(value or 0.0, weight or 0.0) for value, weight in pairs]


def _sums_of_products(parts: Parts) -> list[float]:
    """Return the sum of products of each map."""
    places = range(len(parts.window))
    return [sum(value * weight for value, weight in _pairs(parts, place)) for place in places]


def _sum_of_products(parts: Parts, place: int) -> str:
    terms = [f"{_factor(value)}·{_factor(weight)}" for value, weight in _pairs(parts, place)]
    return " + ".join(_short(terms))


def _counted(parts: Parts) -> list[float]:
    """Return the numbers of a window that count."""
    return [value for value in chain.from_iterable(parts.window) if value is not None]


def _last(worked: Worked, formula: str, numbers: str) -> Step:
    return Step(
        what=place_words(worked), formula=formula, numbers=numbers, result=_number(worked.result)
    )


def _step(what: str, numbers: str, result: float) -> Step:
    return Step(what=what, formula="", numbers=numbers, result=_number(result))


def _sum(values: Sequence[float]) -> str:
    return " + ".join(_short([_factor(value) for value in values]))


def _short(terms: list[str]) -> list[str]:
    """Return terms, of many the first ones and the last."""
    return terms if len(terms) <= _TERMS else [*terms[:_FIRST], "…", terms[-1]]


def _factor(value: float) -> str:
    """Return a number that may follow a sign."""
    text = _number(value)
    return f"({text})" if text.startswith("−") else text


def _number(value: float) -> str:
    """Return five digits, as ``verify --show`` prints them."""
    return five_digits(value).replace("-", "−")


def _plain(value: float) -> str:
    """Return a count or a power, which may have decimals."""
    return f"{value:,.5g}" if value != int(value) else f"{int(value):,}"
