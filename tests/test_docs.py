"""The generated pages are up to date, and every example and link in them works."""

from __future__ import annotations

import doctest
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc import load_text, summarize
from cnncalc.layers.registry import KINDS
from cnncalc.render.kinds import kind_example, kind_text, kinds_text
from cnncalc.render.terminal import Terminal

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
EXAMPLE = re.compile(r"^```yaml(?: fails=(\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [
    pytest.param(code, text, id=f"{name}-{number}")
    for name in ("language.md", "kinds.md")
    for number, (code, text) in enumerate(EXAMPLE.findall((DOCS / name).read_text("utf-8")), 1)
]


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DOCS / "generate.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_up_to_date() -> None:
    """Among what is generated are the outputs of the tutorial's commands."""
    result = generate("--check")
    assert (result.returncode, result.stderr) == (0, "")


def anchors(page: Path) -> set[str]:
    """Return the names of a page's headings as links write them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


@pytest.mark.parametrize(("code", "text"), EXAMPLES)
def test_example(code: str, text: str) -> None:
    found = summarize(load_text(text)).problems
    assert [problem.code for problem in found] == ([code] if code else []), found


def test_diffs() -> None:
    """What the guide says was added for a kind is in the files as it is printed."""
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    parts = re.findall(r"^--- (\S+)\n((?:[+].*\n)+)", page, re.MULTILINE)
    assert len(parts) == page.count("\n--- ") == 6
    for file, lines in parts:
        added = re.sub("^[+]", "", lines, flags=re.MULTILINE)
        assert added.strip("\n") in (ROOT / file).read_text(encoding="utf-8"), added


def test_api_examples() -> None:
    failed, tried = doctest.testfile(str(DOCS / "api.md"), module_relative=False, encoding="utf-8")
    assert tried and not failed


def test_homework_examples() -> None:
    page = str(DOCS / "homework.md")
    failed, tried = doctest.testfile(page, module_relative=False, encoding="utf-8")
    assert tried and not failed


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_autograder(tmp_path: Path) -> None:
    """The script for Gradescope, with its folders below another one, writes the results."""
    page = (DOCS / "homework.md").read_text(encoding="utf-8")
    files = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    for folder in ("source", "submission", "results"):
        (tmp_path / folder).mkdir()
    (tmp_path / "source" / "assignment.yaml").write_text(files["assignment.yaml"], "utf-8")
    (tmp_path / "submission" / "ada.csv").write_text(files["ada.csv"], "utf-8")
    script = files["run_autograder"].replace("/autograder", str(tmp_path))
    script = script.replace("cnncalc grade", f"{sys.executable} -m cnncalc grade")
    environment = os.environ | {"PYTHONPATH": str(DOCS.parent)}
    done = subprocess.run(["bash", "-c", script], env=environment, check=False)
    assert done.returncode == 0
    results = json.loads((tmp_path / "results" / "results.json").read_text("utf-8"))
    assert sum(test["score"] for test in results["tests"]) == 11.5


@pytest.mark.parametrize("kind", KINDS)
def test_kind(kind: str) -> None:
    """A kind's page has its example, and the list of all kinds its name."""
    assert f"```yaml\n{kind_example(kind)}```\n" in kind_text(kind, Terminal())
    assert re.search(rf"^{kind} +\S", kinds_text(Terminal()), re.MULTILINE)
