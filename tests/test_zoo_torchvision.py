"""Torchvision's convolutional networks: the zoo's specs against the published totals."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from support.zoo import inferred, network

from cnncalc.maths.volume import Volume

_TABLE = Path(__file__).parent / "zoo" / "torchvision.csv"


def _rows() -> list[dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows() -> None:
    names = [row["model"] for row in _rows()]
    assert len(set(names)) == len(names) == 68


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["model"])
def test_totals(row: dict[str, str]) -> None:
    report = inferred(row["model"])
    assert report.problems == ()
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
    stated = network(row["model"])
    assert stated.expect is not None
    assert isinstance(stated.expect.value, dict)
    assert stated.expect.value.keys() >= {"output", "params", "macs"}
    assert stated.about.keys() >= {"paper", "year", "task"}


@pytest.mark.parametrize(
    ("name", "params"), [("googlenet", 13_004_888), ("inception_v3", 27_161_264)]
)
def test_auxiliary_heads(name: str, params: int) -> None:
    report = inferred(name, variables="aux=true")
    assert report.problems == ()
    assert set(report.outputs.values()) == {Volume(depth=1000)}
    assert len(report.outputs) == (3 if name == "googlenet" else 2)
    assert report.totals.params == params


def test_wider_mobilenet_v2() -> None:
    assert inferred("mobilenet_v2", variables="width=1.4").totals.params == 6_108_776
