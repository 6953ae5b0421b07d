"""Blocks of a file: their arguments, inputs and bodies, and that none opens itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cnncalc.layers.registry import KINDS
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
from cnncalc.spec.entries import (
    STRUCTURES,
    BlockEntry,
    Entry,
    broken,
    changed,
    in_row_order,
)
from cnncalc.spec.names import check_name, check_variable, named
from cnncalc.spec.network import Block
from cnncalc.spec.node import Node
from cnncalc.spec.parse_entries import Entries
from cnncalc.spec.reader import Reader

_PARTS = ("args", "vars", "inputs", "layers")


class Blocks(Reader):
    """Reads the definitions of blocks."""

    def __init__(self, problems: list[Problem], entries: Entries) -> None:
        super().__init__(problems)
        self.entries = entries

    def block(self, name: str, node: Node, blocks: Node) -> Block:
        """Return the block that ``node`` defines."""
        key = blocks.keys[name]
        check_name(name, key, self.problems)
        if name in KINDS or name in STRUCTURES:
            self.problem("CNN902", f"the block `{format_value(name)}` hides the kind of that name",
                         key, "give it another name if the kind is meant anywhere")  # fmt: skip
        parts = self.mapping(node, name, "{args: {filters: null}, layers: [...]}")
        for part in parts:
            if part not in _PARTS:
                self.unknown_key(part, node, "a block", _PARTS)
        args = self.mapping(parts.get("args"), "args", "{filters: null, stride: 1}")
        for arg in args:
            check_variable(arg, parts["args"].keys[arg], self.problems)
        variables = self.mapping(parts.get("vars"), "vars", '{wide: "${4 * filters}"}')
        for variable in variables:
            self._variable(variable, parts["vars"].keys[variable], parts.get("args"))
        if (node.value is None or isinstance(node.value, dict)) and "layers" not in parts:
            self.problem("CNN110", f"the block `{format_value(name)}` needs `layers`", key)
        body = self.entries.body(parts.get("layers")) if "layers" in parts else ()
        inputs = self._block_inputs(parts.get("inputs"))
        return Block(
            name=name,
            key=key,
            args=args,
            variables=variables,
            inputs=inputs,
            body=named(body, self.problems, inputs),
        )

    def _variable(self, name: str, key: Span, args: Node | None) -> None:
        """Check the name of a block's variable."""
        check_variable(name, key, self.problems)
        if args is not None and name in args.keys:
            text = f"`{name}` is an argument of this block already"
            related = (Related(message="the argument is here", span=args.keys[name]),)
            hint = ("give the variable another name",)
            self.problems.append(
                Problem(code="CNN203", message=text, span=key, help=hint, related=related)
            )

    def _block_inputs(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        items = node.value if isinstance(node.value, list) else []
        names = tuple(item.value for item in items if isinstance(item.value, str))
        if not names or len(names) < len(items):
            self.problem("CNN108", f"{format_value(node.data())} is not a list of names",
                         node.span, "write inputs: [deep, skip]")  # fmt: skip
        for name, item in zip(names, items, strict=False):
            if name != "input":
                check_name(name, item.span, self.problems)
        return names


def without_recursion(blocks: dict[str, Block], problems: list[Problem]) -> dict[str, Block]:
    """Return the blocks; a use by which one would open itself is reported, and broken."""
    uses = {
        name: [entry for entry in in_row_order(block.body) if isinstance(entry, BlockEntry)]
        for name, block in blocks.items()
    }
    refused: set[Span] = set()
    done: set[str] = set()
    for start in blocks:
        path: list[str] = []
        stack: list[tuple[str, Iterator[BlockEntry]]] = [(start, iter(uses[start]))]
        while stack:
            name, rest = stack[-1]
            if name not in path:
                path.append(name)
            entry = next((use for use in rest if use.key not in refused), None)
            if entry is None:
                done.add(name)
                stack.pop()
                path.pop()
            elif entry.kind in path:
                refused.add(entry.key)
                problems.append(_recursive(entry, path))
            elif entry.kind not in done:
                stack.append((entry.kind, iter(uses[entry.kind])))

    def refuse(entry: Entry) -> Entry:
        return broken(entry) if entry.key in refused else entry

    if not refused:
        return blocks
    return {
        name: replace(block, body=changed(block.body, refuse)) for name, block in blocks.items()
    }


def _recursive(entry: BlockEntry, path: list[str]) -> Problem:
    cycle = [*path[path.index(entry.kind) :], entry.kind]
    cycle = [*cycle[:4], "…", *cycle[-3:]] if len(cycle) > 8 else cycle
    text = f"the block `{entry.kind}` opens itself: {' → '.join(cycle)}"
    return Problem(
        code="CNN205", message=text, span=entry.key, help=("use `repeat: N` for a chain of blocks",)
    )
