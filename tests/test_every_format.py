"""Every format of every command that has ``--format``: the commands tell which those are."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer import Context

from cnncalc.cli import run
from cnncalc.cli.app import COMMANDS, LazyCommand, make_app

SPEC = "input: 8x8x3\nlayers:\n  - conv: {filters: 2, kernel: 3}\n  - relu\n"


def formats() -> Iterator[tuple[str, str]]:
    """Yield every command with each of its formats."""
    app: Any = make_app()
    for name in COMMANDS:
        command = app
        for word in name.split():
            command = command.commands[word]
        assert isinstance(command, LazyCommand)
        loaded = command.load()
        for param in loaded.params:
            if "--format" in param.opts:
                for choice in param.shell_complete(Context(loaded), ""):
                    yield name, choice.value


def required(name: str) -> list[str]:
    """Return what a command needs besides its format."""
    if name in ("summary", "check", "verify", "explain"):
        return ["net.yaml"]
    if name == "grade":
        return ["answers.yaml"]
    if name == "compare":
        return ["net.yaml", "lenet5"]
    if name == "solve network":
        return ["net.yaml"]
    if name.startswith("solve "):
        return ["8x8x3", "--params", "386"] if name == "solve fc" else ["8x8x3", "--kernel", "any"]
    if COMMANDS[name].panel != "One layer":
        return []
    needed = {
        "pool": "--kernel", "lppool": "--kernel", "fc": "--units", "maxout": "--units",
        "rbf": "--units", "depthwise-conv": "--kernel",
    }  # fmt: skip
    option = needed.get(name)
    return ["8x8x3", option, "2"] if option else ["8x8x3", "--filters", "2", "--kernel", "3"]


@pytest.mark.parametrize(("name", "format"), list(formats()))
def test_format(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    format: str,
) -> None:
    (tmp_path / "net.yaml").write_text(SPEC)
    (tmp_path / "answers.yaml").write_text(f"{SPEC}answer: {{params: 56}}\n")
    monkeypatch.chdir(tmp_path)
    assert run([*name.split(), *required(name), "--format", format]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out or (name, format) == ("check", "json-lines")  # a line for each problem
    if format in ("json", "sarif", "gitlab"):
        json.loads(out)
    if format == "csv":
        assert len({len(record) for record in csv.reader(out.splitlines())}) == 1
