"""The zoo's other networks: every published number, and the systems of the lecture notes."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from support.zoo import inferred

from cnncalc.maths.volume import parse_volume
from cnncalc.report.report import Report
from cnncalc.report.rows import Row
from cnncalc.zoo import catalogue as zoo

_FOLDER = Path(__file__).parent / "zoo"
_UNITS = {"": 1, "M": 10**6, "G": 10**9, "MiB": 2**20}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(MiB|M|G|)")

SYSTEMS = {
    "perceptron": ["perceptron", "perceptron-and"],
    "xor-mlp": ["xor-mlp"],
    "lenet5": ["lenet5", "lenet5-1998"],
    "alexnet": ["alexnet"],
    "googlenet": ["googlenet", "googlenet-bvlc"],
    "inception-module": ["inception-module", "bottleneck"],
    "resnet": ["resnet18", "resnet50"],
    "residual-unit": ["residual-unit"],
    "vgg16": ["vgg16"],
    "mini-vggnet": ["mini-vggnet"],
    "inception-v3": ["inception_v3"],
    "convnetjs-cifar10": ["convnetjs-cifar10"],
    "pattern": ["pattern"],
    "maxout-network": ["maxout-network"],
}
"""The systems of the lecture notes, and the specs that state them."""


def _facts() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for name in ("networks.csv", "others.csv"):
        with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return rows


FACTS = _facts()


def _row(report: Report, name: str) -> Row:
    return next(row for row in report.rows if row.name == name)


def _printed_flops(report: Report) -> int:
    """Return the sum of what Darknet prints for each layer: 10⁹ operations, three decimals."""
    return sum(round(Fraction(2 * row.macs, 10**6)) * 10**6 for row in report.rows if row.macs)


_COUNTS = {
    "params": lambda report: report.totals.params,
    "non_trainable": lambda report: report.totals.non_trainable,
    "all_params": lambda report: report.totals.params + report.totals.non_trainable,
    "macs": lambda report: report.totals.macs,
    "flops": lambda report: report.totals.flops,
    "connections": lambda report: report.totals.connections,
    "bytes": lambda report: report.bytes().weights,
    "printed_flops": _printed_flops,
}


def _agrees(actual: int, stated: str) -> bool:
    """Return whether a number is the printed one: to the unit, or rounded to its digits."""
    match = _NUMBER.fullmatch(stated)
    assert match is not None
    digits = Decimal(1).scaleb(Decimal(match[1]).as_tuple().exponent)  # type: ignore[arg-type]
    return (Decimal(actual) / _UNITS[match[2]]).quantize(digits) == Decimal(match[1])


@pytest.mark.parametrize(
    "fact",
    FACTS,
    ids=lambda fact: "-".join(
        filter(None, (fact[k] for k in ("network", "input", "set", "layer", "what")))
    ),
)
def test_fact(fact: dict[str, str]) -> None:
    report = inferred(fact["network"], fact["input"], fact["set"])
    row = _row(report, fact["layer"]) if fact["layer"] else None
    if fact["what"] == "output":
        found = row.output if row else next(iter(report.outputs.values()))
        stated = int(fact["value"]) if fact["value"].isdecimal() else fact["value"]
        assert found == parse_volume(stated)
    elif fact["what"] == "receptive_field":
        assert row is not None
        assert row.receptive_field is not None
        size, stride, padding = map(int, fact["value"].split(" / "))
        axes = ("height", "width")
        assert row.receptive_field.size == dict.fromkeys(axes, size)
        assert row.receptive_field.stride == dict.fromkeys(axes, stride)
        assert row.receptive_field.padding == dict.fromkeys(axes, padding)
    elif row is not None:
        assert fact["what"] == "params"
        assert row.params == int(fact["value"])
    else:
        assert _agrees(_COUNTS[fact["what"]](report), fact["value"])


def test_systems() -> None:
    assert {name for found in SYSTEMS.values() for name in found} <= set(zoo.names())


def test_heads() -> None:
    report = inferred("yolov3")
    assert {name: str(shape) for name, shape in report.outputs.items()} == {
        "large": "13×13×255",
        "medium": "26×26×255",
        "small": "52×52×255",
    }
    with_heads = inferred("googlenet-bvlc", variables="aux=true")
    assert [str(shape) for shape in with_heads.outputs.values()] == ["1000"] * 3


def _mobilenet_macs(width: Fraction, size: int) -> int:
    """Return the multiply-accumulates of Howard et al. 2017, table 1, counted by hand."""
    side, depth = size // 2, int(32 * width)
    macs = side * side * 9 * 3 * depth
    rows = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5]
    for filters, stride in [*rows, (1024, 2), (1024, 1)]:
        side, wider = side // stride, int(filters * width)
        macs += side * side * (9 * depth + depth * wider)
        depth = wider
    return macs + depth * 1000


@pytest.mark.parametrize("size", [224, 192, 160, 128])
@pytest.mark.parametrize("width", ["1", "0.75", "0.5", "0.25"])
def test_mobilenet(width: str, size: int) -> None:
    report = inferred("mobilenet", f"{size}x{size}x3", f"width={width}")
    assert report.totals.macs == _mobilenet_macs(Fraction(width), size)


def test_shortcut_without_parameters() -> None:
    report = inferred("resnet56")
    weighted = [row.kind for row in report.rows if row.params and row.kind != "batchnorm"]
    assert weighted == ["conv"] * 55 + ["fc"]
