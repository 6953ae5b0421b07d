"""Every format of ``check``: read back, validated, and chosen."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xmlschema
from jsonschema import Draft4Validator, Draft202012Validator
from support.check_formats import READERS, SCHEMAS, commands
from support.command import Command

from cnncalc.render.check.formats import FORMATS, STATISTICS

BAD = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n"
WARNS = "input: 3x224x224\nlayers:\n  - relu\n"
GOOD = "input: 8x8x3\nlayers:\n  - relu\n"


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    return partial(Command(tmp_path, capsys), "check")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {"bad": BAD, "good": GOOD, "warns": WARNS}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_every_format_has_a_reader() -> None:
    assert list(READERS) == list(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("specs", [("bad.yaml", "good.yaml", "warns.yaml"), ("good.yaml",)])
def test_problems(cli: Any, name: str, specs: tuple[str, ...]) -> None:
    """Each holds the same problems in the same order, and means the same exit code."""
    outcome = cli(*specs, "--format", name)
    assert outcome.code == int(len(specs) > 1)
    found = [
        (each.file, each.line, each.severity, each.code) for each in READERS[name](outcome.out)
    ]
    assert found == [
        ("bad.yaml", 3, "error", "CNN301"), ("warns.yaml", 1, "warning", "CNN904"),
    ][: len(specs) - 1]  # fmt: skip
    assert outcome.err == ""


@pytest.mark.parametrize("name", FORMATS)
def test_unreadable(cli: Any, name: str) -> None:
    """What could not be read is said by every format that can, and on standard error."""
    outcome = cli("nothing.yaml", "--format", name)
    assert outcome.code == 2
    assert outcome.err == "Error: there is no file or zoo network called nothing.yaml\n"
    if name not in ("full", "concise", "csv", "json-lines"):
        assert "called nothing.yaml" in outcome.out


def test_quiet(cli: Any) -> None:
    assert cli("bad.yaml", "--quiet").out.count("\n") == 1
    concise = cli("bad.yaml", "--quiet", "--format", "concise").out
    assert concise == cli("bad.yaml", "--quiet").out
    assert cli("bad.yaml", "--format", "concise").out.startswith(concise)


# schemas


def test_sarif_schema(cli: Any) -> None:
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    for files in (("bad.yaml", "warns.yaml", "nothing.yaml"), ("good.yaml",)):
        Draft4Validator(schema).validate(json.loads(cli(*files, "--format", "sarif").out))


def test_gitlab_schema(cli: Any) -> None:
    schema = json.loads((SCHEMAS / "gitlab-codequality.json").read_text(encoding="utf-8"))
    for files in (("bad.yaml", "warns.yaml", "nothing.yaml"), ("good.yaml",)):
        Draft202012Validator(schema).validate(json.loads(cli(*files, "--format", "gitlab").out))


def test_junit_schema(cli: Any) -> None:
    schema = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))
    text = cli("bad.yaml", "warns.yaml", "nothing.yaml", "--format", "junit").out
    schema.validate(ElementTree.fromstring(text.encode()))
    suite = ElementTree.fromstring(text.encode())
    assert suite.attrib == {"name": "cnncalc", "tests": "3", "failures": "1", "errors": "1"}
    assert "stride: 3}\n" in (suite.findtext(".//failure") or "")  # the frame


# what is particular to one


def _sarif(cli: Any, *words: str) -> Any:
    return json.loads(cli(*words, "--format", "sarif").out)["runs"][0]


def test_sarif_columns(cli: Any) -> None:
    """Columns are UTF-16 code units: a sign outside the basic plane counts two."""
    Path("wide.yaml").write_text('{name: "𝔸𝔹", input: 4, layers: [relux]}', encoding="utf-8")
    run_ = _sarif(cli, "wide.yaml")
    assert run_["columnKind"] == "utf16CodeUnits"
    region = run_["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 35, "endLine": 1, "endColumn": 40}


def test_sarif_rules(cli: Any) -> None:
    run_ = _sarif(cli, "bad.yaml", "warns.yaml")
    rules = run_["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["CNN301", "CNN904"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["error", "warning"]
    assert "## Mended" in rules[0]["help"]["markdown"]
    assert [rules[each["ruleIndex"]]["id"] for each in run_["results"]] == ["CNN301", "CNN904"]


def test_sarif_messages(cli: Any) -> None:
    """Braces are doubled, and nothing becomes a link (§3.11.5, §3.11.6)."""
    Path("a.yaml").write_text('{input: 4, layers: ["{0} [x](1)"]}')
    text = _sarif(cli, "a.yaml")["results"][0]["message"]["text"]
    assert "{{0}} [x] (1)" in text


def test_sarif_fixes(cli: Any) -> None:
    """A fix says what is written where, in the same columns."""
    Path("wide.yaml").write_text('{name: "𝔸𝔹", input: 4, layers: [relux]}', encoding="utf-8")
    (change,) = _sarif(cli, "wide.yaml")["results"][0]["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "wide.yaml"
    region = {"startLine": 1, "startColumn": 35, "endLine": 1, "endColumn": 40}
    assert change["replacements"] == [
        {"deletedRegion": region, "insertedContent": {"text": "relu"}}
    ]


@pytest.mark.parametrize("name", ["gitlab", "sarif"])
def test_fingerprints(cli: Any, name: str) -> None:
    """They stay when lines move, and differ between problems that are alike."""

    def prints() -> list[str]:
        data = json.loads(cli("twice.yaml", "--format", name).out)
        if name == "gitlab":
            return [issue["fingerprint"] for issue in data]
        results = data["runs"][0]["results"]
        return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results]

    layer = "  - conv: {filters: 1, kernel: 3, stride: 3}\n"
    Path("twice.yaml").write_text(f"input: 7x7x1\nlayers:\n{layer}" + "  - relux\n" * 2)
    first = prints()
    assert len(set(first)) == len(first) == 3
    moved = layer.replace("  - conv: {", "  -   conv: { ")
    Path("twice.yaml").write_text(f"# new\n\ninput: 7x7x1\nlayers:\n{moved}" + "  - relux\n" * 2)
    assert prints() != first  # the line itself has changed: `{filters` is one word, `{ filters` two
    moved = layer.replace("  - conv:", "    -   conv:")
    Path("twice.yaml").write_text(f"# new\n\ninput: 7x7x1\nlayers:\n{moved}" + "    - relux\n" * 2)
    assert prints() == first


def test_github_limit(cli: Any) -> None:
    """GitHub shows ten annotations of a kind: the tenth holds all that come after nine."""
    for count in (10, 11, 30):
        lines = "".join(f"  - relux{number}\n" for number in range(count))
        Path("many.yaml").write_text(f"input: 4\nlayers:\n{lines}")
        out = cli("many.yaml", "--format", "github").out
        found = list(commands(out))
        assert len(found) == 10
        assert len(READERS["github"](out)) == count
    assert found[-1][1] == {"title": "21 more errors"}
    assert found[-1][2].startswith("many.yaml:12:5: CNN201 unknown-kind: ")


def test_github_order(cli: Any) -> None:
    out = cli("warns.yaml", "bad.yaml", "--format", "github").out
    assert [kind for kind, _, _ in commands(out)] == ["error", "warning"]


# --statistics


def test_statistics(cli: Any) -> None:
    Path("two.yaml").write_text("input: 4\nlayers: [relux, relux]\n")
    files = ("bad.yaml", "warns.yaml", "two.yaml", "--statistics")
    outcome = cli(*files)
    assert outcome.code == 1
    assert [line.split() for line in outcome.out.splitlines()[2:5]] == [
        ["2", "error", "CNN201", "unknown-kind"],
        ["1", "error", "CNN301", "stride-does-not-fit"],
        ["1", "warning", "CNN904", "depth-first-input"],
    ]
    assert outcome.out.splitlines()[-1].startswith("3 specs checked: 1 fine")
    data = json.loads(cli(*files, "--format", "json").out)
    assert data["statistics"][0] == {
        "count": 2, "severity": "error", "code": "CNN201", "name": "unknown-kind",
    }  # fmt: skip
    assert data["counts"]["errors"] == 3


@pytest.mark.parametrize("name", FORMATS)
def test_statistics_of_every_format(cli: Any, name: str) -> None:
    for file, code in (("bad.yaml", 1), ("good.yaml", 0)):
        outcome = cli(file, "--format", name, "--statistics")
        if name in STATISTICS:
            assert outcome.code == code
            assert "checked: " in outcome.out or name in ("json", "csv")
        else:
            assert (outcome.code, outcome.out) == (2, "")
            assert f"--statistics: {name} has none" in outcome.err


# where it runs


def test_on_github(cli: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The format is chosen, and problems are added to the summary of the step."""
    summary = folder / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert READERS["github"](cli("bad.yaml").out)
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n|") and READERS["markdown"](text)
    assert cli("bad.yaml", "--format", "full").out.startswith("bad.yaml:3:")
    assert summary.read_text(encoding="utf-8") == text
    monkeypatch.setattr("cnncalc.cli.ci._MOST", len(text) + 100)
    cli("bad.yaml")
    assert summary.read_text(encoding="utf-8").endswith(
        "1 spec checked: 0 fine, 1 with problems (1 error); the log has the problems\n"
    )
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "nowhere" / "summary.md"))
    outcome = cli("bad.yaml")
    assert outcome.code == 1
    assert "Error: cannot write the summary" in outcome.err


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_root(cli: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    """Servers know files by their path in the repository, wherever in it the tool runs."""
    monkeypatch.setenv(variable, str(folder))
    (folder / "sub").mkdir()
    (folder / "sub" / "bad.yaml").write_text(BAD)
    monkeypatch.chdir(folder / "sub")
    for path in ("bad.yaml", str(folder / "sub" / "bad.yaml")):
        for name in ("github", "gitlab", "sarif"):
            found = READERS[name](cli(path, "--format", name).out)
            assert [each.file for each in found] == ["sub/bad.yaml"]
    found = READERS["github"](cli("../bad.yaml", "--format", "github").out)
    assert [each.file for each in found] == ["bad.yaml"]


def test_outside_the_root(
    cli: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any
) -> None:
    other = tmp_path_factory.mktemp("other") / "a b.yaml"
    other.write_text(BAD)
    result = _sarif(cli, str(other))["results"][0]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": other.as_uri()}


# --output-file


def test_output_file(cli: Any, folder: Path) -> None:
    """The file has the stated format; what is printed is as without it."""
    plain = cli("bad.yaml").out
    outcome = cli("bad.yaml", "--format", "junit", "--output-file", "report.xml")
    assert (outcome.code, outcome.out) == (1, plain)
    assert READERS["junit"]((folder / "report.xml").read_text(encoding="utf-8"))
    assert cli("bad.yaml", "--output-file", "report.txt").out == plain
    assert (folder / "report.txt").read_text(encoding="utf-8") == plain
    assert cli("good.yaml", "--output-file", "report.txt").code == 0
    assert "1 fine" in (folder / "report.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["json", "gitlab", "sarif"])
def test_output_file_in_the_folder(cli: Any, folder: Path, name: str) -> None:
    """The report of an earlier run is not checked itself."""
    printed = [
        cli(".", "--format", name, "--output-file", "report.json").out.split("; ")[0]
        for _ in range(2)
    ]
    assert printed[0] == printed[1]
    assert READERS[name]((folder / "report.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("paths", "target"),
    [
        ("good.yaml", "good.yaml"),
        (".", "./good.yaml"),
        (".", "link.yaml"),
        (".", "broken.json"),
        (".", "base.yaml"),
        ("family.yaml", "sub/base.yaml"),
    ],
)
def test_output_file_was_read(cli: Any, folder: Path, paths: str, target: str) -> None:
    (folder / "link.yaml").symlink_to("good.yaml")
    (folder / "broken.json").write_text('{"input": ')
    (folder / "sub").mkdir()
    for name in ("base.yaml", "sub/base.yaml"):
        (folder / name).write_text(GOOD)
    (folder / "family.yaml").write_text("extends: sub/base.yaml\n")
    before = (folder / target).read_bytes()
    outcome = cli(paths, "--output-file", target)
    assert outcome.code == 2
    assert outcome.err == f"Error: --output-file {target}: that is read, too: name another file\n"
    assert (folder / target).read_bytes() == before


@pytest.mark.parametrize("target", ["", ".", "/", "nowhere/x.xml", "/dev/null", "good.yaml/x"])
def test_output_file_that_cannot_be(cli: Any, target: str) -> None:
    outcome = cli("bad.yaml", "--output-file", target)
    assert outcome.code == 2
    assert outcome.err.startswith("Error: ") and "internal" not in outcome.err
