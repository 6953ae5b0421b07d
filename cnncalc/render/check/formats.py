"""Every format of ``check``.

A new format is one function, from the results to text, and its line in ``FORMATS``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Literal, TypeAlias

from cnncalc.render.check.results import Results
from cnncalc.render.terminal import Terminal

Writer: TypeAlias = Callable[[Results, Terminal], str]

FormatName = Literal[
    "full", "concise", "table", "json", "json-lines", "csv", "markdown", "github", "gitlab",
    "junit", "sarif",
]  # fmt: skip

FORMATS: dict[FormatName, str] = {
    "full": "text:full",
    "concise": "text:concise",
    "table": "document:table",
    "json": "document:json",
    "json-lines": "document:json_lines",
    "csv": "document:csv",
    "markdown": "document:markdown",
    "github": "github:github",
    "gitlab": "gitlab:gitlab",
    "junit": "junit:junit",
    "sarif": "sarif:sarif",
}
"""The function of every format by the name that ``--format`` takes: its module and its name."""
FOR_PEOPLE: tuple[FormatName, ...] = ("full", "concise")


def writer(name: FormatName) -> Writer:
    """Return the function of a format; its module is loaded now."""
    module, function = FORMATS[name].split(":")
    found: Writer = getattr(import_module(f"cnncalc.render.check.{module}"), function)
    return found
