"""The generated pages are up to date, and every example in them does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc.inference.infer import infer
from cnncalc.spec.load import parse_bytes

DOCS = Path(__file__).parent.parent / "docs"
EXAMPLE = re.compile(r"^```yaml(?: fails=(\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = EXAMPLE.findall((DOCS / "spec.md").read_text(encoding="utf-8"))


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DOCS / "generate.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_up_to_date() -> None:
    result = generate("--check")
    assert (result.returncode, result.stderr) == (0, "")


def test_no_placeholder() -> None:
    assert "<!--" not in (DOCS / "spec.md").read_text(encoding="utf-8")


def test_links() -> None:
    for page in DOCS.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        anchors = {
            re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")
            for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        }
        for target in re.findall(r"\]\(([^)]+)\)", text):
            if target.startswith("#"):
                assert target[1:] in anchors, f"{page.name}: {target}"
            elif "://" not in target:
                assert (DOCS / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example(number: int) -> None:
    code, text = EXAMPLES[number]
    loaded = parse_bytes(text.encode(), "example.yaml", None)
    assert loaded.network is not None, loaded.problems
    found = infer(loaded.network, None, loaded.problems).problems
    assert [problem.code for problem in found] == ([code] if code else []), found
