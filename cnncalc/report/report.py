"""What inference found, frozen: rows, block uses, totals, problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from cnncalc.maths.volume import Volume
from cnncalc.problems.model import Problem, has_errors
from cnncalc.problems.source import Source
from cnncalc.report.memory import Bytes, plan_bytes
from cnncalc.report.rows import Nested, Row, Totals, Use, total
from cnncalc.spec.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Inputs, and the outputs that a spec states for them, by name, in full array shape."""

    inputs: Mapping[str, Nested]
    outputs: Mapping[str, Nested]
    node: Node


@dataclass(frozen=True, kw_only=True, eq=False)
class Report:
    """A network, inferred."""

    name: str
    source: Source
    inputs: Mapping[str, Volume | None]
    outputs: Mapping[str, Volume | None]
    rows: tuple[Row, ...]
    uses: tuple[Use, ...]
    problems: tuple[Problem, ...]
    output_rows: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    overridden: tuple[str, ...] = ()
    """Which options (``--input``) changed the spec: its expectations were not checked."""
    stopped: bool = False
    """Whether the walk ended before the network did."""
    faults: Mapping[str, Problem] = field(default_factory=dict)
    """The first error of each layer and block use that has one, by full name."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems that are not advice."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not has_errors(self.problems)

    @cached_property
    def totals(self) -> Totals:
        """Sums over all rows that are known.

        They are not all where the walk ended early, or nothing could be walked.
        """
        sums = total(self.rows)
        missing = self.stopped or (not self.rows and not self.ok)
        return replace(sums, complete=False) if missing else sums

    def rows_named(self, name: str) -> tuple[Row, ...] | None:
        """Return the layer of a name, or the layers of a block use or of repetitions.

        The tuple is empty where all of them are left out; ``None``: nothing has the name.
        """
        found = tuple(row for row in self.rows if _belongs(row.name, name))
        return found if found or any(_belongs(use.name, name) for use in self.uses) else None

    def parts(self, depth: int | None) -> Iterator[Row | Use]:
        """Yield layers and uses of blocks in order, ``depth`` levels of them (``None``: layers)."""
        level = None if depth is None else max(depth, 1)
        rows = [
            (number, row)
            for number, row in enumerate(self.rows)
            if level is None or len(row.blocks) < level
        ]
        uses = [use for use in self.uses if level is not None and len(use.blocks) == level - 1]
        at = 0
        for number, row in rows:
            while at < len(uses) and uses[at].start <= number:
                yield uses[at]
                at += 1
            yield row
        yield from uses[at:]

    def bytes(self, width: int = 4, batch: int = 1) -> Bytes:
        """Return memory for ``width`` bytes per number; all ``None`` when rows are unknown."""
        inputs = {name: volume for name, volume in self.inputs.items() if volume is not None}
        if len(inputs) < len(self.inputs) or not self.totals.complete:
            return Bytes()
        return plan_bytes(self.rows, inputs, self.output_rows, width=width, batch=batch)


def _belongs(name: str, to: str) -> bool:
    """Return whether a name is ``to``, or that of a part of it."""
    return name == to or name.startswith(f"{to}.")
