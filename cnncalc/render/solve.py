"""The document of ``solve``: what solves a question, or what is nearest to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from cnncalc.homework.solve.layer import Answer, Solved
from cnncalc.homework.solve.nearest import Found, Nearest
from cnncalc.homework.solve.network import FittingSizes
from cnncalc.homework.solve.progressions import Progression, Sizes
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import on_paper, plural
from cnncalc.problems.model import Problem
from cnncalc.render.document import Document
from cnncalc.render.grid import Column, Grid
from cnncalc.render.json import problem_data, shape_data, version_data
from cnncalc.report.report import Report

_SHOWN: Final = 20
"""How many solutions a table for people shows."""
_HOW: Final = {
    "sides": "the sides padded unequally",
    "same": "padding: same",
    "rounding": "pixels no whole window reaches left out",
    "input": "another input",
}
_OPEN: Final = "any"


def solve(title: str, kind: str, found: Found) -> Document:
    """Return what ``solve`` prints of the fields of a layer, or of a file."""
    count = len(found.solutions)
    free = ", ".join(
        name for name in found.unknown if not any(name in s.fields for s in found.solutions)
    )
    fits = found.is_solved and not count
    lines: Grid[Any] = _nearest_grid(found.nearest)
    if count:
        lines = _solution_grid(found, _SHOWN)
    more = ((f"{count - _SHOWN:,} more: --format json prints them", ""),)
    equation = enumerate(found.equation)
    return Document(
        title=title,
        about=(_many(found),),
        lines=_size_grid(found.sizes) if fits else lines,
        records=_size_grid(found.sizes) if fits else _solution_grid(found),
        notes=(
            *([("More", more)] if count > _SHOWN else []),
            *(("Equation" if at == 0 else "", ((line, ""),)) for at, line in equation),
            *([("Still open", ((free, ""),))] if count and free else []),
            *_bounds(found.bounds),
        ),
        data=lambda: _data(kind, found),
    )


def _many(solved: Solved) -> str:
    """Return how many solutions there are."""
    found = len(solved.solutions)
    if not found and solved.is_solved:
        return "sizes that fit"
    if not found:
        return "no solution" if solved.is_complete else "no solution among those looked at"
    return plural(found, "solution") if solved.is_complete else f"at least {found:,} solutions"


def _solution_grid(found: Found, shown: int | None = None) -> Grid[Answer]:
    """Return a table of solutions, of all or of the first."""
    fields = [name for name in found.unknown if any(name in s.fields for s in found.solutions)]
    columns = (*map(_field_column, fields), *_COLUMNS)
    return Grid(columns=columns, items=found.solutions[:shown], dropped=("macs", "params"))


def _size_grid(sizes: Mapping[str, Sizes]) -> Grid[tuple[str, Sizes]]:
    """Return a table of the sizes that fit, by axis."""
    return Grid(columns=_SIZE_COLUMNS, items=on_paper(tuple(sizes.items())))


def unread(kind: str, problems: tuple[Problem, ...]) -> Document:
    """Return what ``solve`` prints where the question has a mistake: problems alone."""
    nothing = Found(solutions=(), is_complete=True, unknown=(), problems=problems)
    return Document(data=lambda: _data(kind, nothing))


def _field_column(field: str) -> Column[Answer]:
    """Return the column of a field that was unknown."""
    return Column(
        name=field,
        heading=field if "." in field else _called(field).capitalize(),
        value=lambda solution: _value(solution.fields[field]),
        right=True,
        shortest=12,
    )


def _called(field: str) -> str:
    """Return a field in words, or that of a file by its name: ``conv1.output_padding``."""
    return field if "." in field else field.replace("_", " ")


def _value(value: Any) -> str | int:
    """Return a value of a field in words: ``2``, ``height 1, width 2``, ``same``."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {size}" for name, size in value.items())
    return value if isinstance(value, int) else str(value)


def _output(solution: Answer) -> str:
    """Return the output as people write it, ``any`` for a depth that nothing determines."""
    *sizes, depth = map(
        str, Volume(depth=solution.depth or 1, spatial=solution.sizes).named().values()
    )
    return "×".join([*sizes, depth if solution.depth else _OPEN])


def _count(name: str, heading: str, count: Callable[[Answer], int | None]) -> Column[Answer]:
    return Column(name=name, heading=heading, value=count, right=True)


_COLUMNS: Final[tuple[Column[Answer], ...]] = (
    Column(name="output", heading="Output", value=_output, right=True),
    _count("params", "Parameters", lambda solution: solution.params),
    _count("macs", "MACs", lambda solution: solution.macs),
)


def _nearest_grid(near: Sequence[Nearest]) -> Grid[Nearest]:
    """Return a table of what is nearest."""
    columns: tuple[Column[Nearest], ...] = (
        Column(name="nearest", heading="Nearest", value=lambda each: _HOW[each.how], shortest=12),
        Column(
            name="fields",
            heading="Fields",
            value=lambda each: "; ".join(
                f"{field} {_value(value)}" for field, value in each.fields.items()
            ),
            shortest=16,
        ),
        Column(
            name="output", heading="Output", value=lambda each: _output(each.solution), right=True
        ),
    )
    return Grid(columns=columns if near else (), items=near, dropped=("nearest",))


