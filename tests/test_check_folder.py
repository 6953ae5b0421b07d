"""A folder of good, bad, foreign, broken and hostile files, in every format of ``check``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xmlschema
import yaml
from jsonschema import Draft4Validator, Draft202012Validator
from markdown_it import MarkdownIt
from support.check_formats import READERS, SCHEMAS, Found, commands

from cnncalc.cli import run
from cnncalc.render.check.formats import FORMATS
from cnncalc.version import __version__

TABLE = Path(__file__).parent / "check_folder.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("check")
    for name, text in yaml.safe_load(TABLE.read_text(encoding="utf-8")).items():
        path = root / "specs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    (root / "specs" / "broken" / "latin1.yaml").write_bytes(b"name: \xe9\ninput: 4\n")
    no_utf8 = root / "specs" / "hostile" / os.fsdecode(b"\xff.yaml")
    no_utf8.write_text("input: 4\nlayers: [relux]\n")
    (root / "specs" / "foreign" / "nowhere.yaml").symlink_to("gone.yaml")
    (root / "specs" / "foreign" / "circle").symlink_to("..")
    return root


@pytest.fixture(scope="module")
def known() -> dict[tuple[str, ...], str]:
    """What ``check`` has printed of the folder, by format and options."""
    return {}


@pytest.fixture
def printed(
    folder: Path,
    known: dict[tuple[str, ...], str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., str]:
    """Return the function that gives what ``check`` prints of the folder in a format."""
    monkeypatch.chdir(folder)

    def call(*words: str) -> str:
        if words not in known:
            code = run(["check", "specs", "missing.yaml", "--format", *words])
            known[words], err = capsys.readouterr()
            assert code == 2
            assert err.count("Error: ") == 2  # the missing file, and the link that leads nowhere
        return known[words]

    return call


def _expected(name: str, problems: list[Found]) -> list[Found]:
    """Return the problems in the order of a format."""
    if name == "github":  # errors first, of which it shows ten
        return sorted(problems, key=lambda each: each.severity)
    if name == "junit":  # for each spec, the failure and then other output
        files = groupby(problems, key=lambda each: each.file)
        return [each for _, some in files for each in sorted(some, key=lambda each: each.severity)]
    return problems


def test_the_folder(printed: Callable[..., str]) -> None:
    data = json.loads(printed("json"))
    assert data["counts"] == {
        "specs": 63, "fine": 21, "with_problems": 42, "errors": 64, "warnings": 4, "fixable": 33,
        "not_specs": 4, "unreadable": 2, "left_out": 3,
    }  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_golden(printed: Callable[..., str], golden: Callable[[str, str], None], name: str) -> None:
    text = printed(name).replace(__version__, "VERSION")
    if name == "sarif":  # its rules are the pages of the codes
        results = json.loads(text)["runs"][0]["results"]
        text = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in results)
    golden(f"check/{name}.txt", text)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("option", ["", "--ascii"])
def test_same_problems(printed: Callable[..., str], name: str, option: str) -> None:
    options = [option] if option else []
    problems = READERS["json"](printed("json"))
    assert len(problems) > 60
    found = READERS[name](printed(name, *options))
    key = _ascii if option else _itself
    assert list(map(key, found)) == list(map(key, _expected(name, problems)))


def _itself(found: Found) -> Any:
    return found


def _ascii(found: Found) -> Any:
    """Return what of a problem is the same when names are spelled in ASCII."""
    return found.line, found.severity, found.code


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_acts_on_a_terminal(printed: Callable[..., str], name: str) -> None:
    for text in (printed(name), printed(name, "--ascii")):
        acting = {char for char in text if not char.isprintable() and char != "\n"}
        assert not {char for char in acting if ord(char) < 0xFFFE}
    assert text.isascii()


def test_commands(printed: Callable[..., str]) -> None:
    """There are no other commands than ten for errors and those for warnings."""
    found = list(commands(printed("github")))
    kinds = [kind for kind, _, _ in found]
    assert kinds == ["error"] * 10 + ["warning"] * kinds.count("warning")
    assert all(set(stated) <= _PROPERTIES for _, stated, _ in found)


_PROPERTIES = {"file", "line", "endLine", "col", "endColumn", "title"}


def test_markdown(printed: Callable[..., str]) -> None:
    """A reader of Markdown finds one table of plain text, and nothing else in it."""
    text = printed("markdown")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    assert sum(token.type == "tr_open" for token in tokens) == 1 + len(
        READERS["json"](printed("json"))
    )
    inside = {child.type for token in tokens for child in token.children or ()}
    assert inside <= {"text", "text_special", "html_inline"}
    html = {c.content for t in tokens for c in t.children or () if c.type == "html_inline"}
    assert html <= {"<!-- -->"}  # keeps @names from being called
    assert not any(token.type == "html_block" for token in tokens)


def test_xml(printed: Callable[..., str]) -> None:
    text = printed("junit")
    root = ElementTree.fromstring(text.encode())
    xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd")).validate(root)
    assert {each.tag for each in root.iter()} == {
        "testsuites", "testsuite", "testcase", "failure", "error", "system-out",
    }  # fmt: skip
    files = json.loads(printed("json"))["files"]
    assert len(root.findall(".//testcase")) == len(files) + 2


def test_sarif(printed: Callable[..., str]) -> None:
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    log = json.loads(printed("sarif"))
    Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER).validate(log)
    results = log["runs"][0]["results"]
    prints = [each["partialFingerprints"]["primaryLocationLineHash"] for each in results]
    assert len(set(prints)) == len(prints)


def test_gitlab(printed: Callable[..., str]) -> None:
    schema = json.loads((SCHEMAS / "gitlab-codequality.json").read_text(encoding="utf-8"))
    issues = json.loads(printed("gitlab"))
    Draft202012Validator(schema).validate(issues)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
