"""What an entry takes: the names that it states, and what they mean where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.scope import Names, Scope, Signal, find_signal
from cnncalc.maths.volume import format_value
from cnncalc.problems.collector import Reporter
from cnncalc.problems.model import Problem
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.entries import Entry
from cnncalc.spec.node import Node

_ALL = ".*"
"""What follows a name that means every repetition of its entry so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What an entry takes: a signal for each name that means one.

    ``complete`` is whether every name does; ``problems`` say why not, unless it depends on a value
    that is not known. ``looked_up`` is how many names that took, repetitions among them, and
    ``has_previous`` whether ``previous`` is one that it states.
    """

    signals: tuple[Signal, ...]
    problems: tuple[Problem, ...] = ()
    complete: bool = True
    looked_up: int = 1
    has_previous: bool = False

    @property
    def first(self) -> Signal | None:
        """The first of the signals, if there is one."""
        return next(iter(self.signals), None)


def sources_of(
    entry: Entry, scope: Scope, previous: Signal | None, names: Names, *, again: bool = False
) -> Sources:
    """Return what an entry takes behind ``previous``; expressions see ``names``.

    A repetition after the first (``again``) that states one name takes the repetition before.
    """
    node = entry.sources
    problems: list[Problem] = []
    if node is None:
        return _behind(previous, entry, scope)
    stated = _stated(node, names, problems.append)
    if again and not stated.is_list:
        return _behind(previous, entry, scope)
    if stated.complete and not stated.names:
        text, hint = "an empty list of inputs", "name at least one: from: [previous]"
        problems.append(Problem(code="CNN209", message=text, span=node.span, help=(hint,)))
    signals: list[Signal] = []
    looked_up = len(stated.names)
    for name, place in stated.names:
        if problems and problems[-1].span is place.span:
            continue  # one is enough for an expression, however many names it gives
        if _is_all(name):
            repeated = name.removesuffix(_ALL)
            found = scope.repetitions(repeated)
            looked_up += len(found)
            there = [signal for signal in found if signal.left_out is None]
            if not there:
                problems.append(_no_repetitions(repeated, place, scope, names))
            signals += there
        else:
            signal = find_signal(name, place, scope, previous, problems.append)
            signals += [signal] if signal is not None else []
    return Sources(
        signals=tuple(signals),
        problems=tuple(problems),
        complete=stated.complete and not problems,
        looked_up=looked_up,
        has_previous=any(name == "previous" for name, _ in stated.names),
    )


def _behind(previous: Signal | None, entry: Entry, scope: Scope) -> Sources:
    """Return what an entry takes that names nothing: the entry before it."""
    if previous is not None:
        return Sources(signals=(previous,))
    names = ", ".join(scope.inputs)
    text = f"nothing reaches the first entry: of several inputs ({names}) it must name one"
    hint = f"write from: {next(iter(scope.inputs), 'NAME')} next to `{entry.word}`"
    problem = Problem(code="CNN208", message=text, span=entry.key, help=(hint,))
    return Sources(signals=(), problems=(problem,), complete=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """The names that an entry states, each with its place, and whether they are a list.

    Not ``complete``: an expression among them has no value.
    """

    names: list[tuple[Any, Node]]
    is_list: bool
    complete: bool


def _stated(node: Node, names: Names, report: Reporter) -> _Stated:
    """Return the names at a node; an expression gives one, or a list of them."""
    is_list, complete = isinstance(node.value, list), True
    found: list[tuple[Any, Node]] = []
    for each in node.value if isinstance(node.value, list) else [node]:
        try:
            value = evaluate(each, names, report)
        except Unknown:
            complete = False
            continue
        if isinstance(each.value, str) and isinstance(value, list):
            is_list = True
            found += [(name, each) for name in value]
        else:
            is_list = is_list or _is_all(value)
            found.append((value, each))
    return _Stated(names=found, is_list=is_list, complete=complete)


def _is_all(name: Any) -> bool:
    return isinstance(name, str) and name.endswith(_ALL)


def _no_repetitions(repeated: str, node: Node, scope: Scope, names: Names) -> Problem:
    """Return the problem of ``NAME.*`` where no repetition comes before, by the reason for it."""
    shown, signal = format_value(repeated), scope.find(repeated)
    if signal is None and scope.comes_later(repeated):
        code, text = "CNN211", f"no repetition of `{shown}` comes before this layer"
        hint = "move the layer that reads them behind them"
        if names.indices:
            hint = "leave this layer out of the first repetition: when: ${index > 0}"
    elif signal is None:
        code, text = "CNN202", f"`{shown}` is not the name of a layer here"
        near = did_you_mean(repeated, scope.known())
        hint = near[0] if near else f"names so far: {scope.recent()}"
    elif signal.left_out is not None:
        code, text = "CNN209", f"every repetition of `{shown}` is left out: `{shown}.*` is empty"
        hint = "leave this layer out as well, with `when`"
    else:
        code, text = "CNN202", f"`{shown}` has no repetitions"
        hint = f"write `{shown}`, or give it `repeat`"
    return Problem(code=code, message=text, span=node.span, help=(hint,))
