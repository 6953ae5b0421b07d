"""Receptive fields confirmed by changing input pixels and seeing which outputs move.

One batch holds the input, and the input with one pixel changed for every pixel. Weights are
positive, activations grow and the change is large, so that no effect vanishes. Inference says
which interval each position sees along each axis; it may reach into padding, where no pixel is.

Left out, with the reason:

* groupnorm, instancenorm, layernorm over all: by convention their statistics of whole maps do
  not count, they are taken as pointwise;
* step: it is flat; sigmoid, tanh, hard ones and relu6 level off.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support.strategies import run

from cnncalc.forward.run import Pass, Settings
from cnncalc.maths.volume import Volume
from cnncalc.report.report import Report
from cnncalc.report.rows import Row

Array = NDArray[Any]
Bounds = tuple[int, int] | None
PLANE, LINE, CLIP = "13x11x2", {"length": 23, "depth": 2}, {"frames": 5, "height": 6, "width": 7,
                                                            "depth": 1}  # fmt: skip
CHANGE = 100.0
"""What is added to a pixel of 0.5 to 1.5: it wins every maximum."""
UP = {"upsample": 2}


def conv(kernel: Any, **fields: Any) -> dict[str, Any]:
    return {"conv": {"filters": 3, "kernel": kernel} | fields}


def branches(*arms: list[Any], merge: str = "add") -> dict[str, Any]:
    return {"branches": list(arms), "merge": merge}


# name → (input, layers, whether the sets are whole intervals up to the edges of the input)
NETWORKS: dict[str, tuple[Any, list[Any], bool]] = {
    "chain": (PLANE, [conv(3, padding=1), "relu", {"maxpool": 2}, conv(3, stride=2)], False),
    "rectangle": (PLANE, [conv([1, 4]), conv({"height": 3}, padding={"top": 2, "left": 1})], False),
    "same": (PLANE, [conv(4, padding="same"), conv(3, padding="same_lower", stride=2)], True),
    "dilated": (PLANE, [conv(3, dilation=2), conv(2, dilation=[1, 3], padding=1)], False),
    "depthwise": (PLANE, [{"depthwise_conv": {"kernel": 3, "multiplier": 2}}, "batchnorm"], True),
    "separable": (PLANE, [{"separable_conv": {"kernel": 3, "filters": 2}}, "lrn"], True),
    "local": (PLANE, [{"locally_connected": {"kernel": 3, "filters": 2, "stride": 2}}], True),
    "pools": (PLANE, [{"avgpool": {"kernel": 3, "stride": 2, "padding": 1}},
                      {"lppool": {"kernel": 2, "stride": 1}}], True),
    "ceil": (PLANE, [{"maxpool": {"kernel": 2, "stride": 2, "rounding": "ceil"}}, conv(2)], True),
    "line": (LINE, [conv(5, stride=2, padding=2), {"maxpool": {"kernel": 3, "stride": 2}},
                    conv(2)], True),
    "clip": (CLIP, [conv([2, 3, 1]), {"avgpool": {"kernel": [1, 2, 3], "stride": 1}}], True),
    "transposed": (PLANE, [conv(3, stride=2), {"conv_transpose": {"filters": 2, "kernel": 3,
                                                                  "stride": 2}}], False),
    "gaps": ("5x4x1", [{"conv_transpose": {"filters": 2, "kernel": 2, "stride": 3,
                                           "bias": False}}], True),
    "nearest": (PLANE, [{"maxpool": 2}, UP, conv(3)], False),
    "uneven": ("6x5x1", [{"upsample": {"size": [8, 9]}}, conv(2)], True),
    "bilinear": ("7x5x1", [{"upsample": {"factor": 2, "mode": "bilinear"}}, conv(2)], True),
    "exact": ("6x5x1", [{"upsample": {"size": [8, 9], "mode": "nearest-exact"}}, conv(2)], True),
    "corners": ("7x5x1", [{"upsample": {"factor": 2, "mode": "bilinear", "align_corners": True}}],
                True),
    "bicubic": ("9x8x1", [{"upsample": {"factor": 2, "mode": "bicubic"}}, conv(2)], True),
    "shuffle": ("6x5x4", [{"pixel_shuffle": 2}, conv(3)], True),
    "unshuffle": ("12x8x1", [{"space_to_depth": 2}, conv(2), {"channel_shuffle": 3}], True),
    "adaptive": (PLANE, [conv(2), {"adaptive_avgpool": [5, 3]}, {"adaptive_maxpool": 2}], True),
    "global": (PLANE, [conv(3), "global_avgpool", {"fc": 3}, "softplus"], True),
    "dense": ("5x4x2", [conv(2), "flatten", {"maxout": 3}], True),
    "borders": (PLANE, [{"pad": {"left": 2, "bottom": 1}}, conv(3), {"crop": {"top": 2}},
                        {"slice": {"axis": "width", "start": 2}}, {"crop": {"size": 4}}], True),
    "residual": (PLANE, [conv(3, padding=1), branches([conv(3, padding=1), "relu",
                         conv(3, padding=1)], []), "relu"], True),
    "inception": (PLANE, [branches([conv(1)], [conv(3, padding=1)], [conv(5, padding=2)],
                  [{"maxpool": {"kernel": 3, "stride": 1, "padding": 1}}], merge="concat")], True),
    "two rates": (PLANE, [branches([conv(3, padding="same")],
                  [{"maxpool": {"kernel": 2, "rounding": "ceil"}}, conv(3, padding=1),
                   UP, {"crop": {"size": {"height": 11, "width": 13}}}])], False),
    "excite": (PLANE, [conv(3), branches([], ["global_avgpool", {"fc": 3}, "relu"],
               merge="multiply")], True),
}  # fmt: skip


def moved(report: Report) -> dict[str, Array]:
    """Return for each row: (pixel along every axis …, position …), whether the one moves the other.

    All weights are between 0.5 and 1.5.
    """
    (volume,) = report.inputs.values()
    assert volume is not None
    random = np.random.default_rng(1)
    pixels = list(np.ndindex(*volume.spatial))
    batch = np.repeat(0.5 + random.random((1, *volume.spatial, volume.depth)), len(pixels) + 1, 0)
    for number, pixel in enumerate(pixels, 1):
        batch[(number, *pixel)] += CHANGE
    weights = {
        f"{row.name}.{w.name}": 0.5 + random.random(w.shape)
        for row in report.rows
        for w in row.weights
    }
    settings = Settings(dtype="float64", inputs={"input": batch}, weights=weights)
    found = {}
    running = Pass(report, settings)
    for ran in running.run():
        array = running.output(ran.row.name)
        assert array is not None, ran.error
        change = np.abs(array[1:] - array[0]).max(axis=-1)
        seen = change > 1e-9 * np.abs(array).max()
        found[ran.row.name] = seen.reshape(*volume.spatial, *array.shape[1:-1])
    return found


def measured(seen: Array, axis: int, rank: int, place: tuple[int, ...]) -> Bounds:
    """Return the first and last pixel along an axis that move the position."""
    where: Any = (*(slice(None),) * rank, *place)
    pixels = seen[where]
    along = np.flatnonzero(pixels.any(axis=tuple(a for a in range(rank) if a != axis)))
    return (int(along[0]), int(along[-1])) if len(along) else None


def printed(row: Row, axis: str, place: int) -> Bounds:
    """Return what size, stride and padding say, where every position sees alike."""
    field = row.receptive_field
    assert field is not None and row.seen is not None
    stride, padding = field.stride[axis], field.padding[axis]
    (piece, *others) = row.seen.fields[axis].pieces
    if others or len(piece.spans) > 1 or stride is None or padding is None:
        return None
    first = place * int(stride) - padding
    return first, first + field.size[axis] - 1


def clipped(bounds: Bounds, size: int) -> Bounds:
    if bounds is None or bounds[1] < 0 or bounds[0] >= size:
        return None
    return max(bounds[0], 0), min(bounds[1], size - 1)


@pytest.mark.parametrize("name", NETWORKS)
def test_pixels(name: str) -> None:
    shape, layers, whole = NETWORKS[name]
    report = run({"input": shape, "rounding": "floor", "layers": layers})
    assert report.ok, report.problems
    (volume,) = report.inputs.values()
    assert volume is not None
    rows = {row.name: row for row in report.rows}
    exact = sum(
        confirmed(rows[row_name], seen, place, volume, whole=whole)
        for row_name, seen in moved(report).items()
        for place in np.ndindex(*seen.shape[volume.rank :])
    )
    assert exact > 20


def confirmed(row: Row, seen: Array, place: tuple[int, ...], volume: Volume, *, whole: bool) -> int:
    """Compare one position along every axis; return along how many it was the very interval."""
    assert row.seen is not None and row.output is not None
    own = dict(zip(row.output.axes, place, strict=True))
    claims = {axis: row.seen.fields[axis].at(own.get(axis, 0)) for axis in volume.axes}
    sizes = dict(zip(volume.axes, volume.spatial, strict=True))
    # in a gap, or on padding alone, along some axis: then it sees nothing at all
    nothing = any(clipped(claims[axis], size) is None for axis, size in sizes.items())
    sure = whole or all(claims[axis] == clipped(claims[axis], size) for axis, size in sizes.items())
    exact = 0
    for number, (axis, size) in enumerate(sizes.items()):
        claimed = claims[axis]
        line = printed(row, axis, own.get(axis, 0))
        assert line is None or line == claimed, (row.name, axis, place, line, claimed)
        inside = None if nothing else clipped(claimed, size)
        actual = measured(seen, number, volume.rank, place)
        where = (row.name, axis, place, claimed, actual)
        if sure:
            exact += 1
            assert actual == inside, where
        elif actual is not None:
            assert inside is not None, where
            assert inside[0] <= actual[0] and actual[1] <= inside[1], where
    return exact


def test_sizes_are_reached() -> None:
    """The printed size is that of some position; here of all but those at the edges."""
    report = run({"input": PLANE, "layers": [conv(3), {"maxpool": {"kernel": 2, "stride": 1}}]})
    row = report.rows[-1]
    assert row.receptive_field is not None
    seen = moved(report)[row.name]
    first, last = measured(seen, 0, 2, (0, 0)) or (0, -1)
    assert last - first + 1 == row.receptive_field.size["height"] == 4
