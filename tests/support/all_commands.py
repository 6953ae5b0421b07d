"""Every command of the command line, loaded, with its parameters."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

from cnncalc.cli.app import COMMANDS, LazyCommand, make_app


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
_PLACES = {"SPEC": "good.yaml", "PATH": "good.yaml", "NAME": "lenet5", "INPUT": "8x8x3"}


def required(name: str) -> list[str]:
    """Return what a command needs, with the least that it takes."""
    words = []
    for param in LOADED[name].params:
        if param.required and param.param_type_name == "option":
            words += [param.opts[0], "3"]
        elif param.required:
            words += [_PLACES[param.metavar]] * (2 if name == "compare" else 1)
    return words


def options(name: str) -> list[Any]:
    """Return the options of a command."""
    return [param for param in LOADED[name].params if param.param_type_name == "option"]
