"""The pytest plugin, in runs of their own."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytest_plugins = "pytester"

ROOT = Path(__file__).parent.parent
GOOD = "input: 8x8x3\nlayers: [relu]\n"
BAD = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n"
WARNS = "input: 3x224x224\nlayers:\n  - relu\n"
INSTALLED = any(point.name == "cnncalc" for point in entry_points(group="pytest11"))
LOADED = () if INSTALLED else ("-p", "cnncalc.pytest_plugin")


@pytest.fixture(autouse=True)
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    files = {
        "nets/good.yaml": GOOD,
        "nets/bad.yml": BAD,
        "nets/warns.json": '{"input": "3x224x224", "layers": ["relu"]}',
        "nets/compose.yaml": "services: {}\n",
        "nets/empty.yaml": "",
        "nets/drafts/net.yaml": BAD,
        "cnncalc.toml": 'exclude = ["drafts"]\n',
        "test_python.py": "def test_it():\n    pass\n",
    }
    for name, text in files.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return pytester.path


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(*LOADED, *words)


def test_only_on_request(pytester: pytest.Pytester) -> None:
    run(pytester).assert_outcomes(passed=1)


@pytest.mark.parametrize("processes", ["0", "2"])
def test_specs(pytester: pytest.Pytester, processes: str) -> None:
    """Each spec is a test, its problems are the failure; what is excluded or foreign is none."""
    result = run(pytester, "--cnncalc", "-n", processes, "-rA")
    result.assert_outcomes(passed=3, failed=2)
    text = result.stdout.str()
    assert "\nnets/bad.yml:3:44: error CNN301 stride-does-not-fit: conv1: " in text
    assert "  3 |   - conv: {filters: 10, kernel: 3, stride: 3}" in text
    assert "nets/empty.yaml:1:1: error CNN104 empty-file" in text
    assert "nets/warns.json:1:11: warning CNN904" in text
    assert "Traceback" not in text and "pytest_specs.py" not in text
    assert "FAILED nets/bad.yml::spec" in text


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pytest.ini", "[pytest]\ncnncalc = true\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\ncnncalc = true\n"),
    ],
)
def test_setting(pytester: pytest.Pytester, folder: Path, file: str, text: str) -> None:
    (folder / file).write_text(text)
    run(pytester).assert_outcomes(passed=3, failed=2)


def test_named(pytester: pytest.Pytester) -> None:
    """A file that is named is a test, whatever it holds; tests are chosen by their names."""
    run(pytester, "--cnncalc", "nets/compose.yaml").assert_outcomes(failed=1)
    run(pytester, "--cnncalc", "nets/good.yaml::spec").assert_outcomes(passed=1)
    run(pytester, "--cnncalc", "-k", "good").assert_outcomes(passed=1, deselected=4)


def test_bad_configuration(pytester: pytest.Pytester, folder: Path) -> None:
    (folder / "cnncalc.toml").write_text("exclud = []\n")
    result = run(pytester, "--cnncalc")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "cnncalc.toml:1:1: error" in result.stderr.str() + result.stdout.str()


_LOADS = """
import sys, pytest
before = {*sys.modules}
import cnncalc.pytest_plugin
print(sorted({*sys.modules} - before))
"""


def test_loads_nothing() -> None:
    """A run without it pays for three small modules."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "['cnncalc', 'cnncalc.pytest_plugin', 'cnncalc.version']\n"
