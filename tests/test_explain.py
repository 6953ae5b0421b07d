"""Explanations: golden texts, and arithmetic that is true."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest
from support.looks import NETWORKS, report
from support.zoo import LISTED, inferred

from cnncalc.inference.infer import infer
from cnncalc.render.explain.build import explanation
from cnncalc.render.explain.text import text as as_text
from cnncalc.render.terminal import Terminal
from cnncalc.report.report import Report
from cnncalc.spec.load import parse_bytes

SUM = re.compile(r"[0-9 +*/()-]+")


def explain(found: Report, layer: str | None = None, *, ascii: bool = False) -> str:
    rows = None if layer is None else found.rows_named(layer)
    return as_text(explanation(found, rows), Terminal(ascii=ascii))


@pytest.mark.parametrize("network", NETWORKS)
def test_golden(network: str, golden: Callable[[str, str], None]) -> None:
    golden(f"explain/{network}.txt", explain(report(network)))


@pytest.mark.parametrize(
    "network, layer",
    [("residual", "b.0"), ("failing", "other"), ("skips", "up")],
)
def test_golden_layer(network: str, layer: str, golden: Callable[[str, str], None]) -> None:
    golden(f"explain/{network}-{layer}.txt", explain(report(network), layer))


def test_golden_ascii(golden: Callable[[str, str], None]) -> None:
    text = explain(report("several"), ascii=True)
    assert text.isascii()
    golden("explain/several-ascii.txt", text)


def check_arithmetic(found: Report) -> int:
    """Assert that every line of numbers gives its result; return how many there were."""
    checked = 0
    for line in explain(found).splitlines():
        parts = re.sub(r"  \[\d+\]$", "", line).split(" = ")
        numbers = (
            parts[-2].replace("·", "*").replace("−", "-").replace(",", "") if parts[1:] else ""
        )
        result = parts[-1].replace(",", "").replace("−", "-")
        if not SUM.fullmatch(numbers) or not re.fullmatch(r"-?\d+", result):
            continue
        exact = re.sub(r"\d+", lambda digits: f"Fraction({digits[0]})", numbers)
        assert eval(exact, {"Fraction": Fraction}) == int(result), line
        checked += 1
    return checked


@pytest.mark.parametrize("network", NETWORKS)
def test_arithmetic(network: str) -> None:
    assert check_arithmetic(report(network)) or network == "nothing"


@pytest.mark.parametrize("name", [one.name for one in LISTED])
def test_shipped(name: str) -> None:
    found = inferred(name)
    assert check_arithmetic(found) >= len([row for row in found.rows if row.macs])


@pytest.mark.parametrize("network", NETWORKS)
def test_receptive_fields(network: str) -> None:
    found = report(network)
    for row in found.rows:
        field = row.receptive_field
        if field is None:
            continue
        text = explain(found, row.name)
        told = re.findall(r"^  R[^=]*=.*?([\d,]+)(?:  \[\d+\])?$", text, re.M)
        assert {int(size.replace(",", "")) for size in told} <= set(field.size.values())
        assert told


@pytest.mark.parametrize(
    "network, line",
    [
        ("plain", "W2 = H2     = (W1 − F + 2P)/S + 1 = (32 − 5 + 2·2)/1 + 1 = 32  [1]"),
        ("plain", "params      = (F·F·D1)·K + K = (5·5·3)·10 + 10 = 760  [1]"),
        ("plain", "R height       = R₁ + (F′ − 1)·J₁ = 6 + (13 − 1)·2 = 30  [2]"),
        ("inception", "R       = union of inner1.relu1 1×1, concat1 3×3, input 1×1 = 3×3"),
        ("skips", "J           = J₁/S = 2/2 = 1  [2]"),
        ("several", "params      = 0 here: weights of [b]卷积层, counted there"),
        ("failing", "32×32×8 → error CNN301 stride-does-not-fit"),
        ("failing", "not computed: it depends on unit1.maxpool1 and convolve1"),
        ("failing", "error CNN401 output-not-as-expected: output should be 28×28×4"),
        ("nothing", "(7 − 3 + 2·0)/3 + 1 = 2⅓ ≈ 2.33"),
        ("nothing", "≈ 2×2×10 → ≈ 2×2×10"),
        ("nothing", "≈ as if rounding: floor were meant where windows do not fit: it depends on"),
    ],
)
def test_line(network: str, line: str) -> None:
    assert f"  {line}" in explain(report(network))


@pytest.mark.parametrize("network", NETWORKS)
def test_sources(network: str) -> None:
    *_, last = explain(report(network)).split("\n\n")
    text = explain(report(network))
    cited = {int(number) for number in re.findall(r"  \[(\d+)\]$", text, re.M)}
    told = [int(number) for number in re.findall(r"^\[(\d+)\] \S", last, re.M)]
    assert told == sorted(cited) == list(range(1, len(told) + 1))


def test_block_use() -> None:
    text = explain(report("residual"), "a")
    assert re.findall(r"^(a\.\d\.\w+):", text, re.M) == [
        row.name for row in report("residual").rows if row.name.startswith("a.")
    ]


def test_an_upper_bound_is_marked() -> None:
    spec = b"input: {length: 73, depth: 1}\nlayers: [{upsample: {size: 71, mode: bilinear}}]\n"
    network = parse_bytes(spec, "resized.yaml", None).network
    assert network is not None
    assert "R       = ≤5, an upper bound" in explain(infer(network))


def test_shared_weights_behind_a_misfit() -> None:
    """What is assumed to fit is derived, and weights that are another layer's count there."""
    spec = b"""input: 9x9x3
layers:
  - conv: {filters: 4, kernel: 4, stride: 2}
  - conv: {filters: 4, kernel: 3, padding: 1}
  - conv: {filters: 4, kernel: 3, padding: 1}
    weights_from: conv2
"""
    network = parse_bytes(spec, "shared.yaml", None).network
    assert network is not None
    first, second, third = explain(infer(network)).split("\n\n")[1:4]
    assert "params" not in first
    counted = "params      = (F·F·D1)·K + K = (3·3·4)·4 + 4 = 148"
    elsewhere = "params      = 0 here: weights of another layer, counted there"
    assert counted in second and elsewhere not in second
    assert counted in third and elsewhere in third


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("network", ["failing", "skips"])
def test_broken_once(network: str, width: int) -> None:
    """What is too wide is one paragraph, whose further lines are indented alike."""
    lines = as_text(explanation(report(network), None), Terminal(width=width)).splitlines()
    for before, line in pairwise(lines):
        assert not (before.startswith("    ") and line[:1].islower()), line
        assert not (before.startswith("  help: ") and line[4:5].strip()), line
