"""cnncalc: what a convolutional network's architecture really is, before anyone trains it.

>>> from cnncalc import load, summarize, verify
>>> summarize(load("lenet5")).totals.params
61706

Names are loaded on first use, so that importing the package stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.version import __version__

if TYPE_CHECKING:
    from cnncalc.api import (
        CannotRead,
        Loaded,
        Marked,
        Network,
        Problem,
        Report,
        SpecError,
        Verification,
        grade,
        load,
        load_text,
        summarize,
        verify,
    )

__all__ = [
    "CannotRead",
    "Loaded",
    "Marked",
    "Network",
    "Problem",
    "Report",
    "SpecError",
    "Verification",
    "__version__",
    "grade",
    "load",
    "load_text",
    "summarize",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from cnncalc import api

    return getattr(api, name)
