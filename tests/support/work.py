"""Bounds on work that hold on any machine: calls are counted, not seconds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class TooMuchWork(AssertionError):
    """The code under test made more calls than it may."""


@contextmanager
def at_most(calls: int) -> Iterator[None]:
    """Allow the block this many calls of functions, those written in C and generators included.

    Every step of a loop that does anything makes a call, so a bound on calls bounds the time on
    any machine. The call that exceeds it raises, so that an endless loop fails and ends.

    Raises:
        TooMuchWork: the block made more calls.
    """
    left = calls

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal left
        if event in ("call", "c_call"):
            left -= 1
            if left < 0:
                sys.setprofile(None)
                raise TooMuchWork(f"more than {calls:,} calls")

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)
