"""Where a line is among branches, and which inputs it reads other than the line above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnncalc.report.rows import Row, Use

if TYPE_CHECKING:
    from cnncalc.report.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``mark`` draws the branches; ``sources`` are named where it is not the line before.

    ``identity``: one of the branches of a merge is empty, so that no line shows it.
    """

    mark: str = ""
    sources: tuple[str, ...] = ()
    identity: bool = False

    @property
    def likeness(self) -> tuple[str, tuple[str, ...]]:
        """What equal repetitions have in common: only the first of them can start a branch."""
        return self.mark.replace("┌", "│").replace("├", "│"), self.sources


def places(report: Report, shown: Sequence[Row | Use]) -> Iterator[Place]:
    """Yield the place of each line, in order."""
    tree = _Tree(report, shown)
    for item in shown:
        yield tree.place(item)


class _Tree:
    """What flows from line to line, and which branches are open."""

    def __init__(self, report: Report, shown: Sequence[Row | Use]) -> None:
        self.merges = {name for row in report.rows for name, _ in row.branch}
        self.ends = {
            report.rows[item.stop - 1].name: item.name
            for item in shown
            if isinstance(item, Use) and item.stop > item.start
        }
        inputs = list(report.inputs)
        self.flowing = inputs[0] if len(inputs) == 1 else None
        self.forks: dict[str, str | None] = {}  # merge → what reaches its branches
        self.before: tuple[tuple[str, int], ...] = ()

    def place(self, item: Row | Use) -> Place:
        """Return the place of the next line."""
        mark = "".join(self._level(level, item) for level in range(len(item.branch)))
        merges = item.name in self.merges
        if merges:
            mark += "└ "
        names = tuple(self.ends.get(name, name) for name in item.sources)
        identity = merges and self.forks.get(item.name) in names
        expected = merges or not names or names == (self.flowing,)
        self.flowing = item.name
        self.before = item.branch
        if expected:
            return Place(mark=mark, identity=identity)
        inside = f"{item.blocks[-1]}." if item.blocks else ""
        return Place(mark=mark, sources=tuple(name.removeprefix(inside) for name in names))

    def _level(self, level: int, item: Row | Use) -> str:
        """Return the mark of one branch that the line is in."""
        branch = item.branch[level]
        if self.before[: level + 1] == item.branch[: level + 1]:
            return "│ "
        name = branch[0]
        first = name not in self.forks
        if first:
            self.forks[name] = self.flowing
        self.flowing = self.forks[name]
        return "┌ " if first else "├ "
