"""``verify``: what it prints and how it exits, its options, the cases, memory, the contract."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.command import Command
from support.drawn_layers import MAKERS, Case, cases
from support.strategies import Spec, examples, run

import cnncalc
from cnncalc.forward.arrays import CannotRun
from cnncalc.forward.estimate import estimate
from cnncalc.forward.families import run_layer
from cnncalc.forward.run import Pass, Settings
from cnncalc.inference.infer import infer
from cnncalc.layers.base import Layer
from cnncalc.layers.registry import KINDS, layer_class
from cnncalc.maths.volume import Volume, parse_volume
from cnncalc.problems.codes import CODES
from cnncalc.problems.model import RuleError
from cnncalc.report.verification import Verification, close
from cnncalc.spec.load import load, parse_bytes

NET = """\
input: 8x8x2
blocks:
  unit:
    layers:
      - conv: {filters: 4, kernel: 3, padding: 1}
      - batchnorm
layers:
  - unit
  - relu
  - unit
  - maxpool: 2
  - fc: 10
"""
BAD = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n"


@pytest.fixture
def verify(command: Command) -> Any:
    command.write({"net.yaml": NET, "bad.yaml": BAD})
    return lambda line: command(f"verify {line}")


@pytest.mark.parametrize(
    ("line", "code", "out", "err"),
    [
        ("net.yaml", 0, "verified: net: 7 layers, every shape and count as predicted", ""),
        ("net.yaml --batch 3 --seed 5 --dtype float64", 0, "8×8×4", ""),
        ("net.yaml --threads 2", 0, "unit2.conv1", ""),
        ("net.yaml --depth 1", 0, "unit1 (2 layers)", ""),
        ("net.yaml --ascii", 0, "8x8x4", ""),
        ("net.yaml --color always", 0, "\x1b[", ""),
        ("net.yaml --input 16x16x2", 0, "16×16×4", ""),
        ("net.yaml --quiet", 0, "verified", ""),
        ("net.yaml lenet5", 0, "verified: LeNet-5", ""),
        ("net.yaml --show fc1", 0, "fc1   10   generated inputs, seed 0\n", ""),
        ("net.yaml --show unit1 --show relu1", 0, "map 3", ""),
        ("vgg16 --max-memory 20MiB", 1, "not run: VGG-16", "CNN508"),
        ("net.yaml --max-memory 1k", 1, "not run", "1000 B are allowed"),
        ("bad.yaml", 1, "", "CNN301"),
        ("bad.yaml net.yaml", 1, "verified: net", "CNN301"),
        ("nothing.yaml net.yaml", 2, "verified: net", "no file or zoo network"),
        ("net.yaml --show fc2", 2, "", "did you mean `fc1`?"),
        ("net.yaml --batch 0", 2, "", "a whole number from 1"),
        ("net.yaml --threads x", 2, "", "a whole number from 1"),
        ("net.yaml --dtype float16", 2, "", "float32, float64"),
        ("net.yaml --layout whd", 2, "", "chw, hwc"),
        ("net.yaml --format xml", 2, "", "table, json"),
        ("net.yaml --max-memory much", 2, "", "1.5GiB"),
        ("net.yaml lenet5 --save x.npz", 2, "", "one spec at a time"),
        ("", 2, "", "SPEC"),
    ],
)
def test_command(verify: Any, line: str, code: int, out: str, err: str) -> None:
    found = verify(line)
    assert found.code == code
    assert out in found.out
    assert err in found.err if err else not found.err


def test_rows(verify: Any) -> None:
    out = verify("net.yaml").out.splitlines()
    rows = [line.split() for line in out if line.endswith(" ms")]
    assert [row[:5] for row in rows[:2]] == [
        ["unit1.conv1", "8×8×4", "8×8×4", "76", "76"],
        ["unit1.batchnorm1", "8×8×4", "8×8×4", "8", "+"],
    ]
    assert len(rows) == 7


@pytest.mark.parametrize("width", [40, 60, 80, 140])
def test_width(verify: Any, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    table = verify("net.yaml --ascii").out.split("\n\n")[1].splitlines()
    assert len(table) == 10
    assert all(len(line) <= width for line in table)


def test_json(verify: Any) -> None:
    data = verify("net.yaml bad.yaml xor-mlp --format json").json
    net, bad, xor = data["files"]
    assert [file["verdict"] for file in data["files"]] == ["verified", "not-run", "verified"]
    assert net["layers"][1] | {"seconds": 0} == {
        "name": "unit1.batchnorm1", "kind": "batchnorm", "seconds": 0, "finite": True,
        "predicted": {"width": 8, "height": 8, "depth": 4}, "error": None, "line": 6,
        "actual": {"width": 8, "height": 8, "depth": 4},
        "params": {"predicted": 8, "actual": 8},
        "non_trainable": {"predicted": 8, "actual": 8},
    }  # fmt: skip
    assert net["peak_bytes"]["planned"] > 0
    assert [problem["code"] for problem in data["problems"]] == ["CNN301"]
    assert bad["layers"] == []
    assert [case["actual"]["output"] for case in xor["cases"]] == [[0.0], [1.0], [1.0], [0.0]]
    assert data["schema"] == 1


@pytest.mark.parametrize(
    ("spec", "lines"),
    [
        ("xor-mlp", ["[0, 0] → [0]", "[0, 1] → [1]", "[1, 0] → [1]", "[1, 1] → [0]"]),
        ("perceptron-and", ["[0, 0] → [0]", "[0, 1] → [0]", "[1, 0] → [0]", "[1, 1] → [1]"]),
        ("slide-maxpool", ["→ [[[6, 8], [3, 4]]]"]),
    ],
)
def test_notes(verify: Any, spec: str, lines: list[str]) -> None:
    found = verify(spec)
    assert found.code == 0
    assert all(f"{line}\n" in found.out for line in lines)


def test_shown(verify: Any, tmp_path: Path) -> None:
    np.save("x.npy", np.arange(16.0).reshape(1, 1, 4, 4))
    found = verify("slide-maxpool --input-file x.npy --show maxpool1 --show input")
    assert "maxpool1   2×2×1   inputs of the file\nmap 0\n   5   7\n  13  15\n" in found.out
    assert "  12  13  14  15\n" in found.out


def test_shown_in_part(verify: Any) -> None:
    out = verify("lenet5 --show C1 --batch 2").out
    assert out.count("\nmap ") == 4
    part = "first 4 of 6 maps, first 16 of 28 rows, first 16 of 28 columns"
    assert f"(the first of 2 inputs; {part}: --save writes all)" in out


def test_progress(verify: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("cnncalc.cli.progress._PATIENCE", 0.0)
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda self: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    found = verify("net.yaml")
    assert "━" in found.err
    assert found.code == 0


def verified(text: str, **options: Any) -> Verification:
    found: Verification = cnncalc.verify(parse_bytes(text.encode(), "net.yaml", None), **options)
    return found


def said(result: Verification) -> list[tuple[str, int, int]]:
    return [(p.code, p.span.line, p.span.column) for p in result.problems]


def test_case_differs() -> None:
    text = "input: 2\nlayers:\n  - fc: 1\n    weights: {kernel: [[1, 2]], bias: [0]}\ncases:\n"
    found = verified(text + "  - {input: [1, 1], output: [3]}\n  - {input: [1, 2], output: [4]}\n")
    assert said(found) == [("CNN505", 7, 29)]
    assert found.problems[0].message == "case 2: the output is [5], not [4]"
    assert found.problems[0].help == ("the input is [1, 2]",)
    assert found.verdict == "failed"


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        (1, 1.0, True),
        (1, 1.0 + 9e-7, True),
        (1, 1.0 + 2e-6, False),
        (1000, 1000.0009, True),
        (1000, 1000.002, False),
        ([1, 2], [1.0, 2.0], True),
        ([1, 2], [1.0], False),
        ([1, [2]], [1.0, 2.0], False),
        (0, float("nan"), False),
        (0, float("inf"), False),
    ],
)
def test_close(expected: Any, actual: Any, same: bool) -> None:
    assert close(expected, actual) == same


def test_not_finite() -> None:
    text = (
        "input: 1\nlayers:\n  - fc: 1\n    repeat: 6\n"
        "    weights: {kernel: [[1000000000]], bias: [1]}\n"
    )
    found = verified(text)
    assert said(found) == [("CNN504", 3, 5)]
    assert [layer.words for layer in found.layers][-1] == "not finite"
    assert verified(text, dtype="float64").ok


def replace_array_code(
    monkeypatch: pytest.MonkeyPatch, kind: str, function: Callable[..., Any]
) -> None:
    """Run ``function`` for the layers of a kind."""
    replaced = layer_class(kind)

    def run_or_replace(layer: Layer, *arguments: Any) -> Any:
        return (function if isinstance(layer, replaced) else run_layer)(layer, *arguments)

    monkeypatch.setattr("cnncalc.forward.run.run_layer", run_or_replace)


def test_failing_layer(monkeypatch: pytest.MonkeyPatch, verify: Any) -> None:
    def fails(*arguments: Any) -> None:
        raise CannotRun("no")

    replace_array_code(monkeypatch, "maxpool", fails)
    found = verify("net.yaml")
    assert found.code == 1
    assert "error CNN503 cannot-run: maxpool1: cannot run: no" in found.err
    rows = [line for line in found.out.splitlines() if line.startswith("✗")]
    assert [row.split()[1] for row in rows] == ["maxpool1", "fc1"]
    assert [row.split("ms ")[1].strip() for row in rows] == ["cannot run", "not run"]
    assert "failed: net: 2 of 7 layers" in found.out


def test_once_per_place(monkeypatch: pytest.MonkeyPatch) -> None:
    replace_array_code(monkeypatch, "batchnorm", lambda layer, inputs, *others: inputs[0][..., 1:])
    found = verified(NET)
    (problem, *_) = found.problems
    assert (problem.code, problem.span.line) == ("CNN503", 6)
    assert [related.message for related in problem.related] == ["used here as unit1"]


# memory


def test_like_a_layer_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes its size from a layer that could not run is left out, as what reads it is."""

    def broken(*anything: object) -> None:
        raise ValueError("broken")

    replace_array_code(monkeypatch, "conv", broken)
    found = verified(
        "input: 8x8x4\nlayers:\n  - {conv: {kernel: 3, filters: 4}, name: a}\n"
        "  - {crop: {like: a}, from: input, name: c}\n"
    )
    assert [problem.code for problem in found.problems] == ["CNN503"]
    assert not found.layers[1].ran


