"""An explanation as text for a terminal, equals signs below each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cnncalc.layers.base import Step
from cnncalc.render.explain.build import derived
from cnncalc.render.explain.explanation import (
    Block,
    Explanation,
    Heading,
    Help,
    Matrix,
    Notes,
    Paragraph,
    Steps,
)
from cnncalc.render.explain.formula import in_pieces
from cnncalc.render.text import pack, wrap

if TYPE_CHECKING:
    from cnncalc.render.terminal import Terminal
    from cnncalc.report.report import Report


def text(explanation: Explanation, terminal: Terminal) -> str:
    """Return the explanation in the width of the terminal."""
    lines: list[str] = []
    before: Block | None = None
    for block in explanation.blocks():
        behind_numbers = isinstance(before, Matrix) and not isinstance(block, Matrix)
        if before is not None and (behind_numbers or isinstance(block, Heading | Notes)):
            lines.append("")
        lines += _block(block, terminal.width)
        before = block
    spelled = map(terminal.spell, lines)
    return "".join(f"{part}\n" for line in spelled for part in wrap(line, terminal.width, 4))


def arithmetic(report: Report, terminal: Terminal) -> str:
    """Return the arithmetic of the sizes and counts of all layers that are known, and no more."""
    known = (row for row in report.rows if row.output is not None)
    steps = dict.fromkeys(replace(step, source="") for row in known for step in derived(row))
    lines = _aligned([(step, "") for step in steps], terminal.width)
    return "".join(f"{terminal.spell(line)}\n" for line in lines)


def _block(block: Block, width: int) -> list[str]:
    match block:
        case Heading():
            return [block.text]
        case Paragraph():
            return [f"  {block.text}"]
        case Matrix():
            numbers = block.lines(max(width - 2, 0))
            return [f"  {block.title}", *(f"  {line}" for line in numbers)]
        case Steps():
            return _aligned(block.cited, width)
        case Help():
            starts = ["help:", *["     "] * len(block.lines)]
            pairs = zip(starts, block.lines, strict=False)
            return [part for pair in pairs for part in wrap(f"  {' '.join(pair)}", width, 8)]
        case Notes():
            cited = [f"[{number}] {name}" for number, name in enumerate(block.sources, 1)]
            return [block.letters, *cited] if block.letters else cited


def _aligned(cited: Sequence[tuple[Step, str]], width: int) -> list[str]:
    """Return steps below each other, their first equals signs aligned, sources cited.

    A step that is wider than the terminal is broken in front of an equals sign, which is
    printed below the first one; a term that is, in front of its plus signs.
    """
    wide = max((len(step.what) for step, _ in cited), default=0)
    lines = []
    for step, source in cited:
        room = width - wide - 3 if width else len(str(step))
        first, *others = (part for term in step.terms for part in in_pieces(f"= {term}", room))
        parts = [f"  {step.what:<{wide}} {first}", *others]
        parts[-1] += f"  {source}" if source else ""
        lines += pack(parts, width, wide + 3)
    return lines
