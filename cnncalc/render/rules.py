"""Problem codes and their pages, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.problems.codes import CODES, severity
from cnncalc.problems.page_texts import examples, meaning, page
from cnncalc.render.json import document, version_data
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import wrap_markdown


def rules_list(codes: Sequence[str]) -> str:
    """Return the codes with their names, one on a line."""
    return "".join(f"{code}  {CODES[code]}\n" for code in codes)


def rules_pages(codes: Sequence[str], terminal: Terminal) -> str:
    """Return the pages of codes in Markdown, as wide as the terminal."""
    return "\n".join(wrap_markdown(page(code), terminal.width) for code in codes)


def rules_json(codes: Sequence[str], terminal: Terminal) -> str:
    """Return what is known of codes; ``fails`` is ``None`` where no spec has the problem."""
    rules = []
    for code in codes:
        fails, mended = examples(code)
        rules.append(
            {
                "code": code,
                "name": CODES[code],
                "severity": severity(code),
                "meaning": meaning(code),
                "fails": fails or None,
                "mended": mended or None,
                "page": page(code),
            }
        )
    return terminal.json(document(version_data() | {"rules": rules}))
