"""Marking: statuses, points, own numbers, and the mistakes behind wrong answers."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import combinations
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.homework import CASES, key_of, key_of_case
from support.strategies import examples
from support.zoo import LISTED

from cnncalc.homework.answers import MISFIT
from cnncalc.homework.cells import COUNTS
from cnncalc.homework.course import mark_course
from cnncalc.homework.key import Key, read_key
from cnncalc.homework.mark import Mark, Marked, mark_sheet
from cnncalc.homework.mistakes.explainer import Explainer
from cnncalc.homework.mistakes.sentences import SENTENCES
from cnncalc.homework.sheet import read_sheets
from cnncalc.homework.template import TemplateName, template
from cnncalc.homework.values import typed
from cnncalc.spec.load import load
from cnncalc.zoo import catalogue as zoo

LENET = """
input: 32x32x1
grading:
  points:
    conv: {output: 2, params: 1}
    avgpool: {output: 1}
    fc: {output: 1, params: 1}
    network: {params: 2}
layers:
  - conv: {filters: 6, kernel: 5}
  - tanh
  - avgpool: 2
  - conv: {filters: 16, kernel: 5}
  - avgpool: 2
  - fc: 120
  - fc: 10
"""


def marked(key: Key, answers: dict[str, Any], explainer: Explainer | None = None) -> Marked:
    """Return answers, by the names of cells, marked."""
    layers: dict[str, dict[str, Any]] = {}
    for name, answer in answers.items():
        layer, _, cell = name.rpartition(".")
        layers.setdefault(layer, {})[cell] = answer
    (sheet,) = read_sheets(json.dumps({"answers": layers}).encode(), "s.json")
    return mark_sheet(key, sheet, explainer)


def cells(sheet: Marked) -> dict[str, Mark]:
    return {cell.asked.name: cell for cell in sheet.cells}


def right_answers(key: Key) -> dict[str, str]:
    return {cell.name: typed(cell.cell, cell.right) for cell in key.asked}


_ALL = dict.fromkeys(("output", *COUNTS), 1)
_GRADING = {"default": _ALL, "network": _ALL, "conv": {**_ALL, "receptive_field": 1}}
_LAYERS = LENET[LENET.index("layers:") :]
EVERYTHING = key_of(f"input: 32x32x1\ngrading: {{points: {json.dumps(_GRADING)}}}\n{_LAYERS}")
EXPLAINER = Explainer(EVERYTHING)


def explanation(mark: Mark) -> str | None:
    """Return what a mark says, as the table of cases has it."""
    found = " | ".join(" + ".join(codes) for codes in (mark.mistake, *mark.also))
    return mark.status if mark.status == "carried" else found or None


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['layers']}-{case['cell']}")
def test_mistakes(case: dict[str, Any]) -> None:
    key = key_of_case(case)
    assert key.ok
    *_, asked = (each for each in key.asked if each.name.endswith(case["cell"]))
    assert typed(asked.cell, asked.right) == str(case["right"])
    for answer, codes in case["answers"].items():
        answers = {asked.name: str(answer), **case.get("own", {})}
        mark = cells(marked(key, answers))[asked.name]
        assert (answer, explanation(mark)) == (answer, codes)
        assert (mark.status == "wrong") == (mark.points == 0)
        assert bool(mark.says) == bool(codes)


def test_every_code_has_a_case() -> None:
    said = " ".join(codes or "" for case in CASES for codes in case["answers"].values())
    assert set(SENTENCES) - set(said.split()) == set()


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


TEXTS = st.one_of(
    st.text(max_size=20),
    st.text("0123456789x×*+-/^()., @kM", max_size=12),
    st.sampled_from(
        ["does not fit", "0x0x0", "1x1x1", "10x1", "999999999999999999x9x9", "7/3x1x6"]
    ),
)


@examples(50)
@given(st.dictionaries(st.sampled_from([cell.name for cell in EVERYTHING.asked]), TEXTS))
def test_any_answers(answers: dict[str, str]) -> None:
    """Whatever is answered, every cell has a status, and the score is within its bounds."""
    result = marked(EVERYTHING, answers, EXPLAINER)
    assert len(result.cells) == len(EVERYTHING.asked)
    assert 0 <= result.score <= EVERYTHING.points
    assert {problem.code for problem in result.problems} <= {"CNN602"}


def test_what_nobody_asked() -> None:
    """Of very many answers that are not asked the first are named, the others counted."""
    key = key_of(LENET)
    few = marked(key, {"conv1.parms": "1", "relu1.output": "28x28x6", "conv2.macs": "-"})
    assert [(each.code, each.message, each.help) for each in few.problems] == [
        ("CNN601", "conv1.parms is not asked", ("did you mean `params`?",)),
        ("CNN601", "relu1.output is not asked", ()),
    ]
    strange = {f"layer{number}.params": "1" for number in range(1000)}
    many = marked(key, {"conv1.output": "28x28x6", **strange})
    assert len(many.problems) == 21
    assert many.problems[-1].message == "980 more answers are not asked"
    (other,) = marked(key, strange).problems
    assert other.message.startswith("no answer of this sheet is asked for")


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


def test_points() -> None:
    text = """
