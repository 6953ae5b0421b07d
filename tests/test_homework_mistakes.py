"""Mistakes: each is named again, alone and in pairs, wherever its value is its own."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from support.homework import (
    CASES,
    cells,
    explanation,
    key_of,
    key_of_case,
    marked,
)

from cnncalc.homework.key import Key
from cnncalc.homework.mistakes.explainer import Explainer
from cnncalc.homework.mistakes.sentences import SENTENCES
from cnncalc.homework.values import typed


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
            for value, (first_found, *_) in table.items():
                first.setdefault(value, first_found.codes)
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
