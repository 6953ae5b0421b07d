"""The shipped specs: the good ones are free of problems, the bad ones fail where they should."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cnncalc.api import load, summarize
from cnncalc.checking.check import Checked, check_text
from cnncalc.problems.model import Problem
from cnncalc.spec.files import fetch

SPECS = Path(__file__).parent.parent / "specs"
GOOD = {path.stem: path for path in sorted(SPECS.glob("*.yaml"))}
BAD = {path.stem: path for path in sorted((SPECS / "bad").glob("*.yaml"))}
EXPECTED: dict[str, list[list[Any]]] = yaml.safe_load(
    Path(__file__).with_name("bad_specs.yaml").read_text("utf-8")
)
MISALIGNED = {"dla34", "hrnet_w18", "inception_v2", "yolov3", "yolox-s"}
"""Published as they are, with branches whose windows have different centres."""


def problems_of(path: Path) -> tuple[Problem, ...]:
    loaded = load(path)
    return loaded.problems if loaded.network is None else summarize(loaded).problems


@pytest.mark.parametrize("name", GOOD)
def test_good(name: str) -> None:
    """There is nothing to say of a network of the zoo but what it ignores, with a reason."""
    checked = check_text(fetch(str(GOOD[name])))
    assert isinstance(checked, Checked)
    assert checked.report is not None
    assert checked.report.totals.complete
    # their papers' branches do have different centres, which is true advice: nothing to mend
    advice = {"CNN903"} if name in MISALIGNED else set()
    assert {problem.code for problem in checked.report.problems} == advice
    assert checked.problems == ()
    comments = [line for line in GOOD[name].read_text("utf-8").splitlines() if "cnncalc:" in line]
    assert all(re.search(r"# cnncalc: ignore [^#]+  # \w", line) for line in comments)


@pytest.mark.parametrize("name", GOOD)
def test_stated(name: str) -> None:
    """Each says where it comes from, how it is called, and what its totals are."""
    text = GOOD[name].read_text("utf-8")
    root = yaml.safe_load(text)
    assert text.startswith("# ")
    assert root["name"] and "params" in root["expect"]


@pytest.mark.parametrize("name", GOOD)
def test_by_name(name: str) -> None:
    assert fetch(name).path == GOOD[name]


@pytest.mark.parametrize("name", BAD)
def test_bad(name: str) -> None:
    problems = problems_of(BAD[name])
    found = [[p.code, p.span.line, p.span.column] for p in problems]
    assert found == [row[:3] for row in EXPECTED[name]]
    for problem, (*_, text) in zip(problems, EXPECTED[name], strict=True):
        assert text in problem.message


def test_bad_specs_are_listed() -> None:
    assert set(EXPECTED) == set(BAD)


@pytest.mark.parametrize("name", BAD)
def test_bad_says_why(name: str) -> None:
    assert BAD[name].read_text("utf-8").startswith("# ")


def test_table_conflict() -> None:
    """The printed AlexNet: what SAME and no padding give, and the three ways to 55."""
    (problem,) = problems_of(BAD["alexnet-224"])
    help_text = " ".join(problem.help)
    for words in (
        "⌈224/4⌉ = 56",
        "≈ 54.25",
        "227×227×3 without padding",
        "1 before and 2 after",
        "padding 2 with rounding: floor",
    ):
        assert words in help_text
    assert len(problem.help) <= 3


@pytest.mark.parametrize(
    ("setting", "output"),
    [
        ({"input": "227x227x3"}, 55),
        ({"input": "224x224x3", "padding": 2, "rounding": "floor"}, 55),
        ({"input": "224x224x3", "padding": {"left": 1, "right": 2, "top": 1, "bottom": 2}}, 55),
        ({"input": "224x224x3", "padding": "same"}, 56),
        ({"input": "224x224x3", "rounding": "floor"}, 54),
    ],
)
def test_table_mended(setting: dict[str, Any], output: int, tmp_path: Path) -> None:
    """What the help proposes, tried."""
    conv = {"filters": 96, "kernel": 11, "stride": 4, **setting}
    path = tmp_path / "net.yaml"
    path.write_text(yaml.safe_dump({"input": conv.pop("input"), "layers": [{"conv": conv}]}))
    report = summarize(path)
    assert report.ok and report.rows[0].output is not None
    assert report.rows[0].output.spatial == (output, output)
