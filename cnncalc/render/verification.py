"""Verifications as text: the table, the cases, small activations, the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from rich.table import Table
from rich.text import Text

from cnncalc.maths.volume import Volume
from cnncalc.maths.words import in_bytes, plural
from cnncalc.render.folding import Line, lines
from cnncalc.render.grid import Cell, Column, Grid
from cnncalc.render.table import draw
from cnncalc.render.terminal import Terminal
from cnncalc.report.verification import TOLERANCE, CaseResult, LayerResult, Verification, shown

_CASES = 32
"""The most cases that are printed."""
_MAPS, _ROWS, _COLUMNS = 4, 16, 16
"""The most of an activation that is printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A line of the table, and what its layers did."""

    line: Line
    layers: tuple[LayerResult, ...]

    @property
    def name(self) -> str:
        """The name, and how many layers a folded line stands for."""
        count = len(self.line.rows)
        return self.line.name if count < 2 else f"{self.line.name} ({plural(count, 'layer')})"

    @property
    def actual(self) -> Volume | None:
        """What left the last layer."""
        return self.layers[-1].actual if self.layers else None

    @property
    def wrong(self) -> str:
        """What is wrong with the first layer that is not as predicted."""
        return next((layer.words for layer in self.layers if layer.words), "")

    @property
    def milliseconds(self) -> float:
        """The time of all layers."""
        return sum(layer.seconds or 0 for layer in self.layers) * 1000


def _volume(volume: Volume | None) -> str:
    return "?" if volume is None else str(volume)


def _counts(pairs: list[tuple[int | None, int | None]]) -> str:
    """Return ``64 + 64``: trainable, and what is not where there is any."""
    if any(None in pair for pair in pairs):
        return "?"
    trainable, others = (sum(number or 0 for number in side) for side in zip(*pairs, strict=True))
    return f"{trainable:,} + {others:,}" if others else f"{trainable:,}"


def _predicted(ran: Ran) -> str:
    return _counts([(layer.row.params, layer.row.non_trainable) for layer in ran.layers])


def _allocated(ran: Ran) -> str:
    return _counts([(layer.params, layer.non_trainable) for layer in ran.layers])


def _milliseconds(ran: Ran) -> Cell:
    return ((f"{ran.milliseconds:,.1f} ms", ""),)


COLUMNS: tuple[Column[Ran], ...] = (
    Column(
        name="layer",
        heading="Layer",
        value=lambda ran: ran.name,
        readable=16,
        shortest=10,
        cut_start=True,  # of a name the end says more
    ),
    Column(name="output", heading="Predicted\noutput", value=lambda ran: _volume(ran.line.output)),
    Column(name="actual_output", heading="Actual\noutput", value=lambda ran: _volume(ran.actual)),
    Column(name="params", heading="Predicted\nparameters", value=_predicted, right=True),
    Column(name="actual_params", heading="Actual\nparameters", value=_allocated, right=True),
    Column(
        name="time",
        heading="Time",
        value=lambda ran: ran.milliseconds,
        cell=_milliseconds,
        right=True,
    ),
)
DROPPED = ("time", "actual_params", "actual_output")
"""Which columns go first in a narrow terminal: what differs is marked, and a problem says how."""


def verification_text(
    result: Verification,
    terminal: Terminal,
    *,
    depth: int | None = None,
    show: tuple[str, ...] = (),
    quiet: bool = False,
) -> str:
    """Return a verification as text, ending in a line break; ``quiet``: the verdict alone."""
    parts: list[Text | Table] = []
    if result.layers and not quiet:
        parts += _table(result, depth, terminal)
        parts += _cases(result.cases, terminal)
    if not quiet:
        for name in show:
            if name in result.arrays:
                parts += _activation(name, result.arrays[name], result.given, terminal)
    return terminal.draw(*parts, _verdict(result, terminal))


def _table(result: Verification, depth: int | None, terminal: Terminal) -> Iterator[Text | Table]:
    found = {layer.row.name: layer for layer in result.layers}
    items = [
        Ran(line=line, layers=tuple(found[row.name] for row in line.rows))
        for line in lines(result.report, depth)
    ]
    grid = Grid(columns=COLUMNS, items=items, dropped=DROPPED, wrong=lambda ran: ran.wrong)
    drawn = draw(grid, terminal)
    yield Text(terminal.spell(result.report.name), "bold")
    yield Text()
    yield drawn.table
    yield Text()
    if drawn.hidden:
        names = ", ".join(name.replace("_", " ") for name in drawn.hidden)
        yield Text(f"Hidden: {names} (no room in {terminal.width} columns)", "dim")
        yield Text()


def _verdict(result: Verification, terminal: Terminal) -> Text:
    name = result.report.name
    peak = result.peak
    memory = "" if peak is None else f"; peak planned {in_bytes(peak.planned)}"
    if peak is not None and peak.measured is not None:
        memory += f", measured {in_bytes(peak.measured)}"
    if not result.layers:
        return _judged("not run", "bold red", f": {name}{memory}", terminal)
    weights = f"; {result.weights}" if result.weights else ""
    seconds = f"{weights}; {result.seconds:.2f} s"
    cases = f" and {plural(len(result.cases), 'case')}" if result.cases else ""
    if result.ok:
        counts = f"{plural(len(result.layers), 'layer')}{cases}, every shape and count as predicted"
        return _judged("verified", "cyan", f": {name}: {counts}{memory}{seconds}", terminal)
    wrong = sum(bool(found.words) for found in result.layers)
    off = sum(bool(case.off()) for case in result.cases)
    parts = [f"{wrong:,} of {plural(len(result.layers), 'layer')}"] if wrong else []
    parts += [f"{off:,} of {plural(len(result.cases), 'case')}"] if off else []
    words = f": {name}: {' and '.join(parts)}{memory}{seconds}"
    return _judged("failed", "bold red", words, terminal)


def _judged(verdict: str, style: str, words: str, terminal: Terminal) -> Text:
    return Text.assemble((verdict, style), terminal.spell(words))


def _cases(cases: tuple[CaseResult, ...], terminal: Terminal) -> Iterator[Text]:
    if not cases:
        return
    yield Text(terminal.spell(f"Cases (float64, to within {TOLERANCE:g})"), "bold")
    for case in cases[:_CASES]:
        given = ", ".join(shown(value) for value in case.case.inputs.values())
        if case.actual is None:
            line = f"✗ {given} → ? not run"
        else:
            outputs = ", ".join(shown(_rounded(value)) for value in case.actual.values())
            line = f"{'✗' if case.off() else '✓'} {given} → {outputs}"
            if case.off():
                wanted = ", ".join(shown(value) for value in case.case.outputs.values())
                line += f" differs from {wanted}"
        yield Text(terminal.spell(f"  {line}"), "bold red" if case.off() else "")
    if len(cases) > _CASES:
        yield Text(terminal.spell(f"  … and {len(cases) - _CASES:,} more"))
    yield Text()


def _rounded(value: Any) -> Any:
    """Return numbers without the last digits, in which −0 and rounding errors show."""
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 9) + 0.0


def _activation(name: str, array: Any, given: str, terminal: Terminal) -> Iterator[Text]:
    """Yield an array of (N, D, *spatial) map by map, large ones in part."""
    batch, depth, *spatial = array.shape
    shape = str(Volume(depth, tuple(spatial)))
    head = Text(terminal.spell(f"{name}   {shape}"), "bold")
    yield head + Text(terminal.spell(f"   {given}"), "not bold")
    left = f"; the first of {batch:,} inputs" if batch > 1 else ""
    if not spatial:
        part, cut = array[0, : _ROWS * _COLUMNS], depth > _ROWS * _COLUMNS
        rows = [part[i : i + _COLUMNS].tolist() for i in range(0, len(part), _COLUMNS)]
        yield from _matrix(rows)
    else:
        planes = list(product(*(range(size) for size in spatial[:-2])))
        places = [(number, *plane) for number in range(depth) for plane in planes]
        cut = len(places) > _MAPS or any(
            size > most for size, most in zip(spatial[-2:], (_ROWS, _COLUMNS), strict=False)
        )
        for place in places[:_MAPS]:
            yield Text(f"map {place[0]}" + "".join(f", frame {f}" for f in place[1:]))
            plane = array[(0, *place)]
            plane = plane[None] if plane.ndim == 1 else plane
            yield from _matrix(plane[:_ROWS, :_COLUMNS].tolist())
    if cut:
        left += "; too large to print whole: --save writes all of it"
    if left:
        yield Text(f"  ({left.removeprefix('; ')})")
    yield Text()


def _matrix(rows: list[list[float]]) -> Iterator[Text]:
    """Yield rows of numbers in columns that are aligned at their end."""
    cells = [[f"{value + 0.0:.5g}" for value in row] for row in rows]
    wide = max((len(cell) for row in cells for cell in row), default=0)
    for row in cells:
        yield Text("  " + "  ".join(cell.rjust(wide) for cell in row))