def test_freed() -> None:
    report = infer(load("lenet5").network, None)  # type: ignore[arg-type]
    running = Pass(report, Settings())
    names = set()
    for _ in running.run():
        names.add(frozenset(running.values))
    assert max(map(len, names)) <= 2
    assert set(running.values) == set(report.output_rows)


def test_kept_and_part() -> None:
    text = "input: 4x4x4\nlayers: [relu, {slice: {stop: 1}}, batchnorm, relu]\n"
    found = verified(text, keep=frozenset(("relu1", "slice1")))
    whole, part = found.arrays["relu1"], found.arrays["slice1"]
    assert (part == whole[:, :1]).all()
    assert not np.may_share_memory(part, whole)
    assert (whole >= 0).all()


def test_same_twice() -> None:
    text = "input: 4x4x1\nlayers:\n  - identity\n  - add: [previous, previous, previous]\n"
    found = verified(text, keep=frozenset(("identity1",)))
    assert np.allclose(found.arrays["add1"], 3 * found.arrays["identity1"])


def test_same_dying_twice() -> None:
    relu = verified("input: 4x4x1\nlayers: [relu]\n").arrays["relu1"]
    text = "input: 4x4x1\nlayers:\n  - relu\n  - add: [previous, previous, previous]\n"
    assert np.allclose(verified(text).arrays["add1"], 3 * relu)


