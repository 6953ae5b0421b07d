"""cnncalc: what a convolutional network's architecture really is, before anyone trains it.

>>> from cnncalc import load, summarize, verify
>>> summarize(load("lenet5")).totals.params
61706

Names are loaded on first use, so that importing the package stays cheap. Not even ``typing`` is
imported: what the command line loads before it can catch Ctrl-C should be over at once.
"""

from __future__ import annotations

from cnncalc.version import __version__

TYPE_CHECKING = False  # type checkers take it for true, as they do that of ``typing``
if TYPE_CHECKING:
    from typing import Any

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
