"""Numbers worked out by hand: they are those of the forward pass, and the arithmetic gives them."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from support.fragments import check_html, check_latex
from support.kinds import WITHOUT_WEIGHTS
from support.work import at_most

from cnncalc.cli import run
from cnncalc.forward import Number, Options
from cnncalc.forward.files import write_archive
from cnncalc.forward.parts import has_parts, parts
from cnncalc.forward.parts.arithmetic import value
from cnncalc.forward.run import Pass, Settings
from cnncalc.forward.verify import verify
from cnncalc.inference.infer import infer
from cnncalc.layers.registry import KINDS, layer_class
from cnncalc.render.explain.formats import FormatName, writer
from cnncalc.render.explain.numbers import worked_out
from cnncalc.render.terminal import Terminal
from cnncalc.report.report import Report
from cnncalc.report.verification import Verification
from cnncalc.spec.load import parse_bytes
from cnncalc.spec.network import Network

LAYERS = {
    "conv": ("7x6x3", "conv: {filters: 2, kernel: 3, activation: relu}"),
    "conv-strided": ("9x7x2", "conv: {filters: 2, kernel: 3, stride: 2, padding: 1}"),
    "conv-sides": ("6x6x2", "conv: {filters: 2, kernel: 3, stride: 2, padding: {left: 1, top: 1}}"),
    "conv-same": ("8x7x2", "conv: {filters: 2, kernel: 4, stride: 3, padding: same}"),
    "conv-dilated": ("9x9x2", "conv: {filters: 2, kernel: [2, 3], dilation: 2, bias: false}"),
    "conv-groups": ("5x5x6", "conv: {filters: 4, kernel: 3, groups: 2, padding: 1}"),
    "conv-many": ("4x4x6", "conv: {filters: 2, kernel: 3}"),
    "conv-table": ("5x5x3", "conv: {filters: 2, kernel: 3, connection_table: [[0, 2], [1]]}"),
    "conv-standardized": ("5x5x3", "conv: {filters: 2, kernel: 3, standardize: true}"),
    "conv-1d": ("{length: 12, depth: 2}", "conv: {filters: 2, kernel: 3, stride: 3}"),
    "conv-3d": (
        "{frames: 3, height: 4, width: 4, depth: 2}",
        "conv: {filters: 2, kernel: 2, padding: {frames: 1}}",
    ),
    "depthwise": ("5x5x2", "depthwise_conv: {kernel: 3, multiplier: 2, padding: 1}"),
    "local": ("5x4x2", "locally_connected: {filters: 2, kernel: 3, padding: 1}"),
    "transposed": (
        "3x4x4",
        "conv_transpose: {filters: 4, kernel: 3, stride: 2, padding: 1, output_padding: 1,"
        " groups: 2}",
    ),
    "transposed-dilated": ("3x3x2", "conv_transpose: {filters: 2, kernel: 2, dilation: 2}"),
    "transposed-gaps": ("3x3x1", "conv_transpose: {filters: 1, kernel: 1, stride: 2}"),
    "fc": ("3x3x2", "fc: {units: 5, activation: tanh}"),
    "fc-vector": ("20", "fc: {units: 3, bias: false}"),
    "maxpool": ("7x7x2", "maxpool: {kernel: 3, stride: 2, padding: 1}"),
    "maxpool-ceil": ("6x6x2", "maxpool: {kernel: 3, stride: 2, rounding: ceil}"),
    "avgpool": ("5x5x2", "avgpool: {kernel: 3, stride: 2, padding: 1}"),
    "avgpool-counting": (
        "5x5x2",
        "avgpool: {kernel: 3, stride: 2, padding: 1, count_padding: true}",
    ),
    "avgpool-trainable": ("4x4x3", "avgpool: {kernel: 2, trainable: true}"),
    "lppool": ("4x4x2", "lppool: {kernel: 2, p: 3}"),
    "global-mean": ("5x4x3", "global_avgpool"),
    "global-largest": ("5x4x3", "global_maxpool"),
    "adaptive-mean": ("7x5x2", "adaptive_avgpool: 3"),
    "adaptive-largest": ("7x5x2", "adaptive_maxpool: [2, 3]"),
    "separable": ("5x5x2", "separable_conv: {filters: 3, kernel: 3, padding: 1, activation: relu}"),
    "separable-many": ("4x4x3", "separable_conv: {filters: 2, kernel: 2, multiplier: 2}"),
    "maxout": ("3x2x2", "maxout: {units: 3, pieces: 3, activation: tanh}"),
    "rbf": ("7", "rbf: 4"),
    "batchnorm": ("3x2x4", "batchnorm: {epsilon: 0.01, activation: sigmoid}"),
    "batchnorm-plain": ("3x2x4", "batchnorm: {scale: false, shift: false}"),
    "layernorm": ("3x2x4", "layernorm"),
    "layernorm-all": ("3x2x4", "layernorm: {over: all, shift: false}"),
    "layernorm-vector": ("6", "layernorm"),
    "rmsnorm": ("3x2x4", "rmsnorm"),
    "groupnorm": ("3x2x4", "groupnorm: 2"),
    "instancenorm": ("3x2x4", "instancenorm: {affine: true}"),
    "lrn": ("2x2x7", "lrn: {size: 4, alpha: 0.5, k: 1}"),
    "softmax": ("2x2x5", "softmax"),
    "log-softmax": ("5", "log_softmax"),
    "prelu": ("2x2x3", "prelu"),
    "prelu-shared": ("2x2x3", "prelu: {share: all}"),
    "scale": ("2x2x3", "scale: {shift: true, activation: relu}"),
    "scale-constant": ("2x2x3", "scale: 0.17"),
    "add": ("2x2x3", "add: [half, input, half]"),
    "subtract": ("2x2x3", "subtract: [half, input, input]"),
    "multiply": ("2x2x3", "multiply: [half, input]"),
    "multiply-vector": ("2x2x3", "multiply: [half, means]"),
    "divide": ("2x2x3", "divide: [half, input, input]"),
    "maximum": ("2x2x3", "maximum: [half, input]"),
    "minimum": ("2x2x3", "minimum: [half, input]"),
}
LAYERS |= {kind: ("2x2x3", kind) for kind in WITHOUT_WEIGHTS if kind != "softmax"}
BEFORE = """
  - scale: 0.5
    name: half
  - global_avgpool
  - flatten: {}
    name: means
