"""Every example of docs/idioms.md does what the page says, and runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnncalc.api import load_text, summarize, verify

PAGE = Path(__file__).parent.parent / "docs" / "idioms.md"
EXAMPLE = re.compile(
    r"^## ([^\n]+)\n(?:(?!^## ).)*?^```yaml(?: warns=(\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
EXAMPLES = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("warning", "text"), [e[1:] for e in EXAMPLES], ids=[e[0] for e in EXAMPLES]
)
def test_example(warning: str, text: str) -> None:
    loaded = load_text(text)
    report = summarize(loaded)
    assert [problem.code for problem in report.problems] == ([warning] if warning else [])
    assert verify(loaded).ok


def test_every_idiom_has_an_example() -> None:
    titles = re.findall(r"^## (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert titles == [title for title, *_ in EXAMPLES]
