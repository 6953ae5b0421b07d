"""Configurations of ``check``: which holds, what it does, and where it is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.command import Command

from cnncalc.checking.configuration import Configuration, read_configuration
from cnncalc.checking.files import Unusable
from cnncalc.schema import configuration_schema

FITS_NOT = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n"
WARNS = "input: 3x224x224\nlayers:\n  - relu\n"
WIDE = "input: 10\nlayers: [{fc: 4}]\n"
FINE = "input: 4\nlayers: [relu]\n"


def places(command: Command, line: str = "check") -> list[str]:
    """Return ``file:code`` of every problem that a check reports."""
    outcome = command(f"{line} --quiet")
    assert not outcome.err, outcome.err
    lines = [line for line in outcome.out.splitlines() if " CNN" in line]
    return [f"{line.split(':')[0]}:{line.split(' CNN')[1][:3]}" for line in lines]


TREE = {
    "models/a.yaml": FITS_NOT,
    "models/b.yaml": WARNS,
    "models/old/c.yaml": FITS_NOT,
    "mobile/d.json": '{"input": "3x224x224", "layers": ["relu"]}',
    "e.yml": FITS_NOT,
}
ALL = ["e.yml:301", "mobile/d.json:904", "models/a.yaml:301", "models/b.yaml:904",
       "models/old/c.yaml:301"]  # fmt: skip


@pytest.mark.parametrize(
    ("configuration", "left"),
    [
        ("", ALL),
        ('include = ["models/"]', ALL[2:]),
        ('include = ["models/", "!models/old/"]', ALL[2:4]),
        ('include = ["*.json", "/e.yml"]', ALL[:2]),
        ('exclude = ["old/"]', ALL[:4]),
        ('exclude = ["*.y*ml", "!a.yaml"]', ALL[1:3]),
        ('exclude = ["a.yaml"]\ninclude = ["models/"]', ALL[3:]),
        ('select = ["CNN3"]', [ALL[0], ALL[2], ALL[4]]),
        ('select = ["cnn904"]', [ALL[1], ALL[3]]),
        ('select = ["Stride-Does-Not-Fit"]', [ALL[0], ALL[2], ALL[4]]),
        ('ignore = ["CNN3", "depth-first-input"]', []),
        ('select = ["CNN301"]\nignore = ["CNN3"]', []),
        (
            'rounding = "floor"',
            ["e.yml:907", ALL[1], "models/a.yaml:907", ALL[3], "models/old/c.yaml:907"],
        ),
        ('[[per-path]]\npath = "models/"\nignore = ["CNN301"]', [*ALL[:2], ALL[3]]),
        (
            'ignore = ["CNN9"]\n'
            '[[per-path]]\npath = "mobile/**"\nignore = []\n'
            '[[per-path]]\npath = "*.yaml"\nselect = ["CNN9"]',
            ALL[:2],
        ),
        ('per-path = [{path = "e.yml", rounding = "floor"}]', ["e.yml:907", *ALL[1:]]),
    ],
)
@pytest.mark.parametrize("file", ["cnncalc.toml", "pyproject.toml"])
def test_keys(command: Command, file: str, configuration: str, left: list[str]) -> None:
    if file == "pyproject.toml":
        configuration = configuration.replace("[[per-path]]", "[[tool.cnncalc.per-path]]")
        configuration = f'[project]\nname = "x"\n[tool.cnncalc]\n{configuration}'
    command.write({**TREE, file: configuration})
    assert places(command) == left


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("check", [ALL[1], ALL[3]]),
        ("check --no-config", ALL),
        ("check --config other.toml", [ALL[2]]),
        ("check --config other.toml --exclude e.yml", [ALL[2], ALL[4]]),
        ("check --config other.toml --include *.yaml", [ALL[2]]),
        ("check --config other.toml e.yml", ALL[:1]),  # a file that is named is checked
        ("check --config other.toml models", [ALL[2]]),
        ("check --config other.toml models/old", [ALL[4]]),  # a folder that is named is searched
        ("check --no-config --exclude old/", ALL[:4]),
        ("check --no-config --exclude models/old --exclude e.yml", ALL[1:4]),
        ("check --no-config --include *.yml", ALL[:1]),
        ("check --select CNN9,stride-does-not-fit", ALL),
        ("check --select CNN9 --ignore CNN904 --select CNN3", [ALL[0], ALL[2], ALL[4]]),
        ("check --no-config --ignore CNN3,CNN9", []),
    ],
)
def test_command_line(command: Command, line: str, left: list[str]) -> None:
    """What the command line says goes over what files say."""
    command.write({**TREE, "cnncalc.toml": 'select = ["CNN9"]'})
    command.write(
        {"other.toml": '[tool.cnncalc]\nselect = ["CNN3"]\nexclude = ["old/", "*.yml"]\n'}
    )
    assert places(command, line) == left


def test_command_line_wins(command: Command) -> None:
    configuration = 'exclude = ["*"]\nignore = ["CNN3"]\nwarnings-as-errors = false\n'
    per_path = '[[per-path]]\npath = "*"\nselect = ["CNN2"]\nignore = ["CNN9"]\n'
    command.write({**TREE, "cnncalc.toml": configuration + per_path})
    line = "check --exclude old/ --select CNN9,CNN3 --ignore CNN2"
    assert places(command, line) == ALL[:4]


def test_warnings_as_errors(command: Command) -> None:
    command.write({"b.yaml": WARNS})
    assert command("check").code == 0
    outcome = command("check --warnings-as-errors")
    assert outcome.code == 1
    assert "b.yaml:1:8: error CNN904" in outcome.out
    assert "1 with problems (1 error)" in outcome.out
    command.write({"cnncalc.toml": "warnings-as-errors = true"})
    assert command("check").code == 1


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("check", ["a.yaml 40 MACs > 2", "b.yaml 44 parameters > 20", "b.yaml 40 MACs > 2"]),
        ("check --max-macs 40", ["b.yaml 44 parameters > 20"]),
        ("check --max-macs 40 --max-params 1k", []),
        ("check --max-params 0 --max-macs 1k", [f"{x}.yaml 44 parameters > 0" for x in "ab"]),
        (
            "check a.yaml --no-config --max-memory 2B",
            ["a.yaml 232 B of memory for inference > 2 B"],
        ),
        ("check --select CNN3", []),
        ("check --ignore over-budget", []),
    ],
)
def test_budgets(command: Command, line: str, left: list[str]) -> None:
    """Each limit is that of the command line, else that of the path, else the usual one."""
    command.write({"a.yaml": WIDE, "mobile/b.yaml": WIDE})
    usual = "[budget]\nmax-params = 44\nmax-macs = '2'\n"
    command.write({"cnncalc.toml": f"{usual}[[per-path]]\npath = 'mobile'\nbudget.max-params = 20"})
    outcome = command(f"{line} --quiet")
    pattern = re.compile(r"(\w+\.yaml):.* over-budget: (.*) are .* budget of (.*)")
    lines = map(pattern.search, outcome.out.splitlines())
    found = [f"{line[1]} {line[2]} > {line[3]}" for line in lines if line]
    assert (outcome.code, outcome.err) == (int(bool(left)), "")
    assert found == left


def test_nearest(command: Command) -> None:
    """Each file has the nearest configuration upwards, and no other."""
    command.write(
        {
            **TREE,
            "cnncalc.toml": 'ignore = ["CNN301"]',
            "models/pyproject.toml": "[tool.other]\n",
            "models/old/pyproject.toml": "[tool.cnncalc]\n",
            "mobile/pyproject.toml": "tool.cnncalc.ignore = ['CNN904']\n",
            "mobile/cnncalc.toml": "select = ['CNN9']\n",  # the first of two in a folder
        }
    )
    assert places(command) == [ALL[1], ALL[3], ALL[4]]
    assert places(command, "check models/old") == [ALL[4]]
    assert places(command, "check models") == [ALL[3], ALL[4]]


def test_from_below(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Patterns are relative to the configuration, from wherever a check starts."""
    command.write({**TREE, "cnncalc.toml": 'exclude = ["/models/old"]\ninclude = ["models/"]'})
    monkeypatch.chdir(command.folder / "models")
    assert places(command) == ["a.yaml:301", "b.yaml:904"]
    assert places(command, "check ..") == ["../models/a.yaml:301", "../models/b.yaml:904"]


