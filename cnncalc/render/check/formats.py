"""Every format of ``check``.

A new format is one function, from the results to text, and its line in ``FORMATS``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Literal, TypeAlias

from cnncalc.render.check.results import Results
from cnncalc.render.formats import FORMATS as OF_DOCUMENTS
from cnncalc.render.formats import FormatName as DocumentFormat
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
STATISTICS: dict[FormatName, DocumentFormat] = {
    "full": "table",
    "concise": "table",
    "table": "table",
    "json": "json",
    "csv": "csv",
    "markdown": "markdown",
}
"""The formats that have statistics, and in which format of documents these are."""
FOR_PEOPLE: tuple[FormatName, ...] = ("full", "concise")


def writer(format: FormatName) -> Writer:
    """Return the function of a format; its module is loaded now."""
    module, function = FORMATS[format].split(":")
    found: Writer = getattr(import_module(f"cnncalc.render.check.{module}"), function)
    return found


def statistics_writer(format: FormatName) -> Writer:
    """Return the function that writes how many problems there are of each code."""
    from cnncalc.render.check.statistics import document

    write = OF_DOCUMENTS[STATISTICS[format]].write
    return lambda results, terminal: write(document(results), terminal)
