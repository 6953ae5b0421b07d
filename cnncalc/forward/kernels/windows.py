"""How the window of a layer slides, as the array functions take it."""

from __future__ import annotations

from typing import TypedDict

from cnncalc.forward.slide import Padding
from cnncalc.layers.window import Windowed
from cnncalc.maths.volume import Volume


class Sliding(TypedDict):
    """Steps, padding and rounding as the spec states them, for each spatial axis."""

    stride: tuple[int, ...]
    padding: tuple[Padding, ...]
    dilation: tuple[int, ...]
    rounding: str


def kernel_of(layer: Windowed, volume: Volume) -> tuple[int, ...]:
    """Return the size of the window, in array order."""
    return layer.setting(volume).kernel


def sliding(layer: Windowed, volume: Volume) -> Sliding:
    """Return what the spec states of the window; how many windows there are, the arrays say."""
    setting = layer.setting(volume)
    return Sliding(
        stride=setting.stride,
        padding=setting.padding,
        dilation=setting.dilation,
        rounding=setting.rounding,
    )
