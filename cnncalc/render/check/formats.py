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
STATISTICS: dict[FormatName, str] = {
    "full": "statistics:table",
    "concise": "statistics:table",
    "table": "statistics:table",
    "json": "statistics:json",
    "csv": "statistics:csv",
    "markdown": "statistics:markdown",
}
"""The same of the formats that have statistics."""
FOR_PEOPLE: tuple[FormatName, ...] = ("full", "concise")


def writer(format: str) -> Writer:
    """Return the function that ``FORMATS`` or ``STATISTICS`` names; its module is loaded now."""
    module, function = format.split(":")
    found: Writer = getattr(import_module(f"cnncalc.render.check.{module}"), function)
    return found
