"""Blocks of a file: their arguments, inputs and bodies, and that none opens itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cnncalc.layers.registry import KINDS
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
from cnncalc.spec.entries import (
    HOMEWORK_KEYS,
    STRUCTURES,
    BlockEntry,
    Entry,
    broken,
    changed,
    in_row_order,
)
from cnncalc.spec.findings import Findings
from cnncalc.spec.names import check_name, named, variables
from cnncalc.spec.network import Block
from cnncalc.spec.node import Node
from cnncalc.spec.parse_entries import Entries
from cnncalc.spec.reader import check_keys, mapping

_PARTS = ("args", "vars", "inputs", "layers")


def parse_blocks(findings: Findings, node: Node | None, entries: Entries) -> dict[str, Block]:
    """Return the blocks that the mapping below ``blocks`` defines; ``entries`` reads bodies."""
    blocks = {}
    for name, definition in mapping(findings, node, "blocks").items():
        assert node is not None
        blocks[name] = _block(findings, name, node.keys[name], definition, entries)
    return _without_recursion(findings, blocks)


def _block(findings: Findings, name: str, key: Span, node: Node, entries: Entries) -> Block:
    """Return the block that ``node`` defines."""
    check_name(findings, name, key)
    if name in KINDS or name in STRUCTURES:
        text = f"the block `{format_value(name)}` hides the kind of that name"
        advice = "give it another name if the kind is meant anywhere"
        findings.report("CNN902", text, key, advice)
    parts = mapping(findings, node, name, "{args: {filters: null}, layers: [...]}")
    check_keys(findings, node, "a block", _PARTS)
    args = variables(findings, parts.get("args"), "args", "{filters: null, stride: 1}")
    own = variables(findings, parts.get("vars"), "vars", '{wide: "${4 * filters}"}')
    for variable in own:
        if variable in args:
            _hidden_argument(findings, variable, parts["vars"], parts["args"])
    if (node.value is None or isinstance(node.value, dict)) and "layers" not in parts:
        findings.report("CNN110", f"the block `{format_value(name)}` needs `layers`", key)
    body = entries.body(parts["layers"]) if "layers" in parts else ()
    _refuse_homework(findings, body)
    inputs = _block_inputs(findings, parts.get("inputs"))
    return Block(
        name=name,
        key=key,
        args=args,
        variables=own,
        inputs=inputs,
        body=named(findings, body, inputs),
    )


def _hidden_argument(findings: Findings, name: str, variables: Node, args: Node) -> None:
    """Report a variable of a block that has the name of an argument."""
    findings.report(
        "CNN203",
        f"`{name}` is an argument of this block already",
        variables.keys[name],
        "give the variable another name",
        related=(Related(message="the argument is here", span=args.keys[name]),),
    )


def _block_inputs(findings: Findings, node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    items = node.value if isinstance(node.value, list) else []
    names = tuple(item.value for item in items if isinstance(item.value, str))
    if not names or len(names) < len(items):
        text = f"{format_value(node.data())} is not a list of names"
        findings.report("CNN108", text, node.span, "write inputs: [deep, skip]")
    for name, item in zip(names, items, strict=False):
        if name != "input":
            check_name(findings, name, item.span)
    return names


def _refuse_homework(findings: Findings, body: tuple[Entry, ...]) -> None:
    """Report what is asked or answered inside a block: its layers are there once for each use."""
    for entry in in_row_order(body):
        for key in HOMEWORK_KEYS:
            if key in entry.common:
                text = f"`{key}` cannot be stated inside a block"
                advice = "state it where the block is used: then it is about the whole block"
                findings.report("CNN109", text, entry.common[key].span, advice)


def _without_recursion(findings: Findings, blocks: dict[str, Block]) -> dict[str, Block]:
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
                findings.add(_recursive(entry, path))
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
