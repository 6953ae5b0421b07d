"""Shipped networks against an ONNX graph of the same network with the same weights.

Every row's array is compared, so an error shows at the layer that makes it. Large networks run
on a smaller input; networks whose own input is cheap, on that.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.strategies import effort
from support.zoo import LISTED, inferred, network

from cnncalc.inference.infer import Overrides, infer
from cnncalc.maths.volume import Volume, parse_volume
from cnncalc.report.report import Report
from cnncalc.zoo.catalogue import Listed

pytest.importorskip("onnxruntime")

from support.onnx_graph import differences, worst  # needs ONNX Runtime

TOLERANCE = 3e-5
"""Of the largest number of a row, behind up to some hundred layers in float32."""
OWN, MOST = 60_000_000, effort(150_000_000)
"""MACs up to which a network runs on its own input, and on a smaller one.

With 40 times the effort all do but five: c3d and r3d_18 (16 frames), unet (188 pixels at least),
fcn-8s (a padding of 100), regnet_y_128gf (645 million weights).
"""
SMALLER = ((67, 45), (96, 64), (99, 131), (128, 160), (195, 163), (224, 192))
"""Height and width; odd ones first, which pooled and added shapes have to survive."""
FRAMES = 16


def smaller(volume: Volume) -> Iterator[Volume]:
    """Yield inputs that are smaller than a network's own."""
    for plane in SMALLER:
        spatial = (*(FRAMES,) * (volume.rank - 2), *plane)
        if volume.rank >= 2 and all(a <= b for a, b in zip(spatial, volume.spatial, strict=True)):
            yield Volume(depth=volume.depth, spatial=spatial)


def affordable(listed: Listed) -> Report | None:
    """Return a report of the network on an input that is cheap to run."""
    if listed.macs <= OWN:
        return inferred(listed.name)
    ((name, sizes),) = listed.inputs.items()
    own = parse_volume(sizes)
    for other in smaller(own):
        if listed.macs * other.size > MOST * own.size:
            break  # as MACs grow about as areas do, no need to infer it
        report = infer(network(listed.name), Overrides(inputs={name: other}, rounding="floor"))
        if report.ok and report.totals.macs <= MOST:
            return report
    return inferred(listed.name) if listed.macs <= MOST else None


@pytest.mark.parametrize("listed", LISTED, ids=lambda listed: listed.name)
def test_network(listed: Listed) -> None:
    report = affordable(listed)
    if report is None:
        pytest.skip("its smallest input costs too much for every run: see MOST")
    found = differences(report, batch=2)
    far = worst(found)
    assert far.share < TOLERANCE, far
    alive = sum(one.scale > 0 for one in found)
    assert alive > 0.9 * len(found) or len(found) < 3
