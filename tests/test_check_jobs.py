"""``check -j``: the same whatever the number of processes, whatever happens to one of them."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnncalc.checking.check import Checked
from cnncalc.checking.discovery import Crashed, File
from cnncalc.checking.many import check_all
from cnncalc.cli import run

ROOT = Path(__file__).parent.parent
GOOD = "input: 8x8x3\nlayers: [relu]\n"
BAD = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for number in range(20):
        (tmp_path / f"{number:02}.yaml").write_text(BAD if number % 3 else GOOD)
    return tmp_path


def start(*words: str, script: str = "") -> subprocess.Popen[str]:
    """Start a process of its own: this one has threads, which processes are not split off from."""
    command = ["-c", script] if script else ["-m", "cnncalc"]
    return subprocess.Popen(
        [sys.executable, *command, *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.parametrize("format", ["full", "json"])
def test_same_output(format: str) -> None:
    (Path() / "empty.yaml").write_text("")
    printed = set()
    for jobs in ("1", "2", "30"):
        words = ("check", "00.yaml", "-", "nothing.yaml", ".", "--format", format, "-j", jobs)
        with start(*words) as process:
            out, err = process.communicate("input: 4\nlayers: [relux]\n")
        printed.add((process.returncode, out, err))
    assert len(printed) == 1
    code, out, err = printed.pop()
    assert (code, err) == (2, "Error: there is no file or zoo network called nothing.yaml\n")
    assert out.index("<stdin>") < out.index("01.yaml")


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "1.5"])
def test_bad_number(capsys: pytest.CaptureFixture[str], jobs: str) -> None:
    assert run(["check", ".", "--jobs", jobs]) == 2
    assert "-j" in capsys.readouterr().err


def test_mistake_of_the_tool(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is reported, in every format that knows unreadable files, and the rest is checked."""

    def check(file: File) -> Checked:
        if file.path == "01.yaml":
            raise ZeroDivisionError("division by zero")
        return Checked(file=file.path, problems=())

    monkeypatch.setattr("cnncalc.checking.many.check", check)
    assert run(["check", "00.yaml", "01.yaml", "02.yaml"]) == 70
    out, err = capsys.readouterr()
    assert out == "2 specs checked: 2 fine; 1 could not be read\n"
    assert err == "Error: internal error in 01.yaml: ZeroDivisionError: division by zero\n"


_DYING = """
import multiprocessing, os
from cnncalc.checking import many
from cnncalc.checking.check import check
from cnncalc.checking.discovery import File

def dying(file):
    return os._exit(1) if file.path == "19.yaml" else check(file)

multiprocessing.set_start_method("fork")
many.check = dying
files = [File(path=f"{number:02}.yaml", is_named=True) for number in range(20)]
for outcome in many.check_all(files, 2):
    print(type(outcome).__name__, outcome.file)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not split off here")
def test_process_that_dies() -> None:
    """Every file has an outcome, and none is passed over in silence."""
    with start(script=_DYING) as process:
        out, err = process.communicate()
    kinds, files = zip(*(line.split() for line in out.splitlines()), strict=True)
    assert list(files) == [f"{number:02}.yaml" for number in range(20)]
    assert set(kinds) <= {"Checked", "Crashed"} and kinds[19] == "Crashed"
    assert (process.returncode, err) == (0, "")


@pytest.mark.usefixtures("default_signals")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-c", "term"]
)
def test_ended(number: int, code: int) -> None:
    """All processes end, and nothing is printed: a file that is never written holds them up."""
    os.mkfifo("wait.yaml")
    with (
        start("check", "-j", "2", "wait.yaml", "00.yaml") as process,
        Path("wait.yaml").open("w") as pipe,  # waits until a process reads
    ):
        os.killpg(process.pid, number)
        out, err = process.communicate()
        with pytest.raises(BrokenPipeError):  # nobody reads any more
            pipe.write("x")
            pipe.flush()
        with pytest.raises(BrokenPipeError):
            pipe.close()
    assert (process.returncode, out, err) == (code, "", "")


def test_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar shows on a terminal when it takes long, on standard error."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("cnncalc.cli.progress._PATIENCE", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    messages, results = Terminal(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", messages)
    monkeypatch.setattr(sys, "stdout", results)
    assert run(["check", "."]) == 1
    assert "95%" in messages.getvalue()  # where the last of 20 is about to be checked
    assert results.getvalue().endswith("see `cnncalc rule CNN301`\n")


def test_left_early() -> None:
    """Nothing is checked that nobody asks for."""
    files = [File(path=f"{number:02}.yaml", is_named=True) for number in range(20)]
    outcomes: Iterator[Any] = check_all(files)
    assert next(outcomes).file == "00.yaml"
    outcomes.close()  # type: ignore[attr-defined]
    assert not isinstance(next(check_all(files[1:2], 8)), Crashed)
