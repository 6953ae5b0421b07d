"""Keys of assignments, sheets marked by them, and the table of mistakes with a key for each."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import yaml

from cnncalc.homework.cells import COUNTS
from cnncalc.homework.key import Key, read_key
from cnncalc.homework.mark import Mark, Marked, mark_sheet
from cnncalc.homework.mistakes.explainer import Explainer
from cnncalc.homework.sheet import read_sheets
from cnncalc.homework.values import typed
from cnncalc.spec.load import parse_bytes

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "homework" / "mistakes.yaml").read_text("utf-8")
)


def key_of(text: str) -> Key:
    return read_key(parse_bytes(text.encode(), "key.yaml", None))


def key_of_case(case: dict[str, Any]) -> Key:
    """Return the key that asks for the cells of a case, and for nothing else."""
    layers: list[dict[str, Any]] = [
        dict(each) if isinstance(each, dict) else {each: None} for each in case["layers"]
    ]
    points: dict[str, dict[str, int]] = {}
    for name in (case["cell"], *case.get("own", ())):
        layer, _, cell = name.rpartition(".")
        points.setdefault(layer, {})[cell] = 4
    for layer in layers[:-1]:
        layer["points"] = points.get(layer.get("name", "-"), {})
    layers[-1]["points"] = points.get("", {})
    grading = {"points": {"network": points.get("network", {})}}
    return key_of(json.dumps({"input": case["input"], "grading": grading, "layers": layers}))


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
