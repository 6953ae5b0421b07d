"""The forward pass against its peers: PyTorch, ONNX Runtime, ONNX's NumPy reference evaluator.

Cold is a whole process: for us `verify NETWORK` (start, read the spec, infer, make weights, one
forward pass, compare, print), for PyTorch start, construct and run, for ONNX start, load and run
(the files are written before). Warm is the forward pass alone, repeated in one process. Every
sample is a fresh process and the rows take turns, so that whatever else the machine does hits all
alike. Prints the measured numbers as Markdown, and a verdict for each limit; the exit code tells
whether all hold.

    python benchmarks/forward.py [NETWORK...] [--torch PYTHON] [--rounds 5] [--threads 1 2]

ONNX and ONNX Runtime are test extras; ``--torch`` names the Python of an environment with PyTorch
(default: this one). A peer that is not installed is left out, with its limits. On a machine that
others use, compare the `CPU` columns, and warm times at one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
NETWORKS = ("alexnet_torchvision", "vgg16", "resnet50", "googlenet", "mobilenet_v2")
SMALL = ("googlenet", "mobilenet_v2")
"""Where our imports alone cost what ONNX Runtime needs."""
OURS, TORCH, RUNTIME, REFERENCE = "cnncalc", "PyTorch", "ONNX Runtime", "ONNX reference"
WARM_RUNS = 10
SLOW_RUNS = 1
"""Repetitions in a process; fewer of the reference evaluator, which takes seconds."""


class Sample(NamedTuple):
    """One finished process: wall-clock and processor seconds, MiB at its peak, what it printed."""

    wall: float
    cpu: float
    mib: float
    said: dict[str, Any]


class Key(NamedTuple):
    """What was sampled."""

    network: str
    threads: int
    peer: str
    warm: bool


Samples = dict[Key, list[Sample]]


def command(key: Key, torch: str, graphs: Path) -> list[str]:
    """Return the command line of a sample."""
    runs = 0
    if key.warm:
        runs = SLOW_RUNS if key.peer == REFERENCE else WARM_RUNS
    peers, graph = HERE / "peers", str(graphs / f"{key.network}.onnx")
    words = [str(key.threads), str(runs)]
    ours = [sys.executable, str(peers / "forward_cnncalc.py"), key.network, *words]
    if not key.warm:
        cold = ["verify", key.network, "--threads", str(key.threads)]
        ours = [sys.executable, "-m", "cnncalc", *cold]
    onnx = [sys.executable, str(peers / "forward_onnx.py")]
    return {
        OURS: ours,
        TORCH: [torch, str(peers / "forward_torch.py"), key.network, *words],
        RUNTIME: [*onnx, "runtime", graph, *words],
        REFERENCE: [*onnx, "reference", graph, *words],
    }[key.peer]


def sample(words: list[str]) -> Sample:
    """Run a command to its end."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # installed packages have theirs, too
    with tempfile.TemporaryFile() as complaint:
        start = time.perf_counter()
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=complaint, env=environment
        ) as process:
            assert process.stdout is not None
            text = process.stdout.read().decode()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        if process.returncode:
            complaint.seek(0)
            raise RuntimeError(complaint.read().decode())
    unit = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss is in bytes there
    said = json.loads(text) if text.startswith("{") else {}
    return Sample(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit, said)


def write_graphs(networks: list[str], folder: Path) -> None:
    """Write each network as an ONNX file, weights and all, in processes of their own."""
    for name in networks:
        words = [sys.executable, str(HERE / "peers" / "write_onnx.py"), name]
        sample([*words, str(folder / f"{name}.onnx")])


def peers_here(torch: str, folder: Path) -> list[str]:
    """Return the peers that run; tell which are left out."""
    found = [OURS]
    for peer in (TORCH, RUNTIME, REFERENCE):
        try:
            if peer != TORCH:
                write_graphs(["mobilenet_v2"], folder)
            sample(command(Key("mobilenet_v2", 1, peer, warm=False), torch, folder))
        except (RuntimeError, OSError) as error:
            print(f"{peer} is left out: {str(error).strip().splitlines()[-1]}\n")
            continue
        found.append(peer)
    return found


