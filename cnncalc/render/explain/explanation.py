"""What an explanation is made of: sections with lines of arithmetic, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from cnncalc.layers.base import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Numbers in rows, as they are printed; what is left out is a last cell ``…``."""

    title: str
    rows: tuple[tuple[str, ...], ...]

    def lines(self, width: int = 0) -> list[str]:
        """Return the rows in columns of one width, cut where they are wider than ``width``."""
        wide = max((len(cell) for row in self.rows for cell in row), default=0)
        most = max(width // (wide + 2), 2) if width else max(map(len, self.rows), default=0)
        rows = [row if len(row) <= most else (*row[: most - 1], "…") for row in self.rows]
        return ["".join(f"  {cell:>{wide}}" for cell in row) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A layer, or the sums over all of them.

    ``volumes`` is what reaches the layer and what leaves it, ``remarks`` are sentences below the
    arithmetic, ``help`` is what mends the layer's problem. A step that is given twice is one.
    """

    title: str
    volumes: str = ""
    matrices: tuple[Matrix, ...] = ()
    steps: tuple[Step, ...] = ()
    remarks: tuple[str, ...] = ()
    help: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that is explained; ``letters`` says what is short for what.

    Without a title, it is about some of the layers only.
    """

    sections: tuple[Section, ...]
    title: str = ""
    letters: str = ""

    @property
    def sources(self) -> dict[str, int]:
        """Who states the rules, numbered from 1 in the order of their first use."""
        stated = (step.source for section in self.sections for step in section.steps)
        return {source: n for n, source in enumerate(dict.fromkeys(filter(None, stated)), 1)}
