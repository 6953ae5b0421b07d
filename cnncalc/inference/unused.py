"""Layers whose output nothing reads: they count, but change no output of the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.inference.walk import Walk
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
from cnncalc.report.rows import Row


def unused_layers(
    walk: Walk, outputs: Sequence[str]
) -> Iterator[tuple[Problem, tuple[str, Span] | None]]:
    """Yield advice CNN905 for each unused layer, with the use of the block that it is in.

    A layer is used when another one takes its output, is cropped to its size or has its weights,
    or it is an output of the network. An expression about its volume does not use it: what the
    layer computes still reaches nothing.
    """
    used = {*outputs, *(name for row in walk.rows for name in row.sources)}
    used |= {name for row in walk.rows for name in (row.like, row.shared_from) if name is not None}
    places = {use.name: use.span for use in walk.uses}
    for row in walk.rows:
        if row.name in used:
            continue
        block = row.blocks[-1] if row.blocks else None
        yield _unused(row, walk), (block, places[block]) if block is not None else None


def _unused(row: Row, walk: Walk) -> Problem:
    """Return the advice about a layer, with the left-out entry that would have read it."""
    text = f"nothing reads the output of {row.name}, and it is no output of the network"
    if row.name in walk.measured:
        text += "; an expression reads its size, which needs no layer"
    hint = "name it in `outputs`, read it with `from`, or remove it"
    related: tuple[Related, ...] = ()
    reader = walk.left_out.get(row.name)
    if reader is not None:
        hint = f"{reader.name}, which would read it, is left out: leave this layer out, too"
        related = (Related(message=f"{reader.name} is left out here", span=reader.span),)
    return Problem(
        code="CNN905",
        message=text,
        span=row.span,
        help=(hint,),
        layer=row.name,
        related=related,
    )
