r"""An explanation as a fragment of LaTeX, for a document that uses ``amsmath``.

Letters of other scripts in names stay as they are, which XeLaTeX and LuaLaTeX set; ``--ascii``
spells them for every engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from unicodedata import decomposition

from cnncalc.layers.base import Step
from cnncalc.render.explain.explanation import Explanation, Matrix, Section
from cnncalc.render.explain.formula import Part, parts_of
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import pack, to_ascii, visible

_LONG = 72
"""Characters of a step in one row; a longer one has a row for each equals sign, or more."""
_ESCAPED = {
    **{char: f"\\{char}" for char in "#$%&_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\char34}",
    "`": r"{\char96}",
}
_MATHS = {
    "×": r"\times", "·": r"\cdot", "−": "-", "→": r"\to", "≤": r"\le", "≥": r"\ge",
    "≈": r"\approx", "…": r"\dots", "⌈": r"\lceil", "⌉": r"\rceil", "⌊": r"\lfloor",
    "⌋": r"\rfloor", "Σ": r"\sum", "√": r"\surd", "′": "'", "✗": r"\times",
}  # fmt: skip
"""Signs of the tool as LaTeX sets them in formulas; others are spelled as in ASCII."""
_SMALL = {"<fraction>": r"\tfrac{%s}{%s}", "<super>": "^{%s}", "<sub>": "_{%s}"}
"""How LaTeX sets small digits, by what Unicode calls them."""


def latex(explanation: Explanation, terminal: Terminal) -> str:
    """Return headings without numbers, and an ``align*`` for each layer."""
    writer = _Writer(terminal, explanation.sources)
    blocks = [f"\\section*{{{writer.text(explanation.title)}}}"] if explanation.title else []
    for section in explanation.sections:
        blocks += writer.section(section)
    notes = [explanation.letters] if explanation.letters else []
    notes += [f"[{number}] {name}" for name, number in explanation.sources.items()]
    blocks += [f"\\noindent {writer.text(note)}" for note in notes]
    return "\n\n".join(blocks) + "\n"


class _Writer:
    """Writes text and formulas for one stream, with the numbers of the sources."""

    def __init__(self, terminal: Terminal, sources: Mapping[str, int]) -> None:
        self.terminal = terminal
        self.sources = sources

    def section(self, section: Section) -> Iterator[str]:
        """Yield the blocks of a section, to be parted by empty lines."""
        yield f"\\subsection*{{{self.text(section.title)}}}"
        if section.volumes:
            yield f"\\noindent {self.text(section.volumes)}"
        for matrix in section.matrices:
            yield f"\\noindent {self.text(matrix.title)}"
            yield self.matrix(matrix)
        if section.steps:
            rows = [row for step in section.steps for row in self.rows(step)]
            yield "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"
        for line in (*section.remarks, *section.help):
            yield f"\\noindent {self.text(line)}"

    def matrix(self, matrix: Matrix) -> str:
        """Return numbers in brackets; amsmath's own matrices have ten columns at most."""
        columns = "r" * max(map(len, matrix.rows), default=1)
        rows = (" & ".join(map(self.formula, row)) for row in matrix.rows)
        body = " \\\\\n".join(rows)
        opening = f"\\[ \\left( \\begin{{array}}{{{columns}}}\n"
        return f"{opening}{body}\n\\end{{array}} \\right) \\]"

    def rows(self, step: Step) -> list[str]:
        """Return the rows of a step, aligned at their equals signs."""
        cited = f" \\quad \\text{{[{self.sources[step.source]}]}}" if step.source else ""
        if len(str(step)) <= _LONG:
            terms = (f"= {self.formula(term)}" for term in step.terms)
            return [f"{self.formula(step.what)} &{' '.join(terms)}{cited}"]
        rows = [row for term in step.terms for row in self.term(term)]
        return [self.formula(step.what) + rows[0], *rows[1:-1], rows[-1] + cited]

    def term(self, term: str) -> Iterator[str]:
        """Yield the rows of one term, a long sum in several."""
        first, *others = pack(re.split(r" (?=\+ )", term), _LONG, 0)
        yield f" &= {self.formula(first)}"
        for line in others:
            yield f" &\\quad {self.formula(line)}"

    def formula(self, text: str) -> str:
        """Return a formula for maths; a sentence as text in it."""
        parts = parts_of(text)
        if parts is None:
            return f"\\text{{{self.text(text)}}}"
        return " ".join(map(self.part, parts))

    def part(self, part: Part) -> str:
        """Return one part of a formula."""
        if part.kind == "power":
            return f"^{{{self.formula(part.text)}}}"
        if part.kind == "sign":
            return _MATHS.get(part.text, part.text)
        if part.kind == "number":
            return _number(part.text)
        index = f"_{{{part.index}}}" if part.index else ""
        name = part.text if part.kind == "letter" else f"\\text{{{part.text}}}"
        return name + index + "'" * part.prime

    def text(self, text: str) -> str:
        """Return text in which LaTeX interprets nothing."""
        return "".join(map(self.char, visible(text))).replace("--", "-{}-")  # no dash of them

    def char(self, char: str) -> str:
        """Return one character of a text."""
        if char in _MATHS:
            return f"${_MATHS[char]}$"
        if not char.isascii() and (small := _small(char)):
            return f"${small}$"
        spelled = self.terminal.translate(to_ascii(char))
        return "".join(_ESCAPED.get(each, each) for each in spelled)


def _small(char: str) -> str:
    """Return a fraction, or what is raised or lowered, such as ``½`` and ``²``; else nothing."""
    kind, *codes = decomposition(char).split() or [""]
    parts = "".join(chr(int(code, 16)) for code in codes).split("\N{FRACTION SLASH}")
    if kind not in _SMALL or not all(part.isascii() and part.isalnum() for part in parts):
        return ""
    return _SMALL[kind] % tuple(parts)


def _number(text: str) -> str:
    digits, power, exponent = text.replace(",", "{,}").partition("e")
    if not power:
        return digits
    return f"{digits} \\cdot 10^{{{int(exponent.replace('−', '-'))}}}"
