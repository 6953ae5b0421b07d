"""Verifications as text: the table, the cases, small activations, the verdict.

Own columns, because `verify` is measured from its start, and rich's table costs more time than
the forward pass of a small network.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from cnncalc.maths.volume import Volume
from cnncalc.maths.words import in_bytes, plural
from cnncalc.render.folding import Line, lines
from cnncalc.render.terminal import Terminal
from cnncalc.render.visible import width
from cnncalc.report.verification import TOLERANCE, CaseResult, LayerResult, Verification, shown

_HEADINGS = ("", "Layer", "Predicted", "Actual", "Params predicted", "Actual", "Time", "")
_RIGHT = (4, 5, 6)
_LAYER, _TIME = 1, 6
_SHORTEST = 10
"""The least that is left of a layer's name in a narrow terminal."""
_CASES = 32
"""The most cases that are printed."""
_MAPS, _ROWS, _COLUMNS = 4, 16, 16
"""The most of an activation that is printed."""


def verification_text(
    result: Verification,
    terminal: Terminal,
    *,
    depth: int | None = None,
    show: tuple[str, ...] = (),
    quiet: bool = False,
) -> str:
    """Return a verification as text, ending in a line break; ``quiet``: the verdict alone."""
    parts: list[str] = []
    if not quiet:
        if result.layers:
            parts += _table(result, depth, terminal)
            parts += _cases(result.cases, terminal)
        for name in show:
            if name in result.arrays:
                parts += _activation(name, result.arrays[name], result.given, terminal)
    return "".join(f"{line.rstrip()}\n" for line in (*parts, _verdict(result, terminal)))


def _verdict(result: Verification, terminal: Terminal) -> str:
    name = terminal.spell(result.report.name)
    peak = result.peak
    memory = "" if peak is None else f"; peak planned {in_bytes(peak.planned)}"
    if peak is not None and peak.measured is not None:
        memory += f", measured {in_bytes(peak.measured)}"
    if not result.layers:
        return f"{terminal.paint('not run', 'error')}: {name}{memory}"
    weights = f"; {terminal.spell(result.weights)}" if result.weights else ""
    seconds = f"{weights}; {result.seconds:.2f} s"
    cases = f" and {plural(len(result.cases), 'case')}" if result.cases else ""
    if result.ok:
        counts = f"{plural(len(result.layers), 'layer')}{cases}, every shape and count as predicted"
        return f"{terminal.paint('verified', 'help')}: {name}: {counts}{memory}{seconds}"
    wrong = sum(bool(found.words) for found in result.layers)
    off = sum(bool(case.off()) for case in result.cases)
    parts = [f"{wrong:,} of {plural(len(result.layers), 'layer')}"] if wrong else []
    parts += [f"{off:,} of {plural(len(result.cases), 'case')}"] if off else []
    return f"{terminal.paint('failed', 'error')}: {name}: {' and '.join(parts)}{memory}{seconds}"


def _table(result: Verification, depth: int | None, terminal: Terminal) -> Iterator[str]:
    found = {layer.row.name: layer for layer in result.layers}
    rows = [_cells(line, [found[row.name] for row in line.rows]) for line in
            lines(result.report, depth)]  # fmt: skip
    failing = [bool(row[-1]) for row in rows]
    table = [tuple(terminal.spell(cell) for cell in row) for row in (_HEADINGS, *rows)]
    columns = [index for index in range(len(_HEADINGS)) if any(row[index] for row in table)]
    sizes = {index: max(width(row[index]) for row in table) for index in columns}
    if terminal.width and _total(sizes) > terminal.width:
        sizes.pop(_TIME)
    if terminal.width and (missing := _total(sizes) - terminal.width) > 0:
        sizes[_LAYER] = max(sizes[_LAYER] - missing, _SHORTEST)
    yield terminal.paint(terminal.spell(result.report.name), "bold")
    yield ""
    for number, row in enumerate(table):
        text = "  ".join(_cell(row[index], index, size, terminal) for index, size in sizes.items())
        emphasis = "bold" if number == 0 else "error" if failing[number - 1] else ""
        yield terminal.paint(text.rstrip(), emphasis) if emphasis else text
    yield ""


def _total(sizes: dict[int, int]) -> int:
    return sum(sizes.values()) + 2 * (len(sizes) - 1)


