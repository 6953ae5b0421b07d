"""Arguments of a block at one of its uses, and what the block calls its inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.scope import UNSET, Names, Signal
from cnncalc.inference.visit import Visit
from cnncalc.maths.volume import Volume, format_value
from cnncalc.maths.words import number
from cnncalc.problems.collector import Reporter
from cnncalc.problems.model import Problem
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.edits import respelled
from cnncalc.spec.entries import BlockEntry
from cnncalc.spec.network import Block
from cnncalc.spec.node import Node


def stated_arguments(entry: BlockEntry, block: Block, visit: Visit) -> dict[str, Any] | None:
    """Return the stated arguments, evaluated at the use; ``None`` after a reported problem.

    A single value fills the block's first argument.
    """
    nodes = _nodes(entry.value, block)
    if nodes is None:
        assert entry.value is not None
        got = format_value(entry.value.data())
        text = f"the block `{block.name}` takes no arguments, but {got} is given"
        hint = f"write `{block.name}` alone"
        visit.report(Problem(code="CNN207", message=text, span=entry.value.span, help=(hint,)))
        return None
    stated: dict[str, Any] = {}
    for name, node in nodes.items():
        if name not in block.args:
            continue
        try:
            stated[name] = evaluate(node, visit.names, visit.report)
        except Unknown:
            stated[name] = UNSET
    problems = _wrong_names(entry, block, nodes)
    for problem in problems:
        visit.report(problem)
    return None if problems else stated


def _nodes(value: Node | None, block: Block) -> Mapping[str, Node] | None:
    if value is None or value.value is None:
        return {}
    if isinstance(value.value, dict):
        return value.value
    return {next(iter(block.args)): value} if block.args else None


def _wrong_names(entry: BlockEntry, block: Block, nodes: Mapping[str, Node]) -> list[Problem]:
    """Return the problems of arguments that a block has not, and of those that it needs.

    One that is needed and one that is nearly called so are one mistake.
    """
    problems = []
    missing = [
        name for name, default in block.args.items() if default.value is None and name not in nodes
    ]
    for name in nodes:
        if name in block.args:
            continue
        assert entry.value is not None
        meant = next((known for known in missing if did_you_mean(name, [known])), None)
        if meant is not None:
            missing.remove(meant)
        words = list(block.args) if meant is None else [meant]
        hint = did_you_mean(name, words)
        key = entry.value.keys[name]
        fixes = respelled(key, name, words)
        if name in block.variables:
            fixes = ()
            hint = ("it is one of the block's `vars`: to state it at a use, move it to `args`",)
        listed = ", ".join(block.args) or "none"
        text = f"`{format_value(name)}` is not an argument of the block `{block.name}`"
        help_lines = hint or (f"its arguments: {listed}",)
        problems.append(
            Problem(code="CNN207", message=text, span=key, help=help_lines, fixes=fixes)
        )
    if missing:
        listed = " and ".join(f"`{format_value(name)}`" for name in missing)
        hint = (f"write {block.name}: {{{', '.join(f'{name}: …' for name in missing)}}}",)
        text = f"the block `{block.name}` needs {listed}"
        problems.append(Problem(code="CNN206", message=text, span=entry.key, help=hint))
    return problems


def variables_of(
    block: Block,
    stated: Mapping[str, Any],
    outside: Mapping[str, Any],
    volume: Volume | None,
    report: Reporter,
) -> dict[str, Any]:
    """Return the file's variables, the block's arguments, and its own variables.

    Defaults and variables see those before them.
    """
    variables = dict(outside)
    for name, node in (*block.args.items(), *block.variables.items()):
        if name in stated:
            variables[name] = stated[name]
            continue
        try:
            variables[name] = evaluate(node, Names(variables, volume), report)
        except Unknown:
            variables[name] = UNSET
    return variables


def named_inputs(
    entry: BlockEntry, block: Block, sources: Sequence[Signal], visit: Visit
) -> dict[str, Signal] | None:
    """Return what the block's names for its inputs mean; report another number of inputs."""
    wanted = block.inputs or ("input",)
    if len(sources) == len(wanted):
        return {**dict(zip(wanted, sources, strict=True)), "input": sources[0]}
    takes = "one input" if len(wanted) == 1 else f"{len(wanted)} inputs ({', '.join(wanted)})"
    text = f"the block `{block.name}` takes {takes}, but {len(sources)} arrive"
    hint = f"write from: [{', '.join(f'NAME{i + 1}' for i in range(len(wanted)))}]"
    if len(wanted) == 1 and entry.sources is not None:
        hint = f"join them first, as in `concat: {format_value(entry.sources.data())}`"
    place = entry.sources.span if entry.sources is not None else entry.key
    visit.report(Problem(code="CNN209", message=text, span=place, help=(hint,)))
    return None


def described(stated: Mapping[str, Any]) -> str:
    """Return the stated arguments as a row shows them: ``filters 64, stride 2``."""
    shown = []
    for name, value in stated.items():
        if value is UNSET:
            text = "?"
        elif isinstance(value, bool) or value is None or isinstance(value, (str, list, dict)):
            text = format_value(value, 20)
        else:
            text = number(value)
        shown.append(f"{name} {text}")
    return ", ".join(shown)
