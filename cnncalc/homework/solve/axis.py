"""Each layer along one axis: which sizes fit, what comes out, and with which period that recurs.

Sources: those of the kinds, whose own rules (:mod:`cnncalc.maths.geometry`) give each size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from cnncalc.layers.axes import per_axis, per_side
from cnncalc.layers.base import Layer, SameShape
from cnncalc.layers.border import Crop, Pad
from cnncalc.layers.dense import Dense, Flatten
from cnncalc.layers.global_pool import AdaptivePool, GlobalPool
from cnncalc.layers.merge import Combined, Concat, Merge, Multiply
from cnncalc.layers.resample import PixelShuffle, SpaceToDepth, Upsample
from cnncalc.layers.shape import Slice
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.maths.geometry import (
    Auto,
    KernelTooLarge,
    Misfit,
    Rounding,
    Sides,
    extent,
    slide,
    transpose,
)
from cnncalc.maths.setting import Setting
from cnncalc.maths.volume import Volume

Size: TypeAlias = int | None
"""A size along the axis, ``None`` where the layer does not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Along:
    """A layer along one axis.

    ``at`` gives the output's size for those of the inputs. It is a straight line, and fits
    throughout or nowhere, for sizes from ``regular`` on that are ``period`` apart; ``residue`` is
    what sizes that fit leave when they are divided by the period, if they must leave the same;
    none below ``least`` fits.
    """

    at: Callable[[Sequence[int]], Size]
    period: int = 1
    residue: int | None = None
    least: int = 1
    regular: int = 1


class NotAlongAnAxis(Exception):
    """A layer whose sizes along different axes depend on each other."""


def along(layer: Layer, axes: Sequence[str], axis: int) -> Along:
    """Return a layer along one of the axes that its input has, by its number in array order.

    A vector has the size of what was flattened, until a dense layer makes it 1.

    Raises:
        NotAlongAnAxis: its sizes along different axes depend on each other, as in a reshape.
    """
    sample = Volume(depth=1, spatial=(1,) * len(axes))
    if isinstance(layer, Windowed):
        return _windows(layer, layer.setting(sample), axis)
    if isinstance(layer, ConvTranspose):
        return _transposed(layer, sample, axis)
    if isinstance(layer, SpaceToDepth):
        return Along(
            at=partial(_divided, layer.factor), period=layer.factor, residue=0, least=layer.factor
        )
    if isinstance(layer, Pad | Crop | Slice):
        return _cut(layer, sample, axis)
    if isinstance(layer, Merge):
        return Along(at=_merged(layer, axes[axis]))
    if isinstance(layer, Dense) and layer.in_channels is None:
        return Along(at=lambda sizes: 1)
    return Along(at=_resized(layer, sample, axis))


def _windows(layer: Windowed, setting: Setting, axis: int) -> Along:
    kernel, stride, dilation = (
        each[axis] for each in (setting.kernel, setting.stride, setting.dilation)
    )
    sides = setting.padding[axis]
    reach = extent(kernel, dilation)
    least = 1 if isinstance(sides, str) else max(reach - sum(sides), 1)
    is_strict = layer.rounding == "strict" and not isinstance(sides, str)
    return Along(
        at=partial(_slid, kernel, stride, dilation, sides, setting.rounding, layer.pooling),
        period=stride,
        residue=(reach - sum(sides)) % stride if is_strict else None,
        least=least,
        regular=max(least, dilation, reach) if layer.pooling else least,
    )


def _slid(
    kernel: int,
    stride: int,
    dilation: int,
    padding: Sides | Auto,
    rounding: Rounding,
    pooling: bool,
    sizes: Sequence[int],
) -> Size:
    try:
        return slide(
            "", sizes[0], kernel, stride, dilation, padding, rounding, pooling=pooling
        ).output
    except Misfit:
        return None


