"""The Typer application, made from the table of commands: help, and what is wrong.

Only what is asked for is built: the parameters of the command that the arguments name, or,
where they name none, every command by its name and first line, as the list of commands and
its suggestions need them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from inspect import Parameter, Signature
from io import StringIO
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup

from cnncalc import __version__
from cnncalc.cli.arguments import Values, defaults
from cnncalc.cli.table import COMMANDS, GROUPS, Command, Param, find_command

_SETTINGS = {"help_option_names": ["-h", "--help"]}
_ABOUT = "Tells what a convolutional network's architecture really is, before anyone trains it."


class Parsed(NamedTuple):
    """What Typer made of a command line: a command with its values, or text and an exit code."""

    output: str
    errors: str
    code: int
    command: Command | None = None
    values: Values = {}  # noqa: RUF012  (never changed)


def parse(arguments: list[str]) -> Parsed:
    """Let Typer read a command line; nothing is printed or run."""
    chosen: list[tuple[Command, Values]] = []
    app = make_app(arguments, lambda command, values: chosen.append((command, values)))
    output, errors = StringIO(), StringIO()
    code: Any = 0
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            app(arguments, prog_name="cnncalc")
        except SystemExit as leave:
            code = leave.code
    command, values = chosen[0] if chosen else (None, {})
    return Parsed(output.getvalue(), errors.getvalue(), int(code or 0), command, values)


def make_app(arguments: list[str], take: Callable[[Command, Values], None]) -> typer.Typer:
    """Return the application that reads these arguments; ``take`` is given what they mean."""
    app = _group(_ABOUT)
    app.callback()(_version)
    named, _ = find_command(arguments)
    groups: dict[str, typer.Typer] = {"": app}
    for command in (named,) if named else COMMANDS.values():
        function = _function(command, command.params if named else (), take)
        group, _, name = command.name.rpartition(" ")
        if group not in groups:
            groups[group] = _group(GROUPS[group])
            app.add_typer(groups[group], name=group)
        groups[group].command(name, help=command.help, context_settings=_SETTINGS)(function)
    return app


class _InOrder(TyperGroup):
    """Commands and groups in the order of the table; Typer has all groups first."""

    def list_commands(self, ctx: Any) -> list[str]:
        order = list(dict.fromkeys(word for name in COMMANDS for word in name.split()))
        return sorted(super().list_commands(ctx), key=order.index)


def _group(help: str) -> typer.Typer:
    return typer.Typer(
        cls=_InOrder,
        add_completion=False,
        rich_markup_mode=None,  # rich's help costs 100 ms
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings=_SETTINGS,
        help=help,
    )


def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"cnncalc {__version__}")
        raise typer.Exit


def _function(
    command: Command, params: tuple[Param, ...], take: Callable[[Command, Values], None]
) -> Any:
    """Return a function with the signature that Typer reads a command's parameters from."""

    def run(**given: Any) -> None:
        values = defaults(command)
        for name, value in given.items():
            if value is not None:
                values[name] = tuple(value) if isinstance(value, list) else value
        take(command, values)

    signature = [_parameter(param) for param in params]
    run.__signature__ = Signature(signature)  # type: ignore[attr-defined]
    run.__annotations__ = {param.name: param.annotation for param in signature}
    run.__name__ = command.name.replace(" ", "_")
    return run


def _parameter(param: Param) -> Parameter:
    """Return one parameter as Typer understands it."""
    kind: Any = bool if param.switch else list[str] if param.many else str
    shared: dict[str, Any] = {"help": param.help, "metavar": param.metavar or None}
    default: Any = Parameter.empty if param.required else False if param.switch else None
    if not param.flags:
        about = typer.Argument(**shared)
    else:
        about = typer.Option(*param.flags, **shared)
        if param.default is not None:
            default, about.show_default = param.default, True
    optional = kind if param.required or default is not None else kind | None
    return Parameter(
        param.name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[optional, about]
    )
