"""What CI servers and hooks run: the files that they read, and the snippets of docs/ci.md."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cnncalc.cli import run

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
GOOD = "input: 8x8x3\nlayers: [relu]\n"
BAD = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n"
_FENCE = re.compile(r"^```(?P<kind>\w+ ?[\w-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_ELSEWHERE = {"pip", "docker"}
"""Commands that are not run here."""


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def snippets(kind: str) -> list[str]:
    return [match["text"] for match in _FENCE.finditer(GUIDE) if match["kind"] == kind]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "specs" / "drafts").mkdir(parents=True)
    for name, text in {"good.yaml": GOOD, "drafts/bad.yaml": BAD, "web.json": "{}"}.items():
        (tmp_path / "specs" / name).write_text(text)
    tool = tmp_path / "temp" / "cnncalc" / "bin" / "cnncalc"
    tool.parent.mkdir(parents=True)
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cnncalc "$@"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path / "temp"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shell(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub runs one, with the tool of this repository."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


# --skip-non-specs, and the hook


def test_skip_non_specs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "specs/good.yaml", "specs/web.json", "--skip-non-specs"]) == 0
    assert "1 file is not a spec (specs/web.json)" in capsys.readouterr().out
    assert run(["check", "specs/web.json", "--skip-non-specs"]) == 0
    only = "0 specs checked: 0 fine; 1 file is not a spec (specs/web.json)\n"
    assert capsys.readouterr().out == only
    assert run(["check", "specs/web.json"]) == 1
    Path("cnncalc.toml").write_text('exclude = ["drafts"]\n')
    files = ("specs/good.yaml", "specs/drafts/bad.yaml")
    assert run(["check", *files, "--skip-non-specs"]) == 0
    assert run(["check", *files]) == 1
    assert run(["check", "nothing.yaml", "--skip-non-specs"]) == 2


def test_hook(capsys: pytest.CaptureFixture[str]) -> None:
    """The hook is what the guide names, and its command takes files of all kinds."""
    (hook,) = loaded(".pre-commit-hooks.yaml")
    (repository,) = yaml.safe_load(snippets("yaml pre-commit")[0])["repos"]
    assert repository["hooks"] == [{"id": hook["id"]}]
    program, *words = shlex.split(hook["entry"])
    assert program == "cnncalc"
    assert run([*words, "specs/web.json", "specs/good.yaml"]) == 0
    assert run([*words, "specs/web.json", "specs/drafts/bad.yaml"]) == 1


# the action


def steps() -> Iterator[dict[str, Any]]:
    """Yield the steps of the action that are scripts."""
    yield from (step for step in loaded("action.yml")["runs"]["steps"] if "run" in step)


def test_action_installs(folder: Path) -> None:
    """A version is a release; without one it is the action's own folder."""
    install, _ = steps()
    for version, wanted in (("", "/action"), ("0.1.0", "cnncalc==0.1.0")):
        for place in ("python", "temp/cnncalc/bin/python"):
            (folder / place).write_text('#!/bin/sh\necho "$@"\n')
            (folder / place).chmod(0o755)
        done = shell(
            install["run"], PYTHON=str(folder / "python"), VERSION=version, ACTION="/action"
        )
        assert done.stdout.splitlines() == [
            f"-m venv {folder}/temp/cnncalc", f"-m pip install --quiet {wanted}",
        ]  # fmt: skip


def test_action_runs(folder: Path) -> None:
    _, check = steps()
    summary = folder / "summary.md"
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    default = loaded("action.yml")["inputs"]["args"]["default"]
    done = shell(check["run"], ARGS=default, **github)
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=specs/drafts/bad.yaml,line=3,")
    assert "CNN301" in summary.read_text(encoding="utf-8")
    done = shell(check["run"], ARGS="check .\n--format concise\n", **github)
    assert done.stdout.startswith("specs/drafts/bad.yaml:3:"), "each line counts"
    done = shell(check["run"], ARGS="check s*; echo $HOME `id`", **github)
    assert done.returncode == 2  # words, none of which the shell reads
    assert "no file or zoo network called s*;" in done.stdout + done.stderr


def test_inputs_are_no_script() -> None:
    """What users write is handed over by variables, not pasted into the scripts."""
    assert not [step for step in steps() if "${{" in step["run"]]


# the guide


def commands() -> Iterator[str]:
    """Yield every command of the guide."""
    for text in snippets("sh"):
        yield from text.splitlines()
    for text in snippets("yaml workflow"):
        for step in yaml.safe_load(text)["jobs"]["cnncalc"]["steps"]:
            yield from step.get("run", "").splitlines()
    for text in snippets("yaml gitlab"):
        yield from yaml.safe_load(text)["cnncalc"]["script"]


@pytest.mark.parametrize("command", sorted({*commands()}))
def test_command(folder: Path, command: str) -> None:
    words = shlex.split(command)
    if words[0] in _ELSEWHERE:
        assert words[:2] == ["pip", "install"]
    elif words[0] == "pytest":
        done = shell(f"{sys.executable} -m {command} -p no:cacheprovider {_plugin()}")
        assert "1 failed, 1 passed" in done.stdout
    else:
        assert run(words[1:]) == 1
        if "--output-file" in words:
            report = folder / words[words.index("--output-file") + 1]
            assert report.stat().st_size


def _plugin() -> str:
    """Return the option that loads the plugin, where it is not installed."""
    from importlib.metadata import entry_points

    installed = any(point.name == "cnncalc" for point in entry_points(group="pytest11"))
    return "" if installed else "-p cnncalc.pytest_plugin"


def test_artifacts() -> None:
    """What is uploaded is what is written."""
    for text in snippets("yaml workflow")[1:]:
        steps = yaml.safe_load(text)["jobs"]["cnncalc"]["steps"]
        assert steps[-1]["with"]["sarif_file"] in steps[-2]["run"]
    job = yaml.safe_load(snippets("yaml gitlab")[0])["cnncalc"]
    assert job["artifacts"]["reports"]["codequality"] in job["script"][-1]
    (first, *_) = snippets("yaml workflow")
    used = yaml.safe_load(first)["jobs"]["cnncalc"]["steps"][-1]["with"]
    assert set(used) <= set(loaded("action.yml")["inputs"])


def test_exit_codes_and_formats() -> None:
    """The tables of the guide list all there are."""
    from cnncalc.cli import INTERRUPTED, failures
    from cnncalc.render.check.formats import FORMATS

    codes = {0, failures.FAILED, failures.WRONG_USAGE, failures.INTERNAL_ERROR, INTERRUPTED}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", GUIDE, re.MULTILINE)} == codes
    rows = "".join(line for line in GUIDE.splitlines() if line.startswith("| `"))
    assert {*re.findall(r"`([a-z-]+)`", rows)} == {*FORMATS}


def test_image() -> None:
    """It runs as somebody who is not root, and its entry is the tool."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    last = lines[max(n for n, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert [line.split()[1] for line in last if line.startswith("USER ")] == ["cnncalc"]
    (entry,) = [line for line in last if line.startswith("ENTRYPOINT ")]
    assert json.loads(entry.removeprefix("ENTRYPOINT ")) == ["cnncalc"]
    assert all("-slim" in line for line in lines if line.startswith("FROM "))
