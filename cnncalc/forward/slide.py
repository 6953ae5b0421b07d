"""How a window slides along one axis, found by taking windows of the axis.

This is the forward pass's own account of stride, padding, dilation and rounding. It counts no
output with a formula: it lays windows over the padded axis and looks how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnncalc.forward.errors import CannotRun

Padding = tuple[int, int] | str
"""(before, after), or the words ``same`` and ``same_lower``."""


@dataclass(slots=True, eq=False, repr=False)
class Slide:
    """The windows along one axis: where each starts, in positions of the unpadded input.

    ``count`` windows start at ``start``, ``start + stride``, …; negative positions are padding.
    """

    size: int
    kernel: int
    stride: int
    dilation: int
    start: int
    count: int
    padded: tuple[int, int]

    @property
    def reach(self) -> int:
        """Positions from the first tap of a window to its last."""
        return (self.kernel - 1) * self.dilation

    @property
    def trivial(self) -> bool:
        """Whether every window is one pixel of the input: nothing to gather."""
        return self.kernel == 1 and self.start == 0 and self.last < self.size

    @property
    def last(self) -> int:
        """Where the last window starts."""
        return self.start + (self.count - 1) * self.stride

    def inside(self, tap: int, first: int = 0, stop: int | None = None) -> tuple[int, int]:
        """Return the windows, from ``first`` to before ``stop``, whose tap lies on the input."""
        offset = self.start + tap * self.dilation
        low = max(first, -(offset // self.stride))
        high = -(-(self.size - offset) // self.stride)
        stop = self.count if stop is None else stop
        return low, max(low, min(stop, high))

    def source(self, tap: int, low: int, high: int) -> slice:
        """Return where the tap of the windows ``low`` to before ``high`` reads."""
        offset = self.start + tap * self.dilation
        begin = offset + low * self.stride
        return slice(begin, begin + (high - low - 1) * self.stride + 1, self.stride)

    def counts(self, *, padding: bool) -> list[int]:
        """Return how many taps of each window are on the input, or on its padding as well."""
        low, high = (-self.padded[0], self.size + self.padded[1]) if padding else (0, self.size)
        taps = np.arange(self.kernel) * self.dilation
        starts = self.start + np.arange(self.count) * self.stride
        return [int(np.count_nonzero((taps >= low - s) & (taps < high - s))) for s in starts]


@lru_cache(maxsize=4096)
def slide(
    size: int,
    kernel: int,
    stride: int,
    dilation: int,
    padding: Padding,
    rounding: str,
    pooling: bool = False,
) -> Slide:
    """Lay windows of ``kernel`` taps over an axis of ``size`` positions.

    Raises:
        CannotRun: no window fits; the last one does not end where the padded axis ends
            (``strict``); ``ceil`` where only pooling knows it; a pooling window that sees
            padding only.
    """
    if min(size, kernel, stride, dilation) < 1:
        raise CannotRun("sizes, kernels, strides and dilations are at least 1")
    if rounding == "ceil" and not pooling:
        raise CannotRun("only pooling rounds up")
    span = (kernel - 1) * dilation + 1
    sides = same_sides(size, span, stride, padding) if isinstance(padding, str) else padding
    axis = np.arange(-sides[0], size + sides[1])
    if span > len(axis):
        raise CannotRun(f"a window of {span} does not fit the {len(axis)} padded positions")
    windows = sliding_window_view(axis, span)[::stride]
    starts, end = [int(windows[0, 0]), int(windows[-1, 0])], int(windows[-1, -1])
    count = len(windows)
    if not isinstance(padding, str) and end != axis[-1]:
        if rounding == "strict":
            raise CannotRun(f"the last window ends {axis[-1] - end} before the padded axis")
        if rounding == "ceil" and starts[-1] + stride < size:
            starts.append(starts[-1] + stride)  # it starts inside the input or its left padding
            count += 1
    if pooling:
        _refuse_empty(size, span, dilation, starts[0], stride, count)
    return Slide(size, kernel, stride, dilation, starts[0], count, sides)


def _refuse_empty(size: int, span: int, dilation: int, start: int, stride: int, count: int) -> None:
    """Raise ``CannotRun`` when some window has no tap on the input."""
    axis = np.arange(start, start + (count - 1) * stride + span)
    on_input = (axis >= 0) & (axis < size)
    seen = sliding_window_view(on_input, span)[::stride, ::dilation].any(axis=1)
    if not seen.all():
        raise CannotRun(f"pooling window {int(seen.argmin())} sees padding only")


def same_sides(size: int, span: int, stride: int, word: str) -> tuple[int, int]:
    """Return what ``same`` adds, as TensorFlow does: every stride-th position gets a window.

    The odd position goes after the input, for ``same_lower`` before it.
    """
    if word not in ("same", "same_lower"):
        raise CannotRun(f"padding is numbers, same or same_lower, not {word}")
    last = range(0, size, stride)[-1]
    missing = max(last + span - size, 0)
    few, many = missing // 2, missing - missing // 2
    return (few, many) if word == "same" else (many, few)


def slides(
    spatial: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    padding: tuple[Padding, ...],
    rounding: str,
    *,
    pooling: bool = False,
) -> tuple[Slide, ...]:
    """Return the windows along every spatial axis."""
    axes = zip(spatial, kernel, stride, dilation, padding, strict=True)
    return tuple(slide(*axis, rounding, pooling) for axis in axes)
