"""Whole processes against their peers: time and memory of the main jobs on ResNet-152.

Every row is a fresh process; the rows take turns, so that whatever else the machine does hits
all alike, and medians are compared. Prints a table and a verdict for each limit; the exit code
says whether all limits hold.

    python benchmarks/startup.py [--rounds 15] [--torch PYTHON]

ONNX is a test extra; `--torch` names the Python of an environment with torch and torchinfo
(default: this one). A peer that is not installed is left out, with its limits.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TOOL = [sys.executable, "-m", "cnncalc"]
SPEC = "resnet152"


@dataclass(frozen=True)
class Run:
    """One finished process: seconds, and the most MiB that it held."""

    seconds: float
    mib: float


@dataclass(frozen=True)
class Limit:
    """A number that two rows must keep to: ``measure(row) <= most * measure(other)``."""

    row: str
    other: str
    most: float
    measure: Callable[[Run], float]
    words: str


def seconds(run: Run) -> float:
    return run.seconds


def mib(run: Run) -> float:
    return run.mib


LIMITS = [
    Limit("summary json", "onnx", 1.6, seconds, "time"),
    Limit("summary table", "onnx", 1.6, seconds, "time"),
    Limit("summary json", "onnx", 1.0, mib, "memory"),
    Limit("summary table", "onnx", 1.0, mib, "memory"),
    Limit("summary table", "torchinfo", 1 / 8, seconds, "time"),
    Limit("summary json", "torchinfo", 1 / 8, seconds, "time"),
    Limit("version", "summary table", 0.5, seconds, "time"),
    Limit("help", "summary table", 0.7, seconds, "time"),
]


def rows(torch: str, graph: str) -> dict[str, list[str]]:
    """Return every row's command."""
    return {
        "bare python": [sys.executable, "-c", "pass"],
        "version": [*TOOL, "--version"],
        "help": [*TOOL, "--help"],
        "summary json": [*TOOL, "summary", SPEC, "--format", "json"],
        "summary table": [*TOOL, "summary", SPEC],
        "onnx": [sys.executable, str(HERE / "peers" / "onnx_shapes.py"), graph],
        "torchinfo": [torch, str(HERE / "peers" / "torchinfo_summary.py")],
    }


def run(command: list[str]) -> Run:
    """Run a command to its end; its output goes nowhere."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stderr is not None
        complaint = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    taken = time.perf_counter() - start
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{complaint.decode()}")
    unit = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss is in bytes there
    return Run(taken, used.ru_maxrss / unit)


def available(commands: dict[str, list[str]]) -> dict[str, list[str]]:
    """Run every row once (which warms the disk's cache); leave out the peers that fail."""
    found = {}
    for name, command in commands.items():
        try:
            run(command)
        except (RuntimeError, OSError) as error:
            if name not in ("onnx", "torchinfo"):
                raise
            print(f"{name} is left out: {str(error).strip().splitlines()[-1]}")
            continue
        found[name] = command
    return found


def medians(commands: dict[str, list[str]], rounds: int) -> dict[str, Run]:
    """Return each row's medians over interleaved fresh processes."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command))
    return {
        name: Run(statistics.median(map(seconds, found)), statistics.median(map(mib, found)))
        for name, found in runs.items()
    }


def table(found: dict[str, Run]) -> str:
    lines = ["| process | ms | MiB |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {r.seconds * 1000:,.0f} | {r.mib:.0f} |" for name, r in found.items()]
    return "\n".join(lines)


def verdicts(found: dict[str, Run]) -> tuple[str, bool]:
    """Return a table of the limits whose rows were run, and whether all hold."""
    lines = ["| limit | ratio | at most | |", "| --- | ---: | ---: | --- |"]
    fine = True
    for limit in LIMITS:
        if not {limit.row, limit.other} <= found.keys():
            continue
        ratio = limit.measure(found[limit.row]) / limit.measure(found[limit.other])
        kept = ratio <= limit.most
        fine = fine and kept
        what = f"{limit.words} of {limit.row} / {limit.other}"
        lines.append(f"| {what} | {ratio:.3f} | {limit.most} | {'kept' if kept else 'MISSED'} |")
    return "\n".join(lines), fine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--torch", default=sys.executable, help="a Python with torch, torchinfo")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        graph = str(Path(folder) / "resnet152.onnx")
        write = [sys.executable, str(HERE / "peers" / "onnx_shapes.py"), "write", graph]
        subprocess.run(write, capture_output=True, check=False)  # without onnx there is no peer
        found = medians(available(rows(options.torch, graph)), options.rounds)
    limits, fine = verdicts(found)
    print(f"{table(found)}\n\n{limits}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
