"""Every format of ``explain``.

A new format is its name here, and a module of this name with a function of this name, from the
explanation to text.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Literal, TypeAlias

from cnncalc.render.explain.explanation import Explanation
from cnncalc.render.terminal import Terminal

Writer: TypeAlias = Callable[[Explanation, Terminal], str]

FormatName = Literal["text", "markdown", "latex", "html"]


def writer(format: FormatName) -> Writer:
    """Return the function of a format; its module is loaded now."""
    found: Writer = getattr(import_module(f"cnncalc.render.explain.{format}"), format)
    return found
