"""Own numbers: what follows from a wrong answer is carried, and costs nothing more."""

from __future__ import annotations

import json
import random

import pytest
from support.homework import (
    LENET,
    cells,
    key_of,
    marked,
    random_answers,
    right_answers,
)


def test_carried() -> None:
    """A wrong volume, with all that follows worked out from it, costs its own points alone."""
    key = key_of(LENET)
    answers = right_answers(key) | {
        "conv1.output": "30x30x6",
        "avgpool1.output": "15x15x6",
        "conv2.output": "11x11x16",
        "avgpool2.output": "does not fit",
    }
    sheet = marked(key, answers)
    found = cells(sheet)
    assert {name: mark.status for name, mark in found.items() if mark.status != "right"} == {
        "conv1.output": "wrong", "avgpool1.output": "carried", "conv2.output": "carried",
        "avgpool2.output": "carried",
    }  # fmt: skip
    assert found["conv2.output"].carried_from == ("avgpool1.output",)
    assert sheet.score == key.points - 2
    strict = key_of(LENET.replace("grading:", "grading:\n  carry: false"))
    assert marked(strict, answers).score == key.points - 2 - 4


def test_own_weights_and_sums() -> None:
    key = key_of(LENET)
    answers = right_answers(key) | {
        "avgpool2.output": "4x4x16",
        "fc1.params": str(4 * 4 * 16 * 120 + 120),
        "network.params": str(61706 - 9 * 16 * 120),
    }
    answers["network.params"] = str(key.asked[-1].right - 9 * 16 * 120)  # type: ignore[operator]
    found = cells(marked(key, answers))
    assert found["fc1.params"].carried_from == ("avgpool2.output",)
    assert found["network.params"].carried_from == ("fc1.params",)
    forgotten = cells(marked(key, answers | {"fc1.params": str(4 * 4 * 16 * 120)}))["fc1.params"]
    assert (forgotten.mistake, forgotten.carried_from) == (
        ("bias-forgotten",),
        ("avgpool2.output",),
    )


CHAIN = (
    {"conv": {"filters": 8, "kernel": 3, "padding": 1}},
    "relu",
    {"conv": {"filters": 12, "kernel": 3}},
    {"maxpool": {"kernel": 3, "stride": 2, "rounding": "floor"}},
    "batchnorm",
    {"conv_transpose": {"filters": 6, "kernel": 2, "stride": 2}},
    {"depthwise_conv": {"kernel": 3, "padding": 1}},
    "flatten",
    {"fc": 20},
    {"fc": 10},
)


@pytest.mark.parametrize("number", [0, 2, 3, 5, 6])
def test_costs_its_own_points(number: int) -> None:
    """What follows from a wrong volume is that of a network which begins there, and is carried."""
    cells = dict.fromkeys(("output", "params", "macs", "neurons"), 1)
    grading = {"points": {"default": cells, "network": {"params": 1, "macs": 1, "neurons": 1}}}
    key = key_of(json.dumps({"input": "20x18x3", "grading": grading, "layers": CHAIN}))
    assert key.ok
    row = key.report.rows[number]
    assert row.output is not None
    wrong = row.output.with_size("width", row.output.along("width") + 2)
    rest = {"input": wrong.named(), "layers": CHAIN[number + 1 :]}
    behind = key_of(json.dumps(rest)).report.rows
    answers = right_answers(key)
    answers[f"{row.name}.output"] = str(wrong)
    answers[f"{row.name}.neurons"] = str(wrong.size)
    assert row.layer is not None and row.inputs[0] is not None
    answers[f"{row.name}.macs"] = str(row.layer.macs((row.inputs[0],), wrong))
    for own, other in zip(key.report.rows[number + 1 :], behind, strict=True):
        assert other.output is not None
        found = (other.output, other.params, other.macs, other.neurons)
        answers |= {
            f"{own.name}.{cell}": str(value)
            for cell, value in zip(cells, found, strict=True)
            if f"{own.name}.{cell}" in answers
        }
    for cell in ("params", "macs", "neurons"):
        right = {each.name: each.right for each in key.asked}
        changed = sum(
            int(answers[name]) - value
            for name, value in right.items()
            if name.endswith(f".{cell}") and isinstance(value, int) and not name.startswith("net")
        )
        total = right[f"network.{cell}"]
        assert isinstance(total, int)
        answers[f"network.{cell}"] = str(total + changed)
    result = marked(key, answers)
    lost = {cell.asked.name for cell in result.cells if cell.status not in ("right", "carried")}
    assert lost == {f"{row.name}.output"}
    assert result.score == key.points - 1


