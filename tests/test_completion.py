"""Completion in a real bash, by the script that `--show-completion` prints."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
        (["cnncalc", "summary", "lenet5-"], ["lenet5-1998"]),
        (["cnncalc", "rule", "CNN30"], [f"CNN30{number}" for number in range(1, 10)]),
        (["cnncalc", "check", "--select", "CNN90"], [f"CNN90{number}" for number in range(1, 10)]),
        (["cnncalc", "check", "--ignore", "CNN9,CNN120"], ["CNN9,CNN120"]),
        (["cnncalc", "explain", "lenet5", "F"], ["F6"]),
        (["cnncalc", "explain", r"net\ of\ mine.yaml", "c"], ["conv1"]),
    ],
)
def test_bash(tmp_path: Path, words: list[str], offered: list[str]) -> None:
    (tmp_path / "net of mine.yaml").write_text("input: 8x8x3\nlayers: [conv: {K: 2, F: 3}]\n")
    command = tmp_path / "bin" / "cnncalc"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cnncalc "$@"\n')
    command.chmod(0o755)
    root = str(Path(__file__).parent.parent)
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
