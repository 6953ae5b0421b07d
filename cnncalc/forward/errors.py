"""What a kernel raises for arrays that it cannot compute with."""

from __future__ import annotations


class CannotRun(Exception):
    """The arrays do not fit the layer: there is no such result."""
