"""Which settings of a window would give an expected size: for wrong expectations only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cnncalc.layers.base import Layer
from cnncalc.layers.fixes.misfit import window_sum
from cnncalc.layers.window import Windowed
from cnncalc.maths.geometry import extent, windows_that_fit
from cnncalc.maths.setting import Setting
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import roughly, times

_REACH = 32
"""How far from the present input a size is looked for."""


def reaching(layer: Layer, volume: Volume, expected: Volume) -> tuple[str, ...]:
    """Return lines with the settings that give ``expected``; none for other layers."""
    if not isinstance(layer, Windowed) or volume.rank != expected.rank:
        return ()
    setting = layer.setting(volume)
    found = [words for words, other in _candidates(setting) if _gives(other, expected)]
    unpadded = _unpadded(setting)
    if not found:
        return unpadded
    return (*unpadded, f"{times(expected.spatial)} comes from {'; or '.join(found[:4])}")


def _unpadded(setting: Setting) -> tuple[str, ...]:
    """Return the sizes without padding where SAME is stated: tables often mean those instead."""
    if not any(isinstance(sides, str) for sides in setting.padding):
        return ()
    axes = zip(
        setting.volume.spatial, setting.kernel, setting.stride, setting.dilation, strict=True
    )
    sums = [
        f"{window_sum(size, extent(kernel, dilation), (0, 0), stride)} = "
        f"{roughly(windows_that_fit(size, kernel, stride, dilation, (0, 0)))}"
        for size, kernel, stride, dilation in reversed(list(axes))
    ]
    return (f"without padding: {', '.join(dict.fromkeys(sums))}",)


def _gives(setting: Setting, expected: Volume) -> bool:
    windows = setting.fitting()
    return windows is not None and tuple(w.output for w in windows) == expected.spatial


def _candidates(setting: Setting) -> Iterator[tuple[str, Setting]]:
    """Yield described settings: other inputs, paddings, sides, floors."""
    rank = setting.volume.rank
    bare = replace(setting, padding=((0, 0),) * rank, rounding="strict")
    sizes = setting.volume.spatial
    for step in sorted(range(-_REACH, _REACH + 1), key=abs):
        if step and all(size + step > 0 for size in sizes):
            volume = setting.volume.sized(tuple(size + step for size in sizes))
            words = f"input {volume} without padding"
            if replace(bare, volume=volume).fitting() is not None:
                yield words, replace(bare, volume=volume)
    largest = max(extent(k, d) for k, d in zip(setting.kernel, setting.dilation, strict=True))
    for before in range(min(largest, _REACH)):
        for after in (before, before + 1):
            padded = replace(bare, padding=((before, after),) * rank)
            words = f"padding {before}" if before == after else f"{before} before and {after} after"
            yield words, padded
    for padding in range(min(largest, _REACH)):
        floored = replace(bare, padding=((padding, padding),) * rank, rounding="floor")
        if floored.fitting() is not None and replace(floored, rounding="strict").fitting() is None:
            yield f"padding {padding} with rounding: floor", floored
    yield "padding: same", replace(bare, padding=("same",) * rank)
