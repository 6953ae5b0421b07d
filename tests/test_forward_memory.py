"""Memory of a pass: the estimate is an upper bound, counted in bytes that NumPy allocates."""

from __future__ import annotations

import tracemalloc

import pytest
from support.strategies import Spec, run

from cnncalc.forward import meter
from cnncalc.forward.estimate import BUFFERS, FIXED, estimate
from cnncalc.forward.run import Pass, Settings
from cnncalc.forward.workers import sharing
from cnncalc.inference.infer import infer
from cnncalc.report.report import Report
from cnncalc.spec.load import load


def allocated(report: Report, *, batch: int = 1, threads: int = 1) -> tuple[int, int]:
    """Return the bytes that a pass is estimated to take, and those that it allocates."""
    running = Pass(report, Settings(batch=batch))
    planned = estimate(report, running.plan, batch, 4, threads=threads)
    for ran in Pass(report, Settings()).run():  # what is made once and kept is not counted
        assert not ran.error
    with sharing(threads):
        tracemalloc.start()
        for _ in running.run():
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return planned, peak


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", ["alexnet", "squeezenet1_1", "mobilenet0_25", "lenet5"])
def test_networks(name: str, threads: int) -> None:
    network = load(name).network
    assert network is not None
    planned, peak = allocated(infer(network, None), threads=threads)
    assert peak <= planned <= 2 * peak + (32 << 20)


LAYERS: dict[str, tuple[Spec, int]] = {
    "conv": ({"conv": {"kernel": 3, "filters": 64, "padding": 1}}, 1),
    "conv large kernel": ({"conv": {"kernel": 33, "filters": 8}}, 1),
    "conv groups": ({"conv": {"kernel": 3, "filters": 512, "groups": 16}}, 1),
    "conv table": (
        {"conv": {"kernel": 5, "filters": 512, "connection_table": [[0, 1]] * 512}},
        1,
    ),
    "depthwise_conv": ({"depthwise_conv": {"kernel": 7, "multiplier": 4}}, 2),
    "separable_conv": ({"separable_conv": {"kernel": 3, "filters": 8, "multiplier": 8}}, 2),
    "locally_connected": ({"locally_connected": {"kernel": 3, "filters": 4}}, 2),
    "conv_transpose": ({"conv_transpose": {"kernel": 4, "filters": 64, "stride": 2}}, 2),
    "maxpool": ({"maxpool": {"kernel": 3, "stride": 1}}, 4),
    "lppool": ({"lppool": {"kernel": 2}}, 4),
    "adaptive_avgpool": ({"adaptive_avgpool": 63}, 4),
    "fc": ({"fc": 40}, 8),
    "maxout": ({"maxout": {"units": 8, "pieces": 5}}, 8),
    "rbf": ({"rbf": 40}, 3),
    "standardize": ({"conv": {"kernel": 7, "filters": 2048, "stride": 19, "standardize": True}}, 1),
    "reshape": ({"reshape": "32x32x256"}, 8),
    "groupnorm": ({"groupnorm": 4}, 8),
    "layernorm": ({"layernorm": {"over": "all"}}, 8),
    "lrn": ({"lrn": None}, 8),
    "softmax": ({"softmax": None}, 8),
    "mish": ({"mish": None}, 8),
    "upsample": ({"upsample": {"factor": 3, "mode": "bilinear"}}, 2),
    "pixel_shuffle": ({"pixel_shuffle": 4}, 8),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name: str) -> None:
    """Kinds that allocate more than their output are planned with it, whatever the batch."""
    entry, batch = LAYERS[name]
    planned, peak = allocated(run({"input": "64x64x64", "layers": [entry]}), batch=batch)
    assert peak <= planned <= 2 * peak + (32 << 20)
    assert planned > FIXED + BUFFERS


def test_meter() -> None:
    measuring = meter.Meter()
    block = bytearray(b"x") * (64 << 20)
    found = measuring.peak()
    assert found is None or found >= len(block)
    assert (meter.available() or 1) > 0
