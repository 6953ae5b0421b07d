"""Fitting columns into a width: which are left out, which are shortened.

Rich can shrink columns too, but by its own order, and by measuring every cell; here the order
is part of the contract, and an output or a count is never cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from cnncalc.render.columns import DROPPED, Cell

GAP = 2
"""Cells between two columns."""
_READABLE = 26
"""Hyperparameters are shortened to this before another column goes,"""
_SHORT = len("Hyperparameters")
"""and to this before they go themselves."""
_SHORTEST = 10
"""The least that is left of a name or of hyperparameters where nothing else can go."""


def width_of(cell: Cell) -> int:
    """Return how many cells of a terminal a table's cell takes."""
    return sum(len(text) if text.isascii() else cell_len(text) for text, _ in cell)


def fit(names: Sequence[str], widths: dict[str, int], room: int, *, stated: bool) -> dict[str, int]:
    """Return the columns that are shown, with the width of each; ``room`` 0 is unlimited.

    Columns that were ``stated`` all stay.
    """
    shown = {name: widths[name] for name in names}
    if not room:
        return shown
    dropped = [] if stated else [name for name in DROPPED if name in shown]
    while True:
        missing = _missing(shown, room)
        words = shown.get("hyperparameters", 0)
        if missing <= 0:
            return shown
        least = _SHORT if dropped == ["hyperparameters"] else _READABLE
        if words - missing >= min(words, least):
            return shown | {"hyperparameters": words - missing}
        if not dropped:
            break
        del shown[dropped.pop(0)]
    for name in ("hyperparameters", "layer"):
        if name in shown:
            least = min(shown[name], _SHORTEST)
            shown[name] = max(shown[name] - max(_missing(shown, room), 0), least)
    return shown


def _missing(shown: dict[str, int], room: int) -> int:
    return sum(shown.values()) + GAP * (len(shown) - 1) - room


def cut(cell: Cell, width: int, dots: str, *, start: bool = False) -> Cell:
    """Return a cell shortened to ``width``; of names the ``start`` goes, their end tells more."""
    if width_of(cell) <= width:
        return cell
    left = width - len(dots)
    kept: list[tuple[str, str]] = []
    for text, style in reversed(cell) if start else cell:
        piece = text
        if cell_len(text) > left:
            piece = set_cell_size(text[::-1], left)[::-1] if start else set_cell_size(text, left)
        left -= cell_len(piece)
        if not left and not start:
            piece = piece.rstrip(" ,")  # rather `p1…` than `p1, …`
        kept.append((piece, style))
    marked = [*kept, (dots, "dim")]
    return tuple(reversed(marked)) if start else tuple(marked)
