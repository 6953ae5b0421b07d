"""Tables of any command: columns, each with its value for programs and its cell for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Value = str | int | float | None
Cell = tuple[tuple[str, str], ...]
"""What people read: stretches of text, each with its style."""

MARK = "✗ "
"""In front of a row in which something is wrong."""
_NEVER = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Item]):
    """One column of a table of items.

    ``value`` is for programs, ``cell`` for people (by default the value, numbers with
    separators); ``drawing`` goes in front of the cell where all letters are equally wide, and
    ``link`` is where Markdown leads. A column is shortened to ``readable`` cells before another
    one is dropped, and to ``shortest`` where it would go itself, or nothing else can.
    """

    name: str
    heading: str
    value: Callable[[Item], Value]
    cell: Callable[[Item], Cell] | None = None
    drawing: Callable[[Item], Cell] | None = None
    link: Callable[[Item], str] | None = None
    right: bool = False
    readable: int = _NEVER
    shortest: int = _NEVER
    cut_start: bool = False

    def cell_of(self, item: Item) -> Cell:
        """Return what people read of an item."""
        if self.cell is not None:
            return self.cell(item)
        value = self.value(item)
        if isinstance(value, int):
            return ((f"{value:,}", ""),)
        return (("" if value is None else str(value), ""),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid(Generic[Item]):
    """Columns and what they are about.

    ``dropped`` names the columns that may go in a narrow terminal, the first first; ``wrong``
    says what is wrong with an item, if anything is.
    """

    columns: tuple[Column[Item], ...]
    items: Sequence[Item]
    dropped: tuple[str, ...] = ()
    wrong: Callable[[Item], str] | None = None

    def faults(self) -> list[str]:
        """Return what is wrong with each item; nothing where no item can be wrong."""
        return [self.wrong(item) for item in self.items] if self.wrong is not None else []