"""
"""What merges read; the layer itself reads the input."""


def inferred(name: str) -> tuple[Report, Network]:
    network = parse_bytes(_entry(name).encode(), f"{name}.yaml", None).network
    assert network is not None
    return infer(network), network


def _entry(name: str) -> str:
    """Return the spec; a bare kind has no value and takes its name from a mapping."""
    volume, layer = LAYERS[name]
    entry = layer if ":" in layer else f"{layer}: {{}}"
    before, source = (BEFORE, "") if "half" in layer else ("", "    from: input\n")
    return f"input: {volume}\nlayers:{before.rstrip()}\n  - {entry}\n    name: it\n{source}"


def worked(name: str, at: tuple[int, ...]) -> Verification:
    """Return a pass over a network whose last layer has one of its numbers worked out."""
    report, network = inferred(name)
    keep = frozenset(("it", *report.rows[-1].sources))
    found = verify(report, network, Options(keep=keep, number=Number(layer="it", at=at)))
    assert found.ok
    return found


@pytest.mark.parametrize("name", LAYERS)
def test_every_number(name: str) -> None:
    """What the arithmetic gives is what the pass gives, for each number of the output."""
    report, _ = inferred(name)
    row = report.rows[-1]
    running = Pass(report, Settings(keep=frozenset(("it", *row.sources))))
    assert not any(ran.words for ran in running.run())
    layer, given = running.given(row)
    for *place, number in np.ndindex(running.values["it"].shape[1:]):
        found = parts(layer, given, (number, *place))
        result = running.values["it"][(0, *place, number)]
        assert found.expression is not None
        assert value(found.expression) == pytest.approx(result, rel=1e-5, abs=1e-6)


LARGE = {
    "softmax": ("100000", "softmax"),
    "groupnorm": ("50x50x80", "groupnorm: 2"),
    "layernorm": ("500x500x4", "layernorm: {over: all}"),
    "rmsnorm": ("1x1x100000", "rmsnorm"),
    "lrn": ("1x1x50000", "lrn: {size: 50000}"),
    "conv": ("3x3x11111", "conv: {filters: 1, kernel: 3}"),
    "separable": ("3x3x11111", "separable_conv: {filters: 1, kernel: 3}"),
    "transposed": ("1x1x100000", "conv_transpose: {filters: 1, kernel: 1}"),
    "fc": ("50x50x40", "fc: 1"),
    "maxout": ("50x50x40", "maxout: {units: 1, pieces: 2}"),
    "rbf": ("100000", "rbf: 1"),
    "lppool": ("320x320x1", "lppool: {kernel: 320, p: 3}"),
    "global-mean": ("320x320x1", "global_avgpool"),
    "global-largest": ("320x320x1", "global_maxpool"),
}


@pytest.mark.parametrize("name", LARGE)
def test_long_sums(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum of 100,000 terms is worked out with few objects and little memory, and is right."""
    monkeypatch.setitem(LAYERS, name, LARGE[name])
    report, _ = inferred(name)
    running = Pass(report, Settings(keep=frozenset(("it", *report.rows[-1].sources))))
    assert not any(ran.words for ran in running.run())
    layer, given = running.given(report.rows[-1])
    tracemalloc.start()
    with at_most(5000):
        found = parts(layer, given, (0,) * _axes(name))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(repr(found)) < 20_000
    assert peak < 8_000_000
    assert found.expression is not None
    result = running.values["it"].flat[0]
    assert value(found.expression) == pytest.approx(result, rel=1e-4, abs=1e-5)


