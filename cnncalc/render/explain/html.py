"""An explanation as a fragment of HTML: tables whose formulas are MathML; no scripts, no styles."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

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
from cnncalc.render.text import visible

_LINES = {"article", "h2", "h3", "p", "tr", "table", "caption", "li", "ol", "ul"}
"""Elements that end a line."""
_LONG = 40
"""Characters of a term that is one ``<math>``; browsers break lines only between such."""


def html(explanation: Explanation, terminal: Terminal) -> str:
    """Return an ``<article>``: UTF-8, or ASCII for a stream without it."""
    article = Element("article")
    for block in explanation.blocks():
        _add_block(article, block)
    for element in article.iter():
        if element.tag in _LINES:
            element.tail = "\n"
    text = ElementTree.tostring(article, "unicode", short_empty_elements=False)
    return text if terminal.utf8 else text.encode("ascii", "xmlcharrefreplace").decode()


def _add_block(article: Element, block: Block) -> None:
    match block:
        case Heading():
            _add(article, f"h{block.level + 1}", block.text)
        case Paragraph():
            _add(article, "p", block.text)
        case Matrix():
            table = SubElement(article, "table")
            _add(table, "caption", block.title)
            for cells in block.rows:
                row = SubElement(table, "tr")
                for cell in cells:
                    _add_formula(SubElement(SubElement(row, "td"), "math"), cell)
        case Steps():
            table = SubElement(article, "table")
            for step, cited in block.cited:
                _add_row(SubElement(table, "tr"), step, cited)
        case Help():
            _add_list(article, "ul", block.lines)
        case Notes():
            if block.letters:
                _add(article, "p", block.letters)
            if block.sources:
                _add_list(article, "ol", block.sources)


def _add(parent: Element, tag: str, text: str = "") -> Element:
    """Add an element that holds a text; what no browser shows is written as an escape."""
    element = SubElement(parent, tag)
    element.text = visible(text)
    return element


def _add_list(parent: Element, tag: str, lines: Iterable[str]) -> None:
    listed = SubElement(parent, tag)
    for line in lines:
        _add(listed, "li", line)


def _add_row(row: Element, step: Step, cited: str) -> None:
    maths = SubElement(SubElement(row, "th", scope="row"), "math")
    _add_formula(maths, step.what)
    cell = SubElement(row, "td")
    for term in step.terms:
        first, *others = in_pieces(term, _LONG)
        _add_term(cell, "=", first)
        for other in others:
            _add_term(cell, "+", other.removeprefix("+ "))
    _add(row, "td", cited)


def _add_term(cell: Element, sign: str, text: str) -> None:
    """Add a sign and what follows it; a sign that begins a formula would have no space around."""
    maths = SubElement(cell, "math")
    SubElement(maths, "mo", form="infix").text = sign
    _add_formula(maths, text)
    maths.tail = " "


def _add_formula(maths: Element, text: str) -> None:
    """Add a formula; a sentence as text."""
    parts = parts_of(text)
    if parts is None:
        _add(maths, "mtext", text)
        return
    for part in parts:
        _add_part(maths, part)


def _add_part(maths: Element, part: Part) -> None:
    if part.kind == "number":
        _add(maths, "mn", part.text)
    elif part.kind == "sign":
        _add(maths, "mo", part.text)
    elif part.kind == "power":
        base = maths[-1]
        maths.remove(base)
        raised = SubElement(maths, "msup")
        raised.append(base)
        _add_formula(SubElement(raised, "mrow"), part.text)
    else:
        holder = SubElement(maths, "msub") if part.index else maths
        _add(holder, "mi" if part.kind == "letter" else "mtext", part.text)
        if part.index:
            _add(holder, "mn", part.index)
        if part.prime:
            _add(maths, "mo", "′")