def _bounds(bounds: Mapping[str, int | None]) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return the note of how far was looked, if anything bounds the search."""
    words = [
        f"{_called(field)} {_DEPENDING[field.split('.')[-1]] if bound is None else bound}"
        for field, bound in bounds.items()
    ]
    return [("Looked up to", ((", ".join(words), ""),))] if words else []


_DEPENDING: Final = {"padding": "F′ − 1", "output_padding": "S − 1"}
"""Bounds that depend on another field."""


# --- a network ----------------------------------------------------------------------------------


def sizes(title: str, found: FittingSizes) -> Document:
    """Return what ``solve network`` prints: the sizes that fit, by axis."""
    axes = on_paper(tuple(found.axes.items()))
    columns = (
        *_SIZE_COLUMNS,
        Column(name="own", heading="Own", value=lambda item: found.own[item[0]], right=True),
        Column(
            name="fits",
            heading="Fits",
            value=lambda item: "yes" if found.own[item[0]] in item[1] else "no",
        ),
        Column(
            name="below",
            heading="Below",
            value=lambda item: item[1].below(found.own[item[0]]),
            right=True,
        ),
        Column(
            name="above",
            heading="Above",
            value=lambda item: item[1].above(found.own[item[0]]),
            right=True,
        ),
    )
    grid = Grid(columns=columns if found.own else _SIZE_COLUMNS, items=axes)
    is_complete = all(each.is_complete for each in found.axes.values())
    return Document(
        title=title,
        about=() if found.is_solved else (_none(found),),
        lines=grid,
        records=grid,
        notes=() if is_complete else (("Not all", (("larger sizes may fit, too", ""),)),),
        data=lambda: _sizes_data(found),
    )


def _none(found: FittingSizes) -> str:
    """Return that nothing fits; why, if the depth of the output is the reason."""
    return "no size fits" + ("" if found.depth is None else f": the output is {found.depth:,} deep")


def _progressions(sizes: Sizes) -> str:
    """Return ``67 + 32k``, ``every size from 29``, ``572``, or ``none``."""
    shown = [_progression(each) for each in sizes.progressions[:_SHOWN]]
    more = len(sizes.progressions) - _SHOWN
    return ", ".join([*shown, *([f"{more:,} more"] if more > 0 else [])]) or "none"


_SIZE_COLUMNS: Final[tuple[Column[tuple[str, Sizes]], ...]] = (
    Column(name="axis", heading="Axis", value=lambda item: item[0]),
    Column(
        name="sizes",
        heading="Sizes that fit",
        value=lambda item: _progressions(item[1]),
        shortest=14,
    ),
)


def _progression(each: Progression) -> str:
    if each.step == 1:
        return "every size" if each.start == 1 else f"every size from {each.start}"
    return f"{each.start} + {each.step}k" if each.step else str(each.start)


def _sizes_data(found: FittingSizes) -> dict[str, Any]:
    solutions = [_solution_data(volume, report) for volume, report in found.solutions]
    axes = found.axes
    return version_data() | {
        "kind": "network",
        "unknown": ["input"] if axes else [],
        "solutions": solutions,
        "complete": all(each.is_complete for each in axes.values()),
        "bounds": {},
        "progressions": _progressions_data(axes),
        "nearest": [],
        "nearest_sizes": {
            axis: {"below": axes[axis].below(size), "above": axes[axis].above(size)}
            for axis, size in on_paper(tuple(found.own.items()))
        },
        "equation": [],
        "problems": [],
    }


def _progressions_data(sizes: Mapping[str, Sizes]) -> dict[str, Any]:
    return {
        axis: [{"from": each.start, "step": each.step} for each in along.progressions]
        for axis, along in on_paper(tuple(sizes.items()))
    }


def _solution_data(volume: Volume, report: Report) -> dict[str, Any]:
    """Return an input whose sizes stand alone, and what the network makes of it."""
    named = volume.sizes
    is_square = len(set(volume.spatial)) == 1
    return {
        "fields": {"input": volume.spatial[0] if is_square else named},
        "output": shape_data(next(iter(report.outputs.values()), None)),
        "params": report.totals.params,
        "macs": report.totals.macs,
    }


# --- JSON ---------------------------------------------------------------------------------------


def _data(kind: str, found: Found) -> dict[str, Any]:
    return version_data() | {
        "kind": kind,
        "unknown": list(found.unknown),
        "solutions": [
            {
                "fields": dict(solution.fields),
                "output": _shape(solution),
                "params": solution.params,
                "macs": solution.macs,
            }
            for solution in found.solutions
        ],
        "complete": found.is_complete,
        "bounds": dict(found.bounds),
        "progressions": _progressions_data(found.sizes),
        "nearest": [
            {"how": each.how, "fields": dict(each.fields), "output": _shape(each.solution)}
            for each in found.nearest
        ],
        "nearest_sizes": {},
        "equation": list(found.equation),
        "problems": [problem_data(problem) for problem in found.problems],
    }


def _shape(solution: Answer) -> dict[str, int | None]:
    """Return the output by its axes; a depth that nothing determines is null."""
    shape: dict[str, int | None] = {}
    shape |= Volume(depth=solution.depth or 1, spatial=solution.sizes).named()
    return shape | {"depth": solution.depth}
