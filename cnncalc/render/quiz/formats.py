"""Every format of ``quiz``: one function from a handout to text, and its line in ``FORMATS``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Literal, TypeAlias

from cnncalc.render.quiz.handout import Handout
from cnncalc.render.terminal import Terminal

Writer: TypeAlias = Callable[[Handout, Terminal], str]
FormatName = Literal["markdown", "yaml", "json", "csv", "gift"]

FORMATS: dict[FormatName, tuple[str, str]] = {
    "markdown": ("markdown:markdown", ".md"),
    "yaml": ("data:yaml", ".yaml"),
    "json": ("data:json", ".json"),
    "csv": ("data:csv", ".csv"),
    "gift": ("gift:gift", ".txt"),
}
"""By the name that ``--format`` takes: a module with the function, and how files of it end."""


def writer(name: FormatName) -> Writer:
    """Return the function of a format; its module is loaded now."""
    module, function = FORMATS[name][0].split(":")
    found: Writer = getattr(import_module(f"cnncalc.render.quiz.{module}"), function)
    return found
