"""A spec, parsed: the network with its blocks, and a place for everything.

Values are not evaluated yet: expressions need the volumes that inference computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cnncalc.problems.source import Span
from cnncalc.spec.entries import Entry
from cnncalc.spec.node import Node

NETWORK_KEYS = (
    "name", "input", "inputs", "layers", "outputs", "expect", "cases", "vars", "blocks",
    "defaults", "rounding", "extends", "about",
    "grading", "answer", "accept", "student", "quiz",  # read by the commands for homework only
)  # fmt: skip
ABOUT_KEYS = ("paper", "year", "task", "source", "note")
"""What ``about`` may say of a network; nothing is computed from it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """A named, parametrised, closed list of layers.

    ``args`` are what a use may state, with their defaults; ``variables`` are values of its own.
    """

    name: str
    key: Span
    args: Mapping[str, Node]
    variables: Mapping[str, Node]
    inputs: tuple[str, ...]
    body: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """A spec, parsed: its inputs, layers, blocks and variables, nothing of it computed yet.

    Each part knows its place in the file, so that problems can point at it.
    """

    root: Node
    name: str
    inputs: Mapping[str, Node]
    layers: tuple[Entry, ...]
    blocks: Mapping[str, Block]
    variables: Mapping[str, Node]
    defaults: Mapping[str, Node]
    rounding: Node | None = None
    outputs: Node | None = None
    expect: Node | None = None
    cases: Node | None = None
    about: Mapping[str, Node]
