"""The options of summary, and of what is like it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.command import Command


@pytest.mark.parametrize(
    ("line", "inputs"),
    [
        ("good.yaml", {"input": {"width": 32, "height": 32, "depth": 1}}),
        ("good.yaml --input 28x28x1", {"input": {"width": 28, "height": 28, "depth": 1}}),
        ("good.yaml --input input=28x30", {"input": {"width": 28, "height": 30, "depth": 1}}),
        (
            "good.yaml --input width=12,height=10,depth=2",
            {"input": {"width": 12, "height": 10, "depth": 2}},
        ),
        (
            "two.yaml --input image=4x4x3 --input meta=4",
            {"image": {"width": 4, "height": 4, "depth": 3}, "meta": {"depth": 4}},
        ),
        (
            "two.yaml --input image=length=9,depth=2",
            {"image": {"length": 9, "depth": 2}, "meta": {"depth": 4}},
        ),
    ],
)
def test_input(command: Command, line: str, inputs: dict[str, Any]) -> None:
    outcome = command(f"summary {line} --format json")
    assert outcome.code == 0
    assert outcome.json["inputs"] == inputs


@pytest.mark.parametrize(
    ("value", "kernel"), [("[1, 7]", [1, 7]), ("7", [7, 7]), ('"7x7"', [7, 7])]
)
def test_set(command: Command, folder: Path, value: str, kernel: list[int]) -> None:
    text = "input: 8x8x3\nvars: {k: 3}\nlayers:\n  - conv: {filters: 2, kernel: $k}\n"
    (folder / "k.yaml").write_text(text)
    outcome = command("summary k.yaml --format json --set", f"k={value}")
    assert outcome.json["layers"][0]["weights"]["kernel"] == [2, 3, *kernel]


def test_rounding(command: Command) -> None:
    outcome = command("summary bad.yaml --rounding floor")
    assert outcome.code == 0
    assert "2×2×10" in outcome.out
    assert outcome.out.count("expectations not checked (--rounding)") == 1


def test_expectations_not_checked(command: Command, folder: Path) -> None:
    (folder / "e.yaml").write_text("input: 4x4\nlayers: [relu]\nexpect: {output: 5x5}\n")
    assert command("summary e.yaml").code == 1
    outcome = command("summary e.yaml --input 6x6 --format markdown")
    assert outcome.code == 0
    assert "Note: expectations not checked (--input)" in outcome.out


def test_dtype(command: Command) -> None:
    weights = {
        name: command(f"summary good.yaml --format json --dtype {name}").json["totals"]["bytes"]
        for name in ("float16", "float32", "float64")
    }
    assert weights["float32"]["weights"] == 4 * 11926
    for key in weights["float32"]:
        assert 4 * weights["float16"][key] == 2 * weights["float32"][key] == weights["float64"][key]


def test_batch(command: Command) -> None:
    """Memory is that of N inputs; the weights are there once."""
    one, many = (
        command(f"summary good.yaml --format json{batch}").json["totals"]["bytes"]
        for batch in ("", " --batch 8")
    )
    assert many["weights"] == one["weights"] and many["activations"] == 8 * one["activations"]
    assert many["training"] - one["training"] == 7 * one["activations"]
    assert "(8 inputs, float32; no optimizer state)" in command("summary good.yaml --batch 8").out


def test_column_names(command: Command) -> None:
    outcome = command("summary good.yaml --format csv --columns LAYER,non-trainable,layer")
    assert outcome.out.splitlines()[0] == "layer,non_trainable"


def test_a_share_of_an_unknown_sum(command: Command, folder: Path) -> None:
    text = "input: 7x7x3\nlayers:\n  - fc: 2\n  - conv: {filters: 1, kernel: 3}\n"
    (folder / "half.yaml").write_text(text)
    assert "%" not in command("summary half.yaml --columns layer,share").out
    assert command("summary half.yaml --format csv --columns layer,share").out.splitlines()[1:] == [
        "fc1,",
        "conv1,",
    ]


@pytest.mark.parametrize("line", ["explain nob.yaml b1", "verify nob.yaml --show b1"])
def test_a_use_without_layers(command: Command, folder: Path, line: str) -> None:
    text = (
        "input: 4\nblocks: {b: {layers: [{relu: {}, when: false}]}}\nlayers: [{fc: 2}, {b: {}}]\n"
    )
    (folder / "nob.yaml").write_text(text)
    outcome = command(line)
    assert outcome.code == 2
    assert outcome.err == "Error: `b1` has no layers: all of them are left out\n"


def test_depth(command: Command, folder: Path) -> None:
    text = "input: 4x4\nblocks: {b: {layers: [relu, tanh]}}\nlayers:\n  - b\n"
    (folder / "b.yaml").write_text(text)
    shown = {depth: command(f"summary b.yaml --depth {depth}").out for depth in ("1", "2", "all")}
    assert "tanh" not in shown["1"]
    assert "tanh" in shown["2"]
    assert shown["all"] == shown["2"]
    assert command("summary b.yaml --depth 10000000").out == shown["2"]


def test_columns_wide(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    narrow = command("summary good.yaml").out
    monkeypatch.delenv("COLUMNS")
    assert len(command("summary good.yaml").out.splitlines()[3]) > 60
    assert max(map(len, narrow.splitlines()[:8])) <= 60
