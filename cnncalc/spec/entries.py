"""The entries of a list of layers: layers, uses of blocks, groups, branches, and broken ones.

Nothing is evaluated yet: expressions need the volumes that inference computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from cnncalc.layers.registry import joins
from cnncalc.problems.source import Span
from cnncalc.spec.node import Node

HOMEWORK_KEYS = ("points", "answer", "accept")
"""What assignments and answers say of an entry, outside blocks; read by those commands only."""
COMMON_KEYS = (
    "name", "from", "expect", "when", "else", "repeat", "weights", "weights_from", *HOMEWORK_KEYS,
)  # fmt: skip
STRUCTURES = ("layers", "branches")
BRANCH_KEYS = ("layers", "when", "repeat")
REPEAT_KEYS = ("times", "as")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Repeat:
    """How many times something is there; ``counter`` is the name of the number from 0."""

    times: Node
    counter: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Entry:
    """What every entry has.

    ``word`` is the kind as it was written, ``key`` its place. ``kind`` is what an unnamed entry
    is called by: the canonical kind, the block's name, ``group``, or what joins the branches.
    ``name`` is unique in its list, counted where it is not stated. ``common`` holds the keys
    that any entry may have (``COMMON_KEYS``); ``repeat`` is what the key of that name says.
    ``otherwise`` are the layers in its place where ``when`` is false.
    """

    word: str
    kind: str
    key: Span
    common: Mapping[str, Node]
    name: str = ""
    repeat: Repeat | None = None
    otherwise: tuple[Entry, ...] = ()

    @property
    def sources(self) -> Node | None:
        """The node that names the inputs; ``None``: the entry before is the input."""
        return self.common.get("from")

    @property
    def place(self) -> Span:
        """The place of a problem that no field is at fault for."""
        return self.key


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayerEntry(_Entry):
    """A layer: ``value`` is what follows its kind; ``promised_rank`` is 2 for ``conv2d``."""

    value: Node | None = None
    promised_rank: int | None = None

    @property
    def fields(self) -> Node | None:
        """The node that holds the fields; ``None`` for a list of inputs and ``activation``."""
        return None if self.word == "activation" or self.joined is not None else self.value

    @property
    def joined(self) -> Node | None:
        """The inputs that a merge kind lists as its value: ``add: [previous, input]``."""
        if self.value is None:
            return None
        lists = isinstance(self.value.value, (list, str)) and joins(self.kind)
        return self.value if lists else None

    @property
    def sources(self) -> Node | None:
        """The node that names the inputs: ``from``, or a merge kind's own list."""
        return self.common.get("from", self.joined)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockEntry(_Entry):
    """A use of the block ``kind``; ``value`` holds its arguments."""

    value: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group(_Entry):
    """A list of layers that shares ``when``, ``repeat`` or ``from``; it opens no scope."""

    body: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Branch:
    """A list of layers among several on one input; ``repeat`` puts it side by side with itself."""

    body: tuple[Entry, ...]
    when: Node | None = None
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Branches(_Entry):
    """Lists of layers on one input; ``merge`` says how they are joined (``None``: not known)."""

    branches: tuple[Branch, ...]
    merge: Node | None = None

    @property
    def place(self) -> Span:
        """The place of ``merge``, where there is one."""
        return self.merge.span if self.merge is not None else self.key


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Broken(_Entry):
    """An entry whose mistake is reported already; its output is unknown."""


Entry: TypeAlias = LayerEntry | BlockEntry | Group | Branches | Broken


def broken(entry: Entry) -> Broken:
    """Return ``entry`` as one whose mistake is reported."""
    return Broken(
        word=entry.word,
        kind=entry.kind,
        key=entry.key,
        common=entry.common,
        name=entry.name,
        repeat=entry.repeat,
        otherwise=entry.otherwise,
    )


def in_row_order(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries of one list, through groups and branches, in the order of the rows."""
    for entry in entries:
        for inner in _inside(entry):
            yield from in_row_order(inner)
        yield entry
        yield from in_row_order(entry.otherwise)


def _inside(entry: Entry) -> tuple[tuple[Entry, ...], ...]:
    match entry:
        case Group(body=body):
            return (body,)
        case Branches(branches=branches):
            return tuple(branch.body for branch in branches)
    return ()


def changed(entries: Iterable[Entry], change: Callable[[Entry], Entry]) -> tuple[Entry, ...]:
    """Return a list with ``change`` applied to each of its entries, in the order of the rows."""
    found = []
    for entry in entries:
        match entry:
            case Group():
                entry = replace(entry, body=changed(entry.body, change))
            case Branches():
                inner = tuple(
                    replace(branch, body=changed(branch.body, change)) for branch in entry.branches
                )
                entry = replace(entry, branches=inner)
        entry = change(entry)
        found.append(replace(entry, otherwise=changed(entry.otherwise, change)))
    return tuple(found)
