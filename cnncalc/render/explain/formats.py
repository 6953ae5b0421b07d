"""Every format of ``explain``.

A new format is one function, from the explanation to text, and its line in ``FORMATS``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Literal, TypeAlias

from cnncalc.render.explain.explanation import Explanation
from cnncalc.render.terminal import Terminal

Writer: TypeAlias = Callable[[Explanation, Terminal], str]

FormatName = Literal["text", "markdown", "latex", "html"]

FORMATS: tuple[FormatName, ...] = ("text", "markdown", "latex", "html")
"""Each is written by the function of its name in the module of its name."""


def writer(format: FormatName) -> Writer:
    """Return the function of a format; its module is loaded now."""
    found: Writer = getattr(import_module(f"cnncalc.render.explain.{format}"), format)
    return found
