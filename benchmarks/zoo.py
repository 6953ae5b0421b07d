"""Every shipped network: is inference a straight line, how long does `summary` take, what runs?

    python benchmarks/zoo.py [--summary] [--verify] [--below GMACS]

Time from bytes to a report over the number of layers, with the straight line through all of them
and the network that lies farthest above it. ``--summary`` times whole processes, relative to
resnet152's (whose limits benchmarks/startup.py measures). ``--verify`` runs one forward pass of
each in a process of its own, smallest first: seconds, and the most memory it held; ``--below 2``
leaves out what needs more. The exit code says whether
the limits hold, and whether every pass gave what inference had said.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from cnncalc.inference.infer import infer
from cnncalc.spec.load import load
from cnncalc.zoo import catalogue as zoo

ROOT = Path(__file__).parent.parent
LARGEST = "resnet152"
STEEPEST = 2.0
"""How many times the line's time a network may take: layers differ, by their kinds."""
ROUNDS = 9
"""The fastest of these is taken, the least disturbed one; all networks take turns."""
SLOWEST = 1.6
"""How many times resnet152's `summary` the slowest may take: it has twice as many layers."""


class Point(NamedTuple):
    """One network: how many layers it has, and how long it takes."""

    name: str
    layers: int
    seconds: float


def point(name: str) -> Point:
    """Return the time from bytes to a report."""
    gc.collect()  # nobody pays for the garbage of others
    start = time.perf_counter()
    loaded = load(name)
    assert loaded.network is not None
    layers = len(infer(loaded.network, None, loaded.problems).rows)
    return Point(name, layers, time.perf_counter() - start)


def line(points: list[Point]) -> tuple[float, float, float]:
    """Return the constant, the seconds per layer, and r² of the straight line."""
    xs, ys = [p.layers for p in points], [p.seconds for p in points]
    slope, constant = statistics.linear_regression(xs, ys)
    return constant, slope, statistics.correlation(xs, ys) ** 2


def straight(names: list[str]) -> bool:
    """Print time over layers; return whether it is a straight line."""
    gc.disable()  # as commands do
    rounds = [[point(name) for name in names] for _ in range(ROUNDS)]
    points = [min(same, key=lambda p: p.seconds) for same in zip(*rounds, strict=True)]
    constant, slope, fit = line(points)
    above = sorted(points, key=lambda p: p.seconds / (constant + slope * p.layers))[::-1]
    print(f"{len(points)} networks: {constant * 1e3:.1f} ms + {slope * 1e6:.0f} µs per layer, "
          f"r² = {fit:.3f}\n")  # fmt: skip
    print("| network | layers | ms | µs per layer | of the line |")
    print("| --- | ---: | ---: | ---: | ---: |")
    longest = sorted(points, key=lambda p: -p.seconds)[:5]
    for p in dict.fromkeys((*longest, *(p for p in above if p.layers >= 50))):
        share = p.seconds / (constant + slope * p.layers)
        if p in longest or share > 1.25:
            each = p.seconds / p.layers * 1e6
            print(f"| {p.name} | {p.layers:,} | {p.seconds * 1e3:.1f} | {each:.0f} | {share:.2f} |")
    worst = next(p for p in above if p.layers >= 50)  # below, the constant is all
    share = worst.seconds / (constant + slope * worst.layers)
    kept = bool(share <= STEEPEST)
    print(f"\nslowest: {longest[0].name}; farthest above the line: {worst.name}, {share:.2f} of "
          f"at most {STEEPEST}: {'kept' if kept else 'MISSED'}")  # fmt: skip
    return kept


def process(*command: str) -> tuple[float, float, str]:
    """Run a process; return its seconds, the most MiB it held, and what it printed."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as running:
        assert running.stdout is not None
        printed = running.stdout.read()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise RuntimeError(f"{' '.join(command)} failed")
    unit = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss is in bytes there
    return time.perf_counter() - start, used.ru_maxrss / unit, printed


def summaries(names: list[str]) -> bool:
    """Print the slowest `summary`; return whether it keeps its limit."""
    command = (sys.executable, "-m", "cnncalc", "summary")
    once = {name: process(*command, name)[0] for name in names}
    again = dict.fromkeys((*sorted(names, key=lambda name: -once[name])[:10], LARGEST))
    rounds = [{name: process(*command, name)[0] for name in again} for _ in range(7)]
    medians = {name: statistics.median(found[name] for found in rounds) for name in again}
    slowest = max(medians, key=lambda name: medians[name])
    ratio = medians[slowest] / medians[LARGEST]
    kept = ratio <= SLOWEST
    print(f"\n`summary`, median of all: {statistics.median(once.values()) * 1e3:.0f} ms; of "
          f"{LARGEST}: {medians[LARGEST] * 1e3:.0f} ms; slowest: {slowest}, "
          f"{medians[slowest] * 1e3:.0f} ms, {ratio:.2f} of at most {SLOWEST}: "
          f"{'kept' if kept else 'MISSED'}")  # fmt: skip
    return kept


def run_one(name: str) -> None:
    """Run one forward pass and print what came of it."""
    from cnncalc.forward.run import Pass, Settings

    loaded = load(name)
    assert loaded.network is not None
    report = infer(loaded.network, None, loaded.problems)
    start, wrong, params = time.perf_counter(), 0, 0
    for ran in Pass(report, Settings()).run():
        wrong += bool(ran.codes)
        params += ran.params or 0
    seconds = time.perf_counter() - start
    wrong += params != report.totals.params
    planned = report.bytes(4).peak
    print(json.dumps([seconds, wrong, report.totals.macs, planned]))


def passes(names: list[str]) -> bool:
    """Print time and memory of a forward pass of each; return whether all went as inferred."""
    print("\n| network | GMACs | s | GMACs/s | planned MiB | held MiB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    failed = []
    total = 0.0
    for name in names:
        _, held, printed = process(sys.executable, __file__, "--one", name)
        seconds, wrong, macs, planned = json.loads(printed)
        total += seconds
        failed += [name] if wrong else []
        rate = f"{macs / seconds / 1e9:.1f}" if macs > 1e8 else ""
        cells = (f"{macs / 1e9:.3f}", f"{seconds:.2f}", rate, f"{planned / 2**20:,.0f}")
        print(f"| {name} | {' | '.join(cells)} | {held:,.0f} |", flush=True)
    print(f"\nall {len(names)}: {total:.0f} s; not as inferred: {', '.join(failed) or 'none'}")
    return not failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--summary", action="store_true", help="time whole processes too")
    parser.add_argument("--verify", action="store_true", help="run one forward pass of each")
    parser.add_argument("--below", type=float, default=float("inf"), metavar="GMACS")
    parser.add_argument("--one", metavar="NAME", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        run_one(options.one)
        return 0
    names = sorted(zoo.names())
    kept = [straight(names)]
    kept += [summaries(names)] if options.summary else []
    if options.verify:
        sized = sorted((network.macs, network.name) for network in zoo.listed())
        kept.append(passes([name for macs, name in sized if macs < options.below * 1e9]))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
