"""Layers whose output nothing reads: they count, but change no output of the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.inference.scope import LeftOut
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
from cnncalc.report.rows import Row, Use


def unused_layers(
    rows: Sequence[Row],
    uses: Sequence[Use],
    outputs: Sequence[str],
    left_out: Mapping[str, LeftOut],
) -> Iterator[tuple[Problem, tuple[str, Span] | None]]:
    """Yield advice CNN905 for each unused layer, with the use of the block that it is in.

    A layer is used when another one takes its output, its size or its weights, or it is an
    output of the network. ``left_out`` holds for rows which left-out entry would have read them.
    """
    used = {*outputs, *(name for row in rows for name in row.sources)}
    used |= {name for row in rows for name in (row.like, row.shared_from) if name is not None}
    places = {use.name: use.span for use in uses}
    for row in rows:
        if row.name in used:
            continue
        reader = left_out.get(row.name)
        if reader is None:
            hint = "name it in `outputs`, read it with `from`, or remove it"
            related: tuple[Related, ...] = ()
        else:
            hint = f"{reader.name}, which would read it, is left out: leave this layer out, too"
            related = (Related(message=f"{reader.name} is left out here", span=reader.span),)
        text = f"nothing reads the output of {row.name}, and it is no output of the network"
        block = row.blocks[-1] if row.blocks else None
        yield (
            Problem(
                code="CNN905",
                message=text,
                span=row.span,
                help=(hint,),
                layer=row.name,
                related=related,
            ),
            (block, places[block]) if block is not None else None,
        )
