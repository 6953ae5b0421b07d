"""Time over the size of a network, and specs per second of `check`.

    python benchmarks/linear.py

Reading and inference of 10 to 10,000 layers must grow like a straight line (the time per layer
stays what it is), written out one by one and repeated; `check` must reach 100 specs of common size
per second on one core. Counted in seconds of the processor, so that other programs hardly matter.
The exit code says whether both limits hold.
"""

from __future__ import annotations

import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cnncalc.inference.infer import infer
from cnncalc.spec.load import parse_bytes

SPECS = Path(__file__).parent.parent / "specs"
SIZES = (10, 100, 1_000, 10_000)
STEEPER = 1.5
"""By how much a layer of the longest network may cost more than one of 100."""
PER_SECOND = 100
COMMON = ("alexnet", "convnetjs-cifar10", "googlenet", "lenet5", "lenet5-1998", "perceptron",
          "resnet18", "resnet50", "unet", "vgg16", "xor-mlp")  # fmt: skip
"""Specs of the size that people write: 52 layers on average. All shipped ones: 190."""


def written(count: int) -> str:
    """A spec with every layer on a line of its own."""
    layers = "\n".join("  - conv: {filters: 8, kernel: 3, padding: 1}" for _ in range(count))
    return f"input: 32x32x8\nlayers:\n{layers}\n"


def repeated(count: int) -> str:
    """A spec with as many layers, eight to a block."""
    return f"""\
input: 32x32x8
blocks:
  unit:
    layers:
      - conv: {{filters: 8, kernel: 3, padding: 1}}
      - batchnorm
      - relu
      - conv: {{filters: 8, kernel: 1}}
      - batchnorm
      - relu
      - dropout
      - add: [previous, input]
layers:
  - unit: {{}}
    repeat: {max(count // 8, 1)}
"""


def seconds(text: str) -> float:
    """Return the median of the processor's seconds from bytes to a report."""
    taken = []
    for _ in range(5):
        gc.collect()
        start = time.process_time()
        loaded = parse_bytes(text.encode(), "spec.yaml", None)
        assert loaded.network is not None
        assert infer(loaded.network, None, loaded.problems).totals.complete
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def lengths() -> bool:
    """Print time over layers; return whether it is a straight line."""
    print("| layers | written: ms | µs per layer | repeated: ms | µs per layer |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    per_layer: dict[int, tuple[float, float]] = {}
    gc.disable()  # as the command line does: its processes are over soon
    seconds(written(10))  # imports
    for count in SIZES:
        times = seconds(written(count)), seconds(repeated(count))
        per_layer[count] = times[0] / count, times[1] / count
        cells = (f"{t * 1e3:,.1f} | {t / count * 1e6:,.0f}" for t in times)
        print(f"| {count:,} | {' | '.join(cells)} |")
    short, long = per_layer[100], per_layer[SIZES[-1]]
    return all(b <= STEEPER * a for a, b in zip(short, long, strict=True))


def rate() -> bool:
    """Print how many shipped specs `check` reads per second; return whether it suffices."""
    common = [SPECS / f"{name}.yaml" for name in COMMON]
    everything = sorted(SPECS.glob("*.yaml"))
    with tempfile.TemporaryDirectory() as folder:
        for number in range(10):  # a folder of a few more specs, so that starting weighs less
            copies = Path(folder) / str(number)
            copies.mkdir()
            for file in common:
                shutil.copy(file, copies)
        found = checked([Path(folder)], 10 * len(common))
    print(f"\n`check` of {10 * len(common)} common specs: {found:,.0f} per second")
    print(
        f"`check` of all {len(everything)}: {checked(everything, len(everything)):,.0f} per second"
    )
    return found >= PER_SECOND


def checked(paths: list[Path], count: int) -> float:
    """Return how many of these specs `check` reads per second of the processor."""
    taken = []
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-m", "cnncalc", "check", *map(str, paths)],
            env=os.environ | {"PYTHONPATH": str(SPECS.parent)},
            stdout=subprocess.DEVNULL,
        ) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        taken.append(used.ru_utime + used.ru_stime)
    return count / statistics.median(taken)


if __name__ == "__main__":
    straight, fast = lengths(), rate()
    print(f"\nstraight line: {'kept' if straight else 'MISSED'}; "
          f"{PER_SECOND} specs per second: {'kept' if fast else 'MISSED'}")  # fmt: skip
    sys.exit(0 if straight and fast else 1)