def _cell(text: str, index: int, size: int, terminal: Terminal) -> str:
    dots = terminal.spell("…")
    if index == _LAYER and width(text) > size:  # of a name the end tells more
        while width(text) > size - len(dots):
            text = text[1:]
        text = dots + text
    space = " " * (size - width(text))
    return space + text if index in _RIGHT else text + space


def _cells(line: Line, found: list[LayerResult]) -> tuple[str, ...]:
    """Return the cells of a line: of a folded block its output and the sums of its counts."""
    words = next((layer.words for layer in found if layer.words), "")
    name = line.name if len(line.rows) < 2 else f"{line.name} ({plural(len(line.rows), 'layer')})"
    last = found[-1] if found else None
    seconds = sum(layer.seconds or 0 for layer in found)
    return (
        "✗" if words else "",
        name,
        _volume(line.output),
        "" if last is None else _volume(last.actual),
        _counts([(layer.row.params, layer.row.non_trainable) for layer in found]),
        _counts([(layer.params, layer.non_trainable) for layer in found]),
        f"{seconds * 1000:,.1f} ms",
        words,
    )


def _volume(volume: Volume | None) -> str:
    return "?" if volume is None else str(volume)


def _counts(pairs: list[tuple[int | None, int | None]]) -> str:
    """Return ``64 + 64``: trainable, and what is not where there is any."""
    if any(None in pair for pair in pairs):
        return "?"
    trainable, others = (sum(number or 0 for number in side) for side in zip(*pairs, strict=True))
    return f"{trainable:,} + {others:,}" if others else f"{trainable:,}"


def _cases(cases: tuple[CaseResult, ...], terminal: Terminal) -> Iterator[str]:
    if not cases:
        return
    yield terminal.paint(terminal.spell(f"Cases (float64, to within {TOLERANCE:g})"), "bold")
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
        text = terminal.spell(f"  {line}")
        yield terminal.paint(text, "error") if case.off() else text
    if len(cases) > _CASES:
        yield terminal.spell(f"  … and {len(cases) - _CASES:,} more")
    yield ""


def _rounded(value: Any) -> Any:
    """Return numbers without the last digits, in which −0 and rounding errors stand."""
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 9) + 0.0


def _activation(name: str, array: Any, given: str, terminal: Terminal) -> Iterator[str]:
    """Yield an array of (N, D, *spatial) map by map, large ones in part."""
    batch, depth, *spatial = array.shape
    shape = str(Volume(depth, tuple(spatial)))
    yield terminal.paint(terminal.spell(f"{name}   {shape}"), "bold") + terminal.spell(
        f"   {given}"
    )
    left = f"; the first of {batch:,} inputs" if batch > 1 else ""
    if not spatial:
        part, cut = array[0, : _ROWS * _COLUMNS], depth > _ROWS * _COLUMNS
        rows = [part[i : i + _COLUMNS].tolist() for i in range(0, len(part), _COLUMNS)]
        yield from _matrix(rows, terminal)
    else:
        planes = list(product(*(range(size) for size in spatial[:-2])))
        places = [(number, *plane) for number in range(depth) for plane in planes]
        cut = len(places) > _MAPS or any(
            size > most for size, most in zip(spatial[-2:], (_ROWS, _COLUMNS), strict=False)
        )
        for place in places[:_MAPS]:
            yield terminal.spell(f"map {place[0]}" + "".join(f", frame {f}" for f in place[1:]))
            plane = array[(0, *place)]
            plane = plane[None] if plane.ndim == 1 else plane
            yield from _matrix(plane[:_ROWS, :_COLUMNS].tolist(), terminal)
    if cut:
        left += "; too large to print whole: --save writes all of it"
    if left:
        yield terminal.spell(f"  ({left.removeprefix('; ')})")
    yield ""


def _matrix(rows: list[list[float]], terminal: Terminal) -> Iterator[str]:
    """Yield rows of numbers in columns that are aligned at their end."""
    cells = [[f"{value + 0.0:.5g}" for value in row] for row in rows]
    wide = max((len(cell) for row in cells for cell in row), default=0)
    for row in cells:
        yield terminal.spell("  " + "  ".join(cell.rjust(wide) for cell in row))
