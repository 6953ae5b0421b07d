"""What changed since a baseline, for people, programs and pull requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnncalc.checking.costs import COSTS, Cost
from cnncalc.checking.growth import Change
from cnncalc.maths.words import percent
from cnncalc.render.grid import Cell, Column, Grid
from cnncalc.render.text import visible


def growth_grid(changes: Sequence[Change]) -> Grid[Change]:
    """Return the table of the networks that are not as the baseline says."""
    columns = (
        Column(name="network", heading="Network", value=_name),
        Column(name="file", heading="File", value=lambda change: visible(change.file)),
        *map(_column, COSTS),
    )
    return Grid(columns=columns, items=[each for each in changes if each.is_one])


def growth_data(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return every network with what it cost before and costs now, for JSON."""
    return [
        {
            "file": each.file,
            "name": _name(each),
            "before": None if each.before is None else dict(each.before.amounts),
            "now": None if each.now is None else dict(each.now.amounts),
        }
        for each in changes
    ]


def _name(change: Change) -> str | None:
    entry = change.now or change.before
    return entry.name if entry is not None else None


def _column(cost: Cost) -> Column[Change]:
    """Return the column of a cost: what it is now, and what was added."""

    def amount(change: Change) -> int | None:
        return None if change.now is None else change.now.amounts[cost.name]

    def cell(change: Change) -> Cell:
        return ((_words(cost, change), ""),)

    heading = {"params": "Parameters", "macs": "MACs", "memory": "Memory"}[cost.name]
    return Column(name=cost.name, heading=heading, value=amount, cell=cell, right=True)


def _words(cost: Cost, change: Change) -> str:
    """Return ``61,706 (+11,706, +23.4%)``, ``61,706 (new)``, ``gone``, or ``unknown``."""
    if change.now is None:
        return "gone"
    now = change.now.amounts[cost.name]
    if now is None:
        return "unknown"
    if change.before is None:
        return f"{cost.text(now)} (new)"
    was = change.before.amounts[cost.name]
    if was is None:
        return f"{cost.text(now)} (was unknown)"
    if was == now:
        return cost.text(now)
    sign = "+" if now > was else "−"
    share = f", {sign}{percent(abs(now - was), was)}" if was else ""
    return f"{cost.text(now)} ({sign}{cost.text(abs(now - was))}{share})"
