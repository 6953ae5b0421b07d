"""A layer's surroundings: what it reads, what reads it, and what leaves the network."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cnncalc.report.report import Report
from cnncalc.report.rows import Row


class Around:
    """The rows of a report by name, and who reads which."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.rows = {row.name: row for row in report.rows}
        self._readers: dict[str, list[Row]] = {}
        for row in report.rows:
            for name in dict.fromkeys(row.sources):
                self._readers.setdefault(name, []).append(row)

    def readers(self, row: Row) -> list[Row]:
        """Return the layers that take a layer's output."""
        return self._readers.get(row.name, [])

    def is_output(self, row: Row) -> bool:
        """Return whether a layer's output leaves the network."""
        return row.name in self.report.output_rows

    def source(self, row: Row) -> Row | None:
        """Return the layer that a layer with one input reads; an input of the network is none."""
        return self.rows.get(row.sources[0]) if len(row.sources) == 1 else None

    @cached_property
    def owners(self) -> set[str]:
        """The names of layers whose weights others use, too."""
        return {row.shared_from for row in self.report.rows if row.shared_from is not None}

    @cached_property
    def collecting(self) -> set[str]:
        """The names of the layers in front of the outputs that make many positions one."""
        return set(self._collecting())

    def _collecting(self) -> Iterator[str]:
        seen: set[str] = set()
        waiting = list(self.report.output_rows)
        while waiting:
            row = self.rows.get(waiting.pop())
            if row is None or row.name in seen or row.output is None or row.output.positions > 1:
                continue
            seen.add(row.name)
            if any(volume is not None and volume.positions > 1 for volume in row.inputs):
                yield row.name
            else:
                waiting += row.sources
