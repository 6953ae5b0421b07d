"""cnncalc: what a convolutional network's architecture really is, before anyone trains it.

>>> from cnncalc import load, summarize, verify
>>> summarize(load("lenet5")).totals.params
61706

Names are loaded on first use, so that importing the package stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncalc.api import load, summarize, verify
    from cnncalc.problems.model import Problem
    from cnncalc.report.report import Report
    from cnncalc.spec.network import Network

__version__ = "0.1.0"
__all__ = ["Network", "Problem", "Report", "__version__", "load", "summarize", "verify"]

_PLACES = {
    "Network": "cnncalc.spec.network",
    "Problem": "cnncalc.problems.model",
    "Report": "cnncalc.report.report",
    "load": "cnncalc.api",
    "summarize": "cnncalc.api",
    "verify": "cnncalc.api",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PLACES[name]), name)
