"""How a report is shown, and a line of its table as it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cnncalc.render.grid import Cell
from cnncalc.report.rows import Totals, total

if TYPE_CHECKING:
    from cnncalc.maths.volume import Volume
    from cnncalc.render.folding import Line
    from cnncalc.report.report import Report
    from cnncalc.report.rows import Row


@dataclass(frozen=True, kw_only=True)
class View:
    """How a report is shown: the order of a volume's axes, and the type and batch in memory."""

    report: Report
    layout: str = "whd"
    dtype: str = "float32"
    batch: int = 1

    def volume(self, volume: Volume | None) -> str:
        """Return a volume as the layout writes it."""
        if volume is None:
            return "?"
        if self.layout == "whd" or not volume.rank:
            return str(volume)
        sizes = (
            (volume.depth, *volume.spatial)
            if self.layout == "chw"
            else (*volume.spatial, volume.depth)
        )
        return "×".join(map(str, sizes))

    @cached_property
    def axes(self) -> str:
        """The letters of a volume's axes, such as ``W×H×D``; none where all are vectors."""
        volumes = [*self.report.inputs.values(), *(row.output for row in self.report.rows)]
        rank = max((volume.rank for volume in volumes if volume is not None), default=2)
        spatial = ("", "L", "H×W", "T×H×W")[rank]
        if not rank:
            return ""
        if self.layout == "whd":
            return "W×H×D" if rank == 2 else f"{spatial}×D"
        return f"C×{spatial}" if self.layout == "chw" else f"{spatial}×C"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A line of the table, as a view shows it."""

    line: Line
    view: View

    @cached_property
    def totals(self) -> Totals:
        """The counts of the line."""
        return total(self.line.rows)

    @property
    def wrong(self) -> str:
        """What is wrong with the line: a problem's code and name."""
        if self.line.problem is not None:
            return f"{self.line.problem.code} {self.line.problem.name}"
        return "failed" if self.line.failed else ""

    def count(
        self,
        count: Callable[[Sequence[Row]], int],
        words: Callable[[int], str],
        *,
        of_weights: bool,
    ) -> Cell:
        """Return a count, at least that much, or about that much, where layers are unknown.

        Those ``of_weights`` are known of a layer whose windows do not fit.
        """
        rows = self.line.rows
        value = count(rows)
        if self.totals.complete:
            return ((words(value), "dim" if value == 0 else ""),)
        assumed = [row.assumed or row for row in rows]
        if total(assumed).complete:
            about = "" if of_weights and all(row.failed for row in rows) else "≈ "
            return ((f"{about}{words(count(assumed))}", "yellow"),)
        partly = self.line.unknown < len(rows)
        return ((f"≥ {words(value)}", "yellow") if partly and value else ("?", "yellow"),)
