"""Advice where frameworks make another volume of the same numbers."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.checking.advice.around import Around
from cnncalc.layers.pool import Pool
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.maths.geometry import Transposed, Window
from cnncalc.maths.words import times
from cnncalc.problems.model import RuleError
from cnncalc.report.rows import Row

_ROUND_DOWN = "PyTorch, Keras and TensorFlow"


def frameworks_differ(row: Row, around: Around) -> Iterator[RuleError]:
    """CNN912: frameworks give other sizes for these numbers.

    Pooling: Caffe rounds up (``pooling_layer.cpp``), the others down (``MaxPool2d`` of PyTorch,
    ``ceil_mode``; ``MaxPooling2D`` of Keras). Transposed convolutions whose stride is larger than
    the kernel: Keras gives W·S (``Conv2DTranspose``), PyTorch (W − 1)·S + F.
    """
    volume = row.inputs[0] if row.inputs else None
    if volume is None or row.output is None:
        return
    if isinstance(row.layer, Pool):
        yield from _pooling(row.layer.windows(volume))
    elif isinstance(row.layer, ConvTranspose):
        yield from _transposed(row.layer.windows(volume))


def _pooling(windows: tuple[Window, ...]) -> Iterator[RuleError]:
    if any(window.auto for window in windows):
        return
    here = times(window.output for window in windows)
    down, up = times(map(_rounded_down, windows)), times(map(_caffe, windows))
    if up != here:
        yield _differs(f"Caffe gives {up}", here, "it rounds the size of pooling up", "ceil")
    elif down != here:
        why = "they round down, PyTorch unless `ceil_mode` is true"
        yield _differs(f"{_ROUND_DOWN} give {down}", here, why, "floor")


def _differs(others: str, here: str, why: str, rounding: str) -> RuleError:
    return RuleError(
        "CNN912",
        f"{others} for these numbers, not {here}: {why}",
        field=("rounding", "kernel"),
        help=(
            f"rounding: {rounding} gives their size; an input that fits gives one size everywhere",
        ),
    )


def _rounded_down(window: Window) -> int:
    return _room(window) // window.stride + 1


def _caffe(window: Window) -> int:
    """Return the size that Caffe gives: with padding, the last window begins inside the input."""
    output = -(-_room(window) // window.stride) + 1
    is_padded = window.before or window.after
    if is_padded and (output - 1) * window.stride >= window.input + window.before:
        output -= 1
    return output


def _room(window: Window) -> int:
    return window.input + window.before + window.after - window.extent


def _transposed(windows: tuple[Transposed, ...]) -> Iterator[RuleError]:
    plain = [not (w.auto or w.before or w.after or w.output_padding) for w in windows]
    if not all(plain) or all(window.extent >= window.stride for window in windows):
        return
    here = times(window.output for window in windows)
    keras = times(
        (window.input - 1) * window.stride + max(window.extent, window.stride) for window in windows
    )
    yield RuleError(
        "CNN912",
        f"Keras gives {keras} for these numbers, not {here} as PyTorch: it fills the last step "
        "where the stride is larger than the kernel",
        field=("stride", "kernel"),
        help=("a kernel as large as the stride gives one size everywhere",),
    )
