"""One visit of the walk to an entry: where it is, what reaches it, what its keys say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.scope import Names, Scope, Signal, find_signal
from cnncalc.maths.volume import format_value
from cnncalc.problems.collector import Reporter
from cnncalc.problems.model import Problem, Related, RuleError
from cnncalc.problems.source import Span
from cnncalc.spec.entries import Entry
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

    ``path`` is its full name, ``previous`` the signal of the entry before, ``signal`` the first
    of those that it takes (``None``: there is none).
    """

    path: str
    scope: Scope
    nesting: Nesting
    signal: Signal | None
    previous: Signal | None
    names: Names
    report: Reporter

    def find(self, name: Any, node: Node) -> Signal | None:
        """Return what a name at ``node`` means here; report when it means nothing."""
        return find_signal(name, node, self.scope, self.previous, self.report)


def first_source(
    entry: Entry, scope: Scope, previous: Signal | None, *, again: bool
) -> Signal | None:
    """Return the first input of an entry, ``None`` when there is none (``sources_of`` reports it).

    A repetition (``again``) with a single input takes the repetition before.
    """
    node = entry.sources
    if node is None or (again and not isinstance(node.value, list)):
        return previous
    if isinstance(node.value, list) and node.value:
        node = node.value[0]
    if node.value == "previous":
        return previous
    return scope.find(node.value) if isinstance(node.value, str) else None


def sources_of(entry: Entry, visit: Visit) -> tuple[Signal, ...] | None:
    """Return every signal that an entry takes; ``None`` after a reported problem."""
    node = entry.sources
    if node is not None and isinstance(node.value, list):
        if not node.value:
            text, hint = "an empty list of inputs", "name at least one: from: [previous]"
            visit.report(Problem("CNN209", text, node.span, help=(hint,)))
            return None
        named = [visit.find(item.value, item) for item in node.value]
        found = tuple(signal for signal in named if signal is not None)
        return found if len(found) == len(named) else None
    if visit.signal is not None:
        return (visit.signal,)
    if node is not None:
        signal = visit.find(node.value, node)
        return None if signal is None else (signal,)
    names = ", ".join(visit.scope.inputs)
    text = f"nothing reaches the first entry: of several inputs ({names}) it must name one"
    hint = f"write from: {next(iter(visit.scope.inputs), 'NAME')} beside `{entry.word}`"
    visit.report(Problem("CNN208", text, entry.key, help=(hint,)))
    return None


def source_names(entry: Entry) -> Iterator[str]:
    """Yield the names of the inputs that an entry states."""
    node = entry.sources
    if node is None:
        return
    for item in node.value if isinstance(node.value, list) else [node]:
        if isinstance(item.value, str):
            yield item.value


def handed_on(entry: Entry, visit: Visit) -> Signal | None:
    """Return what an entry that is left out hands on.

    That is ``previous`` where it is among several inputs, otherwise the first input.
    """
    return visit.previous if "previous" in source_names(entry) else visit.signal


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


def place_of(entry: Entry, error: RuleError) -> Span:
    """Return where a broken rule points when no field of it is stated."""
    if error.field == "from" and entry.sources is not None:
        return entry.sources.span
    return entry.place


def after_left_out(sources: Sequence[Signal], problem: Problem) -> Problem:
    """Return a problem with the left-out entries whose inputs are handed on to its layer."""
    left_out = dict.fromkeys(source.left_out for source in sources if source.left_out)
    notes = [Related(f"{entry.name} is left out here", entry.span) for entry in left_out]
    return problem.at(related=(*problem.related, *notes))
