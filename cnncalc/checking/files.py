"""Files that say how specs are checked: read whole, or refused with the problems they have."""

from __future__ import annotations

import os
from pathlib import Path

from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source
from cnncalc.spec.files import read_bytes
from cnncalc.spec.text import decode


class Unusable(Exception):
    """A file that cannot be used; ``problems`` say why, with their places."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


def printed_path(path: str) -> str:
    """Return a path as it is printed."""
    return "<stdin>" if path == "-" else path.replace(os.sep, "/")


def near(path: str) -> str:
    """Return a path relative to the current folder where it is below that, as it is elsewhere."""
    here = os.path.join(_current(), "")  # noqa: PTH118
    return printed_path(path.removeprefix(here)) if path != _current() else "."


def absolute(path: str) -> str:
    """Return what two names of one file have in common."""
    if path == "-":
        return path
    return os.path.normpath(os.path.join(_current(), path))  # noqa: PTH118


def _current() -> str:
    try:
        return os.getcwd()  # noqa: PTH109
    except OSError:  # it was deleted
        return ""


def read_source(path: str) -> Source:
    """Return the text of a file.

    Raises:
        CannotRead: it is not there, or cannot be opened.
        Unusable: it is not UTF-8 text.
    """
    source, problem = decode(read_bytes(Path(path), near(path)), near(path))
    if problem is not None:
        raise Unusable(problem)
    return source
