"""An explanation as a fragment of Markdown: a heading and a table for each layer."""

from __future__ import annotations

import re

from cnncalc.layers.base import Step
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
from cnncalc.render.formats import escape
from cnncalc.render.terminal import Terminal

_HEAD = ("| | | source |", "| --- | --- | --- |")
_BEGINS_BLOCK = re.compile(r"^(\d*)([-+#.)=~])")
"""What makes a list, a heading or a rule of a line that begins with it."""


def markdown(explanation: Explanation, terminal: Terminal) -> str:
    """Return headings, paragraphs and tables."""
    writer = _Writer(terminal)
    return "\n\n".join(map(writer.block, explanation.blocks())) + "\n"


class _Writer:
    """Writes for one stream."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def block(self, block: Block) -> str:
        """Return a block."""
        match block:
            case Heading():
                return f"{'#' * (block.level + 1)} {self.text(block.text)}"
            case Paragraph():
                return self.line(block.text)
            case Matrix():
                lines = (self.terminal.spell(line) for line in block.lines())
                return "\n".join((self.line(block.title), "", *(f"    {line}" for line in lines)))
            case Steps():
                return "\n".join((*_HEAD, *(self.row(*cited) for cited in block.cited)))
            case Help():
                return "\n".join(f"- {self.line(line)}" for line in block.lines)
            case Notes():
                numbered = enumerate(block.sources, 1)
                listed = "\n".join(f"{number}. {self.text(name)}" for number, name in numbered)
                return "\n\n".join(filter(None, (self.line(block.letters), listed)))

    def row(self, step: Step, cited: str) -> str:
        """Return a step as a row of the table."""
        terms = self.text(" = ".join(step.terms))
        return f"| {self.text(step.what)} | = {terms} | {self.text(cited)} |"

    def line(self, text: str) -> str:
        """Return text that may begin a line."""
        return _BEGINS_BLOCK.sub(r"\1\\\2", self.text(text))

    def text(self, text: str) -> str:
        """Return text in which Markdown interprets nothing; in ASCII ``·`` becomes ``*`` first."""
        return escape(self.terminal.translate(text))
