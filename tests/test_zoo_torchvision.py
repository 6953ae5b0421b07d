"""Torchvision's convolutional networks: the zoo's specs against the published totals."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cnncalc.inference.infer import Overrides, infer
from cnncalc.maths.volume import Volume
from cnncalc.report.report import Report
from cnncalc.spec.load import load
from cnncalc.spec.network import Network

_TABLE = Path(__file__).parent / "zoo" / "torchvision.csv"


def _rows() -> list[dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _network(name: str) -> Network:
    loaded = load(name)
    assert loaded.problems == ()
    assert loaded.network is not None
    return loaded.network


def _inferred(name: str, **variables: Any) -> Report:
    report = infer(_network(name), Overrides(variables=variables))
    assert report.problems == ()
    return report


def test_rows() -> None:
    names = [row["model"] for row in _rows()]
    assert len(set(names)) == len(names) == 68


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["model"])
def test_totals(row: dict[str, str]) -> None:
    report = _inferred(row["model"])
    size = int(row["input_size"])
    assert list(report.inputs.values()) == [Volume(depth=3, spatial=(size, size))]
    assert list(report.outputs.values()) == [Volume(depth=1000)]
    totals = report.totals
    assert totals.complete
    assert totals.params == int(row["params"])
    gmacs = (Decimal(totals.macs) / 10**9).quantize(Decimal("0.001"))
    assert gmacs == Decimal(row["gmacs"])


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["model"])
def test_stated(row: dict[str, str]) -> None:
    network = _network(row["model"])
    assert network.expect is not None
    assert isinstance(network.expect.value, dict)
    assert network.expect.value.keys() >= {"output", "params", "macs"}
    assert network.about.keys() >= {"paper", "year", "task"}


@pytest.mark.parametrize(
    ("name", "params"), [("googlenet", 13_004_888), ("inception_v3", 27_161_264)]
)
def test_auxiliary_heads(name: str, params: int) -> None:
    report = _inferred(name, aux=True)
    assert set(report.outputs.values()) == {Volume(depth=1000)}
    assert len(report.outputs) == (3 if name == "googlenet" else 2)
    assert report.totals.params == params


def test_wider_mobilenet_v2() -> None:
    assert _inferred("mobilenet_v2", width=Fraction(7, 5)).totals.params == 6_108_776
