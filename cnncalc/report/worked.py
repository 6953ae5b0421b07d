"""One number of a layer's output, and what it is made of in a forward pass: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cnncalc.report.rows import Row

How = Literal["products", "largest", "mean", "scaled", "norm"]

Numbers = tuple[tuple[float | None, ...], ...]
"""For each map of a window its numbers, the last axis fastest; ``None`` is what does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What one number is made of.

    ``maps`` are the input's maps that are read, ``positions`` those along each axis, in array
    order; what is outside the input is padding. A dense layer reads all, stretched to one row,
    and has neither.

    ``how`` they become a number: the sum of products with ``filter``, the largest, the mean
    (``factor`` numbers count), the sum times the coefficient ``factor``, or the norm of the power
    ``factor``; then ``bias`` is added, where there is one.
    """

    window: Numbers
    maps: tuple[int, ...] = ()
    positions: tuple[tuple[int, ...], ...] = ()
    how: How = "products"
    filter: Numbers = ()
    factor: float = 1.0
    bias: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """The number of ``row`` at ``at``, (map, *position), in array order.

    ``result`` is what the forward pass gave.
    """

    row: Row
    at: tuple[int, ...]
    parts: Parts
    result: float
