"""What networks cost: the numbers that budgets limit and baselines compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cnncalc.maths.words import in_bytes
from cnncalc.problems.source import Span
from cnncalc.report.report import Report
from cnncalc.report.rows import Row
from cnncalc.spec.network import Network

_WIDTH: Final = 4
"""Bytes of a number, as ``summary`` counts where no other type is stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A number of a network: what it is called, and how it is written.

    ``total`` is a lower bound where some layers are unknown, ``None`` where there is none;
    ``share`` is how much of it is a layer's.
    """

    name: str
    words: str
    total: Callable[[Report], int | None]
    share: Callable[[Row], int]
    shown: Callable[[int], str]


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
        total=lambda report: report.totals.params,
        share=lambda row: row.params or 0,
        shown=_count,
    ),
    Cost(
        name="macs",
        words="MACs",
        total=lambda report: report.totals.macs,
        share=lambda row: row.macs or 0,
        shown=_count,
    ),
    Cost(
        name="memory",
        words="of memory for inference",
        total=lambda report: report.bytes(_WIDTH).inference,
        share=_memory,
        shown=in_bytes,
    ),
)


def place(network: Network) -> Span:
    """Return where a network as a whole is: its name, or else the first line that states it."""
    root = network.root
    assert isinstance(root.value, dict)
    if "name" in root.value:
        return root.value["name"].span
    source, line = root.span.source, root.span.line
    end = len(source.line(line).rstrip()) + 1
    return Span(source=source, line=line, column=root.span.column, end_line=line, end_column=end)
