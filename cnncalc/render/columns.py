"""The columns of ``summary``: what each says about a line, to programs and to people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cnncalc.layers.registry import KINDS, layer_class
from cnncalc.maths.words import in_bytes, number, short, typed
from cnncalc.render.grid import Cell, Column, Value
from cnncalc.render.view import Line, View
from cnncalc.report.memory import WIDTHS
from cnncalc.report.rows import total

if TYPE_CHECKING:
    from cnncalc.maths.volume import Volume
    from cnncalc.report.rows import Row


_OF_WEIGHTS = ("params", "non_trainable")
BAR = 8
"""Cells of a bar for all parameters."""


def _layer(line: Line) -> Cell:
    inside = f"{line.blocks[-1]}." if line.blocks else ""
    style = "bold red" if line.wrong else ""
    return ((inside, style or "dim"), (line.name.removeprefix(inside), style))


def _hyperparameters(line: Line) -> Cell:
    if line.is_block:
        times = f"{line.times} × " if line.times > 1 else ""
        words = f" ({line.words})" if line.words else ""
        parts = [(times, "dim"), (line.kind, "bold"), (words, "")]
    else:
        words = f" {line.words}" if line.words else ""
        parts = [(line.kind, kind_colour(line.kind)), (words, "")]
        if line.rows[0].shared_from is not None:
            parts.append((f", weights of {line.rows[0].shared_from}", ""))
    if line.place.identity:
        parts.append((" with identity", "dim"))
    if line.place.sources:
        parts.append((f" from {_listed(line.place.sources)}", "dim"))
    return tuple(parts)


def _listed(names: Sequence[str]) -> str:
    """Return names with commas, three or more repetitions in a row as ``unit.0 … unit.11``."""
    runs: list[list[str]] = []
    for name in names:
        if runs and _is_next(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(f"{run[0]} … {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def _is_next(before: str, name: str) -> bool:
    """Return whether a name is that of the repetition after another one."""
    stem, _, number = before.rpartition(".")
    return number.isdecimal() and name == f"{stem}.{int(number) + 1}"


def kind_colour(kind: str) -> str:
    """Return the colour of a kind's family."""
    return layer_class(kind).family.colour if kind in KINDS else ""


def _sizes(volume: Volume | None, view: View) -> str:
    """Return a volume such as ``32x32x3``; empty where it is unknown."""
    return "" if volume is None else typed(view.volume(volume))


def _output(line: Line) -> Cell:
    if line.assumed is not None:
        return ((f"≈ {line.view.volume(line.assumed)}", "yellow"),)
    if line.output is None:
        return (("failed", "bold red"),) if line.wrong else (("unknown", "yellow"),)
    return ((line.view.volume(line.output), "dim" if line.output in line.inputs else ""),)


def _share(line: Line) -> float | None:
    """Return a line's share of all parameters; ``None`` where the total is not known."""
    whole = line.view.report.totals
    return line.totals.params / whole.params if whole.complete and line.totals.params else None


def _rounded_share(line: Line) -> float | None:
    share = _share(line)
    return None if share is None else round(share, 6)


def _percent(line: Line) -> Cell:
    share = _share(line)
    if share is None:
        return ()
    words = "<0.1%" if share < 0.001 else "100%" if share == 1 else f"{100 * share:.1f}%"
    return ((f"{words:>6}", "dim"),)


def _bar(line: Line) -> Cell:
    """Return a bar, drawn in eighths of a cell; any share above 0 shows at least one."""
    share = _share(line)
    if share is None:
        return ()
    eighths = max(round(share * BAR * 8), 1)
    bar = "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
    return ((bar.ljust(BAR), "cyan"),)


def _field(line: Line, part: str = "size") -> str:
    """Return a part of the receptive field, along every axis; empty where it has none."""
    found = line.receptive_field
    along = [] if found is None else list(getattr(found, part).values())
    if None in along:
        return ""
    if line.view.layout == "whd" and len(along) == 2:
        along.reverse()
    return "×".join(map(number, along))


def _field_cell(line: Line) -> Cell:
    if line.output is None:
        return (("?", "yellow"),)
    found = line.receptive_field
    bound = "≤" if found is not None and not found.is_exact else ""
    return ((bound + _field(line), ""),)


