"""What fragments of LaTeX and HTML may hold."""

from __future__ import annotations

import re
from xml.etree import ElementTree

MACROS = set(
    re.findall(
        r"\S+",
        r"""
    \section* \subsection* \noindent \begin \end \text \quad \\ \char \[ \] \left \right
    \times \cdot \to \le \ge \approx \dots \lceil \rceil \lfloor \rfloor \sum \surd \tfrac
    \ne \alpha \beta \varepsilon
    \textbackslash \textasciitilde \textasciicircum \textless \textgreater \textbar
    \# \$ \% \& \_ \{ \}
    """,
    )
)
"""Every macro that may be written: of LaTeX itself, and of amsmath."""
ELEMENTS = {
    "article", "section", "h2", "h3", "p", "table", "caption", "tr", "th", "td", "ul", "ol", "li",
    "math", "mi", "mn", "mo", "mrow", "mtext", "msub", "msup",
}  # fmt: skip


def check_latex(text: str) -> None:
    """Assert that only macros of LaTeX and amsmath are used, and that all is closed again."""
    assert set(re.findall(r"\\(?:[a-zA-Z]+\*?|.)", text)) <= MACROS
    assert set(re.findall(r"\\(?:begin|end)\{(.*?)\}", text)) <= {"align*", "array"}
    assert text.count(r"\begin") == text.count(r"\end")
    plain = re.sub(r"\\[^a-zA-Z]", "", text)
    assert plain.count("{") == plain.count("}")
    assert "%" not in plain and "#" not in plain
    for block in text.split("\n\n"):
        signs = re.sub(r"\\[^a-zA-Z]", "", block)
        assert signs.count("$") % 2 == 0
        assert "&" not in signs or r"\begin" in block


def check_html(text: str) -> ElementTree.Element:
    """Assert that a fragment is well-formed and has plain elements only; return its root."""
    root = ElementTree.fromstring(text)
    assert {element.tag for element in root.iter()} <= ELEMENTS
    assert {name for element in root.iter() for name in element.attrib} <= {"scope", "form"}
    return root
