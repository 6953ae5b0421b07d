"""Whose weights a layer uses: ``weights_from`` at a layer, or at the use of a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnncalc.inference.visit import Visit
from cnncalc.layers.base import Weight
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem, RuleError, located
from cnncalc.report.rows import Row
from cnncalc.spec.edits import misspelt
from cnncalc.spec.entries import Entry


def shared_block(entry: Entry, visit: Visit) -> str | None:
    """Return the path of the block use whose weights this one uses."""
    node = entry.common.get("weights_from")
    scope = visit.scope
    if node is None:
        if scope.sharing is None:
            return None
        return f"{scope.sharing}{visit.path[len(scope.path) :]}."
    found = scope.full_path(node.value) if isinstance(node.value, str) else None
    if found is None:
        known = list(scope.scopes)
        listed = f"block uses so far: {', '.join(known)}" if known else ""
        text = f"`{format_value(node.data())}` is not a use of a block before this one"
        visit.report(misspelt("CNN202", text, node.span, str(node.value), known, listed))
    return found


def shared_from(
    kind: str, weights: Sequence[Weight], entry: Entry, visit: Visit, rows: Mapping[str, Row]
) -> str | None:
    """Return the name of the layer whose weights a layer uses, ``None`` when they are its own.

    ``weights`` are those that it needs, ``rows`` the rows before it by name. Weights that cannot
    be its own are reported.
    """
    node = entry.common.get("weights_from")
    if node is not None:
        signal = visit.find(node.value, node)
        if signal is None:
            return None
        name, span = str(node.value), node.span
        source = None if signal.left_out else rows.get(signal.row)
    elif visit.scope.sharing is not None and weights:
        name, span = visit.scope.sharing + visit.path[len(visit.scope.path) :], entry.place
        source = rows.get(name)
    else:
        return None
    if source is None:
        text = f"there is no layer `{format_value(name)}` whose weights this one could use"
        hint = "name a layer that has a row before it"
        visit.report(Problem(code="CNN311", message=text, span=span, help=(hint,)))
        return None
    if source.output is None:
        return None
    try:
        _check_shapes(kind, weights, source)
    except RuleError as error:
        visit.report(located(error, span))
        return None
    return source.shared_from or source.name


def _check_shapes(kind: str, mine: Sequence[Weight], source: Row) -> None:
    """Raise ``RuleError`` CNN311 when weights cannot be those of ``source``."""
    wanted = {weight.name: weight.shape for weight in mine}
    given = {weight.name: weight.shape for weight in source.weights}
    if wanted == given and wanted:
        return
    text = f"{kind} has no weights to share"
    if wanted:
        text = f"its weights {_shapes(wanted)} cannot be those of {source.name}, {_shapes(given)}"
    raise RuleError("CNN311", text, help=("shared weights have equal shapes",))


def _shapes(shapes: dict[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{name} {list(shape)}" for name, shape in shapes.items()) or "(none)"
