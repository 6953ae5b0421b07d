"""How a window slides along one axis, found by laying windows over the axis.

This is the forward pass's own account of stride, padding, dilation and rounding. It counts no
output with a formula: it steps over the padded axis and looks how many windows there are.
"""

from __future__ import annotations

from dataclasses import dataclass

from cnncalc.forward.arrays import CannotRun

Padding = tuple[int, int] | str
"""(before, after), or the words ``same`` and ``same_lower``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slide:
    """The windows along one axis.

    ``starts`` are positions of the unpadded input, so that negative ones are padding; ``padded``
    is how many positions were added before and after.
    """

    size: int
    kernel: int
    stride: int
    dilation: int
    starts: range
    padded: tuple[int, int]

    @property
    def count(self) -> int:
        """How many windows there are."""
        return len(self.starts)

    @property
    def span(self) -> int:
        """Positions from the first tap of a window to its last."""
        return (self.kernel - 1) * self.dilation + 1

    def taps(self, start: int) -> range:
        """Return the positions that a window reads."""
        return range(start, start + self.span, self.dilation)

    def counts(self, *, padding: bool) -> list[int]:
        """Return how many taps of each window are on the input, or on its padding as well."""
        low, high = (-self.padded[0], self.size + self.padded[1]) if padding else (0, self.size)
        return [sum(low <= tap < high for tap in self.taps(start)) for start in self.starts]


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
    before, after = _same(size, span, stride, padding) if isinstance(padding, str) else padding
    starts = range(-before, size + after - span + 1, stride)
    if not starts:
        raise CannotRun(f"a window of {span} does not fit {size} + {before} + {after} positions")
    left = size + after - (starts[-1] + span)
    if left and not isinstance(padding, str):
        if rounding == "strict":
            raise CannotRun(f"the last window ends {left} before the padded axis")
        if rounding == "ceil" and starts[-1] + stride < size:
            # PyTorch's rule: it starts inside the input or its left padding
            starts = range(-before, starts[-1] + stride + 1, stride)
    laid = Slide(
        size=size,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        starts=starts,
        padded=(before, after),
    )
    if pooling:
        _refuse_empty(laid)
    return laid


def _refuse_empty(laid: Slide) -> None:
    """Raise ``CannotRun`` when some window has no tap on the input."""
    for number, start in enumerate(laid.starts):
        within = start >= 0 and start + laid.span <= laid.size
        if not within and not any(0 <= tap < laid.size for tap in laid.taps(start)):
            raise CannotRun(f"pooling window {number} sees padding only")


def _same(size: int, span: int, stride: int, word: str) -> tuple[int, int]:
    """Return what ``same`` adds, as TensorFlow does: every stride-th position gets a window."""
    last = range(0, size, stride)[-1]
    return halves(max(last + span - size, 0), word)


def halves(positions: int, word: str) -> tuple[int, int]:
    """Return positions shared out to two sides: the odd one after, for ``same_lower`` before.

    Raises:
        CannotRun: ``word`` is another padding.
    """
    few, many = positions // 2, positions - positions // 2
    match word:
        case "same":
            return few, many
        case "same_lower":
            return many, few
    raise CannotRun(f"padding is numbers, same or same_lower, not {word}")
