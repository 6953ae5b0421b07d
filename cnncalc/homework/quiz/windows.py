"""Windows of a quiz by level, and the inputs that they fit.

Inputs are found backwards, from sizes of an output.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from cnncalc.homework.quiz.draw import Pick
from cnncalc.maths.volume import Volume

_Rounding = Literal["", "floor", "ceil", "same"]

SIZES: Final = tuple(range(2, 17))
_SHAPES: Final = ("square", "square", "sides", "line")
"""At level 4: all axes alike, axes that differ, one axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window, by the axes in array order; ``rest`` pixels stay at the end, or lack under ceil."""

    kernel: tuple[int, ...]
    stride: int = 1
    padding: int | Literal["same"] = 0
    dilation: int = 1
    rounding: _Rounding = ""
    rest: int = 0

    def fields(self) -> dict[str, Any]:
        """Return what a spec says of it; dilation and rounding only where there are some."""
        alike = len(set(self.kernel)) == 1
        kernel = dict(zip(("height", "width"), self.kernel, strict=False))
        more = {"dilation": self.dilation} if self.dilation > 1 else {}
        rounding = {"rounding": self.rounding} if self.rounding else {}
        return {
            "kernel": self.kernel[0] if alike else kernel,
            "stride": self.stride,
            "padding": self.padding,
            **more,
            **rounding,
        }

    def before(self, outputs: Sequence[int]) -> tuple[int, ...]:
        """Return the sizes of an input from those of the output; the rest is on its last axis."""
        if self.padding == "same":
            return tuple(size * self.stride for size in outputs)
        rest = [0] * (len(outputs) - 1) + [-self.rest if self.rounding == "ceil" else self.rest]
        axes = zip(outputs, self.kernel, rest, strict=True)
        return tuple(
            (size - 1) * self.stride + (kernel - 1) * self.dilation + 1 - 2 * self.padding + more
            for size, kernel, more in axes
        )


def draw_sizes(level: int, pick: Pick) -> tuple[int, ...]:
    """Return sizes of an output in array order: two alike, at level 4 others, too."""
    shape = pick(_SHAPES) if level == 4 else "square"
    first = pick(SIZES)
    if shape == "line":
        return (first,)
    return (first, pick(SIZES) if shape == "sides" else first)


def draw_window(level: int, pick: Pick, rank: int) -> Window:
    """Return the window of a convolution that fits the inputs made for it."""
    if level == 1:
        return Window(kernel=(pick((2, 3, 4, 5, 7)),) * rank)
    if level in (2, 3):
        kernel = pick((2, 3, 3, 4, 5, 5, 7))
        padding = pick(range(1, kernel // 2 + 1))
        return Window(kernel=(kernel,) * rank, stride=pick((1, 2, 2, 3)), padding=padding)
    if level == 4:
        window = _uneven(pick, rank)
        return replace(window, dilation=pick((1, 2))) if window.stride == 1 else window
    return _rounded(pick, rank, ("floor", "same"))


def _uneven(pick: Pick, rank: int) -> Window:
    """Return a window of level 4, half of them with axes that differ."""
    kernels = (pick((2, 3, 5)), pick((2, 3, 5)))
    kernels = kernels if pick((False, True)) else (kernels[0],) * 2
    return Window(kernel=kernels[:rank], stride=pick((1, 2)), padding=pick((0, 1)))


def _rounded(pick: Pick, rank: int, ways: Sequence[_Rounding]) -> Window:
    """Return a window of level 5: rounded, or padded to the same size."""
    kernel, stride, way = (pick((2, 3, 5)),) * rank, pick((2, 3)), pick(ways)
    if way == "same":
        return Window(kernel=kernel, stride=pick((1, stride)), padding="same")
    padding, rest = pick(range(kernel[0] // 2 + 1)), pick(range(1, stride))
    return Window(kernel=kernel, stride=stride, padding=padding, rounding=way, rest=rest)


def draw_pooling(level: int, pick: Pick, rank: int) -> Window:
    """Return the window of a pooling layer."""
    if level == 1:
        return Window(kernel=(pick((2, 3)),) * rank)
    if level in (2, 3):
        kernel = pick((2, 3, 4, 5))
        padding = pick(range(kernel // 2 + 1))
        return Window(kernel=(kernel,) * rank, stride=pick((1, 2, 3, 4)), padding=padding)
    if level == 4:
        return _uneven(pick, rank)
    return _rounded(pick, rank, ("floor", "ceil", "same"))


def misfit(window: Window, pick: Pick) -> Window:
    """Return a window with a stride that leaves pixels over, which strict rounding refuses."""
    stride = pick((2, 3))
    return replace(window, stride=stride, dilation=1, rest=pick(range(1, stride)))


def input_for(depth: int, outputs: Sequence[int], windows: Iterable[Window]) -> Volume:
    """Return the input from which windows, one after the other, lead to sizes of an output."""
    sizes = tuple(outputs)
    for window in reversed(list(windows)):
        sizes = window.before(sizes)
    return Volume(depth=depth, spatial=sizes)
