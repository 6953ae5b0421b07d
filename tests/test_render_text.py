"""CSV and Markdown."""

from __future__ import annotations

import csv
import io

import pytest

from cnncalc.inference.infer import Overrides, infer
from cnncalc.maths.volume import Volume
from cnncalc.render.csv import COLUMNS, csv_text
from cnncalc.render.markdown import escape, markdown
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
    written = csv_text(report(text), columns=columns or None, layout=layout, dtype_bytes=2)
    assert written.endswith("\n")
    assert "\r" not in written
    return list(csv.DictReader(io.StringIO(written)))


def test_csv() -> None:
    found = rows(SPEC)
    assert [row["layer"] for row in found] == ["b1.conv1", "b1.batchnorm1", "relu1", "fc1"]
    assert list(found[0]) == list(COLUMNS)
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
        "bytes": "140",
        "receptive_field": "3x3",
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
    text = markdown(found, depth=depth, columns=columns or None, layout=layout, dtype_bytes=4)
    assert text.endswith("\n")
    return text.splitlines()


def test_markdown() -> None:
    found = md(report(SPEC), depth=None)
    assert found[0] == r"**N\|1**"
    assert found[2].startswith("| Layer | Hyperparameters | Output W×H×D | Parameters | MACs |")
    assert found[3] == "| --- | --- | --- | ---: | ---: | ---: |"
    assert found[4] == "| b1.conv1 | conv 3×3, 2 filters | 7×5×2 | 56 | 1.89k | 3×3 |"
    assert found[9:] == [
        "- Input: 9×7×3",
        "- Parameters: 344 trainable, 4 non-trainable",
        "- MACs: 2,170; FLOPs = 2 × MACs = 4.34k",
        "- Memory of one input: weights 1.4 KiB, activations 1.3 KiB, peak 1.4 KiB",
    ]


def test_markdown_folds() -> None:
    assert [line.split(" | ")[0] for line in md(report(SPEC))[4:7]] == ["| b1", "| relu1", "| fc1"]


def test_markdown_columns() -> None:
    found = md(report(SPEC), "layer", "output", layout="chw", depth=None)
    assert found[2:5] == ["| Layer | Output C×H×W |", "| --- | --- |", "| b1.conv1 | 2×5×7 |"]


def test_markdown_unknown() -> None:
    found = "\n".join(md(report(BAD)))
    assert "✗ CNN301 stride-does-not-fit" in found
    assert "- Parameters: unknown" in found
    assert "- Memory" not in found


def test_markdown_note() -> None:
    found = md(report(SPEC, Overrides({"input": Volume(3, (9, 9))})))
    assert found[-1] == "- Expectations not checked (--input)"


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
