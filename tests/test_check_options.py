"""Every option of ``check`` through values that it cannot have."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import Command
from typer.core import TyperOption

from cnncalc.cli.app import COMMANDS, LazyCommand

BAD = {
    "--config": ["", "missing.toml", ".", "a.yaml"],
    "--include": ["", "!", "#", "../a", "[z-a]", "a\\"],
    "--exclude": ["", "!", "/", "../a", "[z-a]", "a\\"],
    "--select": ["", ",", "CNN", "CNN0", "all", "CNN301;CNN302", "é", "CNN301,"],
    "--ignore": ["", "CNN", "CNN1", "CNN103", "syntax", "CNN999", "CNN9,CNN1"],
    "--max-params": ["", "-1", "x", "5X", "1e6", "5 5", "١"],
    "--max-macs": ["", "-1", "x", "5MB", "nan"],
    "--max-memory": ["", "-1", "x", "5X", "inf"],
    "--baseline": ["", "missing.json", ".", "a.yaml"],
    "--save-baseline": ["", "-", ".", "a.yaml", "missing/b.json"],
    "--tolerance": ["", "5", "-5%", "5%%", "x%", "1e2%", "٥%", "1%"],
    "--jobs": ["", "0", "-1", "1.5", "x"],
    "--format": ["", "xml", "Markdown", "text"],
    "--output-file": ["", ".", "a.yaml", "missing/b.txt"],
    "--color": ["", "yes", "Always"],
}
FINE = {("--select", "CNN")}


def options() -> list[TyperOption]:
    """Return the options of the command that take a value."""
    found = LazyCommand("check", COMMANDS["check"]).load().params
    return [each for each in found if isinstance(each, TyperOption) and not each.is_flag]


def test_every_option_is_here() -> None:
    assert {max(option.opts, key=len) for option in options()} == BAD.keys()


@pytest.mark.parametrize(
    ("option", "value"),
    [(option, value) for option, values in BAD.items() for value in values],
)
def test_bad_value(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
    value: str,
) -> None:
    """The value is refused in words, with exit code 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    command = Command(tmp_path, capsys)
    command.write({"a.yaml": "input: 4\nlayers: [relu]\n"})
    outcome = command("check a.yaml", option, value)
    assert outcome.code == (0 if (option, value) in FINE else 2), outcome
    assert "internal error" not in outcome.err
    assert bool(outcome.err) == (outcome.code == 2)
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]
    assert (tmp_path / "a.yaml").read_text() == "input: 4\nlayers: [relu]\n"
