"""The Python API: what it returns, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.spec.load import CannotRead


def test_summarize() -> None:
    report = cnncalc.summarize("lenet5", input={"width": 32, "height": 32, "depth": 3})
    assert report.rows[0].params == 5 * 5 * 3 * 6 + 6
    assert cnncalc.summarize(cnncalc.load("resnet18"), set={"classes": 10}).rows[-1].params == 5130


def test_verify() -> None:
    found = cnncalc.verify("lenet5", batch=2, threads=1, keep=frozenset({"C1"}))
    assert found.ok
    assert found.arrays["C1"].shape == (2, 6, 28, 28)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rounding": "up"}, "rounding is 'up', not one of strict, floor, ceil"),
        ({"set": {"clases": 3}}, "no variable clases"),
        ({"input": "32by32"}, "32by32"),
        ({"dtype": "float16"}, "dtype is 'float16', not one of float32, float64"),
        ({"layout": "nchw"}, "layout"),
        ({"batch": 0}, "batch is 0"),
        ({"threads": 1.5}, "threads is 1.5"),
        ({"max_memory": -1}, "max_memory"),
        ({"keep": frozenset({"C9"})}, "keep: the network has no 'C9'"),
        ({"inputs": {"image": "x.npy"}}, "inputs: the network has no 'image'"),
    ],
)
def test_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("'", ".")):
        cnncalc.verify("lenet5", **options)


def test_no_network(tmp_path: Path) -> None:
    with pytest.raises(CannotRead):
        cnncalc.load("lenet6")
    path = tmp_path / "empty.yaml"
    path.write_text("layers: [\n")
    with pytest.raises(ValueError, match="CNN1"):
        cnncalc.summarize(path)
