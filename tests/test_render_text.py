"""CSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import get_args

import pytest

from cnncalc.cli import run
from cnncalc.inference.infer import Overrides, infer
from cnncalc.maths.volume import Volume
from cnncalc.render.columns import RECORDED
from cnncalc.render.formats import FORMATS, FormatName, escape
from cnncalc.render.summary import summary
from cnncalc.render.terminal import Terminal
from cnncalc.report.report import Report
from cnncalc.spec.load import parse_bytes

SPEC = """\
name: N|1
input: 9x7x3
blocks:
  b: {layers: [{conv: {filters: 2, kernel: 3}}, batchnorm]}
layers:
  - b
  - relu
  - fc: 4
"""
BAD = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n  - relu\n"


def report(text: str, overrides: Overrides | None = None) -> Report:
    loaded = parse_bytes(text.encode(), "net.yaml", None)
    assert loaded.network is not None
    return infer(loaded.network, overrides, loaded.problems)


def rows(text: str, *columns: str, layout: str = "whd") -> list[dict[str, str]]:
    written = FORMATS["csv"].write(
        summary(report(text), columns=columns or None, layout=layout, dtype="bfloat16"), Terminal()
    )
    assert written.endswith("\n")
    assert "\r" not in written
    return list(csv.DictReader(io.StringIO(written)))


def test_csv() -> None:
    found = rows(SPEC)
    assert [row["layer"] for row in found] == ["b1.conv1", "b1.batchnorm1", "relu1", "fc1"]
    assert list(found[0]) == list(RECORDED)
    assert found[0] == {
        "layer": "b1.conv1",
        "kind": "conv",
        "hyperparameters": "3×3, 2 filters",
        "from": "input",
        "input": "9x7x3",
        "output": "7x5x2",
        "params": "56",
        "non_trainable": "0",
        "macs": "1890",
        "neurons": "70",
        "connections": "1960",
        "activations": "70",
        "bytes": "140",
        "receptive_field": "3x3",
        "rf_stride": "1x1",
        "rf_padding": "0x0",
        "line": "4",
    }
    assert (found[1]["non_trainable"], found[2]["bytes"]) == ("4", "0")


@pytest.mark.parametrize(("layout", "output"), [("chw", "2x5x7"), ("hwc", "5x7x2")])
def test_csv_layout(layout: str, output: str) -> None:
    assert rows(SPEC, layout=layout)[0]["output"] == output


def test_csv_columns() -> None:
    assert rows(SPEC, "params", "layer")[-1] == {"params": "284", "layer": "fc1"}


def test_csv_unknown() -> None:
    for row in rows(BAD):
        assert {row[name] for name in ("output", "params", "macs", "receptive_field")} == {""}


def md(found: Report, *columns: str, depth: int | None = 1, layout: str = "whd") -> list[str]:
    text = FORMATS["markdown"].write(
        summary(found, depth=depth, columns=columns or None, layout=layout), Terminal()
    )
    assert text.endswith("\n")
    return text.splitlines()


def test_markdown() -> None:
    found = md(report(SPEC), depth=None)
    assert found[0] == r"**N\|1**, input 9×7×3, net.yaml"
    assert found[2].startswith("| Layer | Hyperparameters | Output W×H×D | Parameters | Share")
    assert found[3] == "| --- | --- | --- | ---: | --- | ---: | ---: |"
    assert found[4] == "| b1.conv1 | conv 3×3, 2 filters | 7×5×2 | 56 | 16.3% | 1.89k | 3×3 |"
    assert found[9:] == [
        "- Parameters: 344 trainable, 4 non-trainable",
        "- MACs: 2,170, FLOPs = 2 × MACs = 4.34k (one MAC per weight and position)",
        "- Memory: weights 1.4 KiB, inference 2.4 KiB, training 4.0 KiB "
        "(one input, float32; no optimizer state)",
        "- Layers: 4",
    ]


def test_markdown_folds() -> None:
    assert [line.split(" | ")[0] for line in md(report(SPEC))[4:7]] == ["| b1", "| relu1", "| fc1"]


def test_markdown_columns() -> None:
    found = md(report(SPEC), "layer", "output", layout="chw", depth=None)
    assert found[2:5] == ["| Layer | Output C×H×W |", "| --- | --- |", "| b1.conv1 | 2×5×7 |"]


def test_markdown_unknown() -> None:
    found = "\n".join(md(report(BAD)))
    assert "✗ CNN301 stride-does-not-fit" in found
    assert "- Totals: unknown" in found
    assert "- Memory" not in found


def test_markdown_note() -> None:
    found = md(report(SPEC, Overrides(inputs={"input": Volume(depth=3, spatial=(9, 9))})))
    assert found[-1] == "- Note: expectations not checked (--input)"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", r"a\|b"),
        ("a_b _c_", r"a_b \_c\_"),
        ("`x` *y* <z> [w]", r"\`x\` \*y\* \<z\> \[w\]"),
        ("a\nb\t c", "a b c"),
        ("2×2, /2", "2×2, /2"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_markdown_outputs() -> None:
    found = report("input: 4\nlayers:\n  - fc: 3\n  - fc: 2\noutputs: [fc1, fc2]\n")
    assert md(found)[-1] == "- Outputs: fc1 3, fc2 2"


EVIL = 'a\x1b[31m\x07\r\n\u202e\u009b\u2028,"|z'
"""A name with what acts on terminals, and with what divides the records of formats."""


@pytest.mark.parametrize("format", FORMATS)
def test_names_cannot_act(format: FormatName) -> None:
    spec = {"input": "9x9x3", "name": EVIL, "layers": [{"conv": 2, "name": EVIL}, "relu"]}
    spec["layers"][0]["conv"] = {"filters": 2, "kernel": 3}  # type: ignore[index]
    found = report(json.dumps(spec))
    for terminal in (Terminal(), Terminal(width=80), Terminal(ascii=True)):
        text = FORMATS[format].write(summary(found), terminal)
        assert "".join(text.split("\n")).isprintable()
        if format == "csv":
            records = list(csv.reader(io.StringIO(text)))
            assert [len(record) for record in records] == [len(RECORDED)] * 3
        if format == "json":
            assert json.loads(text)["layers"][0]["name"] == EVIL
        if format == "markdown":
            rows = [line for line in text.splitlines() if line.startswith("|")]
            assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}


def test_every_format_of_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """What a command offers, it prints: for fine specs, and for those with problems."""
    commands = (
        "summary lenet5",
        "summary specs/bad/7x7-stride3.yaml",
        "verify lenet5 xor-mlp --depth 1",
        "check specs/lenet5.yaml specs/bad/7x7-stride3.yaml",
        "zoo list lenet*",
    )
    for command in commands:
        for name in get_args(FormatName):
            code = run([*command.split(), "--format", name])
            assert code == (1 if "bad" in command else 0)
            assert capsys.readouterr().out.strip()
    assert set(FORMATS) == set(get_args(FormatName))
