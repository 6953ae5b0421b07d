"""The Python API: what it returns, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cnncalc


def test_summarize() -> None:
    report = cnncalc.summarize("lenet5", input={"width": 32, "height": 32, "depth": 3})
    assert report.rows[0].params == 5 * 5 * 3 * 6 + 6
    assert cnncalc.summarize(cnncalc.load("resnet18"), set={"classes": 10}).rows[-1].params == 5130


def test_verify() -> None:
    found = cnncalc.verify("lenet5", batch=2, threads=1, keep=["C1"])
    assert found.ok
    assert found.arrays["C1"].shape == (2, 6, 28, 28)


def cli(*arguments: str) -> Any:
    command = [sys.executable, "-m", "cnncalc", *arguments, "--format", "json"]
    done = subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")
    return json.loads(done.stdout)


@pytest.mark.parametrize("spec", ["resnet18", "specs/bad/7x7-stride3.yaml"])
def test_to_dict_is_the_json(spec: str) -> None:
    assert cnncalc.summarize(spec).to_dict() == cli("summary", spec)


def test_verification_to_dict_is_the_json() -> None:
    found, expected = cnncalc.verify("lenet5").to_dict(), cli("verify", "lenet5")
    for data in (found, expected):  # what differs from run to run
        for file in data["files"]:
            file["peak_bytes"] = file["seconds"] = None
            for layer in file["layers"]:
                layer["seconds"] = None
    found["files"][0]["file"] = expected["files"][0]["file"]
    assert found == expected


def test_shown() -> None:
    """As text the table and the problems; in notebooks the same, escaped."""
    text = 'name: "<b>"\ninput: 7x7x3\nlayers: [conv: {filters: 1, kernel: 3, stride: 3}]\n'
    report = cnncalc.summarize(cnncalc.load_text(text))
    assert str(report).startswith("<b>")
    assert "error CNN301" in str(report)
    assert "&lt;b&gt;" in report._repr_html_()
    assert "<b>" not in report._repr_html_()
    verification = cnncalc.verify(cnncalc.load_text("input: 4x4x1\nlayers: [relu]\n"))
    assert "relu1" in str(verification)
    assert verification._repr_html_().startswith("<pre")


def test_load_text() -> None:
    assert cnncalc.summarize(cnncalc.load_text('{"input": 3, "layers": [{"fc": 2}]}')).ok
    broken = cnncalc.load_text("layers: [", "mine.yaml")
    assert broken.network is None
    with pytest.raises(cnncalc.SpecError, match="CNN103 at line 1") as caught:
        cnncalc.summarize(broken)
    assert caught.value.problems[0].span.source.name == "mine.yaml"


def test_names() -> None:
    assert all(hasattr(cnncalc, name) for name in cnncalc.__all__)
    with pytest.raises(AttributeError):
        cnncalc.summarise  # noqa: B018


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rounding": "up"}, "rounding is 'up', not one of strict, floor, ceil"),
        ({"rounding": ""}, "rounding is '', not one of strict, floor, ceil"),
        ({"seed": -1}, "seed is -1, not a whole number from 0 on"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"batch": True}, "batch is True"),
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
    with pytest.raises(cnncalc.CannotRead):
        cnncalc.load("lenet6")
    path = tmp_path / "empty.yaml"
    path.write_text("layers: [\n")
    with pytest.raises(ValueError, match="CNN1"):
        cnncalc.summarize(path)


ANY: Any = cnncalc
"""The package, for values that its types refuse."""


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ANY.summarize("lenet5", input=(32, 32, 1)), "write 32x32x1"),
        (lambda: ANY.summarize("lenet5", rounding="flor"), "did you mean `floor`"),
        (lambda: ANY.verify("lenet5", keep=["C11"]), "did you mean `C1`"),
    ],
)
def test_wrong_value_has_help(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ANY.summarize("lenet5", set="classes=3"), "not a mapping"),
        (lambda: ANY.verify("lenet5", keep="C1"), r"write \['C1'\]"),
        (lambda: ANY.load_text([]), "not the text of a spec"),
    ],
)
def test_wrong_type_has_words(call: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        call()


def test_short_representation() -> None:
    report = cnncalc.summarize("lenet5")
    assert repr(report) == "<Report 'LeNet-5': 12 layers, 61,706 parameters, ok=True>"
