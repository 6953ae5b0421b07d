"""An explanation as text for a terminal, equals signs below each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cnncalc.layers.base import Step
from cnncalc.render.explain.build import derived
from cnncalc.render.explain.explanation import Explanation, Section
from cnncalc.render.text import pack, wrap

if TYPE_CHECKING:
    from cnncalc.render.terminal import Terminal
    from cnncalc.report.report import Report


def text(explanation: Explanation, terminal: Terminal) -> str:
    """Return the explanation in the width of the terminal."""
    sources = explanation.sources
    sections = [_section(section, sources, terminal.width) for section in explanation.sections]
    cited = [f"[{number}] {name}" for name, number in sources.items()]
    notes = [explanation.letters, *cited] if explanation.letters else cited
    titles = [explanation.title] if explanation.title else []
    parts = [part for part in (titles, *sections, notes) if part]
    return "\n\n".join(_wrapped(lines, terminal) for lines in parts) + "\n"


def arithmetic(report: Report, terminal: Terminal) -> str:
    """Return the arithmetic of the sizes and counts of all layers that are known, and no more."""
    steps = [
        replace(step, source="")
        for row in report.rows
        if row.output is not None
        for step in derived(row)
    ]
    lines = _aligned(dict.fromkeys(steps), {}, terminal.width)
    return "".join(f"{terminal.spell(line)}\n" for line in lines)


def _wrapped(lines: Iterable[str], terminal: Terminal) -> str:
    """Return lines in the width of the terminal, what is broken indented."""
    spelled = map(terminal.spell, lines)
    return "\n".join(part for line in spelled for part in wrap(line, terminal.width, 4))


def _section(section: Section, sources: Mapping[str, int], width: int) -> list[str]:
    starts = ["help:", *["     "] * len(section.help)]
    return [
        section.title,
        *([f"  {section.volumes}"] if section.volumes else []),
        *_matrices(section, width),
        *_aligned(section.steps, sources, width),
        *(f"  {remark}" for remark in section.remarks),
        *(
            part
            for start, line in zip(starts, section.help, strict=False)
            for part in wrap(f"  {start} {line}", width, 8)
        ),
    ]


def _matrices(section: Section, width: int) -> Iterator[str]:
    """Yield numbers below their titles, and an empty line behind the last."""
    for matrix in section.matrices:
        yield f"  {matrix.title}"
        yield from (f"  {line}" for line in matrix.lines(max(width - 2, 0)))
    if section.matrices:
        yield ""


def _aligned(steps: Iterable[Step], sources: Mapping[str, int], width: int) -> list[str]:
    """Return steps below each other, their first equals signs aligned, sources cited.

    A step that is wider than the terminal is broken in front of an equals sign, which is
    printed below the first one.
    """
    steps = tuple(steps)
    wide = max((len(step.what) for step in steps), default=0)
    lines = []
    for step in steps:
        cited = f"  [{sources[step.source]}]" if step.source else ""
        first, *others = step.terms
        parts = [f"  {step.what:<{wide}} = {first}", *(f"= {other}" for other in others)]
        parts[-1] += cited
        lines += pack(parts, width, wide + 3)
    return lines
