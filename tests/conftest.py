"""What tests share: golden files below ``tests/golden``, commands in a folder, an environment."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from support.command import Command

settings.register_profile("untimed", deadline=None)  # no test measures time
settings.load_profile("untimed")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return the function that compares a text with its golden file."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        assert path.read_bytes().decode("utf-8") == text

    return check


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Return what runs commands in a folder of the test's own, which is empty at first."""
    monkeypatch.chdir(tmp_path)
    return Command(tmp_path, capsys)


_FROM_OUTSIDE = (
    "COLUMNS", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "CI_PROJECT_DIR",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave to each test its width, which pytest-xdist states, and the CI server that it is on."""
    for name in _FROM_OUTSIDE:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def default_signals() -> Iterator[None]:
    """Handle signals as usual: tests may run under nohup, and a child ignores what they ignore."""
    usual = {
        number: signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL
        for number in signal.Signals
        if signal.getsignal(number) is signal.SIG_IGN and number.name in ("SIGINT", "SIGHUP")
    }
    for number, handler in usual.items():
        signal.signal(number, handler)
    yield
    for number in usual:
        signal.signal(number, signal.SIG_IGN)
