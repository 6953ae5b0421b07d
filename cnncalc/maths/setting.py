"""A window on every axis of a volume: what a layer states, put to the rules axis by axis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cnncalc.maths.geometry import Misfit, Rounding, Window, slide
from cnncalc.maths.volume import Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A window on every axis of ``volume``: tuples in array order.

    ``follows`` marks a stride that is not stated: it is the kernel's, as for pools.
    """

    volume: Volume
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[Any, ...]
    rounding: Rounding
    pooling: bool = False
    follows: bool = False

    def windows(self) -> tuple[Window, ...]:
        """Return the windows axis by axis; raises what :func:`geometry.slide` raises."""
        return tuple(
            slide(*axis, self.rounding, pooling=self.pooling)
            for axis in zip(
                self.volume.axes,
                self.volume.spatial,
                self.kernel,
                self.stride,
                self.dilation,
                self.padding,
                strict=True,
            )
        )

    def fitting(self) -> tuple[Window, ...] | None:
        """Return the windows, or ``None`` when they do not fit."""
        try:
            return self.windows()
        except Misfit:
            return None

    def with_kernel(self, kernel: tuple[int, ...]) -> Setting:
        """Return the setting with another kernel, and the stride that comes with it."""
        return replace(self, kernel=kernel, stride=kernel if self.follows else self.stride)

    def alone(self, i: int, size: int | None = None) -> Setting:
        """Return the setting of axis ``i`` alone, on its own input size or another."""
        return replace(
            self,
            volume=Volume(depth=1, spatial=(self.volume.spatial[i] if size is None else size,)),
            kernel=self.kernel[i : i + 1],
            stride=self.stride[i : i + 1],
            dilation=self.dilation[i : i + 1],
            padding=self.padding[i : i + 1],
        )
