"""Files that are written: whole or not at all, and never in the place of what was read."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from cnncalc.cli import run
from cnncalc.cli.writing import ENDING, whole_file

SPEC = "input: 4x4x3\nlayers: [relu]\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


@pytest.mark.usefixtures("default_signals")
@pytest.mark.parametrize("name", [name for name in ENDING if hasattr(signal, name)])
def test_ended_by_a_signal(name: str) -> None:
    """Nothing unfinished is left, and what was there is as it was."""
    number = getattr(signal, name)
    Path("o.npz").write_bytes(b"old")
    with pytest.raises(SystemExit) as left, whole_file("o.npz", replace=True) as file:
        file.write(b"new")
        os.kill(os.getpid(), number)
    assert left.value.code == 128 + number
    assert names() == ["o.npz"] and Path("o.npz").read_bytes() == b"old"
    assert signal.getsignal(number) is signal.SIG_DFL


@pytest.mark.parametrize("replace", [True, False])
def test_an_error_leaves_nothing(replace: bool) -> None:
    with pytest.raises(KeyboardInterrupt), whole_file("o.npz", replace=replace):
        raise KeyboardInterrupt
    assert names() == []


def test_somebody_was_quicker() -> None:
    with pytest.raises(FileExistsError), whole_file("o.yaml", replace=False) as file:
        Path("o.yaml").write_bytes(b"theirs")
        file.write(b"mine")
    assert names() == ["o.yaml"] and Path("o.yaml").read_bytes() == b"theirs"


@pytest.mark.parametrize("command", ["verify", "explain"])
@pytest.mark.parametrize("target", ["base.yaml", "middle.yaml", "child.yaml", "link.npz"])
def test_what_was_read_is_no_target(
    command: str, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The spec, everything that it extends, and links to them."""
    Path("base.yaml").write_text(SPEC)
    Path("middle.yaml").write_text("extends: base.yaml\n")
    Path("child.yaml").write_text("extends: middle.yaml\n")
    Path("link.npz").symlink_to("base.yaml")
    before = {name: Path(name).read_bytes() for name in names()}
    assert run([command, "child.yaml", "--save", target]) == 2
    assert f"--save {target}: that is read, too" in capsys.readouterr().err
    assert {name: Path(name).read_bytes() for name in names()} == before


def test_links_in_a_loop(capsys: pytest.CaptureFixture[str]) -> None:
    Path("net.yaml").write_text(SPEC)
    Path("child.yaml").write_text("extends: loop.yaml\n")
    for name in ("loop.npz", "loop.yaml"):
        Path(name).symlink_to(name)
    assert run(["verify", "net.yaml", "--save", "loop.npz"]) == 2
    assert "cannot write loop.npz: it is a link that leads to itself" in capsys.readouterr().err
    assert run(["summary", "child.yaml"]) == 1
    assert "child.yaml:1:10: error CNN210" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a folder that a process is in")
def test_deleted_folder(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("gone").mkdir()
    monkeypatch.chdir("gone")
    Path("../gone").rmdir()
    for line in (["verify", "lenet5", "--save", "o.npz"], ["zoo", "copy", "lenet5"]):
        assert run(line) == 2
        assert "Error: cannot write" in capsys.readouterr().err
    assert run(["summary", "lenet5"]) == 0
