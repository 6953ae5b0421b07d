"""What a command prints, before it has a format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cnncalc.render.grid import Cell, Grid

EMPTY: Grid[Any] = Grid(columns=(), items=())
"""No table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a command prints.

    ``lines`` are a table for people, each line of which may sum several things; ``records`` are
    a table for programs, one record for each thing. ``notes`` are labels and words below the
    lines, ``details`` lines of text below those. ``data`` gives JSON.
    """

    title: str = ""
    about: tuple[str, ...] = ()
    lines: Grid[Any] = EMPTY
    records: Grid[Any] = EMPTY
    notes: tuple[tuple[str, Cell], ...] = ()
    details: tuple[Cell, ...] = ()
    data: Callable[[], Mapping[str, Any]]
