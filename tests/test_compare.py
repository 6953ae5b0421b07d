"""Networks against each other: which rows correspond, the ratios, and what is equivalent."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import examples

import cnncalc
from cnncalc.cli import run
from cnncalc.homework.compare import MOST_ROWS, Comparison, aligned, compare
from cnncalc.inference.infer import infer
from cnncalc.render.compare import compare as document
from cnncalc.report.report import Report
from cnncalc.spec.load import load, parse_bytes

PAIRS = {
    "stacked-3x3 single-5x5": Fraction(18, 25),
    "squeezed-3x3 direct-3x3": Fraction(1520, 4608),
    "fc-layer fc-as-conv": Fraction(1),
}
"""Networks of the lecture notes, and the ratio of their parameters there."""


def report_of(spec: str) -> Report:
    loaded = load(spec)
    assert loaded.network is not None
    return infer(loaded.network, None, loaded.problems)


def net(*layers: str, input: str = "8x8x3") -> Report:
    text = "\n".join([f"input: {input}", "layers:", *(f"  - {layer}" for layer in layers)])
    loaded = parse_bytes(text.encode(), "net.yaml", None)
    assert loaded.network is not None, loaded.problems
    return infer(loaded.network, None, loaded.problems)


def names(found: Comparison) -> list[tuple[str | None, ...]]:
    return [tuple(part and part.name for part in row.parts) for row in found.rows or ()]  # type: ignore[misc]


@pytest.mark.parametrize("pair", PAIRS)
def test_notes(
    pair: str, golden: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compare", *pair.split(), "--ascii"]) == 0
    golden(f"compare/{pair.replace(' ', '-')}.txt", capsys.readouterr().out)
    found = compare([report_of(name) for name in pair.split()])
    assert found.ratios["params"] == (PAIRS[pair],)


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "unet", "googlenet", "hrnet_w18"])
@pytest.mark.parametrize("depth", [1, 2, None])
def test_itself(name: str, depth: int | None) -> None:
    report = report_of(name)
    found = compare([report, report], depth)
    assert found.rows is not None and all(row.is_same for row in found.rows)
    assert len(found.rows) == len(list(report.parts(depth)))
    assert found.is_equivalent
    assert set(found.ratios.values()) <= {(Fraction(1),), (None,)}


KINDS = ("relu", "tanh", "{conv: {filters: 4, kernel: 3}}", "{conv: {filters: 4, kernel: 1}}")
layers = st.lists(st.sampled_from(KINDS), min_size=1, max_size=3)


@examples(60)
@given(mine=layers, more=st.sampled_from(KINDS), at=st.integers(0, 3))
def test_inserted(mine: list[str], more: str, at: int) -> None:
    longer = [*mine[:at], more, *mine[at:]]
    found = compare([net(*mine), net(*longer)])
    assert found.rows is not None
    assert [row.parts[0] is None for row in found.rows].count(True) == 1
    assert all(row.parts[1] is not None and not row.differs for row in found.rows)


@examples(60)
@given(mine=layers, other=layers)
def test_mirrored(mine: list[str], other: list[str]) -> None:
    first, second = net(*mine), net(*other)

    def pairs(found: Comparison) -> set[tuple[str | None, ...]]:
        return set(names(found))

    there, back = compare([first, second]), compare([second, first])
    assert pairs(there) == {row[::-1] for row in pairs(back)}
    for name, (ratio,) in there.ratios.items():
        assert ratio is None or not ratio or back.ratios[name] == (1 / ratio,)
    assert there.is_equivalent == back.is_equivalent


def test_best_alignment() -> None:
    """More pairs come before equal fields, and these before equal names."""
    first = net("{relu: , name: a}", "{relu: , name: b}")
    assert names(compare([first, net("{relu: , name: b}")])) == [("a", None), ("b", "b")]
    assert names(compare([first, net("{relu: , name: c}")])) == [("a", "c"), ("b", None)]
    kernels = net("conv: {filters: 4, kernel: 1}", "conv: {filters: 4, kernel: 3}")
    found = compare([kernels, net("{conv: {filters: 4, kernel: 3}, name: conv1}")])
    assert names(found) == [("conv1", None), ("conv2", "conv1")]


def test_the_order_is_kept() -> None:
    parts = [list(net(*kinds).parts(1)) for kinds in (("relu", "tanh"), ("tanh", "relu"))]
    assert len(aligned(*parts)) == 1


def test_three() -> None:
    found = compare([net("relu", "tanh"), net("tanh"), net("relu", "softmax")])
    assert names(found) == [
        ("relu1", None, "relu1"), ("tanh1", "tanh1", None), (None, None, "softmax1"),
    ]  # fmt: skip
    assert {len(ratios) for ratios in found.ratios.values()} == {2}
    found = compare([net("relu"), net("tanh", "relu"), net("softmax", "relu")])
    assert names(found)[:2] == [(None, "tanh1", None), (None, None, "softmax1")]


def test_totals() -> None:
    """Weights are those of kernels: no centres, nothing of norms; so are layers with weights."""
    found = compare([report_of(name) for name in ("lenet5-1998", "resnet18")])
    assert [one.counts["weighted_layers"] for one in found.networks] == [4, 21]
    assert [one.counts["weights"] for one in found.networks] == [59_730, 11_678_912]
    separable = net("separable_conv: {filters: 4, kernel: 3}", "layernorm: {over: all}")
    counts = compare([separable, separable]).networks[0].counts
    assert [counts[name] for name in ("weighted_layers", "weights", "biases")] == [1, 39, 4]


def test_options(capsys: pytest.CaptureFixture[str]) -> None:
    """What changes one network changes all of them."""
    line = ["compare", "resnet18", "resnet34", "--input", "64x64x3", "--set", "classes=10"]
    assert run(line) == 0
    text = capsys.readouterr().out
    assert "output 10, biases 10" in text and "expectations not checked (--input, --set)" in text
    assert run(["compare", "resnet18", "lenet5", "--set", "bn=no"]) == 2


def test_only_in_some(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "lenet5", "alexnet", "lenet5", "--format", "csv"]) == 0
    assert run(["compare", "lenet5", "alexnet", "lenet5", "--format", "markdown"]) == 0
    text = capsys.readouterr().out
    assert "| tanh1: tanh | − | tanh1: tanh | not in all |" in text
    assert "| − | pool5: maxpool 3×3, /2 | − | only in one |" in text


def test_long_networks() -> None:
    """Blocks are paired where layers are too many; nothing, where blocks are, too."""
    blocks = parse_bytes(
        b"input: 4\nblocks: {u: {layers: [relu, tanh]}}\nlayers: [{u: , repeat: 1001}]\n", "b", None
    )
    assert blocks.network is not None
    report = infer(blocks.network, None, blocks.problems)
    assert len(report.rows) > MOST_ROWS
    found = compare([report, report], None)
    assert found.rows is not None and len(found.rows) == 1001
    flat = net(*["relu"] * (MOST_ROWS + 1))
    found = compare([flat, net("relu")], None)
    assert found.rows is None and found.networks[0].exact["neurons"] == 192 * (MOST_ROWS + 1)
    words = [note for note in document(found, ()).notes if note[0] == "Layers"]
    assert words == [
        ("Layers", (("not put next to each other: a network has more than 2,000", ""),))
    ]


WHOLE = "{conv: {filters: 5, kernel: 8}, name: c}"


@pytest.mark.parametrize(
    "first, second, equivalent",
    [
        (["fc: 5"], [WHOLE], True),
        (["flatten", "fc: 5", "relu", "fc: 2"], [WHOLE, "relu", "fc: 2"], True),
        (["fc: 5", "fc: 2"], [WHOLE, "conv: {filters: 2, kernel: 1}"], True),
        (["fc: {units: 5, bias: false}"], [WHOLE], False),
        (["fc: 4"], [WHOLE], False),
        (["fc: {units: 5, activation: relu}"], [WHOLE], False),
        (["fc: 5"], ["conv: {filters: 5, kernel: 8, padding: 4, stride: 9}"], False),
        (["fc: 5"], ["conv: {filters: 5, kernel: 7}", "flatten"], False),
        (["relu"], ["tanh"], False),
        (["relu", "add: [input, previous]"], ["relu", "add: [previous, previous]"], False),
    ],
)  # fmt: skip
def test_equivalent(first: list[str], second: list[str], equivalent: bool) -> None:
    assert compare([net(*first), net(*second)]).is_equivalent is equivalent


def test_equivalent_layers_give_the_same_numbers(tmp_path: Path) -> None:
    """What is called equivalent is: the same weights, the same input, the same output."""
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(5, 3, 4, 6)).astype(np.float32)
    image = rng.normal(size=(1, 4, 6, 3)).astype(np.float32)
    both: list[Any] = []
    for layer, weights in (
        ("fc: 5", kernel.reshape(5, -1)),
        ("conv: {filters: 5, kernel: [4, 6]}", kernel),
    ):
        arrays: dict[str, Any] = {"layer.kernel": weights, "layer.bias": np.ones(5)}
        np.savez(f"{tmp_path}/weights.npz", **arrays)
        np.save(f"{tmp_path}/image.npy", image)
        text = f"input: {{height: 4, width: 6, depth: 3}}\nlayers: [{{{layer}, name: layer}}]\n"
        found = cnncalc.verify(
            cnncalc.load_text(text),
            weights=f"{tmp_path}/weights.npz",
            inputs={"input": f"{tmp_path}/image.npy"},
            layout="hwc",
        )
        both.append(found.arrays["layer"].ravel())
    np.testing.assert_allclose(both[0], both[1], rtol=1e-4)


def test_formats(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "lenet5", "lenet5-1998", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["ratios"]["params"] == [{"exact": [30853, 30000], "value": 1.03}]
    assert [one["name"] for one in data["networks"]] == ["LeNet-5", "LeNet-5 (1998)"]
    assert run(["compare", "lenet5", "lenet5-1998", "--format", "csv"]) == 0
    rows = list(csv.reader(StringIO(capsys.readouterr().out)))
    assert rows[0] == ["layer_1", "layer_2", "same", "differs"]
    assert [row[:2] for row in rows[1:]] == [
        [name or "" for name in row["layers"]] for row in data["rows"]
    ]


MISFIT = "conv: {filters: 2, kernel: 2, stride: 5}"


def test_unknown_totals() -> None:
    """What is known of some layers is a bound, what is unknown is not the same as anything."""
    fits = net("conv: {filters: 4, kernel: 1}", "fc: 2")
    misfits = net("conv: {filters: 4, kernel: 1}", MISFIT, "fc: 2")
    found = document(compare([fits, misfits]), ())
    assert {label: cell[0][0] for label, cell in found.notes} == {
        "Output": "2 : ?",
        "Receptive field": "8×8 : ?",
        "Layers with weights": "2 : ≥ 1",
        "Parameters": "530 : ≥ 16",
        "Weights": "524 : ≥ 12",
        "Biases": "6 : ≥ 4",
        "MACs": "1,280 : ≥ 768",
        "Neurons": "258 : ≥ 256",
        "Memory": "3.8 KiB : ?",
    }
    data = found.data()["networks"][1]
    assert {name for name, value in data.items() if value is not None} == {"name", "bytes"}
    assert set(data["bytes"].values()) == {None}


def test_unknown_ratio() -> None:
    """Each ratio is in the place of its network."""
    half, whole = net("fc: {units: 1, bias: false}"), net("fc: {units: 2, bias: false}")
    notes = dict(document(compare([half, net(MISFIT), whole]), ()).notes)
    assert notes["Weights"] == (("192 : ? : 384 = −, 1 : 2 (0.500)", ""),)


@pytest.mark.parametrize("layer", [MISFIT, "conv: {filters: 2, kernel: 0}"])
def test_unknown_is_not_the_same(layer: str) -> None:
    found = document(compare([net(layer), net(layer)]), ())
    assert "Same" not in {label for label, _ in found.notes}
    assert {cell[0][0].replace("≥ ", "") for _, cell in found.notes} == {"? : ?"}


def test_unknown_fields() -> None:
    """Layers whose fields are wrong are neither the same nor different."""
    wrong, right = (net(f"conv: {{filters: 2, kernel: {size}}}", "relu") for size in (0, 1))
    for pair in ([wrong, wrong], [wrong, right]):
        found = compare(pair)
        assert [row.is_same for row in found.rows or ()] == [None, True]
        columns = {column.name: column for column in document(found, ()).records.columns}
        row = (found.rows or ())[0]
        assert columns["same"].value(row) is None
        assert columns["differs"].cell_of(row) == (("?", "yellow"),)


def test_problems(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["compare", "lenet5"]) == 2
    assert "two networks" in capsys.readouterr().err
    bad = tmp_path / "bad.yaml"
    bad.write_text("input: 7x7x3\nlayers: [conv: {filters: 2, kernel: 2, stride: 3}, relu]\n")
    assert run(["compare", "lenet5", str(bad)]) == 1
    captured = capsys.readouterr()
    assert ": ?" in captured.out and "CNN301" in captured.err
    assert run(["compare", "lenet5", f"{tmp_path}/none.yaml"]) == 2
