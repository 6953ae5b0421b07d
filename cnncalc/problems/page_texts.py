"""A page for each problem code: what it means, an example that has it, and one mended."""

from __future__ import annotations

import re
from pathlib import Path

from cnncalc.problems.codes import CODES

_FOLDER = Path(__file__).parent / "pages"
_NAMES = {name: code for code, name in CODES.items()}
_EXAMPLE = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def code_of(word: str) -> str:
    """Return the code that ``CNN301``, ``301`` or ``stride-does-not-fit`` means, in any case.

    Raises:
        KeyError: there is no such problem.
    """
    code = _NAMES.get(word.lower(), f"CNN{word.upper().removeprefix('CNN')}")
    if code not in CODES:
        raise KeyError(word)
    return code


def page(word: str) -> str:
    """Return the page of a code (``CNN301``) or a name (``stride-does-not-fit``), in Markdown.

    Raises:
        KeyError: there is no such problem.
    """
    return (_FOLDER / f"{code_of(word)}.md").read_text(encoding="utf-8")


def examples(word: str) -> tuple[str, str]:
    """Return the specs of a page: the failing one and the mended one.

    The failing one is empty where it is described only, because it could not be shown.

    Raises:
        KeyError: there is no such problem.
    """
    fails, mended = page(word).split("\n## Mended\n")
    return _example(fails), _example(mended)


def meaning(word: str) -> str:
    """Return what a page says before its examples, as one line of Markdown.

    Raises:
        KeyError: there is no such problem.
    """
    text = page(word).split("\n## Fails\n")[0]
    return " ".join(text.split("\n", 1)[1].split())


def _example(part: str) -> str:
    found = _EXAMPLE.search(part)
    return found[1] if found else ""
