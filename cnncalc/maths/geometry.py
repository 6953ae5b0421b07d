"""Every sliding-window rule, on integers and fractions only.

Sources, named where a rule is applied:

* [CS231n] Stanford CS231n notes, "Convolutional Networks": (W − F + 2P)/S + 1, which must be
  whole.
* [Dumoulin] Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning"
  (arXiv:1603.07285), relationships 5, 6 and 14: floor, dilation, transposed convolution.
* [TF] TensorFlow documentation, ``tf.nn.convolution``, padding "SAME": ⌈W/S⌉, the odd pixel
  at the end.
* [PyTorch] documentation of ``torch.nn.MaxPool2d``: ``ceil_mode`` and its rule that a window
  must start inside the input or its left padding.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

Rounding = Literal["strict", "floor", "ceil"]
Auto = Literal["same", "same_lower"]
Sides = tuple[int, int]


class Misfit(Exception):
    """One axis on which windows do not fit."""


class DoesNotFit(Misfit):
    """One axis on which no whole number of windows fits."""


class KernelTooLarge(Misfit):
    """One axis on which not even the first window fits the padded input."""


class WindowInPadding(Misfit):
    """One axis on which a pooling window would see padding only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sliding:
    """A kernel along one axis: all sizes in pixels; ``auto`` is the word that padding came from."""

    axis: str
    input: int
    kernel: int
    stride: int
    dilation: int
    before: int
    after: int
    output: int
    auto: str

    @property
    def extent(self) -> int:
        """F′ = (F − 1)·dilation + 1."""
        return extent(self.kernel, self.dilation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(_Sliding):
    """How a kernel slides along one axis; ``before`` and ``after`` are the padding really added."""

    rounding: Rounding

    @property
    def unseen(self) -> int:
        """Pixels of the padded input behind the last window (negative: it reaches beyond)."""
        padded = self.input + self.before + self.after
        return padded - (self.output - 1) * self.stride - self.extent

    @property
    def unseen_input(self) -> int:
        """Pixels of the input itself behind the last window, those of its padding not counted."""
        return max(self.unseen - self.after, 0)

    def taps(self) -> int:
        """Return Σ over windows of the taps that land on the input, not on padding."""
        return _taps(self.input, self.kernel, self.stride, self.dilation, self.before, self.output)


def extent(kernel: int, dilation: int) -> int:
    """Return the pixels that a dilated kernel spans: F′ = (F − 1)·d + 1 [Dumoulin §5.1]."""
    return (kernel - 1) * dilation + 1


def same_padding(size: int, kernel: int, stride: int, dilation: int, auto: str) -> Sides:
    """Return (before, after) for SAME: max((⌈W/S⌉ − 1)·S + F′ − W, 0) in total [TF]."""
    total = max((-(-size // stride) - 1) * stride + extent(kernel, dilation) - size, 0)
    return _halves(total, auto)


def _halves(total: int, auto: str) -> Sides:
    """Return pixels on two sides: the odd one at the end for ``same``, else at the start (ONNX)."""
    small, large = total // 2, total - total // 2
    return (small, large) if auto == "same" else (large, small)


def windows_that_fit(size: int, kernel: int, stride: int, dilation: int, sides: Sides) -> Fraction:
    """Return (W − F′ + P)/S + 1 exactly [CS231n]; P is the padding of both sides."""
    return Fraction(size + sum(sides) - extent(kernel, dilation), stride) + 1


@lru_cache(maxsize=4096)
def slide(
    axis: str,
    size: int,
    kernel: int,
    stride: int,
    dilation: int,
    padding: Sides | Auto,
    rounding: Rounding,
    *,
    pooling: bool = False,
) -> Window:
    """Return how a kernel slides along an axis of ``size`` pixels.

    ``ceil`` counts for pooling only (the caller refuses it elsewhere).

    Raises:
        DoesNotFit: ``strict`` and (W − F′ + P)/S is not whole.
        KernelTooLarge: F′ exceeds the padded input.
        WindowInPadding: ``pooling`` and a window sees padding only.
    """
    auto = padding if isinstance(padding, str) else ""
    if isinstance(padding, str):
        sides = same_padding(size, kernel, stride, dilation, padding)
        output = -(-size // stride)
    else:
        sides = padding
        room = size + sides[0] + sides[1] - extent(kernel, dilation)
        if room < 0:
            raise KernelTooLarge
        output, rest = room // stride + 1, room % stride
        if rest and rounding == "strict":
            raise DoesNotFit
        if rest and rounding == "ceil" and output * stride < size + sides[0]:
            output += 1  # [PyTorch] the added window starts inside the input or left padding
    window = Window(
        axis=axis,
        input=size,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        before=sides[0],
        after=sides[1],
        output=output,
        auto=auto,
        rounding=rounding,
    )
    if pooling and _some_window_in_padding(window):
        raise WindowInPadding
    return window


def _some_window_in_padding(window: Window) -> bool:
    """Return whether some window has no tap on the input."""
    if window.before >= window.extent:
        return True
    if (window.output - 1) * window.stride - window.before >= window.input:
        return True
    if window.dilation <= window.input:
        return False  # no gap between taps is wide enough to straddle the input
    end = min(window.output * window.stride - window.before, 0)
    starts = range(-window.before, end, window.stride)
    # A window that starts in the padding ends behind pixel 0: is its first tap there beyond all?
    return any(start % window.dilation >= window.input for start in starts)


@lru_cache(maxsize=4096)
def _taps(size: int, kernel: int, stride: int, dilation: int, before: int, output: int) -> int:
    """Return how many (window, tap) pairs land on the input: Σ over taps of the windows."""
    count = 0
    for tap in range(kernel):
        offset = tap * dilation - before  # tap reads i·stride + offset, 0 ≤ … < size
        first = max(0, -(offset // stride))
        last = min(output - 1, (size - 1 - offset) // stride)
        count += max(0, last - first + 1)
    return count


@dataclass(frozen=True, slots=True, kw_only=True)
class Transposed(_Sliding):
    """How a transposed convolution writes along one axis: the reverse of a :class:`Window`.

    ``before`` and ``after`` are cropped from the full output (W − 1)·S + F′.
    """

    output_padding: int

    def taps(self) -> int:
        """Return how many (input, tap) pairs land on the output after cropping."""
        return _taps(self.output, self.kernel, self.stride, self.dilation, self.before, self.input)


@lru_cache(maxsize=4096)
def transpose(
    axis: str,
    size: int,
    kernel: int,
    stride: int,
    dilation: int,
    padding: Sides | Auto,
    output_padding: int,
) -> Transposed:
    """Return how a transposed convolution writes along an axis of ``size`` pixels.

    (W − 1)·S + F′ − P + output_padding [Dumoulin relationship 14; PyTorch ConvTranspose2d].
    ``same`` gives W·S, the larger crop at the end [TF]; where F′ < S the missing end is
    filled by output padding.

    Raises:
        KernelTooLarge: nothing is left after cropping.
    """
    full = (size - 1) * stride + extent(kernel, dilation)
    auto = padding if isinstance(padding, str) else ""
    if isinstance(padding, str):
        sides = _halves(max(full - size * stride, 0), padding)
        output_padding = max(size * stride - full, 0)
    else:
        sides = padding
    output = full - sum(sides) + output_padding
    if output < 1:
        raise KernelTooLarge
    return Transposed(
        axis=axis,
        input=size,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        before=sides[0],
        after=sides[1],
        output_padding=output_padding,
        output=output,
        auto=auto,
    )
