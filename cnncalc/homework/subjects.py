"""What can be asked about: layers, entries that hold several, the network; and what is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnncalc.homework.answers import MISFIT
from cnncalc.homework.cells import FIELDS, NETWORK, WEIGHTS
from cnncalc.homework.values import Value, setting_shown, sizes_of
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import on_paper
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Span
from cnncalc.report.report import Report
from cnncalc.report.rows import Row
from cnncalc.spec.entries import Entry, LayerEntry, in_row_order
from cnncalc.spec.network import Network

MISFITS = ("CNN301", "CNN302")
"""Problems of windows that do not fit, which may be what is asked for."""


class CannotBeAsked(Exception):
    """A cell without a right value; ``help`` says what can be asked."""

    def __init__(self, message: str, *help: str) -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """A layer, an entry with all its layers, or the network.

    ``entry`` is the entry outside blocks that it belongs to, ``None`` for the network; with
    ``is_entry`` it is all of it. ``is_whole``: it may hold several layers. ``misfit``: the problem
    of its windows, where they do not fit.
    """

    name: str
    rows: Sequence[Row]
    end: Row | None
    entry: Entry | None = None
    is_entry: bool = False
    is_whole: bool = False
    misfit: Problem | None = None

    @property
    def row(self) -> Row | None:
        """The layer, where it is a single one."""
        return None if self.is_whole else self.rows[0]


def subjects(network: Network, report: Report) -> Iterator[Subject]:
    """Yield the layers of a network in their order, entries with several behind their last."""
    entries = {entry.key: entry for entry in in_row_order(network.layers)}
    uses = {use.name: use.span for use in report.uses if not use.blocks}
    wrong = {problem.layer: problem for problem in report.problems if problem.code in MISFITS}
    owners = [entries[uses[row.blocks[0]] if row.blocks else row.span] for row in report.rows]
    rows_of = Counter(owner.key for owner in owners)
    wholes = _wholes(network, owners, rows_of)
    for number, (row, entry) in enumerate(zip(report.rows, owners, strict=True)):
        misfit = wrong.get(row.name) if row.output is None else None
        single = _is_single(entry, rows_of)
        yield Subject(
            name=row.name, rows=[row], end=row, entry=entry, is_entry=single, misfit=misfit
        )
        for whole, first in wholes.get(number, ()):
            rows = _rows_of(whole, report.rows[first : number + 1], owners[first : number + 1])
            yield Subject(
                name=whole.name, rows=rows, end=row, entry=whole, is_entry=True, is_whole=True
            )


def _is_single(entry: Entry, rows_of: Counter[Span]) -> bool:
    """Return whether an entry is one layer, and not repeated."""
    return isinstance(entry, LayerEntry) and rows_of[entry.key] == 1


def _wholes(
    network: Network, owners: Sequence[Entry], rows_of: Counter[Span]
) -> dict[int, list[tuple[Entry, int]]]:
    """Return the entries that may hold several layers, by their last row, each with its first."""
    first: dict[Span, int] = {}
    last: dict[Span, int] = {}
    for number, owner in enumerate(owners):
        first.setdefault(owner.key, number)
        last[owner.key] = number
    found: dict[int, list[tuple[Entry, int]]] = {}
    for entry in in_row_order(network.layers):
        keys = [inner.key for inner in in_row_order((entry,)) if inner.key in last]
        if keys and not _is_single(entry, rows_of):
            start = min(first[key] for key in keys)
            found.setdefault(max(last[key] for key in keys), []).append((entry, start))
    return found


def _rows_of(whole: Entry, rows: Sequence[Row], owners: Sequence[Entry]) -> Sequence[Row]:
    keys = inside(whole)
    return [row for row, owner in zip(rows, owners, strict=True) if owner.key in keys]


def inside(entry: Entry) -> set[Span]:
    """Return the places of an entry and of all entries that it holds."""
    return {inner.key for inner in in_row_order((entry,))}


def whole_network(report: Report) -> Subject:
    """Return the network as a whole."""
    ends = [row for row in report.rows if row.name in report.output_rows[:1]]
    return Subject(name=NETWORK, rows=report.rows, end=ends[0] if ends else None, is_whole=True)


def right_value(subject: Subject, cell: str) -> tuple[Value, Volume | None]:
    """Return the right value of a cell, and for volumes one of the rank that is asked for.

    Raises:
        CannotBeAsked: there is none.
    """
    if cell in FIELDS:
        return _setting(subject, cell), None
    end = subject.end
    if cell == "output":
        if subject.misfit and end is not None and end.assumed is not None:
            return MISFIT, end.assumed
        if subject.misfit and end is not None and end.inputs[0] is not None:
            return MISFIT, end.inputs[0]
        if end is None or end.output is None:
            raise _unknown(cell)
        return sizes_of(end.output), end.output
    if cell == "receptive_field":
        seen = end.receptive_field if end is not None else None
        if seen is None or not seen.is_exact:
            raise _unknown(cell)
        return on_paper(seen.size.values()), None
    return _count(_counted(subject, cell), cell), None


def _counted(subject: Subject, cell: str) -> Sequence[Row]:
    """Return the layers to count: weights are the same whether windows fit or not."""
    if cell in WEIGHTS and subject.misfit and subject.end and subject.end.floored:
        return [subject.end.floored]
    return subject.rows


def _count(rows: Sequence[Row], cell: str) -> int:
    if any(row.output is None for row in rows):
        raise _unknown(cell)
    return sum(count_of(row, cell) for row in rows)


def count_of(row: Row, cell: str) -> int:
    """Return a count of one layer; its weights are all trainable numbers but biases."""
    if cell in ("weights", "biases"):
        own = () if row.shared_from is not None else row.weights
        arrays = [array for array in own if array.trainable]
        return sum(array.count for array in arrays if (array.name == "bias") == (cell == "biases"))
    if cell == "flops":
        return 2 * (row.macs or 0)
    return getattr(row, cell) or 0


def _setting(subject: Subject, cell: str) -> Value:
    row = subject.row
    fields = row.layer.as_stated() if row is not None and row.layer is not None else {}
    if cell not in fields or row is None or row.inputs[0] is None or row.output is None:
        what = subject.name if row is None else row.kind
        known = [field for field in FIELDS if field in fields]
        advice = f"of {what} there is {', '.join(known)}" if known else ""
        raise CannotBeAsked(f"{what} has no {cell} to ask for", *([advice] if advice else []))
    return setting_shown(fields[cell], row.inputs[0])


def _unknown(cell: str) -> CannotBeAsked:
    return CannotBeAsked(f"its {cell} is not known")
