"""The command line: what it prints where, its exit codes, its options."""

from __future__ import annotations

import errno
import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from support.command import Command
from typer import Context
from typer.core import TyperGroup

from cnncalc import __version__
from cnncalc.cli import run
from cnncalc.cli.app import COMMANDS, LazyCommand, make_app
from cnncalc.layers.registry import layer_class
from cnncalc.problems.codes import CODES
from cnncalc.spec.load import Loaded, parse_bytes

GOOD = """\
name: LeNet
input: 32x32x1
vars: {units: 10, sizes: [3, 5]}
layers:
  - conv: {filters: 6, kernel: 5}
  - tanh
  - avgpool: 2
  - fc: $units
"""
BAD = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n  - relu\n"
WARNS = "input: 3x224x224\nlayers:\n  - relu\n"
BROKEN = "input: [1\n"
TWO = (
    "inputs: {image: 8x8x3, meta: 4}\n"
    "layers:\n  - fc: 4\n    from: image\n  - add: [previous, meta]\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for variable in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    files = {"good": GOOD, "bad": BAD, "warns": WARNS, "broken": BROKEN, "two": TWO}
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def cli(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(folder, capsys)


# exit codes and streams


@pytest.mark.parametrize(
    ("line", "code", "out", "err"),
    [
        ("--version", 0, f"cnncalc {__version__}\n", ""),
        ("summary good.yaml", 0, "LeNet", ""),
        ("summary warns.yaml", 0, "relu1", "CNN904"),
        ("summary bad.yaml", 1, "CNN301", "error CNN301 stride-does-not-fit: conv1: "),
        ("summary broken.yaml", 1, "", "error CNN103"),
        ("summary nothing.yaml", 2, "", "Error: there is no file"),
        ("summary .", 2, "", "folder"),
        ("summary good.yaml --format json", 0, '"name": "LeNet"', ""),
        ("summary bad.yaml --format json", 1, '"CNN301"', ""),
        ("summary broken.yaml --format json", 1, '"CNN103"', ""),
        ("explain good.yaml", 0, "conv1", ""),
        ("explain good.yaml fc1", 0, "fc1", ""),
        ("explain bad.yaml", 1, "", "CNN301"),
        ("explain good.yaml conv2", 2, "", "did you mean `conv1`?"),
        ("explain broken.yaml", 1, "", "CNN103"),
        ("check good.yaml", 0, "1 spec checked: 1 fine\n", ""),
        ("check bad.yaml", 1, "error CNN301", ""),
        (
            "check warns.yaml",
            0,
            "1 spec checked: 1 fine (1 warning); 1 fixable with --fix; see `cnncalc rule CNN904`\n",
            "",
        ),
        ("check nothing.yaml", 2, "", "Error: there is no file"),
        ("kinds", 0, "conv  ", ""),
        ("kinds conv", 0, "| `filters` (also `K`, `out_channels`", ""),
        ("kinds maxpool2d", 0, "# maxpool", ""),
        ("kinds convv", 2, "", "did you mean `conv`?"),
        ("kinds attention", 2, "", "no kind computes this: the networks here are convolutional\n"),
        ("rule", 0, "CNN301  stride-does-not-fit\n", ""),
        ("rule CNN301", 0, "# CNN301 stride-does-not-fit", ""),
        ("rule 301", 0, "# CNN301 stride-does-not-fit", ""),
        ("rule stride-does-not-fit", 0, "# CNN301", ""),
        ("rule stride-does-not-fitt", 2, "", "did you mean `stride-does-not-fit`?"),
        ("rule stride", 0, "CNN301  stride-does-not-fit\nCNN901  stride-with-dilation\n", ""),
        ("rule Transposed", 0, "CNN302  kernel-larger-than-input\nCNN313", ""),
        ("rule window larger", 0, "CNN302  kernel-larger-than-input\n", ""),
        ("rule kernel larger", 0, "CNN302  kernel-larger-than-input\n", ""),
        ("rule CNN91 cnn90", 0, "CNN910  padding-not-below-kernel\n", ""),
        ("rule CNN9 padding", 2, "", "there is no problem code CNN9 padding"),
        ("rule CNN301 302", 0, "\n# CNN302 kernel-larger-than-input", ""),
        ("rule stride does not fitt", 2, "", "did you mean `stride-does-not-fit`?"),
        ("rule CNN301 --all", 2, "", "--all goes without a code"),
        ("rule --all", 0, "\n# CNN302 kernel-larger-than-input\n", ""),
        ("rule CNN301 CNN999", 2, "", "Error: there is no problem code CNN999\n"),
        ("pool 8x8x3 --kernal 2", 2, "", "--kernal\n  did you mean `--kernel`?\n  see `"),
        ("rule CNN999", 2, "", "no problem code CNN999\n  `cnncalc rule` lists all codes\n"),
        ("explain good.yaml CONV1", 2, "", "did you mean `conv1`?"),
        ("zoo copy lenet5", 0, "", "see it with `cnncalc summary lenet5.yaml`\n"),
        ("rule CNN300", 2, "", "lists all codes"),
        ("conv 32x32x3 --filters 10 --kernel 5 --padding 2", 0, "32×32×10", ""),
        ("conv 7x7x3 --filters 10 --kernel 3 --stride 3", 1, "", "--stride 3\n"),
        ("conv 32y --filters 10 --kernel 3", 1, "", "CNN115"),
        ("--help", 0, "One layer", ""),
        ("-h", 0, "One layer", ""),
        ("summary -h", 0, "--format", ""),
        ("summary --help", 0, "--layout", ""),
        ("conv -h", 0, "--filters", ""),
        ("", 2, "", "One layer"),
        ("summry good.yaml", 2, "", "did you mean `summary`?"),
        ("summary", 2, "", "SPEC"),
        ("summary good.yaml bad.yaml", 2, "", "bad.yaml"),
        ("summary --formt json good.yaml", 2, "", "did you mean `--format`?"),
        ("summary good.yaml --depth", 2, "", "--depth"),
        ("conv 32x32x3 --filters 10", 2, "", "--kernel"),
    ],
)
def test_outcome(cli: Any, line: str, code: int, out: str, err: str) -> None:
    outcome = cli(line)
    assert outcome.code == code
    assert out in outcome.out
    assert err in outcome.err
    assert bool(out) or not outcome.out or code == 1
    assert bool(err) or not outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--format xml", ["--format xml", "table, json, csv, markdown"]),
        ("--format jsn", ["did you mean `json`?"]),
        ("--layout dwh", ["whd, chw, hwc"]),
        ("--dtype float31", ["did you mean `float32`?"]),
        ("--color blue", ["auto, always, never"]),
        ("--rounding flor", ["did you mean `floor`?"]),
        ("--depth 0", ["a whole number from 1, or all"]),
        ("--depth x", ["a whole number from 1, or all"]),
        ("--columns layer,outpt", ["`outpt`", "did you mean `output`?"]),
        ("--columns zz", ["`zz`", "columns: layer, kind"]),
        ("--format csv --columns shares", ["no column `shares`"]),
        ("--input 0x3x3", ["--input", "width 0"]),
        ("--input image=3", ["no input `image`", "inputs: input"]),
        ("--input width=3,width=4", ["width is given twice"]),
        ("--input 8x8x3 --input input=9x9x3", ["--input input=9x9x3: input is given twice"]),
        ("--set units=3 --set units=4", ["--set units=4: units is given twice"]),
        ("--input width=x,height=4", ["NAME=NUMBER"]),
        ("--set units", ["NAME=VALUE"]),
        ("--set unit=3", ["no variable `unit`", "did you mean `units`?"]),
        ("--set units=.nan", ["not a number"]),
        ("--set units=[1,", ["--set units"]),
        ("--set units=abc", ["--set units=abc: write a number, such as 10"]),
    ],
)
def test_wrong_option(cli: Any, line: str, words: list[str]) -> None:
    outcome = cli(f"summary good.yaml {line}")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("Error: ")
    for word in words:
        assert word in outcome.err


