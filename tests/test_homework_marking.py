"""Marking: points, keys, what is asked and answered, sheets of a class."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.homework import (
    EVERYTHING,
    EXPLAINER,
    LENET,
    cells,
    key_of,
    marked,
    random_answers,
    right_answers,
)
from support.strategies import examples
from support.zoo import LISTED

from cnncalc.homework.answers import MISFIT
from cnncalc.homework.cells import COUNTS
from cnncalc.homework.course import mark_course
from cnncalc.homework.key import read_key
from cnncalc.homework.mark import mark_sheet
from cnncalc.homework.mistakes.explainer import Explainer
from cnncalc.homework.sheet import read_sheets
from cnncalc.homework.template import TemplateName, template
from cnncalc.spec.load import load
from cnncalc.zoo import catalogue as zoo

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
