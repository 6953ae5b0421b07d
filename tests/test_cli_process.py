"""The command line and its process: encodings, folders, pipes, signals, what is imported."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from cnncalc.cli import run

GOOD = "name: Lé網\ninput: 32x32x1\nlayers:\n  - conv: {filters: 6, kernel: 1}\n"
LONG = GOOD + "  - conv: {filters: 6, kernel: 1}\n" * 400
BAD = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}   # é 網\n"
ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"good": GOOD, "long": LONG, "bad": BAD}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
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


_IN_TURN = """
import sys
from cnncalc.cli import run

for line in sys.argv[1:]:
    run(line.split())
print("", *sorted(sys.modules), sep="\\n", file=sys.stderr)
"""


def in_turn(folder: Path, *lines: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run lines in one process, which prints the modules that it has loaded in the end."""
    return subprocess.run(
        [sys.executable, "-c", _IN_TURN, *lines],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        check=True,
        encoding="utf-8",
    )


# what a command prints: streams of the process that runs the tests take the place of its own


@pytest.fixture
def printed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], tuple[int, bytes, bytes]]:
    """Return the function that runs a line with streams of an encoding, as Python opens them."""
    monkeypatch.chdir(folder)

    def call(encoding: str, line: str) -> tuple[int, bytes, bytes]:
        out, errors = BytesIO(), BytesIO()
        with (
            redirect_stdout(TextIOWrapper(out, encoding)),
            redirect_stderr(TextIOWrapper(errors, encoding, "backslashreplace")),
        ):
            code = run(line.split())
            return code, out.getvalue(), errors.getvalue()

    return call


Printed = Callable[[str, str], tuple[int, bytes, bytes]]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-16"])
@pytest.mark.parametrize(
    "line",
    [
        "summary good.yaml",
        "summary bad.yaml",
        "check bad.yaml",
        "explain bad.yaml",
        "summary good.yaml --format csv",
        "summary good.yaml --format markdown",
        "rule CNN301",
        "conv 7×7×3 -K 1 -F 3",
    ],
)
def test_encodings(printed: Printed, encoding: str, line: str) -> None:
    code, out, _ = printed(encoding, line)
    assert code in (0, 1)
    text = out.decode(encoding)
    assert text.isascii() or encoding.startswith("utf") or "é" in text


@pytest.mark.parametrize("encoding", ["idna", "undefined", "punycode"])
@pytest.mark.parametrize("line", ["summary bad.yaml", "summary nothing", "check .", "--help"])
def test_odd_encodings(printed: Printed, encoding: str, line: str) -> None:
    code, _, errors = printed(encoding, line)
    assert code in (0, 1, 2)
    assert b"internal error" not in errors


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_is_utf8(printed: Printed, encoding: str) -> None:
    _, out, _ = printed(encoding, "summary good.yaml --format json")
    assert json.loads(out.decode("utf-8"))["name"] == "Lé網"
    assert out.isascii() == (encoding != "utf-8")


@pytest.mark.skipif(os.name != "posix", reason="deletes the folder that it is in")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("check", 2),
        ("check bad.yaml", 2),
        ("summary bad.yaml", 2),
        ("summary lenet5", 0),
        ("summary -", 1),
        ("conv 7x7x3 -K 1 -F 3", 0),
        ("zoo copy lenet5", 2),
        ("verify lenet5 --save x.npz", 2),
    ],
)
def test_deleted_folder(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    code: int,
) -> None:
    """A working folder that is gone is no mistake of the tool."""
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO()))
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert run(line.split()) == code
    assert "internal error" not in capsys.readouterr().err


# processes


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "utf-16"])
def test_encoding_of_a_process(folder: Path, encoding: str) -> None:
    done = process(folder, "summary", "bad.yaml", PYTHONIOENCODING=encoding)
    utf = encoding.startswith("utf")
    assert ("= 2⅓ ≈ 2.33" if utf else "= 2 1/3 ~ 2.33") in done.stderr.decode(encoding)
    assert done.stdout.decode(encoding).isascii() != utf


@pytest.mark.parametrize("encoding", ["idna", "undefined", "punycode", "rot13"])
def test_odd_encoding_of_a_process(folder: Path, encoding: str) -> None:
    """An encoding that is not for texts is no traceback; some stop Python itself."""
    done = process(folder, "summary", "bad.yaml", PYTHONIOENCODING=encoding)
    assert done.returncode in (0, 1, 2)
    assert b"Traceback" not in done.stderr and b"internal error" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="deletes the folder that it is in")
def test_deleted_folder_of_a_process(tmp_path: Path) -> None:
    """A working folder that is gone is no traceback."""
    line = f'mkdir gone; cd gone; rmdir ../gone; exec "{sys.executable}" -m cnncalc check'
    done = subprocess.run(
        line, shell=True, cwd=tmp_path, env=environment(), capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr and b"internal error" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["summary", "long.yaml", "--format", "json"], 0),
        (["summary", "long.yaml"], 0),
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
@pytest.mark.parametrize("arguments", [["summary", "long.yaml"], ["--help"], ["--version"]])
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
    """Hashes differ from process to process; what is printed does not."""
    specs = f"check {ROOT}/specs/bad {ROOT}/specs/dla34.yaml --format json --no-config"
    lines = ("summary good.yaml", "summary good.yaml --format json", "check .", specs)
    first, second = (in_turn(folder, *lines, PYTHONHASHSEED=seed) for seed in "12")
    assert (first.stdout, first.stderr) == (second.stdout, second.stderr)
    assert str(folder) not in first.stdout + first.stderr
    assert first.stdout.count('"code"') > 50  # specs/bad


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
    ("lines", "absent"),
    [
        (["--version"], {"rich", "yaml", "pydantic", "cnncalc.spec.load"}),
        (["--help"], {"yaml", "pydantic", "cnncalc.spec.load", "cnncalc.cli.summary"}),
        (["rule", "zoo show lenet5"], {"rich", "yaml", "cnncalc.spec.load"}),
        (["summary good.yaml"], {"cnncalc.layers.pool", "cnncalc.layers.norm"}),
        (
            [
                "summary good.yaml --format json",
                "summary good.yaml --format csv",
                "summary good.yaml --format markdown",
                "check good.yaml",
                "explain good.yaml",
                "conv 7x7x3 -K 1 -F 3 --format json",
            ],
            {"rich", "cnncalc.cli.verify"},
        ),
    ],
)
def test_absent_modules(folder: Path, lines: list[str], absent: set[str]) -> None:
    done = in_turn(folder, *lines)
    modules = set(done.stderr.splitlines())
    assert "cnncalc.cli.app" in modules
    assert not modules & (absent | {"numpy"})
