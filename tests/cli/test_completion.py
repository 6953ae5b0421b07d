"""What a shell offers: asked of the tool, and in a real bash by the script that it prints."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from support.command import Command


def completed(command: Command, monkeypatch: pytest.MonkeyPatch, line: str) -> list[str]:
    """Return what a shell offers for the last word of a line."""
    monkeypatch.setenv("_CNNCALC_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
    out = io.StringIO()
    with pytest.raises(SystemExit), redirect_stdout(out):
        command("")
    return out.getvalue().split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("cnncalc ver", ["verify"]),
        ("cnncalc zoo ", ["list", "show", "copy"]),
        ("cnncalc summary --form", ["--format"]),
        ("cnncalc summary x --format ", ["table", "json", "csv", "markdown"]),
        ("cnncalc summary lenet", ["lenet5-1998", "lenet5"]),
        ("cnncalc zoo show wide_resnet50", ["wide_resnet50_2"]),
        ("cnncalc rule CNN301", ["CNN301"]),
        ("cnncalc rule CNN301 CNN302", ["CNN302"]),
        ("cnncalc explain lenet5 C", ["C1", "C3", "C5"]),
        ("cnncalc explain two.yaml ", ["fc1", "add1"]),
        ("cnncalc explain bad.yaml r", ["relu1"]),
        ("cnncalc explain broken.yaml ", []),
        ("cnncalc explain nothing.yaml ", []),
        ("cnncalc explain - ", []),
        ("cnncalc explain resnet18 layer1.1.add", ["layer1.1.add1"]),
        ("cnncalc verify two.yaml lenet5 --show C", ["C1", "C3", "C5"]),
        ("cnncalc check --format j", ["json", "json-lines", "junit"]),
        ("cnncalc zoo list --task seg", ["segmentation"]),
    ],
)
def test_completion(
    command: Command, monkeypatch: pytest.MonkeyPatch, line: str, offered: list[str]
) -> None:
    assert completed(command, monkeypatch, line) == offered


_TRY = """
eval "$(cnncalc --show-completion bash)"
complete -p cnncalc
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_cnncalc_completion cnncalc
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["cnncalc", "expl"], ["explain"]),
        (["cnncalc", "check", "--output"], ["--output-file"]),
        (["cnncalc", "check", "--select", "CNN90"], [f"CNN90{number}" for number in range(1, 10)]),
        (["cnncalc", "check", "--ignore", "CNN9,CNN120"], ["CNN9,CNN120"]),
        (["cnncalc", "explain", r"net\ of\ mine.yaml", "c"], ["conv1"]),
    ],
)
def test_bash(tmp_path: Path, words: list[str], offered: list[str]) -> None:
    (tmp_path / "net of mine.yaml").write_text("input: 8x8x3\nlayers: [conv: {K: 2, F: 3}]\n")
    command = tmp_path / "bin" / "cnncalc"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cnncalc "$@"\n')
    command.chmod(0o755)
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        ["bash", "--norc", "-c", _TRY, "bash", *words],
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{command.parent}:{os.environ['PATH']}", "PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    complete, *found = done.stdout.split("\n")
    assert complete == "complete -o default -F _cnncalc_completion cnncalc"
    assert list(filter(None, found)) == offered
    assert done.stderr == ""
