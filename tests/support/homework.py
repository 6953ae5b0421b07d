"""Keys of assignments, and the table of mistakes with a key for each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from cnncalc.homework.key import Key, read_key
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
