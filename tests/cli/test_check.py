"""What check looks at: files, folders, links, and what cannot be read."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.command import BAD, GOOD, WARNS, Command


@pytest.fixture
def tree(folder: Path) -> Path:
    files = {
        "t/a.yaml": GOOD,
        "t/b.yml": BAD,
        "t/c.json": '{"input": 4, "layers": ["relu"]}',
        "t/config.yaml": "version: 2\n",
        "t/slip.yaml": "inptu: 3x3\n",
        "t/nothing.yaml": "",
        "t/list.json": "[1, 2]",
        "t/package.json": '{"version": 2}',
        "t/ci/a.yaml": "on: push",
        "t/ci/b.yaml": "on: push",
        "t/cut.yaml": "input: 3x3\nlayers: [\n",
        "t/readme.md": "input: no",
        "t/.hidden/h.yaml": BAD,
        "t/.h.yaml": BAD,
        "t/node_modules/n.yaml": BAD,
        "t/venv/v.yaml": BAD,
        "t/mine/pyvenv.cfg": "",
        "t/mine/m.yaml": BAD,
        "t/sub/deep/d.yaml": WARNS,
        "empty/readme.md": "",
        "others/config.yaml": "version: 2\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_check_folder(command: Command, tree: Path) -> None:
    outcome = command("check t")
    assert outcome.code == 1
    lines = outcome.out.splitlines()
    heads = [line.split(" CNN")[0] for line in lines if line.startswith("t/")]
    assert heads == [
        "t/b.yml:3:44: error",
        "t/cut.yaml:2:9: error",
        "t/list.json:1:1: error",
        "t/nothing.yaml:1:1: error",
        "t/slip.yaml:1:1: error",
        "t/slip.yaml:1:1: error",
        "t/sub/deep/d.yaml:1:8: warning",
    ]
    assert lines[-1] == (
        "8 specs checked: 3 fine, 5 with problems (6 errors, 1 warning); 2 fixable with --fix; "
        "4 files are not specs (t/ci/a.yaml, t/ci/b.yaml, t/config.yaml, …); "
        "5 left out (hidden, linked, excluded, ignored by git, or packages); "
        "see `cnncalc rule CNN301`"
    )
    assert outcome.err == ""


def test_check_json(command: Command, tree: Path) -> None:
    data = command("check t --exclude ci --exclude t/sub/deep --format json").json
    assert list(data) == [
        "cnncalc", "schema", "files", "problems", "skipped", "unreadable", "counts",
    ]  # fmt: skip
    assert [file["file"] for file in data["files"]] == [
        "t/a.yaml", "t/b.yml", "t/c.json", "t/cut.yaml", "t/list.json", "t/nothing.yaml",
        "t/slip.yaml",
    ]  # fmt: skip
    assert [list(file) for file in data["files"]] == [["file", "name", "totals"]] * 7
    assert data["files"][0]["totals"]["params"] == {"trainable": 11926, "non_trainable": 0}
    assert data["files"][1]["totals"]["macs"] is None
    why = "it has none of the keys layers, input, inputs, blocks and extends"
    assert data["skipped"] == [
        {"file": "t/config.yaml", "why": why},
        {"file": "t/package.json", "why": why},
    ]
    assert data["counts"] == {
        "specs": 7, "fine": 2, "with_problems": 5, "errors": 6, "warnings": 0, "fixable": 1,
        "not_specs": 2, "unreadable": 0, "left_out": 7,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("paths", "code", "out", "err"),
    [
        (".", 1, "specs checked", ""),
        ("t t/a.yaml t/./a.yaml t/sub", 1, "8 specs checked", ""),
        ("t/config.yaml", 1, "1 spec checked: 0 fine", ""),
        ("t/venv", 1, "t/venv/v.yaml:3:44", ""),
        ("good.yaml missing.yaml", 2, "1 fine; 1 could not be read", "missing.yaml"),
        ("empty", 2, "", "Error: there is no spec in empty"),
        ("good.yaml empty", 2, "1 spec checked", "Error: there is no spec in empty\n"),
        ("others", 2, "", "there is no spec in others (1 file looked at)"),
        ("t --exclude t/*", 2, "", "there is no spec in t\n"),
        ("good.yaml --format xml", 2, "", "full, concise, table, json"),
    ],
)
def test_check_paths(
    command: Command, tree: Path, paths: str, code: int, out: str, err: str
) -> None:
    outcome = command(f"check {paths}")
    assert outcome.code == code
    assert out in outcome.out
    assert err in outcome.err
    assert bool(err) or not outcome.err


def test_check_here(command: Command, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a path, the current folder is searched."""
    monkeypatch.chdir(tree / "t" / "sub")
    outcome = command("check")
    assert outcome.code == 0
    assert outcome.out.startswith("deep/d.yaml:1:8: warning")


def test_check_what_is_extended(command: Command, tmp_path: Path) -> None:
    """A problem of a file that others extend is one problem, and fails all of them."""
    folder = tmp_path / "family"
    folder.mkdir()
    (folder / "a.yaml").write_text("extends: ./b.yaml\n")
    (folder / "b.yaml").write_text("input: 4\nlayers: [rellu]\n")
    outcome = command("check family --format concise")
    assert outcome.out.count("CNN201 unknown-kind") == 1
    summary = "2 specs checked: 0 fine, 2 with problems (1 error); 1 fixable with --fix; see"
    assert outcome.out.splitlines()[-1].startswith(summary)


def test_check_links(command: Command, tree: Path) -> None:
    """Links that lead nowhere, or in a circle, are mistakes; linked folders are left out."""
    (tree / "t" / "link.yaml").symlink_to("nowhere.yaml")
    (tree / "t" / "self.yaml").symlink_to("self.yaml")
    (tree / "t" / "around").symlink_to(tree / "t")
    outcome = command("check t")
    assert outcome.code == 2
    assert "t/link.yaml is a link that leads nowhere: to nowhere.yaml" in outcome.err
    assert "t/self.yaml is a link that leads nowhere: to self.yaml" in outcome.err
    assert "; 2 could not be read; 6 left out" in outcome.out


def test_check_unreadable(command: Command, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be read is an error, and the rest is checked."""
    listed = os.scandir

    def scandir(folder: str) -> Any:
        if folder.endswith("sub"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return listed(folder)

    monkeypatch.setattr("cnncalc.checking.discovery.os.scandir", scandir)
    outcome = command("check t")
    assert outcome.code == 2
    assert outcome.err == "Error: cannot read t/sub: Permission denied\n"
    assert outcome.out.splitlines()[-1].startswith("7 specs checked")
    assert command("check t --format json").json["unreadable"] == [
        {"file": "t/sub", "why": "cannot read t/sub: Permission denied"}
    ]


def test_check_deep(command: Command, folder: Path) -> None:
    """Folders in folders end nowhere, but at what the system takes."""
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("nested", dir_fd=descriptor)
        below = os.open("nested", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    outcome = command("check good.yaml .")
    assert outcome.code == 2
    assert "File name too long" in outcome.err
    assert "specs checked" in outcome.out
    subprocess.run(["rm", "-r", "nested"], check=True)  # Python's own needs short paths
