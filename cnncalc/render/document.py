"""What a command prints, before it has a format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cnncalc.render.grid import Cell, Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a command prints.

    ``lines`` are for people and may stand for several things each, ``records`` are one for each
    thing, for programs; ``notes`` are labels and words below the lines; ``data`` gives JSON.
    """

    title: str = ""
    about: tuple[str, ...] = ()
    lines: Grid[Any]
    records: Grid[Any]
    notes: tuple[tuple[str, Cell], ...]
    data: Callable[[], Mapping[str, Any]]
