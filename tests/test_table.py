"""The rich table: golden pictures of it, and what holds for every one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.text import Text
from support.looks import NETWORKS, report

from cnncalc.problems.model import Problem
from cnncalc.render import folding
from cnncalc.render.columns import COLUMNS, DEFAULT, DROPPED
from cnncalc.render.formats import FORMATS
from cnncalc.render.grid import MARK, Column
from cnncalc.render.summary import summary
from cnncalc.render.table import GAP, cut, fit
from cnncalc.render.terminal import Terminal
from cnncalc.render.view import Line, View
from cnncalc.report.report import Report

ANSI = re.compile(r"\x1b\[[0-9;]*m")
ALL = {"depth": None}


def lines(found: Report, depth: int | None) -> list[Line]:
    return folding.lines(View(report=found), depth)


def table(
    found: Report, *, width: int = 0, color: bool = False, ascii: bool = False, **settings: Any
) -> str:
    return FORMATS["table"].write(
        summary(found, **settings), Terminal(width=width, color=color, ascii=ascii)
    )


SHOWN = [COLUMNS[name] for name in DEFAULT]

GOLDEN: dict[str, tuple[str, dict[str, Any]]] = {
    **{f"plain-{width}": ("plain", {"width": width}) for width in (0, 140, 80, 60, 40)},
    "plain-ascii": ("plain", {"ascii": True, "width": 80}),
    "plain-color": ("plain", {"color": True}),
    "plain-chw": ("plain", {"layout": "chw"}),
    "plain-hwc": ("plain", {"layout": "hwc", "dtype": "int64"}),
    "plain-columns": ("plain", {"columns": tuple(COLUMNS)}),
    "residual": ("residual", {}),
    "residual-all": ("residual", ALL),
    "residual-60": ("residual", {"width": 60}),
    "inception": ("inception", {}),
    "inception-all": ("inception", ALL),
    "inception-ascii": ("inception", ALL | {"ascii": True}),
    "skips": ("skips", {}),
    "growing": ("growing", {}),
    "failing": ("failing", {}),
    "failing-80": ("failing", ALL | {"width": 80}),
    "failing-color": ("failing", {"color": True}),
    "failing-ascii": ("failing", {"ascii": True}),
    "nothing": ("nothing", {}),
    "several": ("several", {}),
    "several-60": ("several", {"width": 60}),
    "several-ascii": ("several", {"ascii": True}),
    "one": ("one", {}),
    "three-chw": ("three", {"layout": "chw"}),
    "three": ("three", {}),
    "vectors": ("vectors", {}),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str, golden: Callable[[str, str], None]) -> None:
    network, settings = GOLDEN[name]
    golden(f"table/{name}.txt", table(report(network), **settings))


def test_overridden(golden: Callable[[str, str], None]) -> None:
    golden("table/overridden.txt", table(report("plain", other=True)))


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("width", [0, 60, 100])
@pytest.mark.parametrize("ascii", [False, True])
def test_color_changes_no_text(network: str, width: int, ascii: bool) -> None:
    plain, colored = (
        table(report(network), depth=None, width=width, ascii=ascii, color=color)
        for color in (False, True)
    )
    assert "\x1b[" not in plain
    assert "\x1b[" in colored
    bare = [line.rstrip() for line in ANSI.sub("", colored).splitlines()]
    assert bare == plain.splitlines()


@pytest.mark.parametrize("network", NETWORKS)
def test_no_control_characters(network: str) -> None:
    text = table(report(network), depth=None)
    assert not [char for char in text if ord(char) < 32 and char != "\n"]


@pytest.mark.parametrize("network", NETWORKS)
def test_ascii(network: str) -> None:
    assert table(report(network), depth=None, ascii=True).isascii()


def body(text: str) -> list[str]:
    """Return the lines of a table from its headings to its totals."""
    found = text.splitlines()
    first = found.index("")
    last = len(found) - found[::-1].index("") - 1
    return found[first + 1 : last]


@pytest.mark.parametrize("network", NETWORKS)
def test_width(network: str) -> None:
    found = report(network)
    whole = [cell_len(line) for line in body(table(found, depth=None))]
    least = fit_least(network)
    for width in range(45, 160, 5):
        shown = body(table(found, depth=None, width=width))
        assert "Parameters" in "".join(shown)
        assert max(map(cell_len, shown)) <= max(width, least)
        if width >= max(whole) + len(MARK):
            assert [cell_len(line) for line in shown] == whole


def fit_least(network: str) -> int:
    """Return the width below which a table cannot go: nothing of a count is cut."""
    return max(map(cell_len, body(table(report(network), depth=None, width=40))))


@pytest.mark.parametrize("width", range(10, 130, 3))
def test_drop_order(width: int) -> None:
    widths = dict(zip(DEFAULT, (12, 40, 11, 10, 14, 5, 9), strict=True))
    shown = fit(SHOWN, widths, width, DROPPED)
    gone = [name for name in DROPPED if name not in shown]
    assert gone == list(DROPPED[: len(gone)])
    assert shown["output"] == 11
    assert shown["params"] == 10
    fits = sum(shown.values()) + GAP * (len(shown) - 1) <= width
    assert fits == (width >= 10 + 11 + 10 + 2 * GAP)
    more = DROPPED[len(gone) - 1] if gone else None
    if more and fits and more != "hyperparameters":  # what went had no room left
        least = 26 + 12 + 11 + 10 + sum(widths[n] for n in DROPPED[len(gone) - 1 : 3])
        assert least + GAP * (len(shown)) > width


def test_drop_nothing() -> None:
    widths = dict(zip(DEFAULT, (12, 40, 11, 10, 14, 5, 9), strict=True))
    assert fit(SHOWN, widths, 0, DROPPED) == widths
    assert fit(SHOWN, widths, 113, DROPPED) == widths
    stated = fit(SHOWN, widths, 60)
    assert stated == widths | {"hyperparameters": 15, "layer": 10}


@pytest.mark.parametrize(
    ("widths", "room", "fitted"),
    [
        ((40, 40, 9), 60, (24, 23, 9)),
        ((10, 40, 9), 60, (10, 37, 9)),
        ((40, 10, 9), 60, (37, 10, 9)),
        ((40, 10, 90), 60, (37, 10, 9)),
        ((40, 40, 90), 20, (8, 8, 9)),
        ((40, 40, 90), 200, (40, 40, 90)),
    ],
)
def test_even(widths: tuple[int, ...], room: int, fitted: tuple[int, ...]) -> None:
    """Columns that may become equally short share the room that they have."""
    columns: list[Column[str]] = [
        Column(name=name, heading="", value=str, shortest=shortest)
        for name, shortest in (("a", 8), ("b", 8), ("c", 9))
    ]
    assert tuple(fit(columns, dict(zip("abc", widths, strict=True)), room).values()) == fitted


def test_cut() -> None:
    def shown(text: str, width: int, *, start: bool = False) -> str:
        return cut(Text(text), width, "…", start=start).plain

    assert shown("conv 3×3, 8 filters", 19) == "conv 3×3, 8 filters"
    assert shown("conv 3×3, 8 filters", 10) == "conv 3×3…"
    assert shown("卷积卷积", 6) == "卷积…"
    assert shown("block.conv1", 7, start=True) == "….conv1"


def test_stated_columns() -> None:
    found = report("plain")
    for name in COLUMNS:
        text = table(found, columns=(name,), width=40)
        heading = "\n".join(body(text)[: -len(found.rows) - 1])
        assert COLUMNS[name].heading.split("\n")[-1].replace("AXES", "W×H×D") in heading


@pytest.mark.parametrize("name", ["COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM", "LINES"])
def test_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = report("plain")
    before = table(found, width=70), table(found, color=True)
    monkeypatch.setenv(name, "20")
    assert before == (table(found, width=70), table(found, color=True))


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("depth", [1, 2, None])
def test_lines_hold_every_layer_once(network: str, depth: int | None) -> None:
    found = report(network)
    rows = [row for line in lines(found, depth) for row in line.rows]
    assert rows == list(found.rows)


@pytest.mark.parametrize(
    "depth, names",
    [
        (1, ["a.0", "a.1", "b.0", "b.1 … 4", "global_avgpool1", "fc1"]),
        (2, ["a.0.conv1", "a.0.batchnorm1", "a.0.add1", "a.0.relu1", "a.1.conv1"]),
        (9, ["a.0.conv1", "a.0.batchnorm1", "a.0.add1", "a.0.relu1", "a.1.conv1"]),
        (None, ["a.0.conv1", "a.0.batchnorm1", "a.0.add1", "a.0.relu1", "a.1.conv1"]),
    ],
)
def test_depth(depth: int | None, names: list[str]) -> None:
    assert [line.name for line in lines(report("residual"), depth)][: len(names)] == names


def test_folded_run() -> None:
    found = report("residual")
    folded = lines(found, 1)[3]
    assert folded.times == 4
    assert [row.name for row in folded.rows[::4]] == [f"b.{n}.conv1" for n in range(1, 5)]
    assert folded.output == found.uses[-1].output
    assert folded.seen == found.uses[-1].seen


def test_failing_run_stays_apart() -> None:
    found = report("residual")
    wrong = found.rows[-7]
    assert wrong.name.startswith("b.3.")
    problem = Problem(code="CNN401", message="no", span=wrong.span, layer=wrong.name)
    shown = lines(replace(found, faults={wrong.name: problem}), 1)
    assert [line.name for line in shown[2:-2]] == ["b.0", "b.1", "b.2", "b.3", "b.4"]
    assert [line.problem for line in shown[2:-2]] == [None, None, None, problem, None]


def test_marks() -> None:
    shown = {line.name: line for line in lines(report("failing"), None)}
    codes = {name: line.problem.code for name, line in shown.items() if line.problem}
    assert codes == {
        "unit1.maxpool1": "CNN301",
        "convolve1": "CNN201",
        "other.maxpool1": "CNN301",  # reported once, for the first use
        "last": "CNN401",
    }
    assert {name for name, line in shown.items() if line.rows[0].failed} == set(codes) - {"last"}


@pytest.mark.parametrize(
    "network, expected",
    [
        (
            "inception",
            {
                "inner1.conv1": ("┌ ", ()),
                "inner1.relu1": ("│ ", ()),
                "conv1": ("├ ", ()),
                "conv2": ("│ ┌ ", ()),
                "conv3": ("│ ├ ", ()),
                "concat1": ("│ └ ", ()),
                "concat2": ("└ ", ()),
                "maxpool1": ("", ()),
            },
        ),
        ("skips", {"crop1": ("", ("down",)), "concat1": ("", ("up", "crop1")), "up": ("", ())}),
        ("several", {"[b]卷积层": ("", ("image",)), "sum": ("", ("left", "right"))}),
    ],
)
def test_tree(network: str, expected: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    found = {
        line.name: (line.place.mark, line.place.sources) for line in lines(report(network), None)
    }
    assert {name: found[name] for name in expected} == expected


def test_identity() -> None:
    for network, names in (("residual", ["a.0.add1", "a.1.add1"]), ("inception", ["concat2"])):
        shown = lines(report(network), None)
        assert [line.name for line in shown if line.place.identity][: len(names)] == names
    assert "b.0.add1" not in [
        line.name for line in lines(report("residual"), None) if line.place.identity
    ]
