"""The walk: one pass over the entries in file order, scope and current value in hand.

It evaluates expressions, opens blocks and branches, and hands layers to
:mod:`cnncalc.inference.leaf`. A value that could not be computed is unknown, and whatever
depends on it is unknown too, without a second problem; everything else goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from cnncalc.expressions import Unknown
from cnncalc.inference import leaf
from cnncalc.inference.blocks import walk_block
from cnncalc.inference.build import Builder
from cnncalc.inference.collect import Collector
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.expect import Expectations
from cnncalc.inference.scope import Level, Names, Value
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.report import Row, Use
from cnncalc.spec.names import in_row_order
from cnncalc.spec.network import Entry, Network
from cnncalc.spec.node import Node

MAX_ENTRIES = 12_000
"""How many entries a walk takes, repetitions included: bounded time for any spec."""
MAX_DEPTH = 60
"""How deep blocks, groups and branches may stand in each other."""


class Frame(NamedTuple):
    """Where in the walk a list stands: repetitions, enclosing blocks and branches, depth."""

    indices: tuple[int, ...] = ()
    blocks: tuple[str, ...] = ()
    use: tuple[str, Span] | None = None
    branch: tuple[tuple[str, int], ...] = ()
    depth: int = 0


class At(NamedTuple):
    """One repetition of an entry, with what reaches it.

    ``value`` is the first value that reaches it, ``previous`` the one of the entry before;
    ``path`` its full name.
    """

    entry: Entry
    level: Level
    frame: Frame
    value: Value | None
    previous: Value | None
    path: str
    names: Names
    report: Callable[[Problem], None]


class Stop(Exception):
    """The walk is too long or too deep; its problem is reported."""


class Walk:
    """The state of a walk, and what it has found so far."""

    def __init__(
        self,
        network: Network,
        collector: Collector,
        expectations: Expectations,
        variables: dict[str, Any],
        rounding: str | None,
    ) -> None:
        self.network = network
        self.collector = collector
        self.expectations = expectations
        self.variables = variables
        self.builder = Builder(network.defaults, rounding)
        self.rows: list[Row] = []
        self.by_name: dict[str, Row] = {}
        self.uses: list[Use] = []
        self._entries = 0

    def walk(
        self, entries: tuple[Entry, ...], level: Level, value: Value | None, frame: Frame
    ) -> Value | None:
        """Walk one list; return what leaves its last entry (``None``: nothing reached it)."""
        for entry in entries:
            if "expect" in entry.common:
                value = self._expected(entry, level, value, frame)
            else:
                value = self._entry(entry, level, value, frame)
        return value

    def _entry(self, entry: Entry, level: Level, value: Value | None, frame: Frame) -> Value | None:
        if "repeat" in entry.common:
            return self._repeated(entry, level, value, frame)
        return self._one(entry, level, value, frame, again=False)

    def _expected(
        self, entry: Entry, level: Level, previous: Value | None, frame: Frame
    ) -> Value | None:
        """Walk an entry, repetitions and all, and compare what it expects."""
        at = self._at(entry, level, previous, frame, again=False)
        start = len(self.rows)
        value = self._entry(entry, level, previous, frame)
        if not level.values[entry.name].omitted:
            node, rows = entry.common["expect"], tuple(self.rows[start:])
            self.expectations.check(node, at.names, rows, value or Value("", None), at.report)
        return value

    def _repeated(
        self, entry: Entry, level: Level, previous: Value | None, frame: Frame
    ) -> Value | None:
        """Walk an entry as often as ``repeat`` says, each time on the one before."""
        at = self._at(entry, level, previous, frame, again=False)
        count = self._repeat_count(at, entry.common["repeat"])
        if count == 0:
            return self._omit(at)
        for number in range(count):
            inner = frame._replace(indices=(*frame.indices, number))
            previous = self._one(entry, level, previous, inner, again=number > 0)
        return previous

    @staticmethod
    def _repeat_count(at: At, node: Node) -> int:
        try:
            count = evaluate(node, at.names, at.report)
        except Unknown:
            return 1
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            text = f"repeat: {format_value(count)} is not a whole number from 0"
            at.report(Problem("CNN108", text, node.span))
            return 1
        if count > MAX_ENTRIES:
            text = f"repeat: {count:,} makes more than {MAX_ENTRIES:,} layers"
            hint = "no network is that long"
            at.report(Problem("CNN116", text, node.span, help=(hint,)))
            return 1
        return count

    def _at(
        self, entry: Entry, level: Level, previous: Value | None, frame: Frame, *, again: bool
    ) -> At:
        sources = entry.sources
        if sources is None or (again and not isinstance(sources.value, list)):
            value = previous
        else:
            value = self._first(sources, level, previous)
        name = ".".join((entry.name, *map(str, frame.indices)))
        path = level.path + name
        volume = level.volume if level.is_block else value.volume if value else None
        names = Names(level.variables, volume, frame.indices)
        report = self.collector.at(path, frame.use)
        return At(entry, level, frame, value, previous, path, names, report)

    def _one(
        self, entry: Entry, level: Level, previous: Value | None, frame: Frame, *, again: bool
    ) -> Value | None:
        """Walk one repetition of an entry."""
        at = self._at(entry, level, previous, frame, again=again)
        self._count(at)
        when = entry.common.get("when")
        if when is not None and not _condition(when, at):
            return self._omit(at)
        result = _SORTS[entry.what](self, at) or Value(at.path, None)
        level.bind(entry.name, frame.indices, result)
        return result

    def _count(self, at: At) -> None:
        """Stop the walk when it is too long or too deep."""
        self._entries += 1
        if self.collector.full:
            raise Stop
        if self._entries > MAX_ENTRIES:
            text = f"the network has more than {MAX_ENTRIES:,} layers here"
            place = at.entry.common.get("repeat")
            hint = "a smaller `repeat`, or fewer blocks"
            span = place.span if place else at.entry.key
            at.report(Problem("CNN116", text, span, help=(hint,)))
            raise Stop
        if at.frame.depth > MAX_DEPTH:
            text = f"blocks and groups stand more than {MAX_DEPTH} deep in each other here"
            at.report(Problem("CNN107", text, at.entry.key))
            raise Stop

    @staticmethod
    def _omit(at: At) -> Value | None:
        """Leave an entry out: its name, and the names below it, mean its input."""
        passed = at.value.passed_on() if at.value else Value("", None, omitted=True)
        for inner in in_row_order((at.entry,)):
            at.level.bind(inner.name, at.frame.indices, passed)
        return at.value

    # what reaches an entry

    @staticmethod
    def _first(sources: Node, level: Level, previous: Value | None) -> Value | None:
        """Return the first stated input as far as it exists; its absence is told elsewhere."""
        node = sources.value[0] if isinstance(sources.value, list) and sources.value else sources
        if node.value == "previous":
            return previous
        return level.find(node.value) if isinstance(node.value, str) else None

    def sources(self, at: At) -> list[Value] | None:
        """Return every value that an entry takes; ``None`` after a reported problem."""
        node = at.entry.sources
        if node is None:
            if at.value is not None:
                return [at.value]
            at.report(_needs_from(at))
            return None
        if isinstance(node.value, list):
            if not node.value:
                text, hint = "an empty list of inputs", "name at least one: from: [previous]"
                at.report(Problem("CNN209", text, node.span, help=(hint,)))
                return None
            values = [
                self.named(item.value, at.level, at.previous, item, at.report)
                for item in node.value
            ]
            return None if None in values else [value for value in values if value]
        if at.value is not None:
            return [at.value]
        found = self.named(node.value, at.level, at.previous, node, at.report)
        return None if found is None else [found]

    @staticmethod
    def named(
        name: Any,
        level: Level,
        previous: Value | None,
        node: Node,
        report: Callable[[Problem], None],
    ) -> Value | None:
        """Return what a name means here; report when it means nothing."""
        if not isinstance(name, str):
            hint = f'quote it: "{node.text}"' if node.text else "write a name, or a list of names"
            text = f"{format_value(node.data())} is not the name of a layer"
            report(Problem("CNN108", text, node.span, help=(hint,)))
            return None
        if name == "previous" and previous is not None:
            return previous
        found = level.find(name)
        if found is None:
            report(_unknown_name(name, node, level))
        return found

    # groups and branches; layers and blocks have files of their own

    def group(self, at: At) -> Value | None:
        """Walk a group: its layers, on what reaches it."""
        sources = self.sources(at)
        if not sources:
            return leaf.broken(self, at)
        return self.walk(at.entry.body, at.level, sources[0], _deeper(at.frame))

    def branches(self, at: At) -> Value | None:
        """Walk each branch on the same input, then the merge."""
        sources = self.sources(at)
        if not sources:
            return leaf.broken(self, at)
        ends = []
        for number, branch in enumerate(at.entry.branches):
            frame = _deeper(at.frame)._replace(branch=(*at.frame.branch, (at.path, number)))
            end = self.walk(branch, at.level, sources[0], frame)
            ends.append(end or Value(at.path, None))
        errors = self.collector.errors
        return leaf.layer(self, at, leaf.merge_kind(at), ends, errors)


def _deeper(frame: Frame) -> Frame:
    return frame._replace(depth=frame.depth + 1)


def _condition(node: Node, at: At) -> bool:
    """Return what ``when`` says; an unknown condition counts as true."""
    try:
        value = evaluate(node, at.names, at.report)
    except Unknown:
        return True
    if isinstance(value, bool):
        return value
    text = f"when: {format_value(value)} is not true or false"
    hint = "write a condition, such as when: ${stride != 1}"
    at.report(Problem("CNN108", text, node.span, help=(hint,)))
    return True


def _needs_from(at: At) -> Problem:
    names = ", ".join(at.level.inputs)
    return Problem(
        "CNN208",
        f"nothing reaches the first entry: of several inputs ({names}) it must name one",
        at.entry.key,
        help=(f"write from: {next(iter(at.level.inputs), 'NAME')} beside `{at.entry.word}`",),
    )


def _unknown_name(name: str, node: Node, level: Level) -> Problem:
    head = name.split(".")[0]
    if head in level.later and head not in level.values:
        text = (
            f"`{format_value(name)}` stands later in the file: a layer reads what comes before it"
        )
        hint: tuple[str, ...] = ("move the layer that reads it behind it",)
        return Problem("CNN211", text, node.span, help=hint)
    known = level.known()
    hint = did_you_mean(name, known) or (f"names so far: {level.recent()}",)
    text = f"`{format_value(name)}` is not the name of a layer here"
    return Problem("CNN202", text, node.span, help=hint)


_SORTS: dict[str, Callable[[Walk, At], Value | None]] = {
    "layer": leaf.stated_layer,
    "block": walk_block,
    "group": Walk.group,
    "branches": Walk.branches,
    "broken": leaf.broken,
}
"""How each sort of entry is walked."""
