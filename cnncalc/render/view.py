"""How a report is shown, and the lines of its table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cnncalc.render.grid import Cell
from cnncalc.render.tree import Place
from cnncalc.report.rows import ReceptiveField, Totals, receptive_field, total

if TYPE_CHECKING:
    from cnncalc.maths.volume import Volume
    from cnncalc.problems.model import Problem
    from cnncalc.report.report import Report
    from cnncalc.report.rows import Row, Seen


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """One line of the table: ``rows`` are the layers that it sums.

    A line is a layer or a folded block use, or ``times`` equal repetitions of a block: then
    ``name`` shows the first and the last, ``inputs``, ``sources`` and ``place`` are the first
    one's, and all else is the last one's. ``words`` are a layer's hyperparameters or a block's
    arguments, ``blocks`` the block uses around it, ``repetition`` its number in the innermost
    ``repeat``, and ``place`` is where it is among branches.
    """

    view: View
    name: str
    kind: str
    words: str
    rows: tuple[Row, ...]
    sources: tuple[str, ...]
    inputs: tuple[Volume | None, ...]
    output: Volume | None
    assumed: Volume | None
    seen: Seen | None
    line: int
    blocks: tuple[str, ...]
    place: Place
    problem: Problem | None
    is_block: bool
    repetition: int | None
    times: int = 1

    @cached_property
    def totals(self) -> Totals:
        """The counts of the line."""
        return total(self.rows)

    @property
    def receptive_field(self) -> ReceptiveField | None:
        """What an output position sees of the network's input."""
        return receptive_field(self.seen, self.output)

    @property
    def wrong(self) -> str:
        """What is wrong with the line: a problem's code and name."""
        if self.problem is not None:
            return f"{self.problem.code} {self.problem.name}"
        return "failed" if any(row.failed for row in self.rows) else ""

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
        value = count(self.rows)
        if self.totals.complete:
            return ((words(value), "dim" if value == 0 else ""),)
        floored = [row.floored or row for row in self.rows]
        if total(floored).complete:
            about = "" if of_weights and all(row.failed for row in self.rows) else "≈ "
            return ((f"{about}{words(count(floored))}", "yellow"),)
        is_partial = any(row.output is not None for row in self.rows)
        return ((f"≥ {words(value)}", "yellow") if is_partial and value else ("?", "yellow"),)