# the contract: what inference accepts runs and gives that shape; what it rejects cannot be run


@pytest.mark.parametrize("kind", KINDS)
@examples(12)
@given(data=st.data())
def test_accepted(kind: str, data: st.DataObject) -> None:
    case: Case = data.draw(cases(kind))
    report = run(case.spec())
    if not report.ok:
        return
    running = Pass(report, Settings(batch=2))
    (ran,) = running.run()
    assert ran.codes == ()
    array = running.output(ran.row.name)
    assert array is not None
    assert estimate(report, running.plan, 2, 4) >= array.nbytes


def forward(layer: Layer, volumes: tuple[Volume, ...]) -> None:
    """Run a layer on arrays of these volumes, whatever inference says."""
    arrays = [np.ones((1, *volume.spatial, volume.depth), np.float32) for volume in volumes]
    weights = {weight.name: np.ones(weight.shape, np.float32) for weight in layer.weights(*volumes)}
    run_layer(layer, arrays, weights)


@st.composite
def misfits(draw: st.DrawFn, kind: str) -> tuple[Spec, tuple[Volume, ...]]:
    """Draw a layer, and volumes of other sizes than those that it was drawn for."""
    case = draw(cases(kind))
    sizes = st.integers(1, 9)
    volumes = [
        {axis: draw(sizes) if draw(st.booleans()) else size for axis, size in volume.items()}
        for volume in case.volumes
    ]
    fields = {name: value for name, value in case.fields.items() if name != "in_channels"}
    return fields, tuple(map(parse_volume, volumes))


FAILS = (RuleError, CannotRun, ValueError, TypeError, LookupError, RuntimeWarning)
"""The last is NumPy's: the mean of a kernel without numbers, as of more groups than maps."""
REJECTING = tuple(kind for kind in KINDS if kind in (
    "conv", "depthwise_conv", "separable_conv", "locally_connected", "conv_transpose", "maxpool",
    "avgpool", "lppool", "groupnorm", "add", "subtract", "divide", "maximum", "minimum",
    "multiply", "concat", "reshape", "crop", "slice",
    "pixel_shuffle", "depth_to_space", "space_to_depth", "channel_shuffle",
))  # fmt: skip
"""Kinds that do not take every volume of a fitting rank."""


@pytest.mark.parametrize("kind", REJECTING)
@examples(50)
@given(data=st.data())
def test_rejected(kind: str, data: st.DataObject) -> None:
    fields, volumes = data.draw(misfits(kind))
    layer = layer_class(kind).model_validate(fields)
    try:
        layer.output(*volumes)
    except RuleError as error:
        with pytest.raises(FAILS):
            forward(layer, volumes)
        assert error.code in CODES
    else:
        forward(layer, volumes)


def test_every_kind_drawn() -> None:
    assert set(MAKERS) == set(KINDS)
