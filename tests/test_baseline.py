"""Baselines of ``check``: what they hold, what grew, what is new or gone, and which are none."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.command import Command

from cnncalc.checking.baseline import read_baseline
from cnncalc.checking.files import Unusable


def spec(units: int, name: str = "Net") -> str:
    """Return a spec of 11 parameters, 10 MACs and 48 bytes for each unit, and 40 bytes."""
    return f"name: {name}\ninput: 10\nlayers: [{{fc: {units}}}]\n"


@pytest.fixture
def command(command: Command) -> Command:
    command.write({"b.yaml": spec(4), "sub/a.yaml": spec(10, "Ä|x"), "broken.yaml": "input: ["})
    return command


def test_saved(command: Command) -> None:
    """Sorted, a line for each number, the same from wherever files are named."""
    assert command("check --save-baseline base.json").code == 1
    text = (command.folder / "base.json").read_text("utf-8")
    unknown = {"name": None, "params": None, "macs": None, "memory": None}
    assert json.loads(text) == {
        "baseline": 1,
        "specs": {
            "b.yaml": {"name": "Net", "params": 44, "macs": 40, "memory": 232},
            "broken.yaml": unknown,
            "sub/a.yaml": {"name": "Ä|x", "params": 110, "macs": 100, "memory": 520},
        },
    }
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
    command(f"check {command.folder}/sub ./b.yaml broken.yaml --save-baseline other.json")
    assert (command.folder / "other.json").read_text("utf-8") == text
    command("check b.yaml --save-baseline other.json -j 2")  # a baseline may be saved again
    assert list(json.loads((command.folder / "other.json").read_text())["specs"]) == ["b.yaml"]


def grown(command: Command, line: str) -> list[str]:
    """Return ``file: amount`` of each cost that grew."""
    lines = command(f"check b.yaml sub --quiet {line}").out.splitlines()
    parts = [line.split(":1:7: error CNN412 larger-than-baseline: ") for line in lines]
    return [f"{file} {message.split(' are ')[0]}" for file, message in parts]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("", ["b.yaml 55 parameters", "b.yaml 50 MACs", "b.yaml 280 B of memory for inference"]),
        ("--tolerance 0%", ["b.yaml 55 parameters", "b.yaml 50 MACs",
                            "b.yaml 280 B of memory for inference"]),
        ("--tolerance 20.68%", ["b.yaml 55 parameters", "b.yaml 50 MACs",
                                "b.yaml 280 B of memory for inference"]),
        ("--tolerance 20.69%", ["b.yaml 55 parameters", "b.yaml 50 MACs"]),
        ("--tolerance 24.999999%", ["b.yaml 55 parameters", "b.yaml 50 MACs"]),
        ("--tolerance 25%", []),
        ("--ignore larger-than-baseline", []),
        ("-j 2 --tolerance 20.69%", ["b.yaml 55 parameters", "b.yaml 50 MACs"]),
    ],
)  # fmt: skip
def test_growth(command: Command, line: str, left: list[str]) -> None:
    command("check --save-baseline base.json")
    command.write({"b.yaml": spec(5), "sub/a.yaml": spec(9)})
    assert grown(command, f"--baseline base.json {line}") == left
    outcome = command(f"check b.yaml sub --baseline base.json {line}")
    assert outcome.code == int(bool(left))


def test_ignored(command: Command) -> None:
    """A comment ignores growth; where there is none, it is not said to be unused."""
    command("check --save-baseline base.json")
    command.write({"b.yaml": spec(5, "Net  # cnncalc: ignore CNN412")})
    assert command("check b.yaml --baseline base.json").code == 0
    assert command("check b.yaml").out == "1 spec checked: 1 fine\n"


def test_name_that_is_no_text(command: Command) -> None:
    """A file whose name is not UTF-8 is found again."""
    name = os.fsdecode(b"\xff.yaml")
    command.write({name: spec(4)})
    command("check --save-baseline base.json")
    command.write({name: spec(5)})
    outcome = command("check --baseline base.json --quiet")
    assert "udcff.yaml:1:7: error CNN412 larger-than-baseline: 55 parameters" in outcome.out
    assert outcome.err == ""


def test_unknown(command: Command) -> None:
    """What was unknown, or is, did not grow."""
    command("check --save-baseline base.json")
    command.write({"broken.yaml": spec(100), "b.yaml": "input: 10\nlayers: [{fc: 4}, {conv: 3}]\n"})
    outcome = command("check broken.yaml b.yaml --baseline base.json --format markdown")
    assert "CNN412" not in outcome.out
    assert "| Net | broken.yaml | 1,100 (was unknown) | 1,000 (was unknown) |" in outcome.out
    assert "| b | b.yaml | unknown | unknown | unknown |" in outcome.out


def test_new_and_gone(command: Command) -> None:
    (command.folder / "broken.yaml").unlink()
    command("check --save-baseline base.json")
    command.write({"new|.yaml": spec(3), "b.yaml": spec(8, "Wide")})
    (command.folder / "sub/a.yaml").unlink()
    command.write({"sub/c.yaml": spec(10)})
    outcome = command("check --baseline base.json --tolerance 1000% --format markdown")
    assert outcome.out == (
        "| Network | File | Parameters | MACs | Memory |\n"
        "| --- | --- | ---: | ---: | ---: |\n"
        "| Wide | b.yaml | 88 (+44, +100.0%) | 80 (+40, +100.0%) | 424 B (+192 B, +82.8%) |\n"
        "| Net | new\\|.yaml | 33 (new) | 30 (new) | 184 B (new) |\n"
        "| Ä\\|x | sub/a.yaml | gone | gone | gone |\n"
        "| Net | sub/c.yaml | 110 (new) | 100 (new) | 520 B (new) |\n"
        "\n"
        "    3 specs checked: 3 fine; 1 file is not a spec (base.json); "
        "2 new to the baseline (new|.yaml, sub/c.yaml); 1 gone since the baseline (sub/a.yaml)\n"
    )
    data = json.loads(command("check --baseline base.json --format json").out)
    assert [(each["file"], each["now"] and each["now"]["macs"]) for each in data["baseline"]] == [
        ("b.yaml", 80), ("new|.yaml", 30), ("sub/a.yaml", None), ("sub/c.yaml", 100),
    ]  # fmt: skip
    some = command("check b.yaml --baseline base.json --tolerance 1000%").out
    assert some == "1 spec checked: 1 fine; 1 gone since the baseline (sub/a.yaml)\n"


def test_nothing_changed(command: Command) -> None:
    command("check b.yaml --save-baseline base.json")
    outcome = command("check b.yaml --baseline base.json --format markdown")
    assert outcome.out == "    1 spec checked: 1 fine\n"
    assert "baseline" not in json.loads(command("check b.yaml --format json").out)


# what is no baseline


FIRST = '{"baseline": 1,\n "specs": '


@pytest.mark.parametrize(
    ("text", "line", "column", "code", "words"),
    [
        ("", 1, 1, 104, "write one with --save-baseline"),
        (" \n", 1, 1, 104, "the file is empty, but a baseline is JSON"),
        ("{", 1, 2, 103, "not valid JSON"),
        ("[]", 1, 1, 108, "this is no baseline: it has no key `baseline`"),
        ('{"baselin": 1}', 1, 1, 108, "write one with --save-baseline"),
        (
            '{"baseline": 2, "specs": {}}',
            1,
            14,
            112,
            "has schema 2, and this cnncalc reads schema 1",
        ),
        ('{"baseline": true}', 1, 14, 112, "has schema true"),
        ('{"baseline": "1"}', 1, 14, 112, 'has schema "1"'),
        ('{"baseline": 1}', 1, 1, 108, "a baseline has a mapping `specs`"),
        (FIRST + "[]}", 1, 1, 108, "a baseline has a mapping `specs`"),
        (FIRST + '{"a.yaml": 5}}', 2, 22, 108, "an entry of `specs` is a mapping"),
        (FIRST + '{"a": {"macs": -1}}}', 2, 26, 108, "`macs` is a whole number, or null"),
        (FIRST + '{"a": {"macs": 1.5}}}', 2, 26, 108, "`macs` is a whole number"),
        (FIRST + '{"a": {"params": NaN}}}', 2, 28, 108, "`params` is a whole number"),
        (FIRST + '{"a": {"memory": false}}}', 2, 28, 108, "`memory` is a whole number"),
        (FIRST + '{"a": {},\n"a": {}}}', 3, 1, 105, "the key `a` is given twice"),
        ("[" * 5000, 1, 101, 107, "inside each other"),
    ],
)
def test_no_baseline(
    command: Command, text: str, line: int, column: int, code: int, words: str
) -> None:
    command.write({"base.json": text})
    outcome = command("check b.yaml --baseline base.json")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"base.json:{line}:{column}: error CNN{code} " in outcome.err
    assert words in outcome.err


def test_large_numbers(command: Command) -> None:
    """A baseline may hold numbers that no spec may."""
    many = {"name": None, "params": 10**30, "macs": 0, "memory": 10**30}
    data: dict[str, Any] = {"baseline": 1, "specs": {"b.yaml": many}}
    command.write({"base.json": json.dumps(data)})
    assert grown(command, "--baseline base.json") == ["b.yaml 40 MACs"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["baseline", "specs", "macs", "a"]), inner, max_size=3
            )
        ),
        max_leaves=8,
    ),
    st.booleans(),
)
def test_any_json(tmp_path: Path, data: Any, begins_well: bool) -> None:
    """Whatever is in the file, it is a baseline, or wrong at a place in the text."""
    path = tmp_path / "base.json"
    path.write_text(json.dumps({"baseline": 1, "specs": data} if begins_well else data))
    try:
        read_baseline(str(path))
    except Unusable as error:
        for problem in error.problems:
            assert 1 <= problem.span.column <= len(problem.span.source.line(problem.span.line)) + 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--baseline missing.json", "Error: cannot read missing.json: No such file"),
        ("--baseline sub", "Error: cannot read sub: Is a directory"),
        ("--tolerance 5%", "Error: --tolerance goes with --baseline"),
        ("--save-baseline b.yaml", "Error: --save-baseline b.yaml: that is used, too"),
        ("--save-baseline base.yaml", "that is used, too"),
        ("--save-baseline package.json .", "that is used, too"),
        ("--save-baseline cnncalc.toml", "that is used, too"),
        ("--save-baseline sub/.gitignore", "that is used, too"),
        ("--save-baseline link.json", "that is used, too"),
        ("--save-baseline base.json --baseline base.json", "that is used, too"),
        ("--save-baseline sub", "cannot write sub"),
        ("--save-baseline none/base.json", "cannot write none/base.json"),
        ("--save-baseline -", "name a file"),
        ("--save-baseline new.json missing.yaml", "not written, because of what cannot be read"),
    ],
)
def test_usage(command: Command, line: str, words: str) -> None:
    """Nothing is written over what is read, nor where not everything could be."""
    command.write({
        "base.yaml": spec(1), "b.yaml": "extends: base.yaml", "package.json": "{}",
        "base.json": '{"baseline": 1, "specs": {}}', "cnncalc.toml": "", "sub/.gitignore": "",
    })  # fmt: skip
    (command.folder / "link.json").symlink_to("b.yaml")
    before = {path: path.read_bytes() for path in command.folder.rglob("*") if path.is_file()}
    outcome = command(f"check b.yaml {line}")
    assert outcome.code == 2
    assert words in outcome.err
    assert before == {p: p.read_bytes() for p in command.folder.rglob("*") if p.is_file()}


def test_report_stays(command: Command) -> None:
    """A report and a baseline do not go into one file."""
    outcome = command("check b.yaml --save-baseline new.json --output-file new.json")
    assert (outcome.code, outcome.out) == (2, "1 spec checked: 1 fine\n")
    assert (command.folder / "new.json").read_text() == outcome.out
