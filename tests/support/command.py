"""Running the command line inside a test, on files that the test writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cnncalc.cli import run

GOOD = """\
name: LeNet
input: 32x32x1
vars: {units: 10, sizes: [3, 5]}
layers:
  - conv: {filters: 6, kernel: 5}
  - tanh
  - avgpool: 2
  - fc: $units
"""
BAD = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n  - relu\n"
WARNS = "input: 3x224x224\nlayers:\n  - relu\n"
BROKEN = "input: [1\n"
TWO = (
    "inputs: {image: 8x8x3, meta: 4}\n"
    "layers:\n  - fc: 4\n    from: image\n  - add: [previous, meta]\n"
)
SPECS = {"good": GOOD, "bad": BAD, "warns": WARNS, "broken": BROKEN, "two": TWO}
"""Specs to run commands on, by what they are called."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a command returned and printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """What was printed, which is one JSON object."""
        data: dict[str, Any] = json.loads(self.out)
        return data


class Command:
    """Runs commands in a folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def write(self, files: Mapping[str, str]) -> None:
        """Write files, by their paths in the folder."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def __call__(self, line: str, *more: str) -> Outcome:
        """Run a command line whose words hold no spaces, and more words that may."""
        code = run([*line.split(), *more])
        captured = self.capsys.readouterr()
        return Outcome(code=code, out=captured.out, err=captured.err)
