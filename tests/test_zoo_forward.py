"""Every shipped network below 2 GMACs runs, with the shapes and counts that inference says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cnncalc

INDEX = Path(cnncalc.__file__).parent / "zoo" / "catalogue.json"
LARGEST = 2 * 10**9


def small() -> list[str]:
    networks = json.loads(INDEX.read_text(encoding="utf-8"))["networks"]
    return sorted(name for name, entry in networks.items() if entry["macs"] < LARGEST)


def test_there_are_some() -> None:
    assert {"alexnet", "googlenet", "lenet5", "mobilenet_v2", "resnet18"} <= set(small())


@pytest.mark.parametrize("name", small())
def test_runs(name: str) -> None:
    found = cnncalc.verify(name)
    assert found.ok, found.problems
    assert [layer.row.name for layer in found.layers] == [row.name for row in found.report.rows]
