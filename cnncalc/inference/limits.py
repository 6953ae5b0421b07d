"""How far a walk goes: bounded time and memory for any spec."""

from __future__ import annotations

from cnncalc.inference.visit import Visit
from cnncalc.problems.collector import Stop
from cnncalc.problems.model import Problem
from cnncalc.spec.entries import Entry

MAX_ENTRIES = 12_000
"""How many entries a walk takes, repetitions included."""
MAX_READS = 50_000
"""How many inputs all entries of a walk may name, each as often as it is named."""
MAX_DEPTH = 60
"""How deep blocks, groups and branches may be nested."""


class Limits:
    """What a walk has used of its limits."""

    def __init__(self) -> None:
        self.entries = 0
        self.reads = 0

    def count(self, entry: Entry, visit: Visit) -> None:
        """Count a visit to an entry.

        Raises:
            Stop: it is beyond a limit, which is reported.
        """
        self.entries += 1
        self.reads += visit.sources.looked_up
        if self.entries > MAX_ENTRIES:
            text = f"the network has more than {MAX_ENTRIES:,} layers here"
            hint = "a smaller `repeat`, or fewer blocks"
            span = entry.repeat.times.span if entry.repeat else entry.key
            problem = Problem(code="CNN116", message=text, span=span, help=(hint,))
        elif self.reads > MAX_READS:
            text = f"the layers up to here take more than {MAX_READS:,} inputs"
            hint = "join them where they are few, and read the result"
            span = entry.sources.span if entry.sources else entry.key
            problem = Problem(code="CNN116", message=text, span=span, help=(hint,))
        elif visit.nesting.depth > MAX_DEPTH:
            text = f"blocks and groups are nested more than {MAX_DEPTH} deep here"
            problem = Problem(code="CNN107", message=text, span=entry.key)
        else:
            return
        visit.report(problem)
        raise Stop
