"""The walk: one pass over the entries in file order, scope and current signal in hand.

It evaluates expressions, opens blocks and branches, and gives layers to
:mod:`cnncalc.inference.layer`; it alone appends rows. A value that could not be computed is
unknown, and whatever depends on it is unknown too, without a second problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cnncalc.inference import arguments
from cnncalc.inference.build import Built, activation_kind, build, merge_kind
from cnncalc.inference.cases import weight_values
from cnncalc.inference.expect import Outcome, check_expectations
from cnncalc.inference.layer import Inferred, breaks_promise, check_inputs, check_rank, infer_layer
from cnncalc.inference.scope import LeftOut, Names, Scope, Signal
from cnncalc.inference.sharing import shared_block, shared_from
from cnncalc.inference.visit import (
    MAX_ENTRIES,
    Nesting,
    Visit,
    after_left_out,
    condition,
    first_source,
    handed_on,
    place_of,
    repeat_count,
    source_names,
    sources_of,
)
from cnncalc.problems.collector import Collector
from cnncalc.problems.model import Problem, RuleError, located
from cnncalc.report.rows import Row, Use
from cnncalc.spec.entries import (
    BlockEntry,
    Branches,
    Broken,
    Entry,
    Group,
    LayerEntry,
    in_row_order,
)
from cnncalc.spec.network import Network

MAX_DEPTH = 60
"""How deep blocks, groups and branches may be nested."""


class Stop(Exception):
    """The walk is too long or too deep; its problem is reported."""


class Walk:
    """The state of a walk, and what it has found so far.

    ``compared``: whether expectations are compared with what comes out.
    ``left_out`` holds for rows and inputs which left-out entry would have read them.
    """

    def __init__(
        self,
        *,
        network: Network,
        collector: Collector,
        compared: bool,
        variables: dict[str, Any],
        rounding: str | None,
    ) -> None:
        self.network = network
        self.collector = collector
        self.compared = compared
        self.variables = variables
        self.rounding = rounding
        self.rows: list[Row] = []
        self.uses: list[Use] = []
        self.left_out: dict[str, LeftOut] = {}
        self._row_called: dict[str, Row] = {}
        self._entries = 0

    def walk(
        self, entries: Sequence[Entry], scope: Scope, signal: Signal | None, nesting: Nesting
    ) -> Signal | None:
        """Walk one list; return what leaves its last entry (``None``: nothing reached it)."""
        for entry in entries:
            if "expect" in entry.common:
                signal = self._expected(entry, scope, signal, nesting)
            else:
                signal = self._repeated(entry, scope, signal, nesting)
        return signal

    # an entry: expectations around repetitions around visits

    def _expected(
        self, entry: Entry, scope: Scope, previous: Signal | None, nesting: Nesting
    ) -> Signal | None:
        """Walk an entry, repetitions and all, and compare what it expects."""
        visit = self._visit(entry, scope, previous, nesting)
        start = len(self.rows)
        end = self._repeated(entry, scope, previous, nesting)
        if scope.signals[entry.name].left_out is None:
            outcome = Outcome(rows=self.rows[start:], end=end or Signal(row=""))
            node = entry.common["expect"]
            check_expectations(node, outcome, visit.names, visit.report, compared=self.compared)
        return end

    def _repeated(
        self, entry: Entry, scope: Scope, previous: Signal | None, nesting: Nesting
    ) -> Signal | None:
        """Walk an entry as often as ``repeat`` says, each time on the one before."""
        node = entry.common.get("repeat")
        if node is None:
            return self._once(entry, self._visit(entry, scope, previous, nesting))
        visit = self._visit(entry, scope, previous, nesting)
        count = repeat_count(node, visit)
        if count == 0:
            return self._leave_out(entry, visit)
        for number in range(count):
            inner = replace(nesting, indices=(*nesting.indices, number))
            visit = self._visit(entry, scope, previous, inner, again=number > 0)
            previous = self._once(entry, visit)
        return previous

    def _visit(
        self,
        entry: Entry,
        scope: Scope,
        previous: Signal | None,
        nesting: Nesting,
        *,
        again: bool = False,
    ) -> Visit:
        """Return a visit; ``again`` marks repetitions after the first."""
        signal = first_source(entry, scope, previous, again=again)
        path = scope.path + ".".join((entry.name, *map(str, nesting.indices)))
        volume = scope.volume if scope.is_block else signal.volume if signal else None
        return Visit(
            path=path,
            scope=scope,
            nesting=nesting,
            signal=signal,
            previous=previous,
            names=Names(scope.variables, volume, nesting.indices),
            report=self.collector.at(path, nesting.use),
        )

    def _once(self, entry: Entry, visit: Visit) -> Signal | None:
        """Walk one repetition of an entry."""
        self._count(entry, visit)
        when = entry.common.get("when")
        if when is not None and not condition(when, visit):
            return self._leave_out(entry, visit)
        end = self._inside(entry, visit) or Signal(row=visit.path)
        if end.left_out is not None:  # the last entry of a group or block, not this one
            end = replace(end, left_out=None)
        visit.scope.bind(entry.name, visit.nesting.indices, end)
        return end

    def _count(self, entry: Entry, visit: Visit) -> None:
        """Stop the walk when it is too long or too deep."""
        self._entries += 1
        if self.collector.full:
            raise Stop
        if self._entries > MAX_ENTRIES:
            text = f"the network has more than {MAX_ENTRIES:,} layers here"
            place = entry.common.get("repeat")
            hint = "a smaller `repeat`, or fewer blocks"
            span = place.span if place else entry.key
            visit.report(Problem("CNN116", text, span, help=(hint,)))
            raise Stop
        if visit.nesting.depth > MAX_DEPTH:
            text = f"blocks and groups stand more than {MAX_DEPTH} deep in each other here"
            visit.report(Problem("CNN107", text, entry.key))
            raise Stop

    def _leave_out(self, entry: Entry, visit: Visit) -> Signal | None:
        """Leave an entry out: its name, and the names below it, mean the input it hands on."""
        left_out = LeftOut(name=visit.path, span=entry.key)
        handed = handed_on(entry, visit)
        named = handed or Signal(row="")
        if named.left_out is None:
            named = replace(named, left_out=left_out)
        for inner in in_row_order((entry,)):
            for name in source_names(inner):
                read = visit.previous if name == "previous" else visit.scope.find(name)
                if read is not None:
                    self.left_out.setdefault(read.row, left_out)
            visit.scope.bind(inner.name, visit.nesting.indices, named)
        return handed and named

    # what an entry is

    def _inside(self, entry: Entry, visit: Visit) -> Signal | None:
        """Walk what an entry is, and append its rows."""
        errors = self.collector.errors
        taken = None if isinstance(entry, Broken) else sources_of(entry, visit)
        match entry:
            case LayerEntry():
                kind: str | None = entry.kind
                if entry.word == "activation":
                    kind = activation_kind(entry, visit.names, visit.report)
                return self._layer(entry, visit, kind, taken, errors)
            case BlockEntry():
                return self._block(entry, visit, taken)
            case Group() if taken:
                return self.walk(entry.body, visit.scope, taken[0], visit.nesting.deeper())
            case Branches() if taken:
                return self._branches(entry, visit, taken[0])
        return self._failed(entry, visit)

    def _branches(self, entry: Branches, visit: Visit, signal: Signal) -> Signal:
        """Walk each branch on the same input, then what joins them."""
        ends = []
        for number, branch in enumerate(entry.branches):
            around = (*visit.nesting.branch, (visit.path, number))
            inner = visit.nesting.deeper(branch=around)
            ends.append(self.walk(branch, visit.scope, signal, inner) or Signal(row=visit.path))
        errors = self.collector.errors
        kind = merge_kind(entry, visit.names, visit.report)
        return self._layer(entry, visit, kind, ends, errors)

    def _block(
        self, entry: BlockEntry, visit: Visit, sources: Sequence[Signal] | None
    ) -> Signal | None:
        """Walk one use of a block, with its arguments, its inputs and a scope of its own."""
        block = self.network.blocks[entry.kind]
        stated = arguments.stated_arguments(entry, block, visit.names, visit.report)
        if not sources:
            return self._failed(entry, visit)
        inputs = arguments.named_inputs(block, sources)
        if inputs is None:
            place = entry.sources.span if entry.sources is not None else entry.key
            visit.report(arguments.wrong_inputs(block, len(sources), place))
        if stated is None or inputs is None:
            return self._failed(entry, visit)
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
        )
        visit.scope.open(entry.name, nesting.indices, scope)
        inner = nesting.deeper(
            indices=(), blocks=(*nesting.blocks, visit.path), use=(visit.path, entry.key)
        )
        start, opened = len(self.rows), len(self.uses)
        end = self.walk(block.body, scope, first if len(block.inputs) < 2 else None, inner)
        use = Use(
            name=visit.path,
            block=block.name,
            arguments=arguments.described(stated),
            sources=tuple(source.row for source in sources),
            inputs=tuple(source.volume for source in sources),
            output=end.volume if end else None,
            fields=end.fields if end else None,
            span=entry.key,
            start=start,
            stop=len(self.rows),
            blocks=nesting.blocks,
            branch=nesting.branch,
        )
        self.uses.insert(opened, use)  # before those inside it
        return end

    def _layer(
        self,
        entry: LayerEntry | Branches,
        visit: Visit,
        kind: str | None,
        sources: Sequence[Signal] | None,
        errors: int,
    ) -> Signal:
        """Build the layer of an entry, infer it, and append its row.

        ``errors`` counts those before the entry: with more of them, the layer itself is at fault.
        """
        built = found = None
        if kind is not None:
            built = self._built(entry, visit, kind)
            found = _inferred(built, entry, visit, sources) if sources else None
        layer = built.layer if built else None
        if isinstance(entry, LayerEntry) and breaks_promise(entry, sources or ()):
            layer = None  # its sizes would be shown for axes that it was not written for
        kind = kind or entry.kind
        shared_row, values = None, None
        if found is not None:
            shared_row = shared_from(kind, found.weights, entry, visit, self._row_called)
            stated = entry.common.get("weights")
            if stated is not None:
                values = weight_values(stated, visit.names, found.weights, visit.report)
        self._append(
            Row(
                name=visit.path,
                kind=kind,
                sources=tuple([source.row for source in sources or ()]),
                inputs=tuple([source.volume for source in sources or ()]),
                span=entry.key,
                output=found.output if found else None,
                layer=layer,
                weights=found.weights if found else (),
                macs=found.macs if found else None,
                neurons=found.output.size if found else None,
                connections=found.connections if found else None,
                fields=found.fields if found else None,
                shared_from=shared_row,
                values=values,
                blocks=visit.nesting.blocks,
                branch=visit.nesting.branch,
                failed=self.collector.errors > errors,
                like=built.like if built else None,
            )
        )
        if found is None:
            return Signal(row=visit.path)
        return Signal(row=visit.path, volume=found.output, fields=found.fields, origin=found.origin)

    def _built(self, entry: LayerEntry | Branches, visit: Visit, kind: str) -> Built:
        return build(
            kind,
            entry,
            defaults=self.network.defaults,
            rounding=self.rounding,
            names=visit.names,
            report=visit.report,
            find=visit.find,
        )

    def _failed(self, entry: Entry, visit: Visit) -> Signal:
        """Append the row of an entry whose mistake is reported already."""
        row = Row(
            name=visit.path,
            kind=entry.kind,
            sources=(visit.signal.row,) if visit.signal else (),
            inputs=(visit.signal.volume,) if visit.signal else (),
            span=entry.key,
            blocks=visit.nesting.blocks,
            branch=visit.nesting.branch,
            failed=True,
        )
        self._append(row)
        return Signal(row=visit.path)

    def _append(self, row: Row) -> None:
        self.rows.append(row)
        self._row_called[row.name] = row


def _inferred(
    built: Built, entry: LayerEntry | Branches, visit: Visit, sources: Sequence[Signal]
) -> Inferred | None:
    """Return what a layer makes of its inputs; ``None`` when it is unknown or (reported) wrong."""
    if built.layer is None:
        return None
    joins = isinstance(entry, Branches)
    try:
        check_inputs(built.layer, built.fields.kind, len(sources), branches=joins)
        if isinstance(entry, LayerEntry):
            check_rank(entry, sources)
        found = infer_layer(built.layer, sources)
    except RuleError as error:
        problem = located(error, built.fields.place(error.field, place_of(entry, error)))
        visit.report(after_left_out(sources, problem))
        return None
    for advice in found.advice if found else ():
        visit.report(located(advice, built.fields.place(advice.field, entry.place)))
    return found