WITHOUT = tuple(kind for kind in KINDS if not has_parts(layer_class(kind)))


def test_every_kind() -> None:
    """What is worked out at all is worked out above; the others are refused, see below."""
    assert {inferred(name)[0].rows[-1].kind for name in LAYERS} == set(KINDS) - set(WITHOUT)


@pytest.mark.parametrize("kind", WITHOUT)
def test_refused_kind(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    entry = f"{kind}: {layer_class(kind).sample or '{}'}"
    Path("net.yaml").write_text(f"input: 32x32x16\nlayers:\n  - relu\n  - {entry}\n    name: it\n")
    assert run(["explain", "net.yaml", "it", "--numbers"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"net.yaml:4:5: it: --numbers works out no {kind}" in err


def _axes(name: str) -> int:
    output = inferred(name)[0].rows[-1].output
    assert output is not None
    return 1 + output.rank


@pytest.mark.parametrize("name", LAYERS)
def test_as_verify_shows(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(_entry(name))
    assert run(["verify", "net.yaml", "--seed", "7", "--show", "it"]) == 0
    printed = capsys.readouterr().out.split("generated inputs, seed 7\n")[1]
    first = re.sub(r"^map 0.*$", "", printed, count=1, flags=re.M).split()[0]
    assert run(["explain", "net.yaml", "it", "--numbers", "--seed", "7"]) == 0
    out = capsys.readouterr().out
    last = next(line for line in out.splitlines() if re.match(r"  (map 0, |unit 0 )", line))
    assert last.split(" = ")[-1].replace("−", "-") == first


@pytest.mark.parametrize("format", get_args(FormatName))
@pytest.mark.parametrize(
    "name", ["conv", "conv-many", "avgpool", "fc", "lppool", "separable", "rbf", "batchnorm"]
)
def test_golden(name: str, format: FormatName, golden: Callable[[str, str], None]) -> None:
    at = (1,) * _axes(name)
    ending = {"text": "txt", "markdown": "md", "latex": "tex", "html": "html"}[format]
    text = writer(format)(worked_out(worked(name, at)), Terminal())
    golden(f"explain/numbers-{name}.{ending}", text)
    if format == "latex":
        check_latex(text)
    if format == "html":
        check_html(text)


def test_softmax(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An activation that takes all units is not written as a function of one number."""
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text("input: 3\nlayers: [{fc: {units: 4, activation: softmax}}]\n")
    assert run(["explain", "net.yaml", "fc1", "--numbers", "--at", "2"]) == 0
    out = capsys.readouterr().out
    assert "  before softmax = sum + bias = " in out
    assert "  unit 2         = softmax over the depth = 0." in out


def test_ends_with_its_layer() -> None:
    """Layers behind the one that is asked for are not run, and cases are not computed."""
    spec = """input: 2
layers: [{fc: 1}, relu, {fc: 3}]
cases: [{input: [1, 2], output: [1, 2, 3]}]
"""
    network = parse_bytes(spec.encode(), "net.yaml", None).network
    assert network is not None
    options = Options(keep=frozenset(("fc1", "input")), number=Number(layer="fc1", at=(0,)))
    found = verify(infer(network), network, options)
    assert [layer.row.name for layer in found.layers] == ["fc1"]
    assert found.ok and found.cases == ()
    assert found.worked is not None


def test_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dot product of numbers from files: 1·2 + 2·3 + 3·4 + 10 = 30."""
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text("input: 3\nlayers: [{fc: 1}]\n")
    np.save("x.npy", np.array([[1, 2, 3], [4, 5, 6]]))
    with Path("w.npz").open("wb") as file:
        write_archive(file, {"fc1.kernel": np.array([[2, 3, 4]]), "fc1.bias": np.array([10])})
    command = ["explain", "net.yaml", "fc1", "--numbers", "--input-file", "x.npy"]
    assert run([*command, "--weights", "w.npz"]) == 0
    out = capsys.readouterr().out
    assert "sum    = 1·2 + 2·3 + 3·4 = 20\n" in out
    assert "unit 0 = sum + bias = 20 + 10 = 30\n" in out
    words = "from inputs of the file; the first of a batch of 2; 2 of 2 weight arrays from w.npz"
    assert words in out


NET = """input: 8x8x3
layers:
  - conv: {filters: 2, kernel: 3}
  - dropout
  - fc: 10
"""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("dropout1 --numbers", "net.yaml:4:5: dropout1: --numbers works out no dropout"),
        ("dropout1 --numbers", "other layers can be: conv1, fc1"),
        ("--numbers", "--numbers: of which layer?"),
        ("conv1 --at 0,0,0", "--at goes with --numbers"),
        ("conv1 --seed 0", "--seed goes with --numbers"),
        ("conv1 --weights w.npz", "--weights goes with --numbers"),
        ("conv1 --input-file x.npy", "--input-file goes with --numbers"),
        ("conv1 --layout hwc", "--layout goes with --numbers"),
        ("conv1 --numbers --at 2,0,0", "--at 2,0,0: there is no map 2"),
        ("conv1 --numbers --at 0,6,0", "--at 0,6,0: there is no row 6"),
        ("conv1 --numbers --at 0,0,6", "conv1 gives 6×6×2: maps 0 to 1, rows 0 to 5, columns 0"),
        ("conv1 --numbers --at 0,0", "--at 0,0: write MAP,ROW,COLUMN"),
        ("conv1 --numbers --at 0,-1,0", "--at 0,-1,0: write MAP,ROW,COLUMN"),
        ("fc1 --numbers --at x", "--at x: write UNIT"),
        ("fc1 --numbers --at 10", "fc1 gives 10: units 0 to 9"),
        ("conv1 --numbers --weights w.npz", "cannot read w.npz"),
        ("conv1 --numbers --input-file y=x.npy", "the spec has no input `y`"),
    ],
)
def test_refused(
    words: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(NET)
    assert run(["explain", "net.yaml", *words.split()]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


def test_a_network_with_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(NET.replace("kernel: 3", "kernel: 9"))
    assert run(["explain", "net.yaml", "conv1", "--numbers"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "CNN302" in err
