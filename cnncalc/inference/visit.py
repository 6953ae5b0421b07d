"""One visit of the walk to an entry: where it is, what reaches it, what its keys say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.scope import LeftOut, Names, Scope, Signal, find_signal
from cnncalc.maths.volume import format_value
from cnncalc.problems.collector import Collector, Reporter
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
from cnncalc.report.rows import Row, Use
from cnncalc.spec.entries import BlockEntry, Branch, Branches, Entry, in_row_order
from cnncalc.spec.node import Node

MAX_ENTRIES = 12_000
"""How many entries a walk takes, repetitions included: bounded time for any spec."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nesting:
    """Where a list is: its repetitions, the blocks and branches around it, how deep it is."""

    indices: tuple[int, ...] = ()
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
    that it takes (``None`` where there is none, which :func:`known_sources` reports).
    """

    path: str
    scope: Scope
    nesting: Nesting
    sources: tuple[Signal | None, ...]
    previous: Signal | None
    names: Names
    report: Reporter

    @property
    def first(self) -> Signal | None:
        """The first of the inputs."""
        return next(iter(self.sources), None)

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
    node = entry.sources
    if node is None or (again and not isinstance(node.value, list)):
        sources: tuple[Signal | None, ...] = (previous,)
    else:
        sources = tuple([meant(each, scope, previous) for each in source_nodes(entry)])
    first = sources[0] if sources else None
    volume = scope.volume if scope.is_block else first.volume if first else None
    path = scope.path + ".".join((entry.name, *map(str, nesting.indices)))
    return Visit(
        path=path,
        scope=scope,
        nesting=nesting,
        sources=sources,
        previous=previous,
        names=Names(scope.variables, volume, nesting.indices, scope=scope, previous=previous),
        report=collector.at(path, nesting.use),
    )


def source_nodes(entry: Entry) -> list[Node]:
    """Return the nodes of the inputs that an entry states."""
    node = entry.sources
    if node is None:
        return []
    return node.value if isinstance(node.value, list) else [node]


def meant(node: Node, scope: Scope, previous: Signal | None) -> Signal | None:
    """Return what the name at ``node`` means, ``None`` when it means nothing."""
    if node.value == "previous":
        return previous
    return scope.find(node.value) if isinstance(node.value, str) else None


def known_sources(entry: Entry, visit: Visit) -> tuple[Signal, ...] | None:
    """Return every signal that an entry takes; ``None`` after a reported problem."""
    known = tuple([source for source in visit.sources if source is not None])
    if known and len(known) == len(visit.sources):
        return known
    node, nodes = entry.sources, source_nodes(entry)
    if node is None:
        names = ", ".join(visit.scope.inputs)
        text = f"nothing reaches the first entry: of several inputs ({names}) it must name one"
        hint = f"write from: {next(iter(visit.scope.inputs), 'NAME')} next to `{entry.word}`"
        visit.report(Problem("CNN208", text, entry.key, help=(hint,)))
    elif not nodes:
        text, hint = "an empty list of inputs", "name at least one: from: [previous]"
        visit.report(Problem("CNN209", text, node.span, help=(hint,)))
    for each in nodes:
        visit.find(each.value, each)  # reports those that mean nothing
    return None


def handed_on(entry: Entry, visit: Visit) -> Signal | None:
    """Return what an entry that is left out hands on.

    That is ``previous`` where it is among several inputs, otherwise the first input.
    """
    named = [node.value for node in source_nodes(entry)]
    return visit.previous if "previous" in named else visit.first


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
    named = handed_on(entry, visit) or Signal(row="")
    if named.left_out is None:
        named = replace(named, left_out=left_out)
    for inner in in_row_order(left):
        for node in source_nodes(inner):
            read = meant(node, visit.scope, visit.previous)
            if read is not None:
                readers.setdefault(read.row, left_out)
        visit.scope.bind(inner.name, visit.nesting.indices, named)
    return named


def condition(node: Node, visit: Visit) -> bool:
    """Return what ``when`` says; an unknown condition counts as true."""
    try:
        value = evaluate(node, visit.names, visit.report)
    except Unknown:
        return True
    if isinstance(value, bool):
        return value
    text = f"when: {format_value(value)} is not true or false"
    hint = "write a condition, such as when: ${stride != 1}"
    visit.report(Problem("CNN108", text, node.span, help=(hint,)))
    return True


def repeat_count(node: Node, visit: Visit) -> int:
    """Return what ``repeat`` says; a count that is not known is 1."""
    try:
        count = evaluate(node, visit.names, visit.report)
    except Unknown:
        return 1
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        text = f"repeat: {format_value(count)} is not a whole number from 0"
        visit.report(Problem("CNN108", text, node.span))
        return 1
    if count > MAX_ENTRIES:
        text = f"repeat: {count:,} makes more than {MAX_ENTRIES:,} layers"
        visit.report(Problem("CNN116", text, node.span, help=("no network is that long",)))
        return 1
    return count


def branch_visits(
    branch: Branch, entry: Branches, visit: Visit, collector: Collector
) -> Iterator[Visit]:
    """Yield a visit for each repetition of a branch; its counter is ``index``."""
    if branch.repeat is None:
        yield visit
        return
    for number in range(repeat_count(branch.repeat, visit)):
        nesting = replace(visit.nesting, indices=(*visit.nesting.indices, number))
        inner = visit_of(entry, visit.scope, visit.previous, nesting, collector)
        yield replace(visit, nesting=nesting, names=inner.names)


def after_left_out(sources: Sequence[Signal], problem: Problem) -> Problem:
    """Return a problem with the left-out entries whose inputs are handed on to its layer."""
    left_out = dict.fromkeys(source.left_out for source in sources if source.left_out)
    notes = [Related(f"{entry.name} is left out here", entry.span) for entry in left_out]
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
        fields=end.seen.fields if end.seen else None,
        span=entry.key,
        start=0,
        stop=0,
        blocks=visit.nesting.blocks,
        branch=visit.nesting.branch,
    )
