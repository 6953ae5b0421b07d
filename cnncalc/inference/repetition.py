"""Whether an entry is there, and how often: ``when`` and ``repeat``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.limits import MAX_ENTRIES
from cnncalc.inference.visit import Nesting, Visit, visit_of
from cnncalc.layers.checks import flag_help, meant_flag, meant_number, shown, whole_help
from cnncalc.maths.volume import format_value
from cnncalc.problems.collector import Collector, Stop
from cnncalc.problems.model import Fix, Problem
from cnncalc.spec.edits import rewritten
from cnncalc.spec.entries import Branch, Branches, Repeat
from cnncalc.spec.node import Node


def condition(node: Node, visit: Visit) -> bool:
    """Return what ``when`` says; an unknown condition counts as true."""
    try:
        value = evaluate(node, visit.names, visit.report)
    except Unknown:
        return True
    if isinstance(value, bool):
        return value
    text = f"when: {format_value(value)} is not true or false"
    hint = flag_help(value) or ("write a condition, such as when: ${stride != 1}",)
    fixes = _meant(node, meant_flag(value))
    visit.report(Problem(code="CNN108", message=text, span=node.span, help=hint, fixes=fixes))
    return True


def _meant(node: Node, value: int | None) -> tuple[Fix, ...]:
    """Return the fix that writes at ``node`` what was meant, where that is known."""
    return () if value is None else (rewritten(node.span, value),)


def repetitions(repeat: Repeat, visit: Visit) -> Iterator[Nesting]:
    """Yield the nesting of each repetition."""
    counter = _counter(repeat.counter, visit)
    for number in range(_count(repeat.times, visit)):
        indices, counters = (*visit.nesting.indices, number), visit.nesting.counters
        if counter is not None:
            counters = {**counters, counter: number}
        yield replace(visit.nesting, indices=indices, counters=counters)


def _counter(node: Node | None, visit: Visit) -> str | None:
    """Return the name of a counter; report one that something else has here."""
    if node is None or not isinstance(node.value, str):
        return None
    name, reason = node.value, ""
    if name in visit.nesting.counters:
        reason = f"`{format_value(name)}` is the counter of a `repeat` around this one"
    elif name in visit.scope.variables:
        reason = f"`{format_value(name)}` is the name of a variable or an argument here"
    if not reason:
        return name
    hint = "give the counter another name"
    visit.report(Problem(code="CNN203", message=reason, span=node.span, help=(hint,)))
    return None


def _count(node: Node, visit: Visit) -> int:
    """Return what ``repeat`` says; a count that is not known is 1.

    Raises:
        Stop: no network has so many repetitions.
    """
    try:
        count = evaluate(node, visit.names, visit.report)
    except Unknown:
        return 1
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        text = f"repeat: {shown(count)} is not a whole number from 0"
        hint = whole_help(count) or ("repeat: 0 leaves the entry out",)
        fixes = _meant(node, meant_number(count))
        visit.report(Problem(code="CNN108", message=text, span=node.span, help=hint, fixes=fixes))
        return 1
    if count > MAX_ENTRIES:
        text = f"repeat: {count:,} makes more than {MAX_ENTRIES:,} layers"
        visit.report(
            Problem(code="CNN116", message=text, span=node.span, help=("no network is that long",))
        )
        raise Stop
    return count


def branch_visits(
    branch: Branch, entry: Branches, visit: Visit, collector: Collector
) -> Iterator[Visit]:
    """Yield a visit for each repetition of a branch; its counter is ``index``."""
    if branch.repeat is None:
        yield visit
        return
    for nesting in repetitions(branch.repeat, visit):
        inner = visit_of(entry, visit.scope, visit.previous, nesting, collector)
        yield replace(visit, nesting=nesting, names=inner.names)
