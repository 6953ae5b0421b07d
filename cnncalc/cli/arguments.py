"""Reading a well-formed command line without Typer.

Own code, because importing Typer and letting it convert a dozen parameters takes 30 of the
250 milliseconds that a summary may take. It knows what is simple (``--option value``,
``--option=value``, switches, positions) and leaves all else to Typer: help, mistakes, and
spellings such as ``-K10``.
"""

from __future__ import annotations

from typing import Any

from cnncalc.cli.table import Command, Param

Values = dict[str, Any]
"""Parameter → its text; ``None`` when absent, ``bool`` for switches, a tuple for many."""


def read_arguments(command: Command, arguments: list[str]) -> Values | None:
    """Return the value of every parameter, or ``None`` where Typer should have a look."""
    options = {flag: param for param in command.params for flag in param.flags}
    values = defaults(command)
    positions: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("-") or argument == "-":
            positions.append(argument)
            continue
        flag, equals, value = argument.partition("=")
        param = options.get(flag)
        if param is None or (equals and (param.switch or not flag.startswith("--"))):
            return None
        if param.switch:
            values[param.name] = True
            continue
        if not equals:
            value = next(rest, "")
        if not value or (not equals and value.startswith("-")):
            return None
        values[param.name] = (*values[param.name], value) if param.many else value
    if "" in positions or not _place(command, positions, values):
        return None
    missing = any(param.required and not values[param.name] for param in command.params)
    return None if missing else values


def defaults(command: Command) -> Values:
    """Return the value of every parameter that is not given."""
    return {param.name: _default(param) for param in command.params}


def _default(param: Param) -> Any:
    if param.switch:
        return False
    return () if param.many else param.default


def _place(command: Command, positions: list[str], values: Values) -> bool:
    """Give positional arguments to their parameters; tell whether there is room for all."""
    left = positions
    for param in command.params:
        if param.flags:
            continue
        if param.many:
            values[param.name], left = tuple(left), []
        elif left:
            values[param.name], left = left[0], left[1:]
    return not left
