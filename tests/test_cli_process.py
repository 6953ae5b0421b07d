"""The command line as a real process: encodings, pipes, signals, what is imported."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = "name: Lé網\ninput: 32x32x1\nlayers:\n" + "  - conv: {filters: 6, kernel: 1}\n" * 400
BAD = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}   # é 網\n"
ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
    return tmp_path


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHONIO")}
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONUTF8"):
        kept.pop(name, None)
    return kept | {"PYTHONPATH": str(ROOT)} | more


def process(
    folder: Path, *arguments: str, stdin: bytes = b"", **variables: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cnncalc", *arguments],
        cwd=folder,
        env=environment(**variables),
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-16"])
def test_encodings(folder: Path, encoding: str) -> None:
    for arguments in (
        ["summary", "good.yaml"],
        ["summary", "bad.yaml"],
        ["check", "bad.yaml"],
        ["explain", "bad.yaml"],
        ["summary", "good.yaml", "--format", "csv"],
        ["summary", "good.yaml", "--format", "markdown"],
        ["rule", "CNN301"],
        ["conv", "7×7×3", "-K", "1", "-F", "3"],
    ):
        done = process(folder, *arguments, PYTHONIOENCODING=encoding)
        assert done.returncode in (0, 1), done.stderr
        assert b"Traceback" not in done.stderr
        out = done.stdout.decode(encoding)
        assert out.isascii() or encoding.startswith("utf") or "é" in out
    done = process(folder, "summary", "bad.yaml", PYTHONIOENCODING=encoding)
    utf = encoding.startswith("utf")
    assert ("= 2⅓ ≈ 2.33" if utf else "= 2 1/3 ~ 2.33") in done.stderr.decode(encoding)


@pytest.mark.parametrize("encoding", ["idna", "undefined", "punycode", "rot13"])
def test_odd_encodings(folder: Path, encoding: str) -> None:
    """An encoding that is not for texts is no traceback; some stop Python itself."""
    for arguments in (["summary", "bad.yaml"], ["summary", "nothing"], ["check", "."], ["--help"]):
        done = process(folder, *arguments, PYTHONIOENCODING=encoding)
        assert done.returncode in (0, 1, 2)
        assert b"Traceback" not in done.stderr and b"internal error" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="deletes the folder that it is in")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check"], 2),
        (["check", "bad.yaml"], 2),
        (["summary", "bad.yaml"], 2),
        (["summary", "lenet5"], 0),
        (["summary", "-"], 1),
        (["conv", "7x7x3", "-K", "1", "-F", "3"], 0),
        (["zoo", "copy", "lenet5"], 2),
        (["verify", "lenet5", "--save", "x.npz"], 2),
    ],
)
def test_deleted_folder(tmp_path: Path, arguments: list[str], code: int) -> None:
    """A working folder that is gone is no traceback."""
    line = f'mkdir gone; cd gone; rmdir ../gone; exec "{sys.executable}" -m cnncalc "$@"'
    done = subprocess.run(
        ["sh", "-c", line, "sh", *arguments],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code
    assert b"Traceback" not in done.stderr and b"internal error" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_is_utf8(folder: Path, encoding: str) -> None:
    done = process(folder, "summary", "good.yaml", "--format", "json", PYTHONIOENCODING=encoding)
    assert json.loads(done.stdout.decode("utf-8"))["name"] == "Lé網"
    assert done.stdout.isascii() == (encoding != "utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["summary", "good.yaml", "--format", "json"], 0),
        (["summary", "good.yaml"], 0),
        (["check", "bad.yaml", "bad.yaml"], 1),
        (["--help"], 0),
    ],
)
def test_closed_pipe(folder: Path, arguments: list[str], code: int) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "cnncalc", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    with running.stderr:
        errors = running.stderr.read()
    assert running.wait(60) == code
    assert errors == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["summary", "good.yaml"], ["--help"], ["--version"]])
def test_full(folder: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cnncalc", *arguments],
            cwd=folder,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"Error: cannot write to standard output: ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="closes descriptors through a shell")
@pytest.mark.parametrize(
    ("redirect", "code"), [(">&-", 2), ("2>&-", 0), ("<&-", 0), (">/dev/null", 0)]
)
def test_closed(folder: Path, redirect: str, code: int) -> None:
    line = f'"{sys.executable}" -m cnncalc summary good.yaml {redirect}'
    done = subprocess.run(
        line, shell=True, cwd=folder, env=environment(), capture_output=True, check=False
    )
    assert done.returncode == code
    assert b"Traceback" not in done.stderr


@pytest.mark.usefixtures("default_signals")
@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
@pytest.mark.parametrize(
    ("name", "code"), [("SIGINT", 130), ("SIGTERM", -signal.SIGTERM), ("SIGHUP", -1)]
)
def test_stopped(folder: Path, name: str, code: int) -> None:
    """A signal ends the tool quietly."""
    running = subprocess.Popen(
        [sys.executable, "-m", "cnncalc", "summary", "-"],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdin is not None
    running.stdin.write(
        b"# more than a pipe holds: when all is written, the tool is reading\n" * 9_999
    )
    running.stdin.flush()
    running.send_signal(getattr(signal, name))
    out, errors = running.communicate(timeout=60)
    assert (running.returncode, out, errors) == (code, b"", b"")


def test_stdin(folder: Path) -> None:
    done = process(folder, "summary", "-", stdin=BAD.encode())
    assert done.returncode == 1
    assert done.stderr.startswith(b"<stdin>:3:44: error CNN301")


def test_same_bytes(folder: Path) -> None:
    lines = (["summary", "good.yaml"], ["summary", "good.yaml", "--format", "json"], ["check", "."])
    for arguments in lines:
        first, second = (process(folder, *arguments, PYTHONHASHSEED=seed) for seed in "12")
        assert (first.stdout, first.stderr) == (second.stdout, second.stderr)
        assert str(folder).encode() not in first.stdout + first.stderr


def test_loaded_before_interrupts_are_caught(folder: Path) -> None:
    """Until ``main`` runs, Ctrl-C prints a traceback: nothing else may be loaded by then."""
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); old = {{*sys.modules}}; "
        "import cnncalc.cli; print(*({*sys.modules} - old))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    )
    expected = {"__future__", "cnncalc", "cnncalc.version", "cnncalc.cli"}
    assert set(done.stdout.split()) == expected


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--version"], {"rich", "yaml", "pydantic", "cnncalc.spec.load"}),
        (["--help"], {"yaml", "pydantic", "cnncalc.spec.load", "cnncalc.cli.summary"}),
        (["rule"], {"rich", "yaml", "cnncalc.spec.load"}),
        (["zoo", "show", "lenet5"], {"rich", "yaml", "cnncalc.spec.load"}),
        (["summary", "good.yaml", "--format", "json"], {"rich", "cnncalc.cli.verify"}),
        (["summary", "good.yaml", "--format", "csv"], {"rich"}),
        (["summary", "good.yaml", "--format", "markdown"], {"rich"}),
        (["summary", "good.yaml"], {"cnncalc.layers.pool", "cnncalc.layers.norm"}),
        (["check", "good.yaml"], {"rich"}),
        (["explain", "good.yaml"], {"rich"}),
        (["conv", "7x7x3", "-K", "1", "-F", "3", "--format", "json"], {"rich"}),
    ],
)
def test_absent_modules(folder: Path, arguments: list[str], absent: set[str]) -> None:
    code = (
        "import sys; from cnncalc.cli import run; run(sys.argv[1:]); "
        "print('', *sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    modules = set(done.stderr.splitlines())
    assert "cnncalc.cli.app" in modules
    assert not modules & (absent | {"numpy"})
