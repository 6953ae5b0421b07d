"""A spec, parsed: the network, its entries and blocks, with a place for everything.

Values are not evaluated yet: expressions need the volumes that the walk computes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cnncalc.layers.registry import joins
from cnncalc.problems.source import Span
from cnncalc.spec.node import Node

NETWORK_KEYS = (
    "name", "input", "inputs", "layers", "outputs", "expect", "cases", "vars", "blocks",
    "defaults", "rounding", "extends", "about",
)  # fmt: skip
ABOUT_KEYS = ("paper", "year", "task", "source", "note")
"""What ``about`` may tell of a network; nothing is computed from it."""
COMMON_KEYS = ("name", "from", "expect", "when", "repeat", "weights", "weights_from")
STRUCTURES = ("layers", "branches")


@dataclass(slots=True, eq=False)
class Entry:
    """One entry of a list of layers.

    ``what`` is ``layer``, ``block``, ``group``, ``branches``, or ``broken`` (its problem is
    reported; its output is unknown). ``kind`` is the canonical kind or the block's name,
    ``word`` what was written. ``name`` is unique in its list, counted where it is not stated.
    """

    node: Node
    what: str
    word: str
    kind: str
    key: Span
    value: Node | None = None
    promised_rank: int | None = None
    common: dict[str, Node] = field(default_factory=dict)
    common_keys: dict[str, Span] = field(default_factory=dict)
    body: tuple[Entry, ...] = ()
    branches: tuple[tuple[Entry, ...], ...] = ()
    merge: Node | None = None
    name: str = ""

    @property
    def fields(self) -> Node | None:
        """The node that holds the fields: none for branches, merges' lists and ``activation``."""
        if self.value is None or self.what == "branches" or self.word == "activation":
            return None
        return None if self.joined is not None else self.value

    @property
    def joined(self) -> Node | None:
        """The inputs that a merge kind lists as its value: ``add: [previous, input]``."""
        if self.what != "layer" or self.value is None:
            return None
        lists = isinstance(self.value.value, (list, str)) and joins(self.kind)
        return self.value if lists else None

    @property
    def sources(self) -> Node | None:
        """Where the entry states what it takes: ``from``, or a merge kind's own list."""
        return self.common.get("from", self.joined)

    @property
    def place(self) -> Span:
        """What is pointed at where no field is at fault: ``merge``, or the kind key."""
        return self.merge.span if self.merge is not None else self.key


@dataclass(slots=True, eq=False)
class Block:
    """A named, parametrised, closed list of layers."""

    name: str
    key: Span
    args: dict[str, Node]
    inputs: tuple[str, ...]
    body: tuple[Entry, ...]


@dataclass(slots=True, eq=False)
class Network:
    """A spec, parsed: what the walk needs, with a place for everything."""

    root: Node
    name: str
    inputs: dict[str, Node]
    layers: tuple[Entry, ...]
    blocks: dict[str, Block] = field(default_factory=dict)
    variables: dict[str, Node] = field(default_factory=dict)
    defaults: dict[str, Node] = field(default_factory=dict)
    rounding: Node | None = None
    outputs: Node | None = None
    expect: Node | None = None
    cases: Node | None = None
    about: dict[str, Node] = field(default_factory=dict)


def entries_below(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield every entry of a list, through groups and branches, in file order."""
    for entry in entries:
        yield entry
        yield from entries_below(entry.body)
        for branch in entry.branches:
            yield from entries_below(branch)
