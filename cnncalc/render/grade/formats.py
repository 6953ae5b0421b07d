"""Every format of ``grade``: one function from a view to text, and its line in ``FORMATS``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Literal, TypeAlias

from cnncalc.render.grade.view import View
from cnncalc.render.terminal import Terminal

Writer: TypeAlias = Callable[[View, Terminal], str]
FormatName = Literal["table", "json", "csv", "markdown", "gradescope"]

FORMATS: dict[FormatName, str] = {
    "table": "document:table",
    "json": "data:json",
    "csv": "book:csv",
    "markdown": "document:markdown",
    "gradescope": "gradescope:gradescope",
}
"""The function of every format by the name that ``--format`` takes: its module and its name."""
HOLDS_PROBLEMS: tuple[FormatName, ...] = ("json",)
"""Formats with the problems in them; of the others they go to standard error."""


def writer(name: FormatName) -> Writer:
    """Return the function of a format; its module is loaded now."""
    module, function = FORMATS[name].split(":")
    found: Writer = getattr(import_module(f"cnncalc.render.grade.{module}"), function)
    return found