def test_own_numbers_of_a_block() -> None:
    text = """
input: 32x32x3
blocks:
  unit: {layers: [conv: {filters: 4, kernel: 3}, maxpool: 2]}
layers:
  - conv: {filters: 4, kernel: 3}
    points: {output: 1}
  - unit:
    points: {output: 1, macs: 1, neurons: 1}
  - fc: 10
    points: {params: 1}
grading: {points: {network: {macs: 1}}}
"""
    key = key_of(text)
    found = cells(
        marked(
            key,
            {
                "conv1.output": "28x28x2",
                "unit1.output": "13x13x4",
                "unit1.macs": str(9 * 2 * 4 * 26 * 26),
                "unit1.neurons": str(26 * 26 * 4 + 13 * 13 * 4),
                "fc1.params": str(13 * 13 * 4 * 10 + 10),
                "network.macs": str(9 * (3 * 30**2 + 2 * 26**2) * 4 + 14 * 14 * 4 * 10),
            },
        )
    )
    assert [mark.status for mark in found.values()] == ["wrong", *["carried"] * 5]
    assert found["fc1.params"].carried_from == ("unit1.output",)
    assert found["unit1.neurons"].carried_from == ("conv1.output", "unit1.output")
    assert found["network.macs"].carried_from == ("unit1.macs",)


@pytest.mark.parametrize(
    ("answers", "status", "mistake", "says"),
    [
        ({"c.params": "36", "g.params": "2006"}, "carried", (), "follows from c.params"),
        ({"c.params": "40", "g.params": "1970"}, "wrong", ("layer-left-out",), "without c"),
        ({"g.params": "1996"}, "wrong", ("biases-left-out",), "no bias were counted"),
        ({"c.output": "13x13x4", "g.params": "1490"}, "carried", (), "follows from c.output"),
        ({"c.params": "36", "g.params": "36"}, "wrong", ("layer-left-out",), "without fc1"),
        ({"g.params": "7"}, "wrong", (), ""),
    ],
)
def test_total_of_a_group(
    answers: dict[str, str], status: str, mistake: tuple[str, ...], says: str
) -> None:
    """Answered numbers are added up; others are those that follow from the own volumes."""
    text = """
input: 16x16x1
layers:
  - name: g
    points: {params: 1}
    layers:
      - conv: {filters: 4, kernel: 3}
        name: c
        points: {output: 1, params: 1}
      - maxpool: {kernel: 2, rounding: floor}
        points: {}
      - fc: 10
        points: {}
"""
    total = cells(marked(key_of(text), answers))["g.params"]
    assert (total.status, total.mistake) == (status, mistake)
    assert total.says.endswith(says)


def test_own_weights_and_receptive_fields() -> None:
    """Operations follow from answered weights, a receptive field from the one answered above."""
    text = """
input: 32x32x3
layers:
  - conv: {filters: 10, kernel: 5, stride: 3}
    points: {weights: 1, macs: 1, flops: 1, receptive_field: 1}
  - relu
  - conv: {filters: 10, kernel: 3}
    points: {receptive_field: 1}
"""
    answers = {
        "conv1.weights": "250",
        "conv1.macs": "25000",
        "conv1.flops": "50000",
        "conv1.receptive_field": "6",
        "conv2.receptive_field": "12",
    }
    found = cells(marked(key_of(text), answers))
    assert {name: mark.carried_from for name, mark in found.items() if mark.carried_from} == {
        "conv1.macs": ("conv1.weights",),
        "conv1.flops": ("conv1.weights",),
        "conv2.receptive_field": ("conv1.receptive_field",),
    }


def test_carrying_never_costs() -> None:
    carrying, strict = key_of(LENET), key_of(LENET.replace("grading:", "grading:\n  carry: false"))
    draw = random.Random(1)
    for _ in range(100):
        answers = random_answers(carrying, draw)
        assert marked(strict, answers).score <= marked(carrying, answers).score