def _transposed(layer: ConvTranspose, sample: Volume, axis: int) -> Along:
    kernel, stride, dilation = (
        per_axis(value, sample, "")[axis] for value in (layer.kernel, layer.stride, layer.dilation)
    )
    sides = per_side(layer.padding, sample)[axis]
    extra = per_axis(layer.output_padding, sample, "", missing=0)[axis]
    if isinstance(sides, str):
        least = 1
    else:  # the first size of which something is left
        least = max(-(extent(kernel, dilation) - 1 - sum(sides) + extra) // stride + 1, 1)

    def at(sizes: Sequence[int]) -> Size:
        try:
            return transpose("", sizes[0], kernel, stride, dilation, sides, extra).output
        except KernelTooLarge:
            return None

    return Along(at=at, regular=least + 1)


def _divided(factor: int, sizes: Sequence[int]) -> Size:
    return None if sizes[0] % factor else sizes[0] // factor


def _cut(layer: Pad | Crop | Slice, sample: Volume, axis: int) -> Along:
    """Return what adds pixels along an axis or takes some away; none of it depends on a period."""
    if isinstance(layer, Slice):
        if layer.axis != sample.axes[axis]:
            return Along(at=lambda sizes: sizes[0])
        far = abs(layer.start) + abs(layer.stop or 0)
        return Along(at=partial(_sliced, layer, sample.axes[axis]), regular=far + 1)
    if isinstance(layer, Crop) and layer.way() == "like":
        return Along(at=lambda sizes: sizes[1] if sizes[1] <= sizes[0] else None)
    if isinstance(layer, Crop) and layer.way() == "size":
        assert layer.size is not None
        wanted = per_axis(layer.size, sample, "size", missing=0)[axis]
        return Along(
            at=lambda sizes: None if sizes[0] < wanted else wanted or sizes[0],
            least=max(wanted, 1),
            regular=max(wanted, 1),
        )
    has_sides = isinstance(layer, Crop) or layer.sides is not None or bool(layer.named_sides())
    stated = layer.sides if layer.sides is not None else layer.named_sides()
    sides = per_side(stated, sample, "sides")[axis] if has_sides else (0, 0)
    if isinstance(layer, Crop):
        return Along(
            at=lambda sizes: sizes[0] - sum(sides) if sizes[0] > sum(sides) else None,
            least=sum(sides) + 1,
            regular=sum(sides) + 1,
        )
    least = {"reflect": max(sides) + 1, "wrap": max(sides)}.get(layer.mode, 1)
    return Along(
        at=lambda sizes: sizes[0] + sum(sides) if sizes[0] >= least else None,
        least=max(least, 1),
        regular=max(least, 1),
    )


def _sliced(layer: Slice, axis: str, sizes: Sequence[int]) -> Size:
    size = sizes[0]
    start = layer.start + size if layer.start < 0 else layer.start
    stop = size if layer.stop is None else layer.stop + size * (layer.stop < 0)
    return stop - start if 0 <= start < stop <= size else None


def _merged(layer: Merge, axis: str) -> Callable[[Sequence[int]], Size]:
    if isinstance(layer, Concat) and layer.axis == axis:
        return sum
    if isinstance(layer, Multiply):
        return lambda sizes: max(sizes) if len({*sizes} - {1}) <= 1 else None
    if isinstance(layer, Combined | Concat):
        return lambda sizes: sizes[0] if len({*sizes}) == 1 else None
    raise NotAlongAnAxis


def _resized(layer: Layer, sample: Volume, axis: int) -> Callable[[Sequence[int]], Size]:
    """Return the output's size of a layer that every input fits."""
    if isinstance(layer, GlobalPool):
        return lambda sizes: 1
    if isinstance(layer, AdaptivePool):
        wanted = per_axis(layer.sizes, sample, "output", missing=0)[axis]
        return lambda sizes: wanted or sizes[0]
    if isinstance(layer, Upsample):
        if layer.size is not None:
            given = per_axis(layer.size, sample, "size", missing=0)[axis]
            return lambda sizes: given or sizes[0]
        factor = per_axis(layer.factor or 1, sample, "factor")[axis]
        return lambda sizes: sizes[0] * factor
    if isinstance(layer, PixelShuffle):
        grows = layer.factor
        return lambda sizes: sizes[0] * grows
    if isinstance(layer, SameShape | Flatten):
        return lambda sizes: sizes[0]
    raise NotAlongAnAxis
