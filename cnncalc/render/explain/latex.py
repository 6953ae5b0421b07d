r"""An explanation as a fragment of LaTeX, for a document that uses ``amsmath``.

Letters of other scripts in names stay as they are, which XeLaTeX and LuaLaTeX set; ``--ascii``
spells them for every engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import decomposition

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
from cnncalc.render.explain.formula import Part, in_pieces, parts_of
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
    "⌋": r"\rfloor", "Σ": r"\sum", "√": r"\surd", "′": "'", "≠": r"\ne", "α": r"\alpha",
    "β": r"\beta", "ε": r"\varepsilon",
}  # fmt: skip
"""Signs of the tool as LaTeX sets them in formulas; others are spelled as in ASCII."""
_SMALL = {"<fraction>": r"\tfrac{%s}{%s}", "<super>": "^{%s}", "<sub>": "_{%s}"}
"""How LaTeX sets small digits, by what Unicode calls them."""


def latex(explanation: Explanation, terminal: Terminal) -> str:
    """Return headings without numbers, and an ``align*`` for each layer."""
    writer = _Writer(terminal)
    return "\n\n".join(map(writer.block, explanation.blocks())) + "\n"


class _Writer:
    """Writes text and formulas for one stream."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def block(self, block: Block) -> str:
        """Return a block, its paragraphs parted by empty lines."""
        match block:
            case Heading():
                macro = "section" if block.level == 1 else "subsection"
                return f"\\{macro}*{{{self.text(block.text)}}}"
            case Paragraph():
                return self.paragraphs(block.text)
            case Matrix():
                return f"{self.paragraphs(block.title)}\n\n{self.matrix(block)}"
            case Steps():
                rows = [row for cited in block.cited for row in self.rows(*cited)]
                return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"
            case Help():
                return self.paragraphs(*block.lines)
            case Notes():
                letters = filter(None, [block.letters])
                numbered = enumerate(block.sources, 1)
                sources = (f"[{number}] {name}" for number, name in numbered)
                return self.paragraphs(*letters, *sources)

    def paragraphs(self, *texts: str) -> str:
        """Return a paragraph for each text."""
        return "\n\n".join(f"\\noindent {self.text(text)}" for text in texts)

    def matrix(self, matrix: Matrix) -> str:
        """Return numbers in brackets; amsmath's own matrices have ten columns at most."""
        columns = "r" * max(map(len, matrix.rows), default=1)
        rows = (" & ".join(map(self.formula, row)) for row in matrix.rows)
        body = " \\\\\n".join(rows)
        opening = f"\\[ \\left( \\begin{{array}}{{{columns}}}\n"
        return f"{opening}{body}\n\\end{{array}} \\right) \\]"

    def rows(self, step: Step, cited: str) -> list[str]:
        """Return the rows of a step, aligned at their equals signs."""
        cited = f" \\quad \\text{{{cited}}}" if cited else ""
        if len(str(step)) <= _LONG:
            terms = (f"= {self.formula(term)}" for term in step.terms)
            return [f"{self.formula(step.what)} &{' '.join(terms)}{cited}"]
        rows = [row for term in step.terms for row in self.term(term)]
        return [self.formula(step.what) + rows[0], *rows[1:-1], rows[-1] + cited]

    def term(self, term: str) -> Iterator[str]:
        """Yield the rows of one term, a long sum in several."""
        first, *others = pack(in_pieces(term, _LONG), _LONG, 0)
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
