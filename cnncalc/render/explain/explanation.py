"""What an explanation is made of: sections with lines of arithmetic, as plain data.

Every format writes the same blocks in the same order: :meth:`Explanation.blocks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

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
class Heading:
    """The title of the whole (level 1), or of a section (level 2)."""

    text: str
    level: Literal[1, 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A line or a sentence below a heading."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Lines of arithmetic, each with the number of its source, ``[1]``, or nothing."""

    cited: tuple[tuple[Step, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What mends the problem of a layer."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What is short for what, and who states the rules, numbered from 1."""

    letters: str
    sources: tuple[str, ...]


Block: TypeAlias = Heading | Paragraph | Matrix | Steps | Help | Notes


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

    def blocks(self) -> Iterator[Block]:
        """Yield all that is to be written, in reading order."""
        stated = (step.source for section in self.sections for step in section.steps)
        sources = tuple(dict.fromkeys(filter(None, stated)))
        if self.title:
            yield Heading(text=self.title, level=1)
        for section in self.sections:
            yield Heading(text=section.title, level=2)
            if section.volumes:
                yield Paragraph(text=section.volumes)
            yield from section.matrices
            if section.steps:
                yield Steps(cited=tuple((step, _cited(step, sources)) for step in section.steps))
            for remark in section.remarks:
                yield Paragraph(text=remark)
            if section.help:
                yield Help(lines=section.help)
        if self.letters or sources:
            yield Notes(letters=self.letters, sources=sources)


def _cited(step: Step, sources: tuple[str, ...]) -> str:
    return f"[{sources.index(step.source) + 1}]" if step.source else ""
