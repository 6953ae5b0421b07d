"""The zoo on the command line: list, show, copy; its index and its page."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnncalc.cli import run
from cnncalc.render.formats import FORMATS
from cnncalc.render.terminal import Terminal
from cnncalc.render.zoo import COLUMNS, DROPPED, SHOWN, zoo_list
from cnncalc.spec.load import load
from cnncalc.zoo import catalogue as zoo

ALL = zoo.listed()
BY_NAME = {network.name: network for network in ALL}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for variable in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


def output(capsys: pytest.CaptureFixture[str], line: str) -> tuple[int, str, str]:
    code = run(line.split())
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def names(capsys: pytest.CaptureFixture[str], options: str) -> list[str]:
    code, out, _ = output(capsys, f"zoo list {options} --format json")
    assert code == 0
    return [network["name"] for network in json.loads(out)["networks"]]


# the index


def test_index_names() -> None:
    assert [network.name for network in ALL] == sorted(zoo.names())


@pytest.mark.parametrize("network", ALL, ids=lambda network: network.name)
def test_told(network: zoo.Listed) -> None:
    """Everything has a task and somebody who published it, in letters of one cell each."""
    assert network.task and (network.paper or network.source)
    assert network.year or not network.paper
    texts = [text for column in COLUMNS.values() for text, _ in column.cell_of(network)]
    assert all(text.replace("×", "x").isascii() and text.isprintable() for text in texts)


def test_index_text() -> None:
    """What is read from the index is all of it; test_docs.py infers what it should be."""
    assert zoo.index_text(ALL) == zoo.INDEX.read_text(encoding="utf-8")


# list


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("resnet*", lambda n: n.name.startswith("resnet")),
        ("RESNET1?", lambda n: n.name == "resnet18"),
        ("wide-resnet", lambda n: n.name.startswith("wide_resnet")),
        ("szegedy", lambda n: "Szegedy" in (n.paper or "")),
        ("m[35]", lambda n: n.name in ("m3", "m5")),
        ("--task segmentation", lambda n: n.task == "segmentation"),
        ("segmentation", lambda n: n.task == "segmentation"),
        ("--max-params 5M", lambda n: n.params <= 5_000_000),
        ("--max-params 61706", lambda n: n.params <= 61_706),
        ("--min-params 61,706", lambda n: n.params >= 61_706),
        ("--min-params 0.1b", lambda n: n.params >= 100_000_000),
        ("--max-macs 1.5G", lambda n: n.macs <= 1_500_000_000),
        ("--min-macs 30g", lambda n: n.macs >= 30 * 10**9),
        ("--year 2015", lambda n: n.year == 2015),
        ("--year 1950-2012", lambda n: n.year and n.year <= 2012),
        ("--year 2015 --max-params 1M resnet", lambda n: n.name in (
            "resnet20", "resnet32", "resnet44", "resnet56")),
    ],
)  # fmt: skip
def test_filters(capsys: pytest.CaptureFixture[str], options: str, wanted: Any) -> None:
    expected = [network.name for network in ALL if wanted(network)]
    assert names(capsys, options) == expected
    assert expected and len(expected) < len(ALL)


@pytest.mark.parametrize("sort", ["params", "macs", "year"])
def test_sort(capsys: pytest.CaptureFixture[str], sort: str) -> None:
    found = [getattr(BY_NAME[name], sort) for name in names(capsys, f"--sort {sort}")]
    known = [value for value in found if value is not None]
    assert known == sorted(known) == found[: len(known)]
    assert len(found) == len(ALL)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--max-params many", "--max-params many: write a number such as"),
        ("--min-macs -5", "--min-macs"),
        ("--max-params 5X", "--max-params 5X"),
        ("--task clasification", "did you mean `classification`?"),
        ("--year 15", "--year 15"),
        ("--year 2016-2014", "--year 2016-2014"),
        ("--sort size", "--sort size: choose from name, year, params, macs"),
        ("--format xml", "--format xml"),
        ("--color blue", "--color blue"),
        ("a b", "unexpected extra argument"),
    ],
)
def test_refused(capsys: pytest.CaptureFixture[str], options: str, said: str) -> None:
    code, out, err = output(capsys, f"zoo list {options}")
    assert (code, out) == (2, "")
    assert said in err


def test_nothing_found(capsys: pytest.CaptureFixture[str]) -> None:
    said = "no network of the zoo is as asked for\n  did you mean `resnet18`?\n"
    assert output(capsys, "zoo list resnet-18x") == (0, "", said)
    assert output(capsys, "zoo list resnet-18x --quiet") == (0, "", "")
    assert names(capsys, "resnet-18x") == []


def table(terminal: Terminal) -> str:
    return FORMATS["table"].write(zoo_list(ALL, len(ALL)), terminal)


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = output(capsys, "zoo list m[35]")
    heads, rule, m3, m5, blank, footer = out.splitlines()
    assert (code, err, blank, footer) == (0, "", "", f"Zoo  2 of {len(ALL)} networks")
    assert heads.split() == [COLUMNS[name].heading for name in SHOWN]
    assert set(rule) == {"─"}
    cells = ["m3", "2016", "Dai et al. 2016, arXiv:1610.00087", "audio", "32000×1"]
    assert re.split(r"  +", m3) == [*cells, "220,682", "557,058,560"]
    assert len({len(line) for line in (heads, rule, m3, m5)}) == 1


def test_footer(capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "zoo list")[1].endswith(f"\n\nZoo  {len(ALL)} networks\n")


@pytest.mark.parametrize("width", [*range(40, 130, 7), 80, 100, 200])
def test_width(width: int) -> None:
    lines = table(Terminal(width=width)).splitlines()
    assert max(map(len, lines)) <= width
    heads = lines[0].split()
    gone = [name for name in SHOWN if COLUMNS[name].heading not in heads]
    assert sorted(gone) == sorted(DROPPED[: len(gone)])
    assert not gone or f"Hidden  {gone[0]}" in "\n".join(lines)
    counts = [f"{network.params:,}" for network in ALL]
    rows = lines[2 : 2 + len(ALL)]
    assert all(count in row for count, row in zip(counts, rows, strict=True))


def test_look(capsys: pytest.CaptureFixture[str]) -> None:
    plain = output(capsys, "zoo list resnet")[1]
    colored = output(capsys, "zoo list resnet --color always")[1]
    assert colored != plain == re.sub(r"\x1b\[\d*m", "", colored)
    assert output(capsys, "zoo list --ascii")[1].isascii()
    assert table(Terminal(width=110, ascii=True)).isascii()
    assert "…" in table(Terminal(width=125))


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = output(capsys, "zoo list --format json")
    first = next(n for n in json.loads(out)["networks"] if n["name"] == "resnet34")
    _, out, _ = output(capsys, "summary resnet34 --format json")
    summary = json.loads(out)
    assert first["inputs"] == summary["inputs"]
    assert first["title"] == summary["name"]
    assert first["totals"] == {key: summary["totals"][key] for key in ("params", "macs")}
    assert first["extends"] == "resnet18"


def test_csv(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = output(capsys, "zoo list --format csv")
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(out))}
    assert list(rows) == list(BY_NAME)
    assert rows["lenet5"]["params"] == "61706"
    assert rows["lenet5"]["input"] == "32x32x1"


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    lines = output(capsys, "zoo list lenet5 --format markdown")[1].splitlines()
    assert {line.count("|") for line in lines[:4]} == {len(SHOWN) + 1}
    assert lines[4:] == ["", f"- Zoo: 2 of {len(ALL)} networks"]
    assert lines[2].startswith("| lenet5 | 1998 | LeCun et al. 1998 | classification | 32×32×1 |")


def test_light() -> None:
    """Listing loads nothing that reads or infers specs, nor the libraries for it."""
    code = (
        "import sys; from cnncalc.cli import run; run(['zoo', 'list']);"
        "print(*(m for m in ('yaml', 'numpy', 'cnncalc.spec.load')"
        " if m in sys.modules), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stderr == "\n"
    assert "resnet50" in done.stdout


# show and copy


@pytest.mark.parametrize("name", zoo.names())
def test_show(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, err = output(capsys, f"zoo show {name}")
    path = zoo.find(name)
    assert path is not None
    assert (code, out) == (0, path.read_text(encoding="utf-8"))
    base = BY_NAME[name].extends
    said = f"{name} extends {base}: see `cnncalc zoo show {base}`\n" if base else ""
    assert err == said
    assert output(capsys, f"zoo show {name} --quiet") == (0, out, "")


@pytest.mark.parametrize("name", zoo.names())
def test_copy(capsys: pytest.CaptureFixture[str], folder: Path, name: str) -> None:
    """A copy stands on its own, and differs in nothing but where it finds its base."""
    code, out, err = output(capsys, f"zoo copy {name}")
    assert (code, out) == (0, "")
    copied, path = folder / f"{name}.yaml", zoo.find(name)
    assert err.startswith(f"wrote {name}.yaml: a copy of {name}") and path is not None
    base = BY_NAME[name].extends
    original = path.read_bytes()
    if base:
        line = f"\nextends: ./{base}.yaml\n".encode()
        assert original.count(line) == 1
        original = original.replace(line, f"\nextends: {base}\n".encode())
    assert copied.read_bytes() == original
    assert [entry.name for entry in folder.iterdir()] == [copied.name]
    if base:
        loaded = load(str(copied))
        assert loaded.problems == () and zoo.find(base) in loaded.files


def test_copy_places(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "mine").mkdir()
    assert output(capsys, "zoo copy Wide-ResNet28_10 mine --quiet") == (0, "", "")
    assert output(capsys, "zoo copy lenet5 mine/net.yml --quiet") == (0, "", "")
    found = sorted(path.name for path in (folder / "mine").iterdir())
    assert found == ["net.yml", "wide_resnet28_10.yaml"]


def test_copy_keeps(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    mine = folder / "lenet5.yaml"
    mine.write_text("mine")
    code, out, err = output(capsys, "zoo copy lenet5")
    assert (code, out) == (2, "")
    assert "lenet5.yaml exists already" in err and "--force" in err
    assert mine.read_text() == "mine"
    assert output(capsys, "zoo copy lenet5 --force")[0] == 0
    assert mine.read_text(encoding="utf-8") == (zoo.folder() / "lenet5.yaml").read_text("utf-8")
    assert [entry.name for entry in folder.iterdir()] == ["lenet5.yaml"]


@pytest.mark.parametrize("force", ["", " --force"])
def test_copy_fails(capsys: pytest.CaptureFixture[str], folder: Path, force: str) -> None:
    code, _, err = output(capsys, f"zoo copy lenet5 nowhere/net.yaml{force}")
    assert code == 2 and "cannot write nowhere/net.yaml: " in err
    (folder / "net.yaml").mkdir()
    (folder / "net.yaml" / "lenet5.yaml").mkdir()
    code, _, err = output(capsys, f"zoo copy lenet5 net.yaml{force}")
    why = "cannot write {}: it is no file" if force else "{} exists already"
    assert code == 2 and why.format("net.yaml/lenet5.yaml") in err


def test_copy_no_device(capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, f"zoo copy lenet5 {os.devnull} --force")[0] == 2
    assert not Path(os.devnull).is_file()


def test_copy_race(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What somebody else wrote in the meantime stays."""
    (folder / "net.yaml").write_text("theirs")
    monkeypatch.setattr(Path, "exists", lambda self: False)
    code, _, err = output(capsys, "zoo copy lenet5 net.yaml")
    assert code == 2 and "exists already" in err
    assert (folder / "net.yaml").read_text() == "theirs"
    assert [entry.name for entry in folder.iterdir()] == ["net.yaml"]


@pytest.mark.parametrize("command", ["show", "copy"])
def test_unknown(capsys: pytest.CaptureFixture[str], folder: Path, command: str) -> None:
    code, out, err = output(capsys, f"zoo {command} resnt18")
    assert (code, out) == (2, "")
    assert "no zoo network called resnt18" in err and "did you mean `resnet18`?" in err
    assert list(folder.iterdir()) == []


def test_group(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = output(capsys, "zoo --help")
    assert code == 0
    assert re.findall(r"^│ ([a-z]+) ", out, re.MULTILINE) == ["list", "show", "copy"]
    assert output(capsys, "zoo lst")[0] == 2
    assert run(["zoo list"]) == 2


def test_index_is_no_spec(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "catalogue.json").write_bytes(zoo.INDEX.read_bytes())
    code, _, err = output(capsys, "check .")
    assert code == 2 and "1 file looked at" in err
