"""The command line: parse arguments, call, print, exit code.

Starting costs more than computing, so the way of a command is short: a well-formed command
line is matched against the table of commands (:mod:`cnncalc.cli.arguments`), and only the
module of that command is loaded. Typer is asked for everything else: help, and what is wrong.
"""

from __future__ import annotations

import gc
import os
import sys
from types import ModuleType
from typing import NoReturn

INTERRUPTED = 130
"""The exit code after Ctrl-C: 128 + SIGINT."""


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    gc.disable()  # a command lives for a fraction of a second; `check` turns it on again
    _without_plugins()
    _leave(run(sys.argv[1:]))


def _without_plugins() -> None:
    """Keep pydantic from looking for plugins: none has business here.

    ``PYDANTIC_DISABLE_PLUGINS`` does, but the module that reads it imports sockets and e-mail
    first (by way of ``importlib.metadata``), a fifteenth of the time of ``summary``. The module
    is private: a version of pydantic without it looks for plugins as it always does, and one that
    asks it for another function gets one that finds nothing, too.
    """
    loader = ModuleType("pydantic.plugin._loader")
    loader.__dict__["__getattr__"] = lambda name: tuple
    sys.modules.setdefault(loader.__name__, loader)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        from cnncalc.cli.dispatch import dispatch

        return dispatch(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED


def _leave(code: int) -> NoReturn:
    """Leave without taking the interpreter apart: freeing what the system frees takes 20 ms."""
    if sys.gettrace() is not None or sys.getprofile() is not None:
        sys.exit(code)  # profilers and coverage write their results at exit
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            pass  # closed: what had to be told about it was told when it was written
    os._exit(code)
