"""Every command and every option."""

from __future__ import annotations

import re

import pytest
from support.all_commands import LOADED, options, required
from support.command import Command
from typer import Context

from cnncalc.cli.app import COMMANDS, make_app

_REFUSING = ("N", "N|all", "NAMES", "NAME=VALUE", "SHAPE", "SIZE", "TASK", "TYPE", "YEAR")
"""What the value of an option is called where only some values have a meaning."""


def test_ascii_help(command: Command) -> None:
    for line in ("summary --ascii --help", "summary --help --ascii"):
        outcome = command(line)
        assert (outcome.code, outcome.err) == (0, "")
        assert "--columns" in outcome.out
        assert outcome.out.isascii()
    assert not command("summary --help").out.isascii()


@pytest.mark.parametrize("name", LOADED)
def test_help(command: Command, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    for flag in ("-h", "--help"):
        outcome = command(f"{name} {flag}")
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


def test_all_listed(command: Command) -> None:
    out = command("--help").out
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


@pytest.mark.parametrize("value", ["", "no-such-value", "-1", "a=b=c", "\x1b[2J"])
@pytest.mark.parametrize("name", [name for name in LOADED if COMMANDS[name].panel != "One layer"])
def test_bad_value(command: Command, name: str, value: str) -> None:
    """A value without a meaning is wrong usage; the message names the option."""
    for param in options(name):
        if param.is_flag:
            continue
        outcome = command(name, *required(name), param.opts[0], value)
        assert "Traceback" not in outcome.err and "internal error" not in outcome.err
        assert "\x1b" not in outcome.err
        if param.metavar in _REFUSING or param.type_descriptor.is_choice:
            assert (outcome.code, outcome.out) == (2, "")
            assert outcome.err.startswith("Error: ")
            assert param.opts[0] in outcome.err


@pytest.mark.parametrize("name", LOADED)
def test_wrong_options(command: Command, name: str) -> None:
    """Of each option: no value at all, a value for a switch, a word that is no choice."""
    for param in options(name):
        option = param.opts[0]
        bad = [f"{option}=1"] if param.is_flag else [option]
        outcome = command(name, *required(name), *bad)
        assert (outcome.code, outcome.out) == (2, "")
        assert option in outcome.err
        choices = [item.value for item in param.shell_complete(Context(LOADED[name]), "")]
        if choices and option not in ("--select", "--ignore"):  # which take beginnings, too
            outcome = command(name, *required(name), option, f"{choices[0]}x")
            assert (outcome.code, outcome.out) == (2, "")
            assert f"{option} {choices[0]}x: choose from {', '.join(choices)}" in outcome.err
            assert f"did you mean `{choices[0]}`?" in outcome.err
