"""How many specs `check` looks at in a second, on one process and on two.

    python benchmarks/check.py [--specs 2000] [--rounds 5]

Copies of specs of the size that people write. Processes on one and on two cores take turns, and
medians of their wall-clock times are compared, starting included: run it while nothing else does.
The exit code says whether both limits hold: 100 specs a second on one process, and on two 1.7
times as many.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SPECS = Path(__file__).parent.parent / "specs"
COMMON = ("alexnet", "convnetjs-cifar10", "googlenet", "lenet5", "lenet5-1998", "perceptron",
          "resnet18", "resnet50", "unet", "vgg16", "xor-mlp")  # fmt: skip
"""Specs of the size that people write: 52 layers on average."""
PER_SECOND = 100
FASTER = 1.7


def seconds(folder: str, jobs: int) -> float:
    """Return how long `check` of a folder takes."""
    command = [sys.executable, "-m", "cnncalc", "check", folder, "--jobs", str(jobs)]
    start = time.perf_counter()
    subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": str(SPECS.parent)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start


def rates(specs: int, rounds: int) -> dict[int, float]:
    """Return the specs per second on one process and on two."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(specs):
            place = Path(folder) / str(number // len(COMMON))
            place.mkdir(exist_ok=True)
            shutil.copy(SPECS / f"{COMMON[number % len(COMMON)]}.yaml", place)
        taken: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(rounds):
            for jobs, times in taken.items():
                times.append(seconds(folder, jobs))
    return {jobs: specs / statistics.median(times) for jobs, times in taken.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--specs", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    stated = parser.parse_args()
    found = rates(stated.specs, stated.rounds)
    limits = [
        ("specs per second, one process", found[1], PER_SECOND),
        ("two processes / one", found[2] / found[1], FASTER),
    ]
    print(f"{stated.specs:,} specs, medians of {stated.rounds}\n")
    print("| limit | measured | at least | |\n| --- | ---: | ---: | --- |")
    for words, value, least in limits:
        print(f"| {words} | {value:,.2f} | {least} | {'kept' if value >= least else 'MISSED'} |")
    return int(any(value < least for _, value, least in limits))


if __name__ == "__main__":
    sys.exit(main())