input: 32x32x3
grading:
  credit: {bias-forgotten: 0.5, depth-forgotten: 0.5, carried: 0.25}
  partial: 0.25
  wrong: -0.5
layers:
  - conv: {filters: 10, kernel: 5}
    points: {output: 4, params: 4}
    accept: {params: [76x10, 1k]}
  - maxpool: 2
    points: {output: 4}
"""
    key = key_of(text)

    def points(**answers: str) -> list[Fraction]:
        named = {name.replace("__", "."): answer for name, answer in answers.items()}
        return [cell.points for cell in marked(key, named).cells]

    half = Fraction(1, 2)
    assert points(conv1__params="750") == [0, 2, 0]
    assert points(conv1__params="250") == [0, 1, 0]  # both: the product
    assert points(conv1__params="1000") == [0, 4, 0]
    assert points(conv1__params="7") == [0, -half, 0]
    assert points(conv1__params="seven") == [0, 0, 0]
    assert points(conv1__output="28x28x3") == [1, 0, 0]
    seen = key_of(text.replace("params: 4}", "receptive_field: 4}"))
    assert marked(seen, {"conv1.receptive_field": "5x3"}).cells[1].points == -half
    assert points(conv1__output="30x30x10", maxpool1__output="15x15x10") == [1, 0, 1]
    assert marked(key, {"conv1.params": "7"}).score == 0


def test_rounded() -> None:
    layer = "conv: {filters: 10, kernel: 5}\n    points: {params: 1}"
    text = f"layers:\n  - {layer}\ninput: 32x32x3\n"
    exact, loose = key_of(text), key_of(f"{text}grading: {{rounded: true}}\n")
    assert cells(marked(exact, {"conv1.params": "0.8k"}))["conv1.params"].mistake == ("rounded",)
    assert cells(marked(loose, {"conv1.params": "0.8k"}))["conv1.params"].status == "right"
    assert cells(marked(loose, {"conv1.params": "0.7k"}))["conv1.params"].status == "wrong"


def test_settings() -> None:
    text = """
input: 32x32x3
layers:
  - conv: {filters: 10, kernel: 5, padding: 2}
    points: {padding: 1, kernel: 1, filters: 1, stride: 1}
"""
    key = key_of(text)
    good = marked(key, {"conv1.padding": "same", "conv1.kernel": "5x5", "conv1.filters": "10",
                        "conv1.stride": "1"})  # fmt: skip
    assert [cell.status for cell in good.cells] == ["right"] * 4
    bad = marked(key, {"conv1.padding": "1", "conv1.kernel": "0", "conv1.filters": "3"})
    assert [cell.status for cell in bad.cells] == ["wrong", "wrong", "blank", "wrong"]


def test_blocks_and_groups() -> None:
    text = """
input: 32x32x3
grading: {points: {conv: {params: 1}}}
blocks:
  unit: {layers: [conv: {filters: 4, kernel: 3}, relu]}
