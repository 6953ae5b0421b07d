"""What ``--feedback`` hides: right values, in every format, whatever went wrong."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, get_args

from support.homework import CASES, key_of, key_of_case

from cnncalc.homework.cells import COUNTS
from cnncalc.homework.course import Results
from cnncalc.homework.key import Key
from cnncalc.homework.mark import mark_sheet
from cnncalc.homework.mistakes.explainer import Explainer
from cnncalc.homework.mistakes.sentences import SENTENCES
from cnncalc.homework.sheet import read_sheets
from cnncalc.homework.values import typed
from cnncalc.render.grade.formats import FormatName, writer
from cnncalc.render.grade.view import Feedback, View
from cnncalc.render.terminal import Terminal

ANY = dict.fromkeys(("output", *COUNTS), 1)
SLIDING = {**ANY, **dict.fromkeys(("padding", "kernel", "stride", "receptive_field"), 1)}
POINTS = {
    "default": ANY,
    "network": ANY,
    "conv": {**SLIDING, "filters": 1, "dilation": 1},
    "maxpool": SLIDING,
    "fc": {**ANY, "units": 1},
}
UNUSUAL = 200
"""Smaller numbers may be points, percents and places."""


def numbers(text: str) -> Counter[str]:
    """Return the numbers of a text, but for those in names such as ``conv1``."""
    return Counter(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", text.replace(",", "")))


def check_hidden(key: Key, explainer: Explainer, answers: Mapping[str, Any]) -> set[str]:
    """Check that no format has a right value that was not answered; return the mistakes."""
    layers: dict[str, dict[str, Any]] = {}
    for name, answer in answers.items():
        layer, _, cell = name.rpartition(".")
        layers.setdefault(layer, {})[cell] = answer
    text = json.dumps({"answers": layers}, indent=1)  # each answer in its line, near its beginning
    (sheet,) = read_sheets(text.encode(), "s.json")
    marked = mark_sheet(key, sheet, explainer)
    results = Results(key="key.yaml", sheets=(marked,), max=key.points)

    def shown(form: FormatName, feedback: Feedback) -> Counter[str]:
        return numbers(writer(form)(View(results=results, feedback=feedback), Terminal()))

    given = numbers(" ".join(map(str, answers.values())))
    right = numbers(" ".join(typed(each.cell, each.right) for each in key.asked))
    secret = {each for each in right if float(each) >= UNUSUAL and each not in given}
    for form in get_args(FormatName):
        points = shown(form, "marks")
        assert not secret & points.keys()
        words = shown(form, "mistakes") - points
        assert words.keys() <= {"1"}, form  # as if the stride were 1
    return {code for mark in marked.cells for code in mark.mistake}


def test_every_mistake() -> None:
    """Of a key that asks for one cell, and for those that are answered before it."""
    made: set[str] = set()
    for case in CASES:
        key = key_of_case(case)
        *_, name = (each.name for each in key.asked if each.name.endswith(case["cell"]))
        explainer = Explainer(key)
        for answer in case["answers"]:
            made |= check_hidden(key, explainer, {name: str(answer), **case.get("own", {})})
    assert made >= SENTENCES.keys() - {"carried"}


def drawn(draw: random.Random) -> Iterable[dict[str, Any]]:
    """Yield a few layers, of which the windows are to fit."""
    for _ in range(draw.randrange(2, 5)):
        kernel = draw.choice((1, 3, 5))
        padding = draw.choice((0, kernel // 2))
        window = {"kernel": kernel, "padding": padding, "stride": draw.choice((1, 1, 2))}
        conv = {"filters": draw.randrange(2, 30), "bias": draw.random() < 0.7, **window}
        yield draw.choice(({"conv": conv}, {"conv": conv}, {"maxpool": window}, {"batchnorm": {}}))
    yield {"fc": draw.randrange(2, 30)}


def test_drawn_networks() -> None:
    """All cells are asked; of each some answer is wrong, right or blank, so errors carry."""
    draw = random.Random(1)
    made: set[str] = set()
    for _ in range(12):
        sizes = f"{draw.randrange(20, 60)}x{draw.randrange(20, 60)}x{draw.randrange(1, 6)}"
        spec = {"input": sizes, "rounding": "floor", "layers": list(drawn(draw))}
        key = key_of(json.dumps(spec | {"grading": {"points": POINTS}}))
        assert key.ok
        explainer = Explainer(key)
        for _ in range(3):
            answers = {}
            for cell in key.asked:
                formula = explainer._formula(cell)
                wrong = [*formula.alone, *formula.in_pairs] if formula else []
                wrong = [value for value in wrong if not isinstance(value, Fraction)]
                value = draw.choice((cell.right, None, *draw.sample(wrong, min(len(wrong), 4))))
                answers[cell.name] = "" if value is None else typed(cell.cell, value)
            made |= check_hidden(key, explainer, answers)
    assert len(made) > 25