def test_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    command.write({"cnncalc.toml": 'rounding = "floor"'})
    (command.folder / "spec.yaml").write_text(FITS_NOT)
    with (command.folder / "spec.yaml").open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert command("check -").code == 0


def test_rounding_of_the_spec(command: Command) -> None:
    """A rounding that the network states goes over that of the configuration."""
    command.write({"cnncalc.toml": 'rounding = "floor"', "a.yaml": "rounding: strict\n" + FITS_NOT})
    assert places(command) == ["a.yaml:301"]


def test_expectations_count(command: Command) -> None:
    """Under a configured rounding expectations are compared, as they are not under an option."""
    command.write({"cnncalc.toml": 'rounding = "floor"'})
    command.write({"a.yaml": FITS_NOT + "expect: {output: 3x3x10}\n"})
    assert places(command) == ["a.yaml:907", "a.yaml:401"]


# what git ignores


GIT = {
    ".git/HEAD": "",
    ".gitignore": "e.yml\nold/\n*.json\nno[z-a]pattern\nbad\\\n",
    "mobile/.gitignore": "!d.json\n",
}


def test_gitignore(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    command.write({**TREE, **GIT})
    assert places(command) == ALL[1:4]
    assert places(command, "check models/old") == [ALL[4]]
    assert places(command, "check e.yml") == ALL[:1]
    monkeypatch.chdir(command.folder / "models")
    assert places(command) == ["a.yaml:301", "b.yaml:904"]
    command.write({"cnncalc.toml": "respect-gitignore = false"})
    assert places(command) == ["a.yaml:301", "b.yaml:904", "old/c.yaml:301"]


def test_gitignore_elsewhere(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above a folder that is in no repository, and above a repository, no file counts."""
    command.write({**TREE, ".gitignore": "a.yaml\n", "models/.gitignore": "old\n"})
    assert places(command) == [ALL[0], ALL[1], ALL[3]]
    assert places(command, "check models") == ALL[2:4]
    command.write({"models/.git": "gitdir: elsewhere"})
    assert places(command) == ALL[:4]


# what is wrong with a configuration


@pytest.mark.parametrize(
    ("text", "line", "column", "code", "words"),
    [
        ("a = ", 1, 4, 103, "not valid TOML"),
        ("exclud = []", 1, 1, 109, "did you mean `exclude`?"),
        ("warnings_as_errors = true", 1, 1, 109, "did you mean `warnings-as-errors`?"),
        ('include = "models"', 1, 11, 108, 'write include = ["models"]'),
        ("include = [1]", 1, 12, 108, "an entry of `include` is a text, not 1"),
        ("exclude = ['']", 1, 12, 112, "write a name or a pattern"),
        ("exclude = ['a', '../b']", 1, 17, 112, "../b is outside of the folder"),
        ("exclude = ['[z-a]']", 1, 12, 112, "write a name or a pattern"),
        ("exclude = ['a[[:x]b]']", 1, 12, 112, "write a name or a pattern"),
        ("select = [{}]", 1, 11, 108, "not a table"),
        ("select = [[]]", 1, 11, 108, "not a list"),
        ("ignore = ['CNN999']", 1, 11, 202, "there is no problem code CNN999"),
        ("ignore = ['layer-not-usd']", 1, 11, 202, "did you mean `layer-not-used`?"),
        ("ignore = ['']", 1, 11, 202, "write a code such as CNN903"),
        ("ignore = ['CNN']", 1, 11, 112, "CNN includes CNN101, which cannot be ignored"),
        ("ignore = ['syntax']", 1, 11, 112, "syntax cannot be ignored"),
        ("warnings-as-errors = 1", 1, 22, 108, "is true or false, not 1"),
        ("warnings-as-errors = 'False'", 1, 22, 108, "write warnings-as-errors = false"),
        ("rounding = 'flor'", 1, 12, 108, "did you mean `floor`?"),
        ("rounding = 07:32:00", 1, 12, 108, "strict, floor and ceil, not 07:32:00"),
        ("respect-gitignore = 'no'", 1, 21, 108, "is true or false"),
        ("per-path = 1", 1, 12, 108, "`per-path` is a list, not 1"),
        ("[per-path]\npath = 'a'", 1, 1, 108, "write [[per-path]]: two brackets begin an entry"),
        ("per-path = [{ignore = ['CNN3']}, 2]", 1, 13, 110, "`path` is missing"),
        ("[[per-path]]\npath = 'a'\n[[per-path]]", 3, 1, 110, "`path` is missing"),
        ("[[per-path]]\npath = 'a'\npaths = 1", 3, 1, 109, "did you mean `path`?"),
        ("[[per-path]]\npath = 'a'\nexclude = []", 3, 1, 109, "above per-path"),
        ("budget = 5", 1, 10, 108, "`budget` is a table, not 5"),
        ("[budget]\nmax-params = -1", 2, 14, 108, "-1 is not a number from 0"),
        ("[budget]\nmax-params = 1.5", 2, 14, 108, 'or a text such as "5M"'),
        ("[budget]\nmax-macs = '5X'", 2, 12, 108, "5X is not a number from 0"),
        ("[budget]\nmax-memory = true", 2, 14, 108, "true is not a size"),
        ("[budget]\nmax-memory = []", 2, 14, 108, "[] is not a size"),
        ("[budget]\nmax_macs = 5", 2, 1, 109, "did you mean `max-macs`?"),
        ("[budget]\nmost = 5", 2, 1, 109, "it has max-params, max-macs, max-memory"),
        ("[[per-path]]\npath = 'a'\nbudget.max = 5", 3, 8, 109, "is not a key of budget"),
        ("[tool.cnncalc]\nignore = []", 1, 1, 109, "in cnncalc.toml keys are at the top"),
        ("tool.cnncalc.ignore = []", 1, 1, 109, "in cnncalc.toml keys are at the top"),
        ('# é\n  "exclud" = 1', 2, 3, 109, "`exclud` is not a key of the configuration"),
    ],
)
def test_wrong(command: Command, text: str, line: int, column: int, code: int, words: str) -> None:
    command.write({"a.yaml": FINE, "cnncalc.toml": text})
    outcome = command("check")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"cnncalc.toml:{line}:{column}: error CNN{code} " in outcome.err
    assert words in outcome.err


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("check --config missing.toml", 2, "Error: cannot read missing.toml: No such file"),
        ("check --config .", 2, "Error: cannot read ."),
        ("check --config a.yaml", 2, "a.yaml:1:6: error CNN103"),
        ("check --config pyproject.toml", 2, "pyproject.toml:1:1: error CNN110 missing-key: there"),
        ("check --config latin.toml", 2, "latin.toml:1:6: error CNN101"),
        ("check --config odd.toml", 2, "odd.toml:1:16: error CNN108 wrong-type: `cnncalc` is a t"),
        ("check --config odd.toml --no-config", 2, "Error: --config odd.toml: --no-config says"),
        ("check", 0, ""),  # a pyproject.toml that is not about cnncalc
        ("check --select", 2, "'--select' requires an argument"),
        ("check --select CNN0", 2, "Error: --select CNN0: there is no problem code CNN0"),
        ("check --select ,", 2, "there is no problem code"),
        ("check --ignore CNN1", 2, "CNN1 includes CNN101, which cannot be ignored"),
        ("check --exclude ../x", 2, "Error: --exclude ../x is outside of the folder"),
        ("check --include !", 2, "Error: --include !: write a name or a pattern"),
    ],
)
def test_usage(command: Command, line: str, code: int, words: str) -> None:
    command.write({"a.yaml": FINE, "pyproject.toml": "[project]\nname = 'x'\n"})
    command.write({"odd.toml": "tool.cnncalc = 5"})
    (command.folder / "latin.toml").write_bytes(b"a = '\xe9'")
    outcome = command(line)
    assert outcome.code == code
    assert words in outcome.err


def test_unreadable(command: Command) -> None:
    """A configuration that cannot be opened is no missing one."""
    command.write({"a.yaml": FINE})
    (command.folder / "cnncalc.toml").symlink_to("/proc/self/mem")
    outcome = command("check")
    assert outcome.code == 2
    assert outcome.err.startswith("Error: cannot read cnncalc.toml: ")


# its schema, and texts of any kind


def test_schema() -> None:
    schema = configuration_schema()
    Draft202012Validator.check_schema(schema)
    valid = Draft202012Validator(schema).is_valid
    assert valid({"ignore": ["CNN903"], "per-path": [{"path": "a", "rounding": "floor"}]})
    assert not valid({"exclud": []})
    assert not valid({"per-path": [{"rounding": "floor"}]})
    described = [
        *schema["properties"].values(),
        *schema["$defs"]["PathSettings"]["properties"].values(),
    ]
    assert all("description" in each for each in described)


_WORDS = ["path", "exclud", "tool", "a.b", '"rounding"', "[per-path]", "[[per-path]]"]
_KEYS = st.sampled_from(
    [*(str(each.alias) for each in Configuration.model_fields.values()), *_WORDS]
)
_SCALARS = ["1", "-1.5", "true", "'a'", '"CNN9"', "'CNN301'", "'floor'", "'!'", "1979-05-27", "''"]
_ODD = ["'é'", '"\u0000"', "[", "inf", "'CNN1'"]
_VALUES = st.recursive(
    st.sampled_from([*_SCALARS, *_ODD]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.tuples(_KEYS, inner).map(lambda pair: f"{{{pair[0]} = {pair[1]}}}")
    ),
    max_leaves=4,
)
_LINES = st.tuples(_KEYS, _VALUES).map(
    lambda pair: pair[0] if pair[0].startswith("[") else f"{pair[0]} = {pair[1]}"
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.lists(_LINES, max_size=5).map("\n".join), st.text(max_size=30)), st.booleans())
def test_any_text(tmp_path: Path, text: str, own: bool) -> None:
    """Whatever is in the file, it is a configuration, or wrong at a place in the text."""
    path = tmp_path / ("cnncalc.toml" if own else "pyproject.toml")
    path.write_text(
        text if own else f"[tool.cnncalc]\n{text}", "utf-8", "surrogatepass", newline=""
    )
    try:
        found = read_configuration(str(path), is_stated=True)
    except Unusable as error:
        for problem in error.problems:
            span = problem.span
            assert span.source.name.endswith(path.name)
            assert 1 <= span.line <= span.end_line <= len(span.source.lines)
            assert 1 <= span.column <= len(span.source.line(span.line)) + 1
            assert span.end_column <= len(span.source.line(span.end_line)) + 1
    else:
        assert isinstance(found, Configuration)
