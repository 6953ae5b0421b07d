"""A class in numbers: how its scores lie, how hard each cell was, which mistakes were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from statistics import median
from typing import Final

from cnncalc.homework.mark import STATUSES, Mark, Marked

FEWEST: Final = 10
"""Sheets from which on a discrimination is computed."""
_COMMONEST: Final = 3
"""How many unexplained answers are listed."""
BINS: Final = 10
"""Bars of the histogram: tenths of the points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSummary:
    """One cell over all sheets.

    ``facility`` is the mean share of its points, ``discrimination`` the correlation of its points
    with the rest of the score; ``None`` where either is the same for all. ``unexplained`` are the
    commonest answers that no rule explains, each with its count.
    """

    name: str
    counts: dict[str, int]
    facility: Fraction
    discrimination: Fraction | None
    mistakes: tuple[tuple[tuple[str, ...], int], ...]
    unexplained: tuple[tuple[str, int], ...]

    @property
    def asked(self) -> int:
        """On how many sheets it was asked."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A class: its scores in points, and its cells; ``histogram`` counts tenths of the points."""

    sheets: int
    missing: int
    mean: Fraction | None
    median: Fraction | None
    deviation: Fraction | None
    histogram: tuple[int, ...]
    cells: tuple[CellSummary, ...]
    mistakes: tuple[tuple[str, int], ...]


def summarize_course(sheets: Sequence[Marked]) -> Summary:
    """Return the summary of a class; sheets that were not marked count as missing."""
    marked = [sheet for sheet in sheets if sheet.status == "marked"]
    scores = [sheet.score for sheet in marked]
    mean = sum(scores, Fraction(0)) / len(scores) if scores else None
    histogram = [0] * BINS
    for sheet in marked:
        share = sheet.score / sheet.max if sheet.max else Fraction(0)
        histogram[min(int(share * BINS), BINS - 1)] += 1
    codes = Counter(code for sheet in marked for cell in sheet.cells for code in cell.mistake)
    return Summary(
        sheets=len(marked),
        missing=len(sheets) - len(marked),
        mean=mean,
        median=Fraction(median(scores)) if scores else None,
        deviation=None if mean is None else _root(_variance(scores)),
        histogram=tuple(histogram),
        cells=tuple(_cells(marked)),
        mistakes=tuple(codes.most_common()),
    )


def _cells(marked: Sequence[Marked]) -> list[CellSummary]:
    by_name: dict[str, list[tuple[Mark, Fraction]]] = {}
    for sheet in marked:
        total = sum((cell.points for cell in sheet.cells), Fraction(0))
        for cell in sheet.cells:
            by_name.setdefault(cell.asked.name, []).append((cell, total - cell.points))
    return [_cell(name, found) for name, found in by_name.items()]


def _cell(name: str, found: Sequence[tuple[Mark, Fraction]]) -> CellSummary:
    counts = dict.fromkeys(STATUSES, 0)
    for mark, _ in found:
        counts[mark.status] += 1
    shares = [mark.points / mark.asked.points for mark, _ in found]
    rest = [others for _, others in found]
    wrong = [mark for mark, _ in found if mark.status == "wrong"]
    mistakes = Counter(mark.mistake for mark in wrong if mark.mistake)
    unexplained = Counter(mark.given.text for mark in wrong if not mark.mistake and mark.given)
    return CellSummary(
        name=name,
        counts=counts,
        facility=sum(shares, Fraction(0)) / len(shares),
        discrimination=_correlation(shares, rest) if len(found) >= FEWEST else None,
        mistakes=tuple(mistakes.most_common()),
        unexplained=tuple(unexplained.most_common(_COMMONEST)),
    )


def _variance(values: Sequence[Fraction]) -> Fraction:
    return _covariance(values, values)


def _covariance(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """Return the covariance of a whole class, exactly: E(xy) − E(x)·E(y)."""
    count = len(left)
    products = sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))
    return products / count - sum(left, Fraction(0)) * sum(right, Fraction(0)) / count**2


def _correlation(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction | None:
    spread = _variance(left) * _variance(right)
    return _covariance(left, right) / _root(spread) if spread else None


def _root(value: Fraction) -> Fraction:
    """Return a square root to twelve decimals: the same on every machine."""
    return Fraction(isqrt(int(value * 10**24)), 10**12)