def collect(keys: list[Key], rounds: int, torch: str, graphs: Path) -> Samples:
    """Sample every key, taking turns; the reference evaluator once, since it takes seconds."""
    samples: Samples = {key: [] for key in keys}
    for key in keys:
        if key.peer == OURS and not key.warm:  # bytecode, and the disk's cache
            sample(command(key, torch, graphs))
    for number in range(rounds):
        for key in keys:
            if key.peer == REFERENCE and number:
                continue
            try:
                samples[key].append(sample(command(key, torch, graphs)))
            except RuntimeError as error:
                if key.peer == OURS:
                    raise
                reason = str(error).strip().splitlines()[-1]
                print(f"{key.peer} cannot run {key.network}: {reason}\n")
        print(f"round {number + 1} of {rounds}: load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    return samples


def wall(samples: list[Sample]) -> float:
    """Return the median time of a process."""
    return statistics.median(one.wall for one in samples)


def mib(samples: list[Sample]) -> float:
    return statistics.median(one.mib for one in samples)


def forward(samples: list[Sample]) -> float:
    """Return the median over processes of the fastest repetition: the least disturbed one."""
    fastest: list[float] = [min(one.said["times"]) for one in samples]
    return statistics.median(fastest) / 1e3


class Limit(NamedTuple):
    """``measure(ours) <= most * measure(peer's)``."""

    words: str
    peer: str
    warm: bool
    measure: Callable[[list[Sample]], float]
    most: Callable[[str], float]


LIMITS = (
    Limit("cold", RUNTIME, False, wall, lambda network: 1.5 if network in SMALL else 1.0),
    Limit("cold", TORCH, False, wall, lambda _: 0.25),
    Limit("memory", RUNTIME, False, mib, lambda _: 1.0),
    Limit("memory", TORCH, False, mib, lambda _: 1.0),
    Limit("warm", TORCH, True, forward, lambda _: 1.1),
    Limit("warm", REFERENCE, True, forward, lambda _: 0.2),
)
OF_SGEMM = 0.8
"""What the big convolutions must reach."""


def table(samples: Samples, threads: int) -> Iterator[str]:
    """Yield one table: cold medians (fastest, CPU, memory) and warm times."""
    yield f"{threads} thread{'s' * (threads > 1)}; ms, MiB:\n"
    yield "| network | process | cold | fastest | CPU | memory | warm |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    for key, found in samples.items():
        if key.threads != threads or key.warm or not found:
            continue
        cpu = statistics.median(one.cpu for one in found)
        least = min(one.wall for one in found)
        repeated = samples[key._replace(warm=True)]
        times = (wall(found), least, cpu, forward(repeated) if repeated else 0)
        cold, fastest, processor, warm = (f"{time * 1e3:,.0f}" for time in times)
        cells = (key.network, key.peer, cold, fastest, processor, f"{mib(found):,.0f}", warm)
        yield f"| {' | '.join(cells)} |"
    yield ""


def verdicts(samples: Samples) -> Iterator[tuple[str, bool]]:
    """Yield a line for every limit, and whether it holds."""
    for key, found in samples.items():
        if key.peer != OURS:
            continue
        about = f"{key.network}, {key.threads} thread{'s' * (key.threads > 1)}"
        for limit in LIMITS:
            other = samples.get(key._replace(peer=limit.peer), [])
            if limit.warm == key.warm and other:
                share, most = limit.measure(found) / limit.measure(other), limit.most(key.network)
                holds = share <= most
                text = f"{share:.2f} of {limit.peer}'s (at most {most:g})"
                yield f"| {about} | {limit.words} | {text} | {_word(holds)} |", holds
        big = [one.said for one in found if one.said.get("big")]
        if big:
            share = max(said["big"] / said["sgemm"] for said in big)
            rate = f"{max(said['big'] for said in big):.0f} GFLOP/s"
            text = f"{share:.0%} of SGEMM's rate: {rate} (at least {OF_SGEMM:.0%})"
            holds = share >= OF_SGEMM
            yield f"| {about} | big convolutions | {text} | {_word(holds)} |", holds


def _word(holds: bool) -> str:
    return "kept" if holds else "**missed**"


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the forward pass against its peers.")
    parser.add_argument("--torch", default=sys.executable, help="a Python with PyTorch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    options = parser.parse_args()
    networks = options.networks or list(NETWORKS)
    with tempfile.TemporaryDirectory() as folder:
        peers = peers_here(options.torch, Path(folder))
        if RUNTIME in peers or REFERENCE in peers:
            write_graphs(networks, Path(folder))
        keys = [
            Key(network, threads, peer, warm)
            for warm in (False, True)
            for network in networks
            for threads in options.threads
            for peer in peers
        ]
        samples = collect(keys, options.rounds, options.torch, Path(folder))
    for threads in options.threads:
        print("\n".join(table(samples, threads)))
    print("| network | limit on | measured | verdict |\n| --- | --- | --- | --- |")
    found = list(verdicts(samples))
    print("\n".join(text for text, _ in found))
    return 0 if all(holds for _, holds in found) else 1


if __name__ == "__main__":
    sys.exit(main())
