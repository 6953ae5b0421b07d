"""Advice about windows: pixels that they leave out, and padding that they only see."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from cnncalc.checking.advice.around import Around
from cnncalc.layers.window import Windowed
from cnncalc.maths.geometry import Window
from cnncalc.maths.words import LINES, plural, times
from cnncalc.problems.model import RuleError
from cnncalc.report.rows import Row


def pixels_not_read(row: Row, around: Around) -> Iterator[RuleError]:
    """CNN907: the last pixels of the input are read by no window.

    (W − F′ + P)/S is not whole, and ``floor`` drops what is left over (Dumoulin and Visin 2016,
    relationship 6); so does ``ceil`` where the added window would begin behind the input. Pixels
    that lie between windows are those of CNN911.
    """
    lost = {
        window.axis: window.unseen_input
        for window in _windows(row)
        if window.unseen_input > max(window.stride - window.extent, 0)
    }
    if not lost:
        return
    windows = _windows(row)
    size = times(window.input for window in windows)
    read = prod(window.input - lost.get(window.axis, 0) for window in windows)
    every = prod(window.input for window in windows)
    lines = [_last(count, LINES[axis]) for axis, count in reversed(lost.items())]
    whole = times(window.input - lost.get(window.axis, 0) for window in windows)
    ends = " and ".join(
        f"{window.after + window.stride - window.unseen} at the end of the {window.axis}"
        for window in reversed(windows)
        if window.axis in lost
    )
    yield RuleError(
        "CNN907",
        f"no window reads the {' and the '.join(lines)} of the {size} input: "
        f"{every - read:,} of {every:,} pixels",
        field=("rounding", "stride", "kernel"),
        help=(
            f"an input of {whole} is read whole; with padding {ends} one more window reads them",
        ),
    )


def padding_not_below_kernel(row: Row, around: Around) -> Iterator[RuleError]:
    """CNN910: padding as wide as the window, so that windows at the border see only zeros.

    Half the window, (F′ − 1)/2, keeps the size (CS231n notes, Convolutional Networks; Dumoulin
    and Visin 2016, section 2.3); PyTorch refuses more than half for pooling.
    """
    wide = [window for window in _windows(row) if max(window.before, window.after) >= window.extent]
    if wide:
        window = wide[-1]
        padding = max(window.before, window.after)
        blind = (padding - window.extent) // window.stride + 1
        yield RuleError(
            "CNN910",
            f"padding {padding} is not below the kernel's {window.extent}: "
            f"{plural(blind, 'window')} at an end of the {window.axis} "
            f"{'sees' if blind == 1 else 'see'} only zeros",
            field=("padding", "kernel"),
            help=(f"half of the kernel keeps the size: padding {(window.extent - 1) // 2}",),
        )


def stride_above_kernel(row: Row, around: Around) -> Iterator[RuleError]:
    """CNN911: the stride is larger than the window, so that pixels between windows are skipped.

    He et al. 2018, arXiv:1812.01187, section 4.2: a 1×1 convolution with stride 2 leaves out three
    quarters of its input; an average pooling in front of it keeps them.
    """
    windows = _windows(row)
    if any(window.stride > window.extent and window.output > 1 for window in windows):
        read = prod(_read(window) for window in windows)
        every = prod(window.input for window in windows)
        if read == every:
            return
        kernel = times(window.kernel for window in windows)
        strides = {window.stride for window in windows}
        stride = str(strides.pop()) if len(strides) == 1 else times(w.stride for w in windows)
        yield RuleError(
            "CNN911",
            f"stride {stride} is larger than the {kernel} window: it reads {read:,} of {every:,} "
            "pixels",
            field=("stride", "kernel"),
            help=("a kernel as large as the stride, or `avgpool` before it, reads all of them",),
        )


def even_kernel_same(row: Row, around: Around) -> Iterator[RuleError]:
    """CNN909: ``same`` cannot pad an even window alike on both sides.

    TensorFlow, Keras and PyTorch put the odd pixel at the end, ONNX's SAME_LOWER before the input
    (ONNX, Conv, auto_pad), and Caffe, which knows numbers only, pads both sides alike.
    """
    uneven = [w for w in _windows(row) if w.auto and w.extent % 2 == 0 and w.before != w.after]
    if uneven:
        window = uneven[-1]
        yield RuleError(
            "CNN909",
            f"`{window.auto}` pads {window.before} before and {window.after} after the "
            f"{window.axis}: a window of {window.extent} has no centre, and frameworks put the odd "
            "pixel on different sides",
            field=("padding", "kernel"),
            help=("an odd kernel is padded alike on both sides; or state the sides, as in "
             "padding: {left: 1, right: 2}",),
        )  # fmt: skip


def _last(count: int, noun: str) -> str:
    """Return ``last column``, or ``last 2 columns``."""
    return f"last {noun}" if count == 1 else f"last {plural(count, noun)}"


def _windows(row: Row) -> tuple[Window, ...]:
    """Return how a layer's window slides, in array order; nothing for other layers."""
    volume = row.inputs[0] if row.inputs else None
    if not isinstance(row.layer, Windowed) or row.output is None or volume is None:
        return ()
    return row.layer.windows(volume)


def _read(window: Window) -> int:
    """Return how many positions along an axis some window reads."""
    if window.stride >= window.extent:
        return window.taps()
    return window.input - window.unseen_input
