"""One visit of the walk to an entry: where it is, what reaches it, what its keys say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from cnncalc.inference.scope import UNSET, LeftOut, Names, Scope, Signal, find_signal
from cnncalc.inference.sources import Sources, sources_of
from cnncalc.problems.collector import Collector, Reporter
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
from cnncalc.report.rows import Row, Use
from cnncalc.spec.entries import BlockEntry, Entry, in_row_order
from cnncalc.spec.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Nesting:
    """Where a list is: its repetitions, the blocks and branches around it, how deep it is.

    ``counters`` are those of the repetitions that have a name.
    """

    indices: tuple[int, ...] = ()
    counters: Mapping[str, int] = field(default_factory=dict)
    blocks: tuple[str, ...] = ()
    use: tuple[str, Span] | None = None
    branch: tuple[tuple[str, int], ...] = ()
    depth: int = 0

    def deeper(self, **changes: Any) -> Nesting:
        """Return the nesting of a list one level below."""
        return replace(self, depth=self.depth + 1, **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One repetition of an entry, with what reaches it.

    ``path`` is its full name, ``previous`` the signal of the entry before, ``sources`` are those
    that it takes; :func:`known_sources` reports what is wrong with them.
    """

    path: str
    scope: Scope
    nesting: Nesting
    sources: Sources
    previous: Signal | None
    names: Names
    report: Reporter

    def find(self, name: Any, node: Node) -> Signal | None:
        """Return what a name at ``node`` means here; report when it means nothing."""
        return find_signal(name, node, self.scope, self.previous, self.report)


def visit_of(
    entry: Entry,
    scope: Scope,
    previous: Signal | None,
    nesting: Nesting,
    collector: Collector,
    *,
    again: bool = False,
) -> Visit:
    """Return the visit to an entry behind ``previous``.

    A repetition after the first (``again``) with a single input takes the repetition before.
    """
    variables = {**scope.variables, **nesting.counters} if nesting.counters else scope.variables
    names_with = partial(Names, variables, indices=nesting.indices, scope=scope, previous=previous)
    # what `from` says decides which volume reaches an entry, so it cannot ask for that
    names = names_with(scope.volume if scope.is_block else UNSET)
    sources = sources_of(entry, scope, previous, names, again=again)
    if not scope.is_block:
        first = sources.first if sources.complete else None
        names = names_with(first.volume if first is not None else None)
    path = scope.path + ".".join((entry.name, *map(str, nesting.indices)))
    return Visit(
        path=path,
        scope=scope,
        nesting=nesting,
        sources=sources,
        previous=previous,
        names=names,
        report=collector.at(path, nesting.use),
    )


def known_sources(visit: Visit) -> tuple[Signal, ...] | None:
    """Return every signal that an entry takes; ``None`` where some are not known.

    Problems with their names are reported.
    """
    for problem in visit.sources.problems:
        visit.report(problem)
    return visit.sources.signals if visit.sources.complete else None


def handed_on(visit: Visit) -> Signal | None:
    """Return what an entry that is left out hands on.

    That is ``previous`` where it is among several inputs, otherwise the first input.
    """
    return visit.previous if visit.sources.has_previous else visit.sources.first


def bind_left_out(
    left: Sequence[Entry],
    entry: Entry,
    visit: Visit,
    left_out: LeftOut,
    readers: dict[str, LeftOut],
) -> Signal:
    """Let the names of ``left``, a part of ``entry``, mean what it hands on; return that.

    ``readers`` takes what they would have read.
    """
    named = handed_on(visit) or Signal(row="")
    if named.left_out is None:
        named = replace(named, left_out=left_out)
    for inner in in_row_order(left):
        if inner.sources is not None:
            read = sources_of(inner, visit.scope, visit.previous, visit.names)
            for signal in read.signals:
                readers.setdefault(signal.row, left_out)
        visit.scope.bind(inner.name, visit.nesting.indices, named)
    return named


def after_left_out(sources: Sequence[Signal], problem: Problem) -> Problem:
    """Return a problem with the left-out entries whose inputs are handed on to its layer."""
    left_out = dict.fromkeys(source.left_out for source in sources if source.left_out)
    notes = [
        Related(message=f"{entry.name} is left out here", span=entry.span) for entry in left_out
    ]
    return problem.at(related=(*problem.related, *notes))


def row_of(entry: Entry, visit: Visit, kind: str, sources: Sequence[Signal]) -> Row:
    """Return the row of a layer of which nothing is known but its place."""
    return Row(
        name=visit.path,
        kind=kind,
        sources=tuple([source.row for source in sources]),
        inputs=tuple([source.volume for source in sources]),
        span=entry.key,
        blocks=visit.nesting.blocks,
        branch=visit.nesting.branch,
    )


def use_of(
    entry: BlockEntry, visit: Visit, arguments: str, sources: Sequence[Signal], end: Signal
) -> Use:
    """Return the use of a block between its ``sources`` and its ``end``, without its rows."""
    return Use(
        name=visit.path,
        block=entry.kind,
        arguments=arguments,
        sources=tuple([source.row for source in sources]),
        inputs=tuple([source.volume for source in sources]),
        output=end.volume,
        assumed=end.assumed,
        seen=end.seen,
        span=entry.key,
        start=0,
        stop=0,
        repetition=visit.nesting.indices[-1] if visit.nesting.indices else None,
        blocks=visit.nesting.blocks,
        branch=visit.nesting.branch,
    )
