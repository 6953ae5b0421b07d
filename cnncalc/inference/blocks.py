"""Blocks: opening one at a use, with its arguments, its inputs and a level of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.leaf import broken
from cnncalc.inference.scope import UNSET, Level, Names, Value
from cnncalc.maths.volume import format_value
from cnncalc.maths.words import number
from cnncalc.problems.model import Problem
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.report import Use
from cnncalc.spec.names import in_row_order

if TYPE_CHECKING:
    from cnncalc.inference.walk import At, Walk
    from cnncalc.spec.network import Block


def walk_block(walk: Walk, at: At) -> Value | None:
    """Walk one use of a block."""
    block = walk.network.blocks[at.entry.kind]
    sources = walk.sources(at)
    stated = _stated(at, block)
    inputs = _inputs(at, block, sources) if sources else None
    if stated is None or inputs is None:
        return broken(walk, at)
    first = next(iter(inputs.values()))
    level = Level(
        f"{at.path}.",
        {},
        inputs,
        volume=first.volume,
        is_block=True,
        later=frozenset(entry.name for entry in in_row_order(block.body)),
        sharing=_sharing(at),
    )
    level.variables = _variables(walk, at, block, stated, level)
    at.level.open(at.entry.name, at.frame.indices, level)
    frame = at.frame._replace(
        indices=(),
        blocks=(*at.frame.blocks, at.path),
        use=(at.path, at.entry.key),
        depth=at.frame.depth + 1,
    )
    start = len(walk.rows)
    opened = len(walk.uses)
    end = walk.walk(block.body, level, first if len(block.inputs) < 2 else None, frame)
    walk.uses.insert(
        opened,
        Use(
            at.path,
            block.name,
            _described(level.variables, block),
            tuple(value.row for value in sources or ()),
            tuple(value.volume for value in sources or ()),
            end.volume if end else None,
            end.fields if end else None,
            at.entry.key,
            start,
            len(walk.rows),
            at.frame.blocks,
            at.frame.branch,
        ),
    )
    return end


def _stated(at: At, block: Block) -> dict[str, Any] | None:
    """Return the stated arguments, evaluated at the use; ``None`` after a reported problem.

    A single value fills the block's first argument.
    """
    node = at.entry.value
    if node is None or node.value is None:
        nodes = {}
    elif isinstance(node.value, dict):
        nodes = node.value
    elif block.args:
        nodes = {next(iter(block.args)): node}
    else:
        text = (
            f"the block `{block.name}` takes no arguments, but {format_value(node.data())} is given"
        )
        at.report(Problem("CNN207", text, node.span, help=(f"write `{block.name}` alone",)))
        return None
    stated: dict[str, Any] = {}
    ok = True
    for name, child in nodes.items():
        if name not in block.args:
            assert node is not None
            ok = False
            at.report(_unknown_argument(block, name, node.keys[name]))
            continue
        try:
            stated[name] = evaluate(child, at.names, at.report)
        except Unknown:
            stated[name] = UNSET
    missing = [
        name for name, default in block.args.items() if default.value is None and name not in stated
    ]
    if missing:
        listed = " and ".join(f"`{name}`" for name in missing)
        hint = f"write {block.name}: {{{', '.join(f'{name}: …' for name in missing)}}}"
        text = f"the block `{block.name}` needs {listed}"
        at.report(Problem("CNN206", text, at.entry.key, help=(hint,)))
        return None
    return stated if ok else None


def _unknown_argument(block: Block, name: str, span: Any) -> Problem:
    hint = did_you_mean(name, block.args)
    listed = ", ".join(block.args) or "none"
    return Problem(
        "CNN207",
        f"`{format_value(name)}` is not an argument of the block `{block.name}`",
        span,
        help=hint or (f"its arguments: {listed}",),
    )


def _inputs(at: At, block: Block, sources: list[Value]) -> dict[str, Value] | None:
    """Return what the block's names for its inputs mean; ``None`` after a reported problem."""
    wanted = block.inputs or ("input",)
    if len(sources) == len(wanted):
        return {**dict(zip(wanted, sources, strict=True)), "input": sources[0]}
    node = at.entry.sources
    names = ", ".join(wanted)
    text = (
        f"the block `{block.name}` takes {len(wanted)} inputs ({names}), but {len(sources)} arrive"
    )
    if len(wanted) == 1:
        text = f"the block `{block.name}` takes one input, but {len(sources)} arrive"
    hint = f"write from: [{', '.join(f'NAME{i + 1}' for i in range(len(wanted)))}]"
    span = node.span if node is not None else at.entry.key
    at.report(Problem("CNN209", text, span, help=(hint,)))
    return None


def _variables(
    walk: Walk, at: At, block: Block, stated: dict[str, Any], level: Level
) -> dict[str, Any]:
    """Return the file's variables and the block's arguments; defaults see those before them."""
    variables = dict(walk.variables)
    for name, default in block.args.items():
        if name in stated:
            variables[name] = stated[name]
            continue
        try:
            variables[name] = evaluate(default, Names(variables, level.volume), at.report)
        except Unknown:
            variables[name] = UNSET
    return variables


def _sharing(at: At) -> str | None:
    """Return the path of the block use whose weights this one uses."""
    node = at.entry.common.get("weights_from")
    if node is None:
        if at.level.sharing is None:
            return None
        return f"{at.level.sharing}{at.path[len(at.level.path) :]}."
    found = at.level.full_path(node.value) if isinstance(node.value, str) else None
    if found is None:
        known = list(at.level.levels)
        hint = did_you_mean(str(node.value), known) or (
            (f"block uses so far: {', '.join(known)}",) if known else ()
        )
        text = f"`{format_value(node.data())}` is not a use of a block before this one"
        at.report(Problem("CNN202", text, node.span, help=hint))
    return found


def _described(variables: dict[str, Any], block: Block) -> str:
    """Return the arguments as a row shows them: ``filters 64, stride 2``."""
    shown = []
    for name in block.args:
        value = variables[name]
        if value is UNSET:
            text = "?"
        elif isinstance(value, bool) or value is None or isinstance(value, (str, list, dict)):
            text = format_value(value, 20)
        else:
            text = number(value)
        shown.append(f"{name} {text}")
    return ", ".join(shown)
