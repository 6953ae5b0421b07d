"""What commands print fits the terminal, and what is left out is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnncalc.cli import run

BAD = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n"


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(width: int, *arguments: str) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        run(list(arguments))
        return capsys.readouterr().out.split("\n")

    return call


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize(
    "line",
    [
        "kinds",
        "kinds conv",
        "rule CNN301",
        "explain alexnet conv2",
        "conv 32x32x3 -K 10 -F 3",
        "verify lenet5 --show C1",
        "verify vgg11 --max-memory 1 --show conv1",
        "check --help",
        "solve conv 32x32x3 -F 5 -S 2 -P any",
        "solve conv-transpose 14x14x64 -K 8 -F any -S any -P any --output 29x30x8",
    ],
)
def test_fits(printed: Any, width: int, line: str) -> None:
    assert max(map(len, printed(width, *line.split()))) <= width


def test_nearest_keeps_its_fields(printed: Any) -> None:
    lines = printed(60, "solve", "conv", "32x32x3", "-F", "5", "-S", "2", "-P", "any")
    assert "padding top 0, bottom 1, left 0, right 1  15×15×any" in lines
    assert "Hidden        nearest (no room in 60 columns)" in lines


def test_sizes_that_fit_are_shortened(printed: Any, tmp_path: Path) -> None:
    pool = "maxpool: {kernel: 2, stride: 7, rounding: floor}"
    conv = "conv: {filters: 4, kernel: 3, stride: 2}"
    spec = tmp_path / "net.yaml"
    spec.write_text(f"input: 64x64x3\nlayers:\n  - {pool}\n  - {conv}\n", encoding="utf-8")
    lines = printed(60, "solve", "network", str(spec))
    assert "width   16 + 14k, 17 + 14k, 18 + 1…   64  yes      63     72" in lines


def test_arithmetic_breaks_before_equals(printed: Any) -> None:
    lines = printed(60, "conv", "32x32x3", "-K", "10", "-F", "3")
    assert "  W2 = H2     = (W1 − F + 2P)/S + 1 = (32 − 3 + 2·0)/1 + 1" in lines
    assert "              = 30" in lines


def test_kinds_are_indented(printed: Any) -> None:
    lines = printed(60, "kinds")
    assert "conv               A convolution: every filter sees the" in lines
    assert "                   whole depth, or its group's share of it." in lines


def test_page_for_pipes_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    run(["kinds", "conv"])
    assert "| field | value | default | meaning |" in capsys.readouterr().out


def test_quiet_is_one_line_each(printed: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
    assert len(printed(40, "check", "--quiet", str(tmp_path))) == 2


def test_shown_part_is_stated(printed: Any) -> None:
    text = " ".join(" ".join(printed(60, "verify", "lenet5", "--show", "C1")).split())
    part = "first 4 of 6 maps, first 16 of 28 rows, first 5 of 28 columns"
    assert f"({part}: --save writes all)" in text


@pytest.mark.parametrize("kernel", ["3", "[5, 3]", "5, 3", "{height: 5, width: 3}"])
def test_spelling_of_a_spec(kernel: str) -> None:
    """Help suggests what a spec would say: it is read on the command line, too."""
    assert run(["conv", "32x32x3", "-K", "10", "-F", kernel, "--quiet"]) == 0


@pytest.mark.parametrize("volume", ["{length: 16, depth: 1}", "length=16,depth=1"])
def test_spelling_of_a_volume(volume: str) -> None:
    assert run(["conv", volume, "-K", "10", "-F", "3", "--quiet"]) == 0
