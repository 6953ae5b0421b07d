"""What commands print where, and their exit codes."""

from __future__ import annotations

import io
import sys

import pytest
from support.command import BAD, GOOD, Command

from cnncalc import __version__
from cnncalc.cli import run
from cnncalc.problems.codes import CODES


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
        ("conv 8x8x3 --units 2", 2, "", "--units\n  did you mean `--filters`?\n  see `"),
        ("solve conv 8x8x3 --units 2", 2, "", "--units\n  did you mean `--filters`?\n  see `"),
        ("fc 8 --filters 2", 2, "", "--filters\n  did you mean `--units`?\n  see `"),
        ("solve dense 8", 2, "", "did you mean `fc`?"),
        ("pool 8x8x3 --kernal 2", 2, "", "--kernal\n  did you mean `--kernel`?\n  see `"),
        ("rule CNN999", 2, "", "no problem code CNN999\n  `cnncalc rule` lists all codes\n"),
        ("explain good.yaml CONV1", 2, "", "did you mean `conv1`?"),
        ("zoo copy lenet5", 0, "", "see it with `cnncalc summary lenet5.yaml`\n"),
        ("rule CNN300", 2, "", "lists all codes"),
        ("conv 32x32x3 --filters 10 --kernel 5 --padding 2", 0, "32×32×10", ""),
        ("conv 7x7x3 --filters 10 --kernel 3 --stride 3", 1, "", "--stride 3\n"),
        ("conv 8x8x8x3 -K 2 -F 3", 1, "", "write frames=8,height=8,width=8,depth=3\n"),
        ("conv 32x32x3 -K 2 -F 3 -S 2", 1, "", "padding bottom=1,right=1 →"),
        ("solve conv -h", 0, "length=100,depth=4", ""),
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
def test_outcome(command: Command, line: str, code: int, out: str, err: str) -> None:
    outcome = command(line)
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
def test_wrong_option(command: Command, line: str, words: list[str]) -> None:
    outcome = command(f"summary good.yaml {line}")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("Error: ")
    for word in words:
        assert word in outcome.err


def test_ambiguous_input(command: Command) -> None:
    outcome = command("summary two.yaml --input 8x8x3")
    assert outcome.code == 2
    assert "write --input image=8x8x3" in outcome.err


def test_closed_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert run(["summary", "bad.yaml"]) == 1


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
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    option: str,
    colored: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    outcome = command(f"summary bad.yaml {option}")
    assert ("\x1b[" in outcome.out, "\x1b[" in outcome.err) == (colored, colored)


def test_ascii(command: Command) -> None:
    outcome = command("summary bad.yaml --ascii")
    assert (outcome.out + outcome.err).isascii()
    assert "(7 - 3 + 2*0)/3 + 1 = 2 1/3 ~ 2.33" in outcome.err


def test_quiet(command: Command) -> None:
    outcome = command("summary bad.yaml --quiet")
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("bad.yaml:3:44: error CNN301")
    assert command("check bad.yaml --quiet").out.count("\n") == 1
    assert command("check good.yaml --quiet").out == ""


def test_counts(command: Command) -> None:
    assert command("summary bad.yaml").err.endswith("\n\n1 error; see `cnncalc rule CNN301`\n")
    assert command("summary warns.yaml").err.endswith("\n\n1 warning; see `cnncalc rule CNN904`\n")


def feed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_stdin(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, BAD)
    outcome = command("summary - --format json")
    assert outcome.code == 1
    assert outcome.json["problems"][0]["file"] == "<stdin>"
    feed(monkeypatch, GOOD)
    assert command("check -").out == "1 spec checked: 1 fine\n"
    monkeypatch.setattr(sys, "stdin", None)
    assert command("summary -").code == 2


def test_internal_error(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the tool is owned up to, without a traceback or half a document."""

    def broken(*anything: object, **more: object) -> str:
        raise KeyError("conv1\x1b[2J")

    monkeypatch.setattr("cnncalc.render.formats.json_document", broken)
    outcome = command("summary good.yaml --format json")
    assert (outcome.code, outcome.out) == (70, "")
    first, second = outcome.err.splitlines()
    assert first.startswith("Error: internal error: KeyError: ") and "conv1" in first
    assert "please report it" in second
    assert "\x1b" not in outcome.err


def test_interrupted_start(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is quiet while the tool loads, too."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cnncalc.cli.app.make_app", interrupted)
    outcome = command("summary good.yaml")
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "")


def test_rules_listed(command: Command) -> None:
    assert [line.split()[0] for line in command("rule").out.splitlines()] == list(CODES)


def test_schema(command: Command) -> None:
    assert command("schema").json["type"] == "object"


def test_escapes(command: Command) -> None:
    outcome = command("summary", "a\x1b[2Jb\u202e")
    assert outcome.code == 2
    assert r"a\x1b[2Jb\u202e" in outcome.err


def test_long_name(command: Command) -> None:
    assert command("summary", "a" * 5000).code == 2
    assert command("check", "a" * 5000).code == 2


def test_kinds(command: Command) -> None:
    """A kind goes by its other names too; a misspelt one gets the nearest."""
    assert command("kinds conv2d").out == command("kinds conv").out != ""
    outcome = command("kinds cnov")
    assert (outcome.code, outcome.out) == (2, "")
    assert "did you mean `conv`?" in outcome.err
