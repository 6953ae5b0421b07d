"""An explanation as a fragment of HTML: tables whose formulas are MathML; no scripts, no styles."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from cnncalc.layers.base import Step
from cnncalc.render.explain.explanation import Explanation, Section
from cnncalc.render.explain.formula import Part, parts_of
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import visible

_LINES = {"article", "h2", "h3", "p", "tr", "table", "caption", "li", "ol", "ul", "section"}
"""Elements that end a line."""


def html(explanation: Explanation, terminal: Terminal) -> str:
    """Return an ``<article>``: UTF-8, or ASCII for a stream without it."""
    article = Element("article")
    if explanation.title:
        _add(article, "h2", explanation.title)
    sources = explanation.sources
    for section in explanation.sections:
        _add_section(SubElement(article, "section"), section, sources)
    if explanation.letters:
        _add(article, "p", explanation.letters)
    if sources:
        listed = SubElement(article, "ol")
        for name in sources:
            _add(listed, "li", name)
    for element in article.iter():
        if element.tag in _LINES:
            element.tail = "\n"
    text = ElementTree.tostring(article, "unicode", short_empty_elements=False)
    return text if terminal.utf8 else text.encode("ascii", "xmlcharrefreplace").decode()


def _add(parent: Element, tag: str, text: str = "") -> Element:
    """Add an element that holds a text; what no browser shows is written as an escape."""
    element = SubElement(parent, tag)
    element.text = visible(text)
    return element


def _add_section(parent: Element, section: Section, sources: Mapping[str, int]) -> None:
    _add(parent, "h3", section.title)
    if section.volumes:
        _add(parent, "p", section.volumes)
    for matrix in section.matrices:
        table = SubElement(parent, "table")
        _add(table, "caption", matrix.title)
        for cells in matrix.rows:
            row = SubElement(table, "tr")
            for cell in cells:
                _add_formula(SubElement(SubElement(row, "td"), "math"), cell)
    if section.steps:
        table = SubElement(parent, "table")
        for step in section.steps:
            _add_row(SubElement(table, "tr"), step, sources)
    for remark in section.remarks:
        _add(parent, "p", remark)
    if section.help:
        listed = SubElement(parent, "ul")
        for line in section.help:
            _add(listed, "li", line)


def _add_row(row: Element, step: Step, sources: Mapping[str, int]) -> None:
    maths = SubElement(SubElement(row, "th", scope="row"), "math")
    _add_formula(maths, step.what)
    maths = SubElement(SubElement(row, "td"), "math")
    for term in step.terms:
        _add(maths, "mo", "=")
        _add_formula(maths, term)
    _add(row, "td", f"[{sources[step.source]}]" if step.source else "")


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
