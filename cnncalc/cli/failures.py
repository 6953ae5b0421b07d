"""Errors that end a command: their exit codes, and how they are printed."""

from __future__ import annotations

import typer

from cnncalc.cli.output import CannotWrite, Stream
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.render.text import visible

FAILED = 1
"""The exit code for problems in a spec."""
WRONG_USAGE = 2
"""The exit code for wrong usage, and for what cannot be read or written."""
INTERNAL_ERROR = 70
"""The exit code for a mistake in the tool itself (EX_SOFTWARE of BSD's sysexits)."""

_OF_OTHER_KINDS = {"--units": "--filters", "--filters": "--units"}
"""Options of one kind of layer, and what they are called for another."""


class UsageError(typer.TyperException):
    """A command line that cannot be followed; ``help`` are lines of advice."""

    def __init__(self, message: str, *help: str) -> None:
        super().__init__(message)
        self.help = help


def print_failure(error: Exception, *, ascii: bool = False) -> int:
    """Say on standard error why a command ended early, and return its exit code."""
    from cnncalc.checking.files import Unusable
    from cnncalc.spec.files import CannotRead

    stream = Stream("stderr", ascii=ascii)
    if isinstance(error, Unusable):
        from cnncalc.render.problems import problems_text  # it loads rich

        stream.write(problems_text(error.problems, stream.terminal))
        return WRONG_USAGE
    if isinstance(error, UsageError):
        lines, code = [error.message, *error.help], WRONG_USAGE
    elif isinstance(error, typer.TyperException):
        lines, code = _usage_lines(error), WRONG_USAGE
    elif isinstance(error, (CannotRead, CannotWrite)):
        lines, code = [str(error)], WRONG_USAGE
    else:
        what = f"internal error: {type(error).__name__}: {error}"
        lines = [what, "this is a mistake in cnncalc: please report it, with the command and spec"]
        code = INTERNAL_ERROR
    stream.write(error_text(*lines))
    return code


def error_text(message: str, *help: str) -> str:
    """Return a message and lines of advice as they are printed."""
    lines = [f"Error: {message}", *(f"  {line}" for line in help)]
    return "".join(f"{visible(line)}\n" for line in lines)


def _usage_lines(error: typer.TyperException) -> list[str]:
    """Return what Typer found wrong, with suggestions and where to read on."""
    lines = _parameter_lines(error) if isinstance(error, typer.BadParameter) else []
    if not lines:
        near = _options_meant(error)
        message = error.message if near else error.format_message()
        lines = [message, *(f"did you mean `{name}`?" for name in near[:1])]
    context = getattr(error, "ctx", None)
    if context is not None:
        lines.append(f"see `{context.command_path} --help`")
    return lines


def _options_meant(error: typer.TyperException) -> list[str]:
    """Return the options that are likely to be meant by one that does not exist."""
    meant = _OF_OTHER_KINDS.get(getattr(error, "option_name", ""), "")
    context = getattr(error, "ctx", None)
    if context is not None and any(meant in param.opts for param in context.command.params):
        return [meant]
    return list(getattr(error, "possibilities", None) or ())


def _parameter_lines(error: typer.BadParameter) -> list[str]:
    """Return what is wrong with a parameter's value; nothing where it has none."""
    param = error.param
    if param is None or not error.message:
        return []
    name = param.opts[0] if param.opts[0].startswith("-") else param.metavar
    choices = [] if error.ctx is None else [c.value for c in param.shell_complete(error.ctx, "")]
    found = getattr(error.__cause__, "errors", None)  # pydantic, of a word that is no choice
    if found and choices:
        word = str(found()[0]["input"])
        listed = ", ".join(choices)
        return [f"{name} {word}: choose from {listed}", *did_you_mean(word, choices)]
    return [f"{name} {error.message}"]
