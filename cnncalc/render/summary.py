"""The document of ``summary``: the lines of a network, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cnncalc.maths.words import in_bytes, plural, short
from cnncalc.render.columns import DEFAULT, DROPPED, RECORDED, chosen
from cnncalc.render.document import Document
from cnncalc.render.folding import lines
from cnncalc.render.grid import Cell, Grid
from cnncalc.render.json import summary_data, unread_data
from cnncalc.render.view import Line, View
from cnncalc.report.memory import WIDTHS

if TYPE_CHECKING:
    from cnncalc.problems.model import Problem
    from cnncalc.report.report import Report


def summary(
    report: Report,
    *,
    depth: int | None = 1,
    columns: Iterable[str] | None = None,
    layout: str = "whd",
    dtype: str = "float32",
    batch: int = 1,
) -> Document:
    """Return what ``summary`` prints about a report.

    ``depth`` levels of layers are shown to people (``None``: all), blocks below are folded;
    ``columns`` that are stated all stay; ``dtype`` is the type of the numbers in
    memory, for ``batch`` inputs at once.

    Raises:
        KeyError: ``columns`` names one that does not exist.
    """
    view = View(report=report, layout=layout, dtype=dtype, batch=batch)
    stated = None if columns is None else tuple(columns)
    shown = lines(view, depth)
    return Document(
        title=report.name,
        about=(_inputs(view), report.source.name),
        lines=Grid(
            columns=chosen(stated or _default(view, shown), view),
            items=shown,
            dropped=DROPPED if stated is None else (),
            wrong=lambda line: line.wrong,
        ),
        records=Grid(columns=chosen(stated or RECORDED, view), items=lines(view, None)),
        notes=tuple(_notes(view, folded=any(line.is_block for line in shown))),
        data=lambda: summary_data(report, WIDTHS[dtype], batch),
    )


def unread(problems: tuple[Problem, ...]) -> Document:
    """Return what ``summary`` prints of a file in which no network can be read: its problems."""
    return Document(data=lambda: unread_data(problems))


def _default(view: View, shown: Iterable[Line]) -> tuple[str, ...]:
    """Return the columns that are shown when none are stated: those that say something."""
    silent = set()
    if not view.report.totals.params or not view.report.totals.complete:
        silent.add("share")  # a share of a sum that is not known would be wrong
    if not any(line.seen and line.seen.fields for line in shown):
        silent.add("receptive_field")
    return tuple(name for name in DEFAULT if name not in silent)


def _inputs(view: View) -> str:
    """Return ``input 32×32×3``, or the names of several with their volumes."""
    inputs = view.report.inputs
    if len(inputs) == 1:
        return f"input {view.volume(next(iter(inputs.values())))}"
    named = ", ".join(f"{name} {view.volume(volume)}" for name, volume in inputs.items())
    return f"inputs {named}" if named else ""


def _notes(view: View, *, folded: bool) -> Iterator[tuple[str, Cell]]:
    """Yield each line below the table: its label and its words."""
    report = view.report
    if report.rows and all(row.output is None for row in report.rows):
        yield "Totals", (("unknown", "yellow"),)
    else:
        yield "Parameters", _params(report)
        yield "MACs", _macs(report)
        yield "Memory", _memory(view)
    hint = (" (--depth all shows those in blocks)", "dim")
    yield "Layers", ((f"{len(report.rows):,}", ""), *([hint] if folded else []))
    if len(report.outputs) > 1:
        words = ", ".join(f"{name} {view.volume(one)}" for name, one in report.outputs.items())
        yield "Outputs", ((words, ""),)
    if any(row.assumed is not None for row in report.rows):
        words = "as if rounding: floor were meant where windows do not fit"
        yield "≈", ((words, "yellow"),)
    if report.overridden:
        options = ", ".join(report.overridden)
        yield "Note", ((f"expectations not checked ({options})", "yellow"),)


def _amount(report: Report, known: str, *more: tuple[str, str]) -> Cell:
    """Return a total with its explanation; "at least" the total where layers are unknown."""
    if report.totals.complete:
        return ((known, "bold"), *more)
    unknown = sum(row.output is None for row in report.rows)
    without = f"{plural(unknown, 'layer')} unknown" if unknown else "not all layers"
    return (("at least ", "yellow"), (known, "bold"), *more, (f" ({without})", "yellow"))


def _params(report: Report) -> Cell:
    found = report.totals
    rest = f", {found.non_trainable:,} non-trainable" if found.non_trainable else ""
    return _amount(report, f"{found.params:,}", (f" trainable{rest}", ""))


def _macs(report: Report) -> Cell:
    found = report.totals
    flops = (f", FLOPs = 2 × MACs = {short(found.flops)}", "")
    definition = [(" (one MAC per weight and position)", "dim")] if found.complete else []
    return _amount(report, f"{found.macs:,}", flops, *definition)


def _memory(view: View) -> Cell:
    found = view.report.bytes(WIDTHS[view.dtype], view.batch)
    if found.weights is None or found.inference is None or found.training is None:
        return (("unknown", "yellow"),)
    words = (
        f"weights {in_bytes(found.weights)}, inference {in_bytes(found.inference)}, "
        f"training {in_bytes(found.training)}"
    )
    inputs = "one input" if view.batch == 1 else f"{view.batch:,} inputs"
    return ((words, ""), (f" ({inputs}, {view.dtype}; no optimizer state)", "dim"))
