"""An explanation as a fragment of Markdown: a heading and a table for each layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cnncalc.layers.base import Step
from cnncalc.render.explain.explanation import Explanation, Section
from cnncalc.render.formats import escape
from cnncalc.render.terminal import Terminal

_HEAD = ("| | | source |", "| --- | --- | --- |")
_BEGINS_BLOCK = re.compile(r"^(\d*)([-+#.)=~])")
"""What makes a list, a heading or a rule of a line that begins with it."""


def markdown(explanation: Explanation, terminal: Terminal) -> str:
    """Return headings, paragraphs and tables."""
    writer = _Writer(terminal, explanation.sources)
    blocks = [f"## {writer.text(explanation.title)}"] if explanation.title else []
    for section in explanation.sections:
        blocks += writer.section(section)
    if explanation.letters:
        blocks.append(writer.text(explanation.letters))
    if explanation.sources:
        listed = (f"{number}. {writer.text(name)}" for name, number in explanation.sources.items())
        blocks.append("\n".join(listed))
    return "\n\n".join(blocks) + "\n"


class _Writer:
    """Writes text for one stream, with the numbers of the sources."""

    def __init__(self, terminal: Terminal, sources: Mapping[str, int]) -> None:
        self.terminal = terminal
        self.sources = sources

    def section(self, section: Section) -> Iterator[str]:
        """Yield the blocks of a section, to be parted by empty lines."""
        yield f"### {self.text(section.title)}"
        if section.volumes:
            yield self.line(section.volumes)
        for matrix in section.matrices:
            yield self.line(matrix.title)
            lines = (self.terminal.spell(line) for line in matrix.lines())
            yield "\n".join(f"    {line}" for line in lines)
        if section.steps:
            yield "\n".join((*_HEAD, *map(self.row, section.steps)))
        yield from map(self.line, section.remarks)
        if section.help:
            yield "\n".join(f"- {self.line(line)}" for line in section.help)

    def row(self, step: Step) -> str:
        """Return a step as a row of the table."""
        cited = self.text(f"[{self.sources[step.source]}]") if step.source else ""
        return f"| {self.text(step.what)} | = {self.text(' = '.join(step.terms))} | {cited} |"

    def line(self, text: str) -> str:
        """Return text that may begin a line."""
        return _BEGINS_BLOCK.sub(r"\1\\\2", self.text(text))

    def text(self, text: str) -> str:
        """Return text in which Markdown interprets nothing; in ASCII ``·`` becomes ``*`` first."""
        return escape(self.terminal.translate(text))