def _of_field(part: str) -> Column[Line]:
    """Return the column of the receptive field's ``stride`` or ``padding``."""

    def cell(line: Line) -> Cell:
        known = line.output is not None
        return ((_field(line, part), ""),) if known else (("?", "yellow"),)

    return Column(
        name=f"rf_{part}",
        heading=f"Effective\n{part}",
        value=lambda line: typed(_field(line, part)),
        cell=cell,
        right=True,
    )


def _bytes(rows: Sequence[Row], dtype: str) -> int:
    return sum(row.kept for row in rows) * WIDTHS[dtype]


def _bytes_cell(line: Line) -> Cell:
    return line.count(lambda rows: _bytes(rows, line.view.dtype), in_bytes, of_weights=False)


def _exact(value: int) -> str:
    return f"{value:,}"


def _count(name: str, heading: str, words: Callable[[int], str] = _exact) -> Column[Line]:
    """Return the column of a count: the sum over the layers of a line."""

    def value(line: Line) -> Value:
        counts = [getattr(row, name) for row in line.rows]
        return None if None in counts else sum(counts)

    def cell(line: Line) -> Cell:
        return line.count(
            lambda rows: getattr(total(rows), name), words, of_weights=name in _OF_WEIGHTS
        )

    return Column(name=name, heading=heading, value=value, cell=cell, right=True)


_ALL: tuple[Column[Line], ...] = (
    Column(
        name="layer",
        heading="Layer",
        value=lambda line: line.name,
        cell=_layer,
        drawing=lambda line: ((line.place.mark, "dim"),),
        shortest=10,
        cut_start=True,  # of a name the end says more
    ),
    Column(
        name="kind",
        heading="Kind",
        value=lambda line: line.kind,
        cell=lambda line: ((line.kind, kind_colour(line.kind)),),
    ),
    Column(
        name="hyperparameters",
        heading="Hyperparameters",
        value=lambda line: line.words,
        cell=_hyperparameters,
        readable=26,
        shortest=len("Hyperparameters"),
    ),
    Column(
        name="from",
        heading="From",
        value=lambda line: " ".join(line.sources),
        cell=lambda line: ((_listed(line.sources), ""),),
    ),
    Column(
        name="input",
        heading="Input\nAXES",
        value=lambda line: " ".join(_sizes(one, line.view) for one in line.inputs),
        cell=lambda line: ((", ".join(map(line.view.volume, line.inputs)), ""),),
    ),
    Column(
        name="output",
        heading="Output\nAXES",
        value=lambda line: _sizes(line.output, line.view),
        cell=_output,
    ),
    _count("params", "Parameters"),
    Column(
        name="share",
        heading="Share of\nparameters",
        value=_rounded_share,
        cell=_percent,
        drawing=_bar,
    ),
    _count("non_trainable", "Non-\ntrainable"),
    _count("macs", "MACs", short),
    _count("neurons", "Neurons"),
    _count("connections", "Connections"),
    _count("activations", "Conv and fc\nactivations"),
    Column(
        name="bytes",
        heading="Activations",
        value=lambda line: _bytes(line.rows, line.view.dtype) if line.totals.complete else None,
        cell=_bytes_cell,
        right=True,
    ),
    Column(
        name="receptive_field",
        heading="Receptive\nfield",
        value=lambda line: typed(_field(line)),
        cell=_field_cell,
        right=True,
    ),
    _of_field("stride"),
    _of_field("padding"),
    Column(
        name="line",
        heading="Line",
        value=lambda line: line.line,
        cell=lambda line: ((str(line.line), "dim"),),
        right=True,
    ),
)
COLUMNS = {column.name: column for column in _ALL}
"""Every column by the name that ``--columns`` takes."""

DEFAULT = ("layer", "hyperparameters", "output", "params", "share", "macs", "receptive_field")
RECORDED = tuple(name for name in COLUMNS if name != "share")
"""What programs get when they ask for no columns: a share they compute themselves."""
DROPPED = ("share", "receptive_field", "macs", "hyperparameters")
"""Which columns go first when the terminal is too narrow."""


def chosen(names: Iterable[str], view: View) -> tuple[Column[Line], ...]:
    """Return columns by their names, the letters of the axes in their headings."""
    axes = f"\n{view.axes}" if view.axes else ""
    return tuple(
        replace(COLUMNS[name], heading=COLUMNS[name].heading.replace("\nAXES", axes))
        for name in names
    )
