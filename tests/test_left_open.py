"""Fields that a file leaves open: exactly the numbers with which inference finds no problem."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.strategies import run as infer_spec

from cnncalc.cli import run
from cnncalc.homework.solve import fields

CASES = yaml.safe_load((Path(__file__).parent / "cases/homework/left_open.yaml").read_text())


def solved(spec: Any, folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    """Return what ``solve network`` prints as JSON, with its exit code."""
    file = folder / "net.json"
    file.write_text(json.dumps(spec))
    code = run(["solve", "network", str(file), "--format", "json", *options])
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out) | {"exit": code}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = solved(case["spec"], tmp_path, capsys, *case.get("arguments", "").split())
    assert [each["fields"] for each in found["solutions"]] == case["solutions"]
    assert found["exit"] == (0 if case["solutions"] else 1)
    assert [each["code"] for each in found["problems"]] == case.get("problems", [])
    found["nearest"] = [{"how": e["how"], "fields": e["fields"]} for e in found["nearest"]]
    found["params"] = [each["params"] for each in found["solutions"]]
    stated = case.keys() - {"name", "spec", "arguments", "solutions", "problems"}
    assert {name: found[name] for name in stated} == {name: case[name] for name in stated}


def test_close(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Errors of single numbers name them, also where only one was looked at."""
    for params, units in ((5, [1]), (806, [1, 2])):
        spec = {"input": "28x28", "layers": ["flatten", {"fc": "any"}, {"fc": 10}]}
        found = solved(spec | {"expect": {"params": params}}, tmp_path, capsys)
        words = [each["message"].split(":")[0] for each in found["problems"]]
        assert words == [f"with fc1.units {number}" for number in units]


BRUTE = [
    ({"conv1.kernel": range(1, 6), "conv1.stride": range(1, 4), "conv1.padding": range(5)},
     "kernel=5,stride=3,padding=4",
     {"layers": [{"conv": {"filters": 2}}, {"maxpool": 2}], "expect": {"output": "4x4x2"}}),
    ({"conv1.kernel": range(1, 4), "maxpool1.kernel": range(1, 4), "fc1.units": range(1, 40)},
     "kernel=3",
     {"layers": [{"conv": {"filters": 3}}, {"maxpool": {"stride": 2}}, {"fc": {}}],
      "expect": {"params": "<= 350"}}),
    ({"conv1.dilation": range(1, 4), "conv1.padding": range(5), "conv2.groups": (1, 2, 4)},
     "dilation=3,padding=4",
     {"layers": [{"conv": {"filters": 4, "kernel": 3}}, {"conv": {"filters": 8, "kernel": 1}}],
      "expect": {"output": "8x8x8", "params": "<= 180"}}),
    ({"conv_transpose1.stride": range(1, 4),
      "conv_transpose1.padding": range(3),
      "conv_transpose1.output_padding": range(3)},
     "stride=3,padding=2,output_padding=2",
     {"layers": [{"conv_transpose": {"filters": 2, "kernel": 3}}], "expect": {"params": 74}}),
]  # fmt: skip


def filled(spec: Mapping[str, Any], numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the spec with these numbers for fields of layers called by kind and count."""
    layers = json.loads(json.dumps(spec["layers"]))
    for name, number in numbers.items():
        layer, field = name.split(".")
        kind, count = layer[:-1], int(layer[-1])
        entry = [each for each in layers if kind in each][count - 1]
        if not isinstance(entry[kind], dict):
            entry[kind] = {"kernel": entry[kind]}
        entry[kind][field] = number
    return {"input": "8x8x4", **spec, "layers": layers}


def accepted(ranges: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[tuple[int, ...]]:
    for numbers in product(*ranges.values()):
        if infer_spec(filled(spec, dict(zip(ranges, numbers, strict=True)))).ok:
            yield numbers


@pytest.mark.parametrize(("ranges", "most", "spec"), BRUTE, ids=range(len(BRUTE)))
def test_all_and_no_others(
    ranges: Mapping[str, Any],
    most: str,
    spec: Mapping[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = solved(filled(spec, dict.fromkeys(ranges, "any")), tmp_path, capsys, "--max", most)
    numbers = [tuple(each["fields"][name] for name in ranges) for each in found["solutions"]]
    assert found["complete"]
    assert sorted(numbers) == sorted(accepted(ranges, spec))
    assert len(numbers) > 2


def test_bounded(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    """A search that would take very long ends, and says that there may be more."""
    monkeypatch.setattr(fields, "MOST_LAYERS", 300)
    spec = {"input": 9, "layers": [{"fc": "any"}, {"fc": "any"}], "expect": {"params": "<= 1M"}}
    found = solved(spec, tmp_path, capsys)
    assert found["solutions"] and not found["complete"]


# --- sizes of the input -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("input", "progressions"),
    [
        ("anyxanyx3", {"width": [{"from": 5, "step": 2}], "height": [{"from": 5, "step": 2}]}),
        ("anyx33x3", {"width": [{"from": 5, "step": 2}], "height": [{"from": 33, "step": 0}]}),
        ("anyx32x3", {"width": [{"from": 5, "step": 2}], "height": []}),
        ({"length": "any", "depth": 2}, {"length": [{"from": 5, "step": 2}]}),
    ],
)
def test_open_input(
    input: Any, progressions: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = {"input": input, "layers": [{"conv": {"filters": 4, "kernel": 5, "stride": 2}}]}
    found = solved(spec, tmp_path, capsys)
    assert found["progressions"] == progressions
    assert found["exit"] == (0 if all(progressions.values()) else 1)
    assert found["nearest_sizes"] == {}
