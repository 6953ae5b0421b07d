"""Every kind through its layer class, on random fields, against ONNX Runtime.

Fields as specs write them go in, so what is tested is how they become arguments of the array
functions: padding per side, the order of axes, words, defaults.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from support.drawn_layers import MAKERS, Case, cases
from support.strategies import examples, run

from cnncalc.inference.infer import Overrides

pytest.importorskip("onnxruntime")

from support.onnx_graph import differences, worst  # needs ONNX Runtime
from support.onnx_kinds import KINDS

TOLERANCE = 3e-5
"""Of the largest number of a result, or of 1: the sums have up to some hundred terms."""

TOLERANCES = dict.fromkeys(("groupnorm", "instancenorm", "layernorm"), 1e-3)
"""A map of one number has no variance: what rounding leaves is divided by √epsilon = 0.003."""


def agree(spec: dict[str, Any], *, floor: bool = True) -> bool:
    """Compare a spec's rows; return whether it was accepted."""
    report = run(spec, Overrides(rounding="floor") if floor else None)
    if not report.ok:
        return False
    far = worst(differences(report, spread=3.0, least=1.0))
    assert far.share < TOLERANCES.get(far.kind, TOLERANCE), (far, spec)
    return True


def test_all_kinds() -> None:
    from cnncalc.layers.registry import KINDS as EVERY

    assert set(KINDS) == set(EVERY) == set(MAKERS)


def test_blur() -> None:
    """A fixed kernel, stated once for all maps."""
    blur = {"kernel": [3, 3], "stride": 2, "padding": 1, "bias": False, "trainable": False}
    taps = [[0.0625, 0.125, 0.0625], [0.125, 0.25, 0.125], [0.0625, 0.125, 0.0625]]
    layers = [{"maxpool": {"kernel": 2, "stride": 1}},
              {"depthwise_conv": blur, "weights": {"kernel": taps}}]  # fmt: skip
    assert agree({"input": "17x12x5", "layers": layers})


@pytest.mark.parametrize("kind", MAKERS)
def test_drawn(kind: str) -> None:
    accepted = []

    @examples(15)
    @given(cases(kind))
    def check(case: Case) -> None:
        accepted.append(agree(case.spec()))

    check()
    assert sum(accepted) > 0.4 * len(accepted)