def test_ambiguous_input(cli: Any) -> None:
    outcome = cli("summary two.yaml --input 8x8x3")
    assert outcome.code == 2
    assert "write --input image=8x8x3" in outcome.err


# options


@pytest.mark.parametrize(
    ("line", "inputs"),
    [
        ("good.yaml", {"input": {"width": 32, "height": 32, "depth": 1}}),
        ("good.yaml --input 28x28x1", {"input": {"width": 28, "height": 28, "depth": 1}}),
        ("good.yaml --input input=28x30", {"input": {"width": 28, "height": 30, "depth": 1}}),
        (
            "good.yaml --input width=12,height=10,depth=2",
            {"input": {"width": 12, "height": 10, "depth": 2}},
        ),
        (
            "two.yaml --input image=4x4x3 --input meta=4",
            {"image": {"width": 4, "height": 4, "depth": 3}, "meta": {"depth": 4}},
        ),
        (
            "two.yaml --input image=length=9,depth=2",
            {"image": {"length": 9, "depth": 2}, "meta": {"depth": 4}},
        ),
    ],
)
def test_input(cli: Any, line: str, inputs: dict[str, Any]) -> None:
    outcome = cli(f"summary {line} --format json")
    assert outcome.code == 0
    assert outcome.json["inputs"] == inputs


@pytest.mark.parametrize(
    ("value", "kernel"), [("[1, 7]", [1, 7]), ("7", [7, 7]), ('"7x7"', [7, 7])]
)
def test_set(cli: Any, folder: Path, value: str, kernel: list[int]) -> None:
    text = "input: 8x8x3\nvars: {k: 3}\nlayers:\n  - conv: {filters: 2, kernel: $k}\n"
    (folder / "k.yaml").write_text(text)
    outcome = cli("summary k.yaml --format json --set", f"k={value}")
    assert outcome.json["layers"][0]["weights"]["kernel"] == [2, 3, *kernel]


def test_rounding(cli: Any) -> None:
    outcome = cli("summary bad.yaml --rounding floor")
    assert outcome.code == 0
    assert "2×2×10" in outcome.out
    assert outcome.out.count("expectations not checked (--rounding)") == 1


