"""Shipped networks run, with the shapes and counts that inference says.

Those up to 200 MMACs by default; ``CNNCALC_EFFORT=10`` runs all up to 2 GMACs.
"""

from __future__ import annotations

import pytest
from support.strategies import effort

import cnncalc
from cnncalc.zoo import catalogue as zoo

LARGEST = effort(200_000_000)
SMALL = [network.name for network in zoo.listed() if network.macs <= LARGEST]


def test_there_are_some() -> None:
    assert {"lenet5", "mobilenet0_25", "resnet56", "shufflenet_v2_x1_0"} <= set(SMALL)


@pytest.mark.parametrize("name", SMALL)
def test_runs(name: str) -> None:
    found = cnncalc.verify(name)
    assert found.ok, found.problems
    assert [layer.row.name for layer in found.layers] == [row.name for row in found.report.rows]
