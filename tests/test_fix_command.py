"""``check --fix`` and ``--diff``: which files change, and what is said of it."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnncalc.cli import run

WRONG = "inptu: 8x8x3   # a picture\r\nlayers: [rleu]\r\n"
RIGHT = "input: 8x8x3   # a picture\r\nlayers: [relu]\r\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def put(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def text(path: Path) -> str:
    return path.read_bytes().decode()


def check(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    code = run(["check", *args])
    out, err = capsys.readouterr()
    return code, out, err


def test_fix(capsys: pytest.CaptureFixture[str]) -> None:
    path = put("net.yaml", WRONG)
    code, out, err = check(capsys, "--fix", "net.yaml")
    assert (code, out, err) == (0, "1 spec checked: 1 fine\n", "fixed 2 problems in 1 file\n")
    assert text(path) == RIGHT
    assert check(capsys, "--fix", "net.yaml") == (0, "1 spec checked: 1 fine\n", "")


def test_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    put("net.yaml", "inptu: 8x8x3\nlayers: [maxpool: {kernel: 2, stride: 4}]\n")
    code, out, err = check(capsys, "--fix", "--format", "json", "net.yaml")
    assert (code, err) == (1, "fixed 1 problem in 1 file\n")
    (problem,) = json.loads(out)["problems"]
    assert problem["code"] == "CNN301"
    edit = problem["fixes"][0]["edits"][0]
    assert edit == {
        "start": {"line": 2, "column": 39},
        "end": {"line": 2, "column": 40},
        "text": "3",
        "safe": False,
    }


def test_diff(capsys: pytest.CaptureFixture[str]) -> None:
    path = put("net.yaml", WRONG.replace("\r", ""))
    put("fine.yaml", RIGHT)
    code, out, err = check(capsys, "--diff")
    assert (code, err) == (1, "")
    assert out == (
        "--- net.yaml\n+++ net.yaml\n@@ -1,2 +1,2 @@\n"
        "-inptu: 8x8x3   # a picture\n-layers: [rleu]\n"
        "+input: 8x8x3   # a picture\n+layers: [relu]\n"
    )
    assert text(path) == WRONG.replace("\r", "")
    assert check(capsys, "--diff", "fine.yaml") == (0, "", "")


def test_diff_of_what_cannot_be_mended(capsys: pytest.CaptureFixture[str]) -> None:
    put("net.yaml", "input: 8x8x3\nlayers: [maxpool: {kernel: 2, stride: 4}]\n")
    assert check(capsys, "--diff") == (0, "", "")
    code, out, _ = check(capsys, "--diff", "--unsafe-fixes")
    assert code == 1
    assert "+layers: [maxpool: {kernel: 2, stride: 3}]\n" in out
    code, _, err = check(capsys, "--diff", "missing.yaml")
    assert code == 2
    assert "there is no file" in err


def test_diff_without_last_line_break(capsys: pytest.CaptureFixture[str]) -> None:
    put("net.yaml", "input: 8x8x3\nlayers: [rleu]")
    _, out, _ = check(capsys, "--diff")
    assert out.endswith(
        "-layers: [rleu]\n\\ No newline at end of file\n"
        "+layers: [relu]\n\\ No newline at end of file\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no patch")
def test_diff_can_be_applied(capsys: pytest.CaptureFixture[str]) -> None:
    path = put("sub/net.yaml", f"{WRONG}# ende")
    _, out, _ = check(capsys, "--diff", ".")
    subprocess.run(["git", "apply", "-p0", "-"], input=out.encode(), check=True)
    assert text(path) == f"{RIGHT}# ende"


def test_links_and_permissions(capsys: pytest.CaptureFixture[str]) -> None:
    path = put("real/net.yaml", WRONG)
    path.chmod(0o640)
    Path("net.yaml").symlink_to(path)
    assert check(capsys, "--fix", "net.yaml")[0] == 0
    assert Path("net.yaml").is_symlink()
    assert text(path) == RIGHT
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [path.name for path in Path("real").iterdir()] == ["net.yaml"]


def test_only_what_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is extended is changed only where it is checked, too."""
    base = put("base.yaml", WRONG)
    put("net.yaml", "extends: ./base.yaml\n")
    assert check(capsys, "--fix", "net.yaml")[0] == 1
    assert text(base) == WRONG
    assert check(capsys, "--fix", "net.yaml", "base.yaml")[0] == 0
    assert text(base) == RIGHT


def test_a_fix_that_allows_another(capsys: pytest.CaptureFixture[str]) -> None:
    put("b.yaml", "inptu: 8x8x3\nlayers: [relu]\nblocks: {unit: {args: {filters: null}, layers: ["
        "conv: {filters: $filters, kernel: 1}]}}\n")  # fmt: skip
    net = put("a.yaml", "extends: ./b.yaml\nlayers: [unit: {filtres: 3}]\n")
    code, _, err = check(capsys, "--fix", ".")
    assert (code, err) == (0, "fixed 2 problems in 2 files\n")
    assert text(net).endswith("[unit: {filters: 3}]\n")


def test_file_that_cannot_be_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a.yaml", WRONG)
    other = put("b.yaml", WRONG)
    access: Any = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != "a.yaml" and access(path, mode))
    code, _, err = check(capsys, "--fix", "a.yaml", "b.yaml")
    assert code == 2
    assert err == "Error: cannot write a.yaml: Permission denied\nfixed 2 problems in 1 file\n"
    assert text(Path("a.yaml")) == WRONG
    assert text(other) == RIGHT


def test_names_from_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    """They are written anew with unsafe fixes alone, though nothing is said of them."""
    path = put("net.yaml", "input: 8x8x3\nlayers: [conv2d: {out_channels: 4, kernel_size: 3}]\n")
    assert check(capsys, "--fix") == (0, "1 spec checked: 1 fine\n", "")
    assert check(capsys, "--fix", "--unsafe-fixes")[2] == "fixed 3 problems in 1 file\n"
    assert text(path) == "input: 8x8x3\nlayers: [conv: {filters: 4, kernel: 3}]\n"


def test_diff_of_an_odd_name(capsys: pytest.CaptureFixture[str]) -> None:
    """The name of a file cannot begin a line of the diff."""
    put("a\n+++ b.yaml", WRONG)
    out = check(capsys, "--diff", ".")[1]
    assert out.startswith("--- a\\n+++ b.yaml\n+++ a\\n+++ b.yaml\n@@ ")


def test_diff_of_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(WRONG.encode())))
    code, out, err = check(capsys, "--diff", "-")
    assert (code, err) == (1, "")
    assert out.startswith("--- <stdin>\n+++ <stdin>\n@@ -1,2 +1,2 @@\n-inptu: 8x8x3 ")


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for args, words in (
        (["--unsafe-fixes", "."], "--unsafe-fixes goes with --fix or --diff"),
        (["--fix", "-"], "standard input is no file"),
        (["--diff", "--format", "json", "."], "--format json needs an --output-file there"),
        (["--diff", "--statistics", "."], "--statistics needs an --output-file there"),
    ):
        code, out, err = check(capsys, *args)
        assert (code, out) == (2, "")
        assert words in err


def test_not_a_spec(capsys: pytest.CaptureFixture[str]) -> None:
    put("net.yaml", RIGHT)
    other = put("other.yaml", "services: {db: {}}\n")
    assert check(capsys, "--fix", ".")[0] == 0
    assert text(other) == "services: {db: {}}\n"