def test_expectations_not_checked(cli: Any, folder: Path) -> None:
    (folder / "e.yaml").write_text("input: 4x4\nlayers: [relu]\nexpect: {output: 5x5}\n")
    assert cli("summary e.yaml").code == 1
    outcome = cli("summary e.yaml --input 6x6 --format markdown")
    assert outcome.code == 0
    assert "Note: expectations not checked (--input)" in outcome.out


def test_dtype(cli: Any) -> None:
    weights = {
        name: cli(f"summary good.yaml --format json --dtype {name}").json["totals"]["bytes"]
        for name in ("float16", "float32", "float64")
    }
    assert weights["float32"]["weights"] == 4 * 11926
    for key in weights["float32"]:
        assert 4 * weights["float16"][key] == 2 * weights["float32"][key] == weights["float64"][key]


def test_batch(cli: Any) -> None:
    """Memory is that of N inputs; the weights are there once."""
    one, many = (
        cli(f"summary good.yaml --format json{batch}").json["totals"]["bytes"]
        for batch in ("", " --batch 8")
    )
    assert many["weights"] == one["weights"] and many["activations"] == 8 * one["activations"]
    assert many["training"] - one["training"] == 7 * one["activations"]
    assert "(8 inputs, float32; no optimizer state)" in cli("summary good.yaml --batch 8").out


def test_column_names(cli: Any) -> None:
    outcome = cli("summary good.yaml --format csv --columns LAYER,non-trainable,layer")
    assert outcome.out.splitlines()[0] == "layer,non_trainable"


def test_a_share_of_an_unknown_sum(cli: Any, folder: Path) -> None:
    text = "input: 7x7x3\nlayers:\n  - fc: 2\n  - conv: {filters: 1, kernel: 3}\n"
    (folder / "half.yaml").write_text(text)
    assert "%" not in cli("summary half.yaml --columns layer,share").out
    assert cli("summary half.yaml --format csv --columns layer,share").out.splitlines()[1:] == [
        "fc1,",
        "conv1,",
    ]


@pytest.mark.parametrize("command", ["explain {} b1", "verify {} --show b1"])
def test_a_use_without_layers(cli: Any, folder: Path, command: str) -> None:
    text = (
        "input: 4\nblocks: {b: {layers: [{relu: {}, when: false}]}}\nlayers: [{fc: 2}, {b: {}}]\n"
    )
    (folder / "nob.yaml").write_text(text)
    outcome = cli(command.format("nob.yaml"))
    assert outcome.code == 2
    assert outcome.err == "Error: `b1` has no layers: all of them are left out\n"


def test_ascii_help(cli: Any) -> None:
    for line in ("summary --ascii --help", "summary --help --ascii"):
        outcome = cli(line)
        assert (outcome.code, outcome.err) == (0, "")
        assert "--columns" in outcome.out
        assert outcome.out.isascii()
    assert not cli("summary --help").out.isascii()


def test_closed_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert run(["summary", "bad.yaml"]) == 1


def test_the_line_of_one_layer(cli: Any) -> None:
    assert cli("fc 4 --units 2 --format json").json["layers"][0]["line"] == 1
    assert cli("fc 4 --units 2 --format csv --columns line").out.splitlines()[1:] == ["1"]


def test_depth(cli: Any, folder: Path) -> None:
    text = "input: 4x4\nblocks: {b: {layers: [relu, tanh]}}\nlayers:\n  - b\n"
    (folder / "b.yaml").write_text(text)
    shown = {depth: cli(f"summary b.yaml --depth {depth}").out for depth in ("1", "2", "all")}
    assert "tanh" not in shown["1"]
    assert "tanh" in shown["2"]
    assert shown["all"] == shown["2"]
    assert cli("summary b.yaml --depth 10000000").out == shown["2"]


