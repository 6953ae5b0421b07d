"""Time over the size of a network, and specs per second of `check`.

    python benchmarks/linear.py

Reading and inference of 10 to 10,000 layers must grow like a straight line (`time per layer`
stays what it is), written out one by one and repeated; `check` must reach 100 shipped specs per
second on one core. Counted in seconds of the processor, so other programs hardly matter. The exit
code tells whether both limits hold.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from cnncalc.inference.infer import infer
from cnncalc.loading import parse_bytes

SPECS = Path(__file__).parent.parent / "specs"
SIZES = (10, 100, 1_000, 10_000)
STEEPER = 1.5
"""By how much a layer of the longest network may cost more than one of 100."""
PER_SECOND = 100


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
    count = len(list(SPECS.glob("*.yaml")))
    command = [sys.executable, "-m", "cnncalc", "check", *map(str, sorted(SPECS.glob("*.yaml")))]
    taken = []
    for _ in range(5):
        with subprocess.Popen(
            command,
            env=os.environ | {"PYTHONPATH": str(SPECS.parent)},
            stdout=subprocess.DEVNULL,
        ) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        taken.append(used.ru_utime + used.ru_stime)
    median = statistics.median(taken)
    print(f"\n`check` of {count} specs: {median:.2f} s, {count / median:,.0f} specs per second")
    return count / median >= PER_SECOND


if __name__ == "__main__":
    straight, fast = lengths(), rate()
    print(f"\nstraight line: {'kept' if straight else 'MISSED'}; "
          f"{PER_SECOND} specs per second: {'kept' if fast else 'MISSED'}")  # fmt: skip
    sys.exit(0 if straight and fast else 1)