layers:
  - unit
  - unit:
    points: {output: 1, params: 2}
  - layers: [conv: {filters: 4, kernel: 3}, conv: {filters: 4, kernel: 3}]
    points: {}
"""
    key = key_of(text)
    asked = [(cell.number, cell.name, cell.right) for cell in key.asked]
    assert asked == [
        ("1.1", "unit1.conv1.params", 112),
        ("2.1", "unit2.output", (28, 28, 4)),
        ("2.2", "unit2.params", 148),
    ]


@pytest.mark.parametrize(
    ("layer", "line", "text"),
    [
        ("relu:\n    points: {padding: 1}", 4, "relu1: relu has no padding to ask for"),
        ("relu:\n    name: network\n    points: {output: 1}", 5, "a layer called `network`"),
    ],
)
def test_cannot_be_asked(layer: str, line: int, text: str) -> None:
    (problem,) = key_of(f"input: 8x8\nlayers:\n  - {layer}\n").problems
    assert (problem.code, problem.span.line) == ("CNN604", line)
    assert problem.message.startswith(text)


def test_behind_a_misfit() -> None:
    text = "input: 7x7x3\nlayers:\n  - conv: {filters: 2, kernel: 2, stride: 2}\n  - maxpool: 2\n"
    key = key_of(text)
    assert [(cell.name, cell.right) for cell in key.asked] == [
        ("conv1.output", MISFIT), ("conv1.params", 26),
    ]  # fmt: skip
    mark = cells(marked(key, {"conv1.params": "24"}))["conv1.params"]
    assert (key.ok, mark.mistake) == (True, ("bias-forgotten",))
    asked = key_of(text + "grading: {points: {conv: {params: 1}, maxpool: {output: 1}}}\n")
    assert [problem.code for problem in asked.problems] == ["CNN301", "CNN604"]


def test_accepted_volumes() -> None:
    """A list is of several values, not of the sizes of one."""
    text = "input: 32x32x3\nlayers:\n  - conv: {filters: 6, kernel: 5}\n    accept: {output: %s}\n"
    key = key_of(text % "[6x28x28, does not fit]")
    assert marked(key, {"conv1.output": "6x28x28"}).score == 1
    assert [each.code for each in key_of(text % "[6, 28, 28]").problems] == ["CNN108"] * 3


@pytest.mark.parametrize(
    ("grading", "code"),
    [
        ("{point: {}}", "CNN109"), ("3", "CNN108"), ("{points: {cov: {params: 1}}}", "CNN109"),
        ("{points: {conv: {parms: 1}}}", "CNN109"), ("{credit: {bias-forgoten: 1}}", "CNN109"),
        ("{credit: {carried: 2}}", "CNN112"), ("{partial: half}", "CNN108"),
        ("{carry: maybe}", "CNN108"), ("{points: {conv: {params: -1}}}", "CNN112"),
        ("{wrong: 0.25}", "CNN112"), ("{points: {relu1: {output: 1}}}", "CNN109"),
    ],
)  # fmt: skip
def test_wrong_grading(grading: str, code: str) -> None:
    key = key_of(f"input: 8x8x3\ngrading: {grading}\nlayers: [relu]\n")
    (problem,) = key.problems
    assert problem.code == code
    if "relu1" in grading:
        assert problem.help == ("write `points` next to the layer `relu1`",)


@pytest.mark.parametrize("name", [one.name for one in LISTED])
def test_template(name: str) -> None:
    """A template, filled from the key, scores full marks, for networks that ship."""
    key = read_key(load(name))
    assert key.ok
    explainer = Explainer(key)
    for form in get_args(TemplateName):
        (sheet,) = read_sheets(template(key, form, right_answers(key)).encode(), f"s.{form}")
        result = mark_sheet(key, sheet, explainer)
        assert result.score == key.points > 0
        assert result.problems == ()
    (sheet,) = read_sheets(template(key, "csv").encode(), "s.csv")
    assert {cell.status for cell in mark_sheet(key, sheet, explainer).cells} == {"blank"}


@pytest.mark.parametrize("name", ["lenet5", "mobilenet", "squeezenet1_0", "resnet18", "m5", "c3d"])
def test_every_cell(name: str) -> None:
    """So does one that asks for every count, each receptive field and the totals."""
    cells = dict.fromkeys(("output", *COUNTS), 1)
    grading = {"points": {"default": cells, "network": cells, "conv": {"receptive_field": 1}}}
    found = zoo.find(name)
    assert found is not None
    text = f"{found.read_text('utf-8')}\ngrading: {json.dumps(grading)}\n"
    key = key_of(text)
    assert key.ok
    result = marked(key, right_answers(key))
    assert [cell.asked.name for cell in result.cells if cell.status != "right"] == []


LAYERS = (
    "conv: {filters: 12, kernel: 5, stride: 2, padding: 2, rounding: floor}",
    "conv: {filters: 12, kernel: 3, dilation: 2, bias: false}",
    "conv: {filters: 12, kernel: 3, groups: 2, padding: same, stride: 2}",
    "conv_transpose: {filters: 6, kernel: 3, stride: 2, padding: 1, output_padding: 1}",
    "depthwise_conv: {kernel: 3, padding: 1}",
    "separable_conv: {filters: 20, kernel: 3, padding: 1}",
    "locally_connected: {filters: 3, kernel: 3}",
    "maxpool: {kernel: 3, stride: 2, rounding: ceil}",
    "fc: 30",
    "batchnorm",
    "pad: 3",
    "flatten",
    "global_avgpool",
)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("volume", ["23x31x8", "{length: 50, depth: 8}"])
def test_injected_mistakes(layer: str, volume: str) -> None:
    """What one or two mistakes give is explained by them, wherever no others give the same."""
    points = dict.fromkeys(("output", "params", "weights", "biases", "macs", "neurons"), 1)
    entry = layer if ":" in layer else f"{layer}:"
    key = key_of(f"input: {volume}\nlayers:\n  - {entry}\n    points: {json.dumps(points)}\n")
    assert key.ok
    explainer = Explainer(key)
    tried = 0
    for cell in key.asked:
        assert cell.subject.row is not None
        formula = explainer._formula(cell)
        if formula is None:
            continue
        first: dict[Any, tuple[str, ...]] = {}
        for table in (formula.alone, formula.in_pairs):
            for value, (explanation, *_) in table.items():
                first.setdefault(value, explanation.codes)
        for value, codes in first.items():
            if value in cell.accepted or any(isinstance(each, Fraction) for each in _sizes(value)):
                continue
            answers = {cell.name: typed(cell.cell, value)}
            mark = cells(marked(key, answers, explainer))[cell.name]
            assert (cell.name, value, mark.mistake) == (cell.name, value, codes)
            tried += 1
    assert tried > 1


OTHER_SETTINGS: dict[str, dict[str, dict[str, Any]]] = {
    "output": {
        "padding-forgotten": {"padding": 0},
        "stride-forgotten": {"stride": 1},
        "dilation-forgotten": {"dilation": 1},
        "output-padding-forgotten": {"output_padding": 0},
    },
    "params": {
        "groups-forgotten": {"groups": 1},
        "bias-forgotten": {"bias": False},
        "one-filter": {"filters": 1},
        "bias-counted": {"bias": True},
    },
    "macs": {"groups-forgotten": {"groups": 1}},
}
"""Mistakes that make another layer of a layer, in the order in which they are tried."""
SLIDING: tuple[dict[str, dict[str, Any]], ...] = (
    {"conv": {"filters": 12, "kernel": 5, "stride": 3, "padding": 2, "bias": True}},
    {"conv": {"filters": 12, "kernel": 3, "dilation": 2, "stride": 2, "groups": 4, "bias": False}},
    {"conv": {"filters": 12, "kernel": 4, "padding": "same", "stride": 2, "bias": True}},
    {"conv_transpose": {"filters": 6, "kernel": 3, "dilation": 2, "stride": 3, "padding": 1,
                        "output_padding": 2, "groups": 2, "bias": True}},
    {"depthwise_conv": {"kernel": 3, "padding": 1, "stride": 2, "bias": True}},
    {"maxpool": {"kernel": 4, "stride": 3, "padding": 1}},
)  # fmt: skip


@pytest.mark.parametrize("layer", SLIDING, ids=str)
@pytest.mark.parametrize("volume", ["23x31x8", {"length": 50, "depth": 8}])
def test_another_setting(layer: dict[str, dict[str, Any]], volume: Any) -> None:
    """What a layer with one or two other settings gives is explained by what was forgotten."""
    ((kind, fields),) = layer.items()

    def key_with(changes: dict[str, Any]) -> Key:
        entry = {kind: fields | changes, "points": dict.fromkeys(OTHER_SETTINGS, 1)}
        return key_of(json.dumps({"input": volume, "rounding": "floor", "layers": [entry]}))

    key = key_with({})
    explainer = Explainer(key)
    for cell in key.asked:
        known = OTHER_SETTINGS[cell.cell]
        codes = [code for code in known if known[code].keys() <= fields.keys()]
        for forgotten in (*combinations(codes, 1), *combinations(codes, 2)):
            other = key_with({name: v for code in forgotten for name, v in known[code].items()})
            value = next((each.right for each in other.asked if each.name == cell.name), None)
            if not other.ok or value is None or value == cell.right:
                continue
            answers = {cell.name: typed(cell.cell, value)}
            mark = cells(marked(key, answers, explainer))[cell.name]
            assert mark.mistake
            if len(mark.mistake) == len(forgotten):
                assert forgotten in (mark.mistake, *mark.also)


def _sizes(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def random_answers(key: Key, draw: random.Random) -> dict[str, str]:
    """Return answers of which some are wrong, some blank, some unreadable."""
    found = {}
    for name, answer in right_answers(key).items():
        what = draw.random()
        if what < 0.2:
            answer = answer.replace("1", "2")
        elif what < 0.3:
            answer = draw.choice(["", "?", "x", "does not fit", "0"])
        found[name] = answer
    return found


def test_carrying_never_costs() -> None:
    carrying, strict = key_of(LENET), key_of(LENET.replace("grading:", "grading:\n  carry: false"))
    draw = random.Random(1)
    for _ in range(100):
        answers = random_answers(carrying, draw)
        assert marked(strict, answers).score <= marked(carrying, answers).score


def test_permuted_sheets() -> None:
    """Sheets in another order have the same results, and a broken one stops nobody."""
    key, draw = key_of(LENET), random.Random(2)
    texts = []
    for number in range(200):
        layers: dict[str, dict[str, str]] = {}
        for name, answer in random_answers(key, draw).items():
            layers.setdefault(name.rpartition(".")[0], {})[name.rpartition(".")[2]] = answer
        text = json.dumps({"student": f"s{number}", "answers": layers})
        texts.append(text[: draw.randrange(len(text))] if number % 10 == 0 else text)

    def results(order: list[int]) -> dict[str, Any]:
        sheets = (read_sheets(texts[n].encode(), f"s{n}.json")[0] for n in order)
        found = mark_course(sheets, lambda sheet: key, None)
        return {each.student: (each.status, each.score) for each in found}

    plain = results(list(range(200)))
    shuffled = draw.sample(range(200), 200)
    assert len(plain) == 200
    assert results(shuffled) == plain


def test_mutated_class() -> None:
    """Whatever becomes of 200 sheets, there are 200 results."""
    key, draw = key_of(LENET), random.Random(3)
    files = []
    for number in range(200):
        form: TemplateName = draw.choice(get_args(TemplateName))
        data = bytearray(template(key, form, random_answers(key, draw)).encode())
        for _ in range(draw.randrange(1, 8)):
            at = draw.randrange(len(data))
            data[at : at + draw.randrange(3)] = bytes(draw.choices(b',;"\n\t:{}[]-x0\xff', k=1))
        files.append((bytes(data), f"s{number}.{form}"))
    found = mark_course((read_sheets(*file)[0] for file in files), lambda sheet: key, None)
    assert len(found) == 200
    assert len({each.status for each in found}) > 1
