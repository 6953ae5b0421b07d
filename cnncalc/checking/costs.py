"""What networks cost: the numbers that budgets limit and baselines compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from cnncalc.maths.words import in_bytes
from cnncalc.problems.source import Span
from cnncalc.report.memory import Bytes
from cnncalc.report.rows import Row, Totals
from cnncalc.spec.network import Network

_WIDTH: Final = 4
"""Bytes of a number, as everywhere where no other type is stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A number of a network: what it is called, and how it is written.

    ``total`` is a lower bound where some layers are unknown, ``None`` where there is none;
    ``share`` is how much of it is a layer's.
    """

    name: str
    words: str
    total: Callable[[Totals, Bytes], int | None]
    share: Callable[[Row], int]
    text: Callable[[int], str]


def _count(value: int) -> str:
    return f"{value:,}"


def _memory(row: Row) -> int:
    """Return the bytes of a layer's own weights and of its output."""
    weights = 0 if row.shared_from else sum(weight.count for weight in row.weights)
    return _WIDTH * (weights + row.kept)


COSTS: Final = (
    Cost(
        name="params",
        words="parameters",
        total=lambda totals, memory: totals.params,
        share=lambda row: row.params or 0,
        text=_count,
    ),
    Cost(
        name="macs",
        words="MACs",
        total=lambda totals, memory: totals.macs,
        share=lambda row: row.macs or 0,
        text=_count,
    ),
    Cost(
        name="memory",
        words="of memory for inference",
        total=lambda totals, memory: memory.inference,
        share=_memory,
        text=in_bytes,
    ),
)


Amounts: TypeAlias = Mapping[str, int | None]
"""What a network costs, by the names of the costs; ``None`` is unknown."""


def amounts(totals: Totals | None, memory: Bytes | None) -> Amounts:
    """Return what a network costs; nothing is known where its totals are not."""
    if totals is None or memory is None:
        return {cost.name: None for cost in COSTS}
    return {cost.name: cost.total(totals, memory) for cost in COSTS}


def place(network: Network) -> Span:
    """Return where a network as a whole is: its name, or else the first line that states it."""
    root = network.root
    if "name" in root.children:
        return root.children["name"].span
    source, line = root.span.source, root.span.line
    end = len(source.line(line).rstrip()) + 1
    return Span(source=source, line=line, column=root.span.column, end_line=line, end_column=end)