@pytest.mark.parametrize(
    ("environment", "option", "colored"),
    [
        ({}, "", False),
        ({}, "--color always", True),
        ({"FORCE_COLOR": "1"}, "", True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "", False),
        ({"NO_COLOR": "1"}, "--color always", True),
        ({"FORCE_COLOR": "1"}, "--color never", False),
        ({"FORCE_COLOR": ""}, "", False),
    ],
)
def test_color(
    cli: Any,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    option: str,
    colored: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    outcome = cli(f"summary bad.yaml {option}")
    assert ("\x1b[" in outcome.out, "\x1b[" in outcome.err) == (colored, colored)


def test_columns_wide(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    narrow = cli("summary good.yaml").out
    monkeypatch.delenv("COLUMNS")
    assert len(cli("summary good.yaml").out.splitlines()[3]) > 60
    assert max(map(len, narrow.splitlines()[:8])) <= 60


def test_ascii(cli: Any) -> None:
    outcome = cli("summary bad.yaml --ascii")
    assert (outcome.out + outcome.err).isascii()
    assert "(7 - 3 + 2*0)/3 + 1 = 2 1/3 ~ 2.33" in outcome.err


def test_quiet(cli: Any) -> None:
    outcome = cli("summary bad.yaml --quiet")
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("bad.yaml:3:44: error CNN301")
    assert cli("check bad.yaml --quiet").out.count("\n") == 1
    assert cli("check good.yaml --quiet").out == ""


def test_counts(cli: Any) -> None:
    assert cli("summary bad.yaml").err.endswith("\n\n1 error; see `cnncalc rule CNN301`\n")
    assert cli("summary warns.yaml").err.endswith("\n\n1 warning; see `cnncalc rule CNN904`\n")


# standard input


def feed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_stdin(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, BAD)
    outcome = cli("summary - --format json")
    assert outcome.code == 1
    assert outcome.json["problems"][0]["file"] == "<stdin>"
    feed(monkeypatch, GOOD)
    assert cli("check -").out == "1 spec checked: 1 fine\n"
    monkeypatch.setattr(sys, "stdin", None)
    assert cli("summary -").code == 2


# check


@pytest.fixture
def tree(folder: Path) -> Path:
    files = {
        "t/a.yaml": GOOD,
        "t/b.yml": BAD,
        "t/c.json": '{"input": 4, "layers": ["relu"]}',
        "t/config.yaml": "version: 2\n",
        "t/slip.yaml": "inptu: 3x3\n",
        "t/nothing.yaml": "",
        "t/list.json": "[1, 2]",
        "t/package.json": '{"version": 2}',
        "t/ci/a.yaml": "on: push",
        "t/ci/b.yaml": "on: push",
        "t/cut.yaml": "input: 3x3\nlayers: [\n",
        "t/readme.md": "input: no",
        "t/.hidden/h.yaml": BAD,
        "t/.h.yaml": BAD,
        "t/node_modules/n.yaml": BAD,
        "t/venv/v.yaml": BAD,
        "t/mine/pyvenv.cfg": "",
        "t/mine/m.yaml": BAD,
        "t/sub/deep/d.yaml": WARNS,
        "empty/readme.md": "",
        "others/config.yaml": "version: 2\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_check_folder(cli: Any, tree: Path) -> None:
    outcome = cli("check t")
    assert outcome.code == 1
    lines = outcome.out.splitlines()
    heads = [line.split(" CNN")[0] for line in lines if line.startswith("t/")]
    assert heads == [
        "t/b.yml:3:44: error",
        "t/cut.yaml:2:9: error",
        "t/list.json:1:1: error",
        "t/nothing.yaml:1:1: error",
        "t/slip.yaml:1:1: error",
        "t/slip.yaml:1:1: error",
        "t/sub/deep/d.yaml:1:8: warning",
    ]
    assert lines[-1] == (
        "8 specs checked: 3 fine, 5 with problems (6 errors, 1 warning); 2 fixable with --fix; "
        "4 files are not specs (t/ci/a.yaml, t/ci/b.yaml, t/config.yaml, …); "
        "5 left out (hidden, linked, excluded, ignored by git, or packages); "
        "see `cnncalc rule CNN301`"
    )
    assert outcome.err == ""


def test_check_json(cli: Any, tree: Path) -> None:
    data = cli("check t --exclude ci --exclude t/sub/deep --format json").json
    assert list(data) == [
        "cnncalc", "schema", "files", "problems", "skipped", "unreadable", "counts",
    ]  # fmt: skip
    assert [file["file"] for file in data["files"]] == [
        "t/a.yaml", "t/b.yml", "t/c.json", "t/cut.yaml", "t/list.json", "t/nothing.yaml",
        "t/slip.yaml",
    ]  # fmt: skip
    assert [list(file) for file in data["files"]] == [["file", "name", "totals"]] * 7
    assert data["files"][0]["totals"]["params"] == {"trainable": 11926, "non_trainable": 0}
    assert data["files"][1]["totals"]["macs"] is None
    why = "it has none of the keys layers, input, inputs, blocks and extends"
    assert data["skipped"] == [
        {"file": "t/config.yaml", "why": why},
        {"file": "t/package.json", "why": why},
    ]
    assert data["counts"] == {
        "specs": 7, "fine": 2, "with_problems": 5, "errors": 6, "warnings": 0, "fixable": 1,
        "not_specs": 2, "unreadable": 0, "left_out": 7,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("paths", "code", "out", "err"),
    [
        (".", 1, "specs checked", ""),
        ("t t/a.yaml t/./a.yaml t/sub", 1, "8 specs checked", ""),
        ("t/config.yaml", 1, "1 spec checked: 0 fine", ""),
        ("t/venv", 1, "t/venv/v.yaml:3:44", ""),
        ("good.yaml missing.yaml", 2, "1 fine; 1 could not be read", "missing.yaml"),
        ("empty", 2, "", "Error: there is no spec in empty"),
        ("good.yaml empty", 2, "1 spec checked", "Error: there is no spec in empty\n"),
        ("others", 2, "", "there is no spec in others (1 file looked at)"),
        ("t --exclude t/*", 2, "", "there is no spec in t\n"),
        ("good.yaml --format xml", 2, "", "full, concise, table, json"),
    ],
)
def test_check_paths(cli: Any, tree: Path, paths: str, code: int, out: str, err: str) -> None:
    outcome = cli(f"check {paths}")
    assert outcome.code == code
    assert out in outcome.out
    assert err in outcome.err
    assert bool(err) or not outcome.err


def test_check_here(cli: Any, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a path, the current folder is searched."""
    monkeypatch.chdir(tree / "t" / "sub")
    outcome = cli("check")
    assert outcome.code == 0
    assert outcome.out.startswith("deep/d.yaml:1:8: warning")


def test_check_what_is_extended(cli: Any, tmp_path: Path) -> None:
    """A problem of a file that others extend is one problem, and fails all of them."""
    folder = tmp_path / "family"
    folder.mkdir()
    (folder / "a.yaml").write_text("extends: ./b.yaml\n")
    (folder / "b.yaml").write_text("input: 4\nlayers: [rellu]\n")
    outcome = cli("check family --format concise")
    assert outcome.out.count("CNN201 unknown-kind") == 1
    summary = "2 specs checked: 0 fine, 2 with problems (1 error); 1 fixable with --fix; see"
    assert outcome.out.splitlines()[-1].startswith(summary)


def test_check_links(cli: Any, tree: Path) -> None:
    """Links that lead nowhere, or in a circle, are mistakes; linked folders are left out."""
    (tree / "t" / "link.yaml").symlink_to("nowhere.yaml")
    (tree / "t" / "self.yaml").symlink_to("self.yaml")
    (tree / "t" / "around").symlink_to(tree / "t")
    outcome = cli("check t")
    assert outcome.code == 2
    assert "t/link.yaml is a link that leads nowhere: to nowhere.yaml" in outcome.err
    assert "t/self.yaml is a link that leads nowhere: to self.yaml" in outcome.err
    assert "; 2 could not be read; 6 left out" in outcome.out


def test_check_unreadable(cli: Any, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be read is an error, and the rest is checked."""
    listed = os.scandir

    def scandir(folder: str) -> Any:
        if folder.endswith("sub"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return listed(folder)

    monkeypatch.setattr("cnncalc.checking.discovery.os.scandir", scandir)
    outcome = cli("check t")
    assert outcome.code == 2
    assert outcome.err == "Error: cannot read t/sub: Permission denied\n"
    assert outcome.out.splitlines()[-1].startswith("7 specs checked")
    assert cli("check t --format json").json["unreadable"] == [
        {"file": "t/sub", "why": "cannot read t/sub: Permission denied"}
    ]


def test_check_deep(cli: Any, folder: Path) -> None:
    """Folders in folders end nowhere, but at what the system takes."""
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("nested", dir_fd=descriptor)
        below = os.open("nested", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    outcome = cli("check good.yaml .")
    assert outcome.code == 2
    assert "File name too long" in outcome.err
    assert "specs checked" in outcome.out
    subprocess.run(["rm", "-r", "nested"], check=True)  # Python's own needs short paths


# one layer


@pytest.mark.parametrize(
    ("line", "layer"),
    [
        ("conv 32x32x3 -K 10 -F 5 -P 2", "conv filters: 10 kernel: 5 padding: 2"),
        (
            "conv length=16000,depth=1 --filters 4 --kernel 80 --stride 4 --padding left=1,right=2",
            "conv filters: 4 kernel: 80 stride: 4 padding: {left: 1, right: 2}",
        ),
        (
            "conv 8x8x4 -K 4 -F 3,5 --groups 2 --padding same --no-bias --rounding floor",
            "conv filters: 4 kernel: [3, 5] padding: same groups: 2 rounding: floor bias: false",
        ),
        (
            "conv-transpose 8x8x4 -K 4 -F height=1,width=7 -S 2 --output-padding 1",
            "conv_transpose filters: 4 kernel: {height: 1, width: 7} stride: 2 output_padding: 1",
        ),
        ("pool 24x24x6 -F 2", "maxpool kernel: 2"),
        ("pool 24x24x6 --avg -F 2 --trainable", "avgpool kernel: 2 trainable: true"),
        ("lppool 8x8x2 -F 2 --power 1.5", "lppool kernel: 2 p: 1.5"),
        ("fc 4096 -K 10 --no-bias", "fc units: 10 bias: false"),
    ],
)
def test_layer_as_spec(cli: Any, monkeypatch: pytest.MonkeyPatch, line: str, layer: str) -> None:
    """The arguments of a one-layer command are read as the spec that one would write."""
    texts: list[str] = []

    def read(data: bytes, name: str, path: Path | None) -> Loaded:
        texts.append(data.decode())
        return parse_bytes(data, name, path)

    monkeypatch.setattr("cnncalc.cli.layers.parse_bytes", read)
    cli(line)
    volume = re.sub(r"length=(\d+),depth=(\d+)", r"{length: \1, depth: \2}", line.split()[1])
    kind, fields = layer.split(" ", 1)
    stated = re.sub(r" (?=\w+: )(?![^{]*\})", "\n      ", f" {fields}")
    assert texts == [f"input: {volume}\nlayers:\n  - {kind}:{stated}\n"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("conv 7x7x3 -K abc -F 3", "Error: --filters abc: write a whole number from 1\n"),
        ("conv 7x7x3 -K 4.5 -F 3", "Error: --filters 4.5: write a whole number from 1\n"),
        ("fc 4096 -K 1e3", "Error: --units 1e3: write a whole number from 1\n"),
        ("conv 7x7x3 -K 4 -F abc", "Error: --kernel abc: write sizes such as 3, 1,7 or"),
        ("lppool 8x8x2 -F 2 --power p", "Error: --power p: write a number such as 2 or 1.5\n"),
        ("conv 7 7 3 -K 4 -F 3", "Error: INPUT 7 7 3: write 7x7x3\n"),
        ("pool 8x8x3 -F 2 --trainable", "Error: --trainable needs --avg\n"),
        ("pool 8x8x3 -F 2 --count-padding", "Error: --count-padding needs --avg\n"),
    ],
)
def test_layer_usage(cli: Any, line: str, told: str) -> None:
    """A value that the option cannot have is a fault of the option."""
    outcome = cli(line)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(told)


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (
            "conv 32x32x3 -K 10 -F 5 -P 2",
            [
                "= (W1 − F + 2P)/S + 1 = (32 − 5 + 2·2)/1 + 1 = 32",
                "= (F·F·D1)·K + K = (5·5·3)·10 + 10 = 760",
            ],
        ),
        ("fc 84 -K 10", ["= 84·10 + 10 = 850"]),
        ("pool 8x8x3 -F 2", ["= (8 − 2)/2 + 1 = 4"]),
    ],
)
def test_layer_arithmetic(cli: Any, line: str, lines: list[str]) -> None:
    """Below the table of one layer is its arithmetic; other formats hold no such text."""
    table = cli(line).out
    for each in lines:
        assert f"{each}\n" in table
    for format in ("json", "csv", "markdown"):
        assert lines[0] not in cli(f"{line} --format {format}").out


@pytest.mark.parametrize(
    ("line", "output", "params"),
    [
        ("conv 32x32x3 -K10 -F5 -P2", {"width": 32, "height": 32, "depth": 10}, 760),
        ("depthwise-conv 8x8x4 -F 3", {"width": 6, "height": 6, "depth": 4}, 40),
        ("separable-conv 8x8x4 -K 2 -F 3", {"width": 6, "height": 6, "depth": 2}, 46),
        ("locally-connected 3x3x1 -K 1 -F 2", {"width": 2, "height": 2, "depth": 1}, 20),
        ("conv-transpose 4x4x2 -K 3 -F 2 -S 2", {"width": 8, "height": 8, "depth": 3}, 27),
        ("pool 8x8x4 -F 2", {"width": 4, "height": 4, "depth": 4}, 0),
        ("lppool 8x8x4 -F 2 --power 1", {"width": 4, "height": 4, "depth": 4}, 0),
        ("fc 8x8x4 --units 10", {"depth": 10}, 2570),
        ("maxout 10 -K 4 --pieces 3", {"depth": 4}, 132),
        ("rbf 84 -K 10", {"depth": 10}, 0),
    ],
)
def test_one_layer(cli: Any, line: str, output: dict[str, int], params: int) -> None:
    outcome = cli(f"{line} --format json")
    assert outcome.code == 0, outcome.err
    data = outcome.json
    assert data["name"] == line.split()[0]
    assert data["layers"][0]["output"] == output
    assert data["totals"]["params"]["trainable"] == params
    assert outcome.err == ""


@pytest.mark.parametrize(
    ("line", "place", "message", "shown"),
    [
        (
            "conv 7x7x3 -K 10 -F 3 -S 3",
            "44: error CNN301 stride-does-not-fit",
            "--stride: a 3×3 filter with stride 3 does not fit a 7×7×3 input",
            "cnncalc conv 7x7x3 --filters 10 --kernel 3 <--stride 3>",
        ),
        (
            "conv 7x7x3 -K 4 -F 3 -P smae --no-bias",
            "43: error CNN108 wrong-type",
            "--padding: smae is not a padding",
            "cnncalc conv 7x7x3 --filters 4 --kernel 3 <--padding smae> --no-bias",
        ),
        (
            "fc 32y -K 10",
            "12: error CNN115 bad-shape",
            "32y is not a volume",
            "cnncalc fc <32y> --units 10",
        ),
        (
            "conv 84 -K 10 -F 5",
            "1: error CNN306 wrong-axes",
            "",
            "<cnncalc conv> 84 --filters 10 --kernel 5",
        ),
    ],
)
def test_one_layer_problem(cli: Any, line: str, place: str, message: str, shown: str) -> None:
    """What is wrong is shown at the option, on the command line as it might be typed."""
    outcome = cli(line)
    head, source, carets = outcome.err.splitlines()[:3]
    assert head.startswith(f"<arguments>:1:{place}: {message}")
    before, marked, after = re.split("[<>]", shown)
    assert source == f"  1 | {before}{marked}{after}"
    assert carets.split(" (")[0].rstrip() == f"    | {' ' * len(before)}{'^' * len(marked)}"
    problem = cli(f"{line} --format json").json["problems"][0]
    start = len(before) + 1
    assert (problem["line"], problem["column"], problem["end_column"]) == (
        1, start, start + len(marked),
    )  # fmt: skip


def test_one_layer_without_a_volume(cli: Any) -> None:
    """Where INPUT is no volume, no table of unknown sizes is printed above the message."""
    outcome = cli("conv 1x3x224x224 -K 8 -F 3")
    assert (outcome.code, outcome.out) == (1, "")
    assert "help: a batch, depth first: write 224x224x3" in outcome.err


@pytest.mark.parametrize(
    ("line", "help"),
    [
        ("conv 64x64x3 -K 8 -F 3 -S 2 -P 1", "help: --rounding floor → 32×32, as PyTorch"),
        ("pool 8x8x3 -F 3", "--padding same → 3×3"),
        ("conv 32x32x3 -K 8 -F 3 --groups 2", "help: --groups 1 divides both"),
        ("conv 5x5x1 -K 1 -F 80", "--padding same → 5×5"),
    ],
)
def test_one_layer_help(cli: Any, line: str, help: str) -> None:
    """What would mend it is written as options."""
    assert help in re.sub(r"\s+", " ", cli(line).err)


_LEFT_OUT = {"in_channels", "activation", "connection_table"}
"""Fields without an option: known from INPUT, without a number to show, too long to type.

Nor can a single layer be frozen, which in other kinds than pooling is what ``trainable`` is for.
"""


def commands() -> dict[str, Any]:
    """Return every command of the Typer application by its full name."""
    found: dict[str, Any] = {}
    for name, command in make_app().commands.items():
        if isinstance(command, TyperGroup):
            found |= {f"{name} {word}": below for word, below in command.commands.items()}
        else:
            found[name] = command
    assert all(isinstance(command, LazyCommand) for command in found.values())
    return {name: command.load() for name, command in found.items()}


LOADED = commands()
LAYERS = {"conv": ["conv"], "pool": ["maxpool", "avgpool"]} | {
    name: [name.replace("-", "_")]
    for name, entry in COMMANDS.items()
    if entry.panel == "One layer" and name not in ("conv", "pool")
}
"""One-layer command → the kinds that it makes."""


@pytest.mark.parametrize("name", LAYERS)
def test_options_are_fields(name: str) -> None:
    fields = {
        info.alias or field: info.is_required()
        for kind in LAYERS[name]
        for field, info in layer_class(kind).model_fields.items()
    }
    look = {"input", "format", "columns", "layout", "dtype", "color", "quiet", "ascii", "avg"}
    options = {
        param.name.removeprefix("no_"): param.required
        for param in LOADED[name].params
        if param.name not in look
    }
    left_out = _LEFT_OUT if name == "pool" else _LEFT_OUT | {"trainable"}
    assert options == {field: need for field, need in fields.items() if field not in left_out}


# every command and every option


@pytest.mark.parametrize("name", LOADED)
def test_help(cli: Any, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    for flag in ("-h", "--help"):
        outcome = cli(f"{name} {flag}")
        assert (outcome.code, outcome.err) == (0, "")
        assert max(map(len, outcome.out.splitlines())) <= 100
        text = " ".join(outcome.out.split())
        assert COMMANDS[name].about.split(" (")[0].rstrip(".") in text
        assert f"Example: cnncalc {name} " in f"{text} "
        assert "Exit codes: 0 fine" in text
        assert not re.search(r"<(bool|str|int|list.*|Any)>", text)
        for param in LOADED[name].params:
            shown = [*param.opts] if param.param_type_name == "option" else [param.metavar]
            assert all(word in text for word in shown)


def test_all_listed(cli: Any) -> None:
    out = cli("--help").out
    panels = re.findall(r"─ ([A-Z][a-z ]+) ─", out)
    assert panels == ["Options", "Networks", "Homework", "One layer", "Zoo", "Reference"]
    words = [line.split()[1] for line in out.splitlines() if line.startswith("│ ")]
    assert [word for word in words if word in make_app().commands] == list(make_app().commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_examples(name: str) -> None:
    """The example of a command is one that it understands."""
    example = LOADED[name].help.partition("\n\nExample: ")[2]
    words = example.partition(" >")[0].split()
    assert words[: len(name.split()) + 1] == ["cnncalc", *name.split()]
    LOADED[name].make_context(name, words[len(name.split()) + 1 :]).close()


_PLACES = {"SPEC": "good.yaml", "PATH": "good.yaml", "NAME": "lenet5", "INPUT": "8x8x3"}
_REFUSING = ("N", "N|all", "NAMES", "NAME=VALUE", "SHAPE", "SIZE", "TASK", "TYPE", "YEAR")
"""What the value of an option is called where only some values have a meaning."""


def required(name: str) -> list[str]:
    """Return what a command needs, with the least that it takes."""
    words = []
    for param in LOADED[name].params:
        if param.required and param.param_type_name == "option":
            words += [param.opts[0], "3"]
        elif param.required:
            words.append(_PLACES[param.metavar])
    return words


def options(name: str) -> list[Any]:
    """Return the options of a command."""
    return [param for param in LOADED[name].params if param.param_type_name == "option"]


@pytest.mark.parametrize("value", ["", "no-such-value", "-1", "a=b=c", "\x1b[2J"])
@pytest.mark.parametrize("name", [name for name in LOADED if COMMANDS[name].panel != "One layer"])
def test_bad_value(cli: Any, name: str, value: str) -> None:
    """A value without a meaning is wrong usage; the message names the option."""
    for param in options(name):
        if param.is_flag:
            continue
        outcome = cli(name, *required(name), param.opts[0], value)
        assert "Traceback" not in outcome.err and "internal error" not in outcome.err
        assert "\x1b" not in outcome.err
        if param.metavar in _REFUSING or param.type_descriptor.is_choice:
            assert (outcome.code, outcome.out) == (2, "")
            assert outcome.err.startswith("Error: ")
            assert param.opts[0] in outcome.err


@pytest.mark.parametrize("value", ["height=x", "height=1,height=2", "=1", "a="])
@pytest.mark.parametrize("name", LAYERS)
def test_bad_field(cli: Any, name: str, value: str) -> None:
    """Of a field's value only pairs are read here; everything else is for the spec's reader."""
    for param in options(name):
        if param.rich_help_panel is None and not param.is_flag:
            outcome = cli(name, *required(name), param.opts[0], value)
            assert (outcome.code, outcome.out) == (2, "")
            assert outcome.err.startswith(f"Error: {param.opts[0]} {value}: ")


@pytest.mark.parametrize("name", LOADED)
def test_wrong_options(cli: Any, name: str) -> None:
    """Of each option: no value at all, a value for a switch, a word that is no choice."""
    for param in options(name):
        option = param.opts[0]
        bad = [f"{option}=1"] if param.is_flag else [option]
        outcome = cli(name, *required(name), *bad)
        assert (outcome.code, outcome.out) == (2, "")
        assert option in outcome.err
        choices = [item.value for item in param.shell_complete(Context(LOADED[name]), "")]
        if choices and option not in ("--select", "--ignore"):  # which take beginnings, too
            outcome = cli(name, *required(name), option, f"{choices[0]}x")
            assert (outcome.code, outcome.out) == (2, "")
            assert f"{option} {choices[0]}x: choose from {', '.join(choices)}" in outcome.err
            assert f"did you mean `{choices[0]}`?" in outcome.err


def test_internal_error(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the tool is owned up to, without a traceback or half a document."""

    def broken(*anything: object, **more: object) -> str:
        raise KeyError("conv1\x1b[2J")

    monkeypatch.setattr("cnncalc.render.formats.json_document", broken)
    outcome = cli("summary good.yaml --format json")
    assert (outcome.code, outcome.out) == (70, "")
    first, second = outcome.err.splitlines()
    assert first.startswith("Error: internal error: KeyError: ") and "conv1" in first
    assert "please report it" in second
    assert "\x1b" not in outcome.err


def test_interrupted_start(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is quiet while the tool loads, too."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cnncalc.cli.app.make_app", interrupted)
    outcome = cli("summary good.yaml")
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "")


# completion


def completed(cli: Any, monkeypatch: pytest.MonkeyPatch, line: str) -> list[str]:
    """Return what a shell offers for the last word of a line."""
    monkeypatch.setenv("_CNNCALC_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
    out = io.StringIO()
    with pytest.raises(SystemExit), redirect_stdout(out):
        cli("")
    return out.getvalue().split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("cnncalc ver", ["verify"]),
        ("cnncalc zoo ", ["list", "show", "copy"]),
        ("cnncalc summary --form", ["--format"]),
        ("cnncalc summary x --format ", ["table", "json", "csv", "markdown"]),
        ("cnncalc summary lenet", ["lenet5-1998", "lenet5"]),
        ("cnncalc zoo show wide_resnet50", ["wide_resnet50_2"]),
        ("cnncalc rule CNN301", ["CNN301"]),
        ("cnncalc rule CNN301 CNN302", ["CNN302"]),
        ("cnncalc explain lenet5 C", ["C1", "C3", "C5"]),
        ("cnncalc explain two.yaml ", ["fc1", "add1"]),
        ("cnncalc explain bad.yaml r", ["relu1"]),
        ("cnncalc explain broken.yaml ", []),
        ("cnncalc explain nothing.yaml ", []),
        ("cnncalc explain - ", []),
        ("cnncalc explain resnet18 layer1.1.add", ["layer1.1.add1"]),
        ("cnncalc verify two.yaml lenet5 --show C", ["C1", "C3", "C5"]),
        ("cnncalc check --format j", ["json", "json-lines", "junit"]),
        ("cnncalc zoo list --task seg", ["segmentation"]),
    ],
)
def test_completion(
    cli: Any, monkeypatch: pytest.MonkeyPatch, line: str, offered: list[str]
) -> None:
    assert completed(cli, monkeypatch, line) == offered


def test_rules_listed(cli: Any) -> None:
    assert [line.split()[0] for line in cli("rule").out.splitlines()] == list(CODES)


def test_schema(cli: Any) -> None:
    assert cli("schema").json["type"] == "object"


def test_escapes(cli: Any) -> None:
    outcome = cli("summary", "a\x1b[2Jb\u202e")
    assert outcome.code == 2
    assert r"a\x1b[2Jb\u202e" in outcome.err


def test_long_name(cli: Any) -> None:
    assert cli("summary", "a" * 5000).code == 2
    assert cli("check", "a" * 5000).code == 2


def test_kinds(cli: Any) -> None:
    """A kind goes by its other names too; a misspelt one gets the nearest."""
    assert cli("kinds conv2d").out == cli("kinds conv").out != ""
    outcome = cli("kinds cnov")
    assert (outcome.code, outcome.out) == (2, "")
    assert "did you mean `conv`?" in outcome.err
