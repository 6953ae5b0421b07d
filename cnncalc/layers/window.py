"""What every layer with a sliding window shares: its fields, and how it slides."""

from collections.abc import Iterator
from math import prod
from typing import Any, ClassVar

from pydantic import Field

from cnncalc.layers.axes import per_axis, per_side
from cnncalc.layers.base import Layer, Reads, need_spatial
from cnncalc.layers.fields import PerAxis, Rounded
from cnncalc.layers.names import STRIDE, Dilation, Kernel, PaddingField
from cnncalc.maths.geometry import Misfit, Window
from cnncalc.maths.reads import Read
from cnncalc.maths.setting import Setting
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import times


class Windowed(Layer):
    """Fields and rules of a kernel that slides over the spatial axes.

    Output per axis: (W − F′ + P)/S + 1, see :mod:`cnncalc.maths.geometry` for the sources.
    """

    pooling: ClassVar[bool] = False

    kernel: Kernel = Field(description="F, the size of the window")
    stride: PerAxis | None = Field(
        None, description="S, the step between windows; default: 1", validation_alias=STRIDE
    )
    padding: PaddingField = Field(0, description="P, zeros around the input")
    dilation: Dilation = Field(1, description="the step between the taps of the kernel")
    rounding: Rounded = Field("strict", description="what happens where windows do not fit")

    def as_stated(self) -> dict[str, Any]:
        """Return the fields; a stride that is not stated is 1, that of pooling the kernel."""
        stride = self.kernel if self.pooling else 1
        return {"kernel": self.kernel, "stride": stride, **super().as_stated()}

    def setting(self, volume: Volume) -> Setting:
        """Return the window on every axis of ``volume``, in array order.

        Raises:
            RuleError: CNN306 when the fields name other axes than the volume has.
        """
        need_spatial(volume, "a pooling window" if self.pooling else "a filter")
        kernel = per_axis(self.kernel, volume, "kernel")
        if self.stride is None:
            stride = kernel if self.pooling else (1,) * volume.rank
        else:
            stride = per_axis(self.stride, volume, "stride")
        dilation = per_axis(self.dilation, volume, "dilation")
        padding = per_side(self.padding, volume)
        follows = self.pooling and self.stride is None
        return Setting(
            volume=volume,
            kernel=kernel,
            stride=stride,
            dilation=dilation,
            padding=padding,
            rounding=self.rounding,
            pooling=self.pooling,
            follows=follows,
        )

    def windows(self, volume: Volume) -> tuple[Window, ...]:
        """Return how the kernel slides along each axis, in array order.

        Raises:
            RuleError: CNN301, CNN302 or CNN303, with what would fit.
        """
        setting = self.setting(volume)
        try:
            return setting.windows()
        except Misfit as error:
            from cnncalc.layers.fixes.misfit import misfit  # a search: only where needed

            raise misfit(setting, "window" if self.pooling else "filter", error) from None

    def spatial(self, volume: Volume) -> tuple[int, ...]:
        """Return the output's spatial size."""
        return tuple(window.output for window in self.windows(volume))

    def taps(self, volume: Volume) -> int:
        """Return (position, tap) pairs that land on the input, over one map."""
        return prod(window.taps() for window in self.windows(volume))

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return the window that each output position reads."""
        return {
            w.axis: Read.window(w.kernel, w.stride, w.dilation, w.before)
            for w in self.windows(volume)
        }

    def window_words(self, rank: int) -> Iterator[str]:
        """Yield kernel, stride, padding and dilation: ``5×5``, ``/2``, ``p2``."""
        stride = None if self.pooling and self.stride == self.kernel else self.stride
        yield size_words(self.kernel, rank, repeat=True)
        yield from marked("/", stride, None if self.pooling else 1, rank)
        yield from marked("p", self.padding, 0, rank)
        yield from marked("d", self.dilation, 1, rank)
        if self.rounding != "strict":
            yield self.rounding


def size_words(value: object, rank: int, *, repeat: bool = False) -> str:
    """Return sizes as people write them: ``3×3``, ``1×7`` (width×height), ``left 1, top 1``."""
    if isinstance(value, int):
        return times((value,) * rank) if repeat else str(value)
    if isinstance(value, tuple):
        return times(value)
    if isinstance(value, dict):
        if set(value) == {"height", "width"}:
            return f"{value['width']}×{value['height']}"
        return " ".join(f"{name} {size}" for name, size in value.items())
    return str(value)


def marked(mark: str, value: object, default: object, rank: int) -> Iterator[str]:
    """Yield the value with its mark, or nothing when it is the default; words need no mark."""
    if value is None or value == default:
        return
    words = size_words(value, rank)
    match value:
        case str():
            yield words
        case dict():
            yield f"{mark} {words}"
        case _:
            yield f"{mark}{words}"
