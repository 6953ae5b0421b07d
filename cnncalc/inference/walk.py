"""The walk: one pass over the entries in file order, scope and current signal in hand.

It opens blocks and branches, and gives layers to :mod:`cnncalc.inference.layer`; it alone appends
rows. A value that could not be computed is unknown, and whatever depends on it is unknown too,
without a second problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cnncalc.inference import arguments
from cnncalc.inference.build import Built, activation_kind, build, merge_kind
from cnncalc.inference.cases import weight_values
from cnncalc.inference.expect import Outcome, check_expectations
from cnncalc.inference.layer import Inferred, assume_floor, breaks_promise, filled, infer_layer
from cnncalc.inference.limits import Limits
from cnncalc.inference.repetition import branch_visits, condition, repetitions
from cnncalc.inference.scope import LeftOut, Scope, Signal
from cnncalc.inference.sharing import shared_block, shared_from
from cnncalc.inference.visit import (
    Nesting,
    Visit,
    after_left_out,
    bind_left_out,
    handed_on,
    known_sources,
    row_of,
    use_of,
    visit_of,
)
from cnncalc.problems.collector import Collector
from cnncalc.problems.model import Problem, RuleError
from cnncalc.report.rows import Row, Use
from cnncalc.spec.entries import (
    BlockEntry,
    Branches,
    Broken,
    Entry,
    LayerEntry,
    in_row_order,
)
from cnncalc.spec.network import Network


class Walk:
    """The state of a walk, and what it has found so far.

    ``compared``: whether expectations are compared with what comes out. ``left_out`` holds for
    rows and inputs which left-out entry would have read them, ``measured`` those whose size an
    expression asked for. ``rounding`` is the network's.
    """

    def __init__(
        self,
        *,
        network: Network,
        collector: Collector,
        compared: bool,
        variables: dict[str, Any],
    ) -> None:
        self.network = network
        self.collector = collector
        self.compared = compared
        self.variables = variables
        self.rounding: str | None = None
        self.limits = Limits()
        self.rows: list[Row] = []
        self.uses: list[Use] = []
        self.left_out: dict[str, LeftOut] = {}
        self.measured: set[str] = set()
        self._row_called: dict[str, Row] = {}

    def walk(
        self, entries: Sequence[Entry], scope: Scope, signal: Signal | None, nesting: Nesting
    ) -> Signal | None:
        """Walk one list; return what leaves its last entry (``None``: nothing reached it)."""
        for entry in entries:
            start, previous = len(self.rows), signal
            signal = self._repeated(entry, scope, previous, nesting)
            expected = entry.common.get("expect")
            if expected is not None and scope.signals[entry.name].left_out is None:
                visit = visit_of(entry, scope, previous, nesting, self.collector)
                outcome = Outcome(rows=self.rows[start:], end=signal or Signal(row=""))
                check_expectations(
                    expected, outcome, visit.names, visit.report, compared=self.compared
                )
        return signal

    def _repeated(
        self, entry: Entry, scope: Scope, previous: Signal | None, nesting: Nesting
    ) -> Signal | None:
        """Walk an entry as often as ``repeat`` says, each time on the one before."""
        visit = visit_of(entry, scope, previous, nesting, self.collector)
        if entry.repeat is None:
            return self._once(entry, visit)
        again = False
        for inner in repetitions(entry.repeat, visit):
            visit = visit_of(entry, scope, previous, inner, self.collector, again=again)
            previous = self._once(entry, visit)
            again = True
        return previous if again else self._leave_out(entry, visit)

    def _once(self, entry: Entry, visit: Visit) -> Signal | None:
        """Walk one repetition of an entry."""
        self.limits.count(entry, visit)
        when = entry.common.get("when")
        if when is None or condition(when, visit):
            if entry.otherwise:
                name, span = f"the `else` of {visit.path}", entry.common["else"].span
                left_out = LeftOut(name=name, span=span)
                bind_left_out(entry.otherwise, entry, visit, left_out, self.left_out)
            end = self._inside(entry, visit)
        else:
            handed = self._leave_out(entry, visit)
            if not entry.otherwise:
                return handed
            inner = visit.nesting.deeper()
            last = self.walk(entry.otherwise, visit.scope, handed_on(visit), inner)
            end = last or Signal(row=visit.path)
        if end.left_out is not None:  # the last entry of a group or block, not this one
            end = replace(end, left_out=None)
        visit.scope.bind(entry.name, visit.nesting.indices, end)
        return end

    def _leave_out(self, entry: Entry, visit: Visit) -> Signal | None:
        """Leave an entry out: its name, and the names below it, mean the input it hands on."""
        left_out = LeftOut(name=visit.path, span=entry.key)
        named = bind_left_out((entry,), entry, visit, left_out, self.left_out)
        return named if handed_on(visit) else None

    def _inside(self, entry: Entry, visit: Visit) -> Signal:
        """Walk what an entry is, and append its rows."""
        if isinstance(entry, Broken):
            return self._unknown(entry, visit)
        sources = known_sources(visit)
        if isinstance(entry, LayerEntry):
            kind = activation_kind(entry, visit) if entry.word == "activation" else entry.kind
            return self._layer(entry, visit, kind, sources)
        if isinstance(entry, BlockEntry):
            return self._block(entry, visit, sources)
        if sources is None:
            return self._unknown(entry, visit)
        if isinstance(entry, Branches):
            ends = self._branches(entry, visit, sources[0])
            return self._layer(entry, visit, merge_kind(entry, visit), ends)
        end = self.walk(entry.body, visit.scope, sources[0], visit.nesting.deeper())
        return end or Signal(row=visit.path)

    def _branches(self, entry: Branches, visit: Visit, signal: Signal) -> list[Signal]:
        """Walk each branch on the same input; return what leaves them."""
        ends: list[Signal] = []
        for branch in entry.branches:
            for at in branch_visits(branch, entry, visit, self.collector):
                self.limits.count(entry, at)
                if branch.when is not None and not condition(branch.when, at):
                    left_out = LeftOut(name=f"a branch of {visit.path}", span=branch.when.span)
                    bind_left_out(branch.body, entry, at, left_out, self.left_out)
                    continue
                inner = at.nesting.deeper(branch=(*at.nesting.branch, (visit.path, len(ends))))
                end = self.walk(branch.body, visit.scope, signal, inner)
                ends.append(end or Signal(row=visit.path))
        if not ends:
            text, hint = "every branch is left out: nothing is joined", "[] is the identity"
            visit.report(Problem(code="CNN209", message=text, span=entry.key, help=(hint,)))
        return ends

    def _block(self, entry: BlockEntry, visit: Visit, sources: Sequence[Signal] | None) -> Signal:
        """Walk one use of a block, with its arguments, its inputs and a scope of its own."""
        block = self.network.blocks[entry.kind]
        stated = arguments.stated_arguments(entry, block, visit)
        inputs = arguments.named_inputs(entry, block, sources, visit) if sources else None
        if not sources or stated is None or inputs is None:
            return self._unknown(entry, visit)
        first, nesting = sources[0], visit.nesting
        scope = Scope(
            path=f"{visit.path}.",
            variables=arguments.variables_of(
                block, stated, self.variables, first.volume, visit.report
            ),
            inputs=inputs,
            volume=first.volume,
            is_block=True,
            later=frozenset(inner.name for inner in in_row_order(block.body)),
            sharing=shared_block(entry, visit),
            measured=self.measured,
        )
        visit.scope.open(entry.name, nesting.indices, scope)
        inner = nesting.deeper(
            indices=(),
            counters={},
            blocks=(*nesting.blocks, visit.path),
            use=(visit.path, entry.key),
        )
        start, opened = len(self.rows), len(self.uses)
        reaching = first if len(block.inputs) < 2 else None
        end = self.walk(block.body, scope, reaching, inner) or Signal(row=visit.path)
        use = use_of(entry, visit, arguments.described(stated), sources, end)
        use = replace(use, start=start, stop=len(self.rows))
        self.uses.insert(opened, use)  # before those inside it
        return end

    def _layer(
        self,
        entry: LayerEntry | Branches,
        visit: Visit,
        kind: str | None,
        sources: Sequence[Signal] | None,
    ) -> Signal:
        """Build the layer of an entry, infer it, and append its row."""
        row = row_of(entry, visit, kind or entry.kind, sources or ())
        built = Built(layer=None, fields={})
        if kind is not None:
            built = build(kind, entry, visit, self.network.defaults, self.rounding)
        found = floored = None
        if built.layer is not None and sources:
            try:
                found = infer_layer(built.layer, entry, row.kind, sources)
            except RuleError as error:
                problem = built.problem(error, entry)
                visit.report(after_left_out(sources, problem))
            if found is None:
                floored = assume_floor(row, built.layer, entry, sources)
        if not breaks_promise(entry, sources or ()):
            row = replace(row, layer=built.layer, places=built.places)
        if found is not None:
            row = self._found(row, entry, visit, built, found)
        elif floored is not None:
            if visit.scope.sharing is not None or "weights_from" in entry.common:
                floored = replace(floored, weights=())  # another layer's, counted there
            row = replace(row, floored=floored)
        if visit.path in self.collector.faults:
            row = replace(row, failed=True)
        self._append(row)
        return Signal(
            row=row.name,
            volume=row.output,
            assumed=row.assumed,
            seen=found.seen if found else None,
        )

    def _found(
        self,
        row: Row,
        entry: LayerEntry | Branches,
        visit: Visit,
        built: Built,
        found: Inferred,
    ) -> Row:
        """Return the row of a layer with what was found, and which weights it uses."""
        for advice in found.advice:
            visit.report(built.problem(advice, entry))
        stated = entry.common.get("weights")
        values = None
        if stated is not None:
            values = weight_values(stated, visit.names, found.weights, visit.report)
        shared = shared_from(row.kind, found.weights, entry, visit, self._row_called)
        return filled(row, found, like=built.like, shared_from=shared, values=values)

    def _unknown(self, entry: Entry, visit: Visit) -> Signal:
        """Append the row of an entry whose mistake is reported already."""
        row = row_of(entry, visit, entry.kind, visit.sources.signals[:1])
        if isinstance(entry, Broken):
            self.collector.blame(visit.path, entry.key)
        failed = isinstance(entry, Broken) or visit.path in self.collector.faults
        self._append(replace(row, failed=failed))
        return Signal(row=visit.path)

    def _append(self, row: Row) -> None:
        self.rows.append(row)
        self._row_called[row.name] = row
