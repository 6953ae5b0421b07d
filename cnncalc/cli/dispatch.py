"""From a command line to the function that runs it, and from what it raises to an exit code."""

from __future__ import annotations

from cnncalc.cli.arguments import Values, read_arguments
from cnncalc.cli.table import Command, find_command

WRONG_USAGE = 2
"""The exit code for wrong usage and for what cannot be read or written."""


class UsageError(Exception):
    """A command line that cannot be followed; ``help`` are lines of advice."""

    def __init__(self, message: str, *help: str) -> None:
        super().__init__(message)
        self.help = help


def dispatch(arguments: list[str]) -> int:
    """Run a command line and return its exit code."""
    if arguments == ["--version"]:  # scripts ask it so often that it should not wait for Typer
        from cnncalc import __version__

        return _print(f"cnncalc {__version__}\n")
    command, rest = find_command(arguments)
    values = read_arguments(command, rest) if command else None
    if command is not None and values is not None:
        return run_command(command, values)
    from cnncalc.cli.app import parse

    parsed = parse(arguments)
    if parsed.command is not None:
        return run_command(parsed.command, parsed.values)
    return _print(parsed.output, parsed.errors) or parsed.code


def _print(output: str, errors: str = "") -> int:
    """Print help or what is wrong with the usage."""
    from cnncalc.cli.streams import CannotWrite, error_stream, standard_output

    try:
        standard_output().write(output)
        error_stream().write(errors)
    except CannotWrite as error:
        return fail(str(error))
    return 0


def run_command(command: Command, values: Values) -> int:
    """Run a command and return its exit code; what it cannot do is told on standard error."""
    from importlib import import_module

    module, name = command.place.split(":")
    try:
        function = getattr(import_module(f"cnncalc.cli.{module}"), name)
        code: int = function(command, values)
    except UsageError as error:
        return fail(str(error), *error.help, values=values)
    except _failures() as error:
        return fail(str(error), values=values)
    return code


def _failures() -> tuple[type[Exception], ...]:
    """Return what a command may raise, asked for only then: not every command reads specs."""
    from cnncalc.cli.streams import CannotWrite
    from cnncalc.spec.load import CannotRead

    return CannotRead, CannotWrite


def fail(message: str, *help: str, values: Values | None = None) -> int:
    """Tell what cannot be done, and return the exit code for it."""
    from cnncalc.cli.streams import error_stream
    from cnncalc.render.visible import visible

    lines = [f"Error: {message}", *(f"  {line}" for line in help)]
    error_stream(values).write("".join(f"{visible(line)}\n" for line in lines))
    return WRONG_USAGE
