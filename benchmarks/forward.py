"""`verify` against its peers: PyTorch and ONNX Runtime.

Cold is a whole process: for us `verify NETWORK` (start, read the spec, infer, make weights, one
forward pass, compare, print), for PyTorch start, construct and run, for ONNX Runtime start, load
and run (the files are written before). The pass is, for us, what the layers of that process took,
their weights included; for PyTorch its eager pass, repeated in one process. Every sample is a
fresh process and the peers take turns, so that whatever else the machine does hits all alike.
Prints medians as Markdown, and a verdict for each limit; the exit code says whether all hold.

    python benchmarks/forward.py [NETWORK...] [--torch PYTHON] [--rounds 5] [--threads 1 2]

ONNX Runtime is a test extra; ``--torch`` names the Python of an environment with PyTorch (default:
this one). A peer that is not installed is left out, with its limits.
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
NETWORKS = ("alexnet_torchvision", "vgg16", "resnet50", "googlenet", "mobilenet_v2")
SMALL = ("googlenet", "mobilenet_v2")
"""Where our imports alone cost what ONNX Runtime needs."""
OURS, TORCH, RUNTIME = "cnncalc", "PyTorch", "ONNX Runtime"
EAGER_RUNS = 10


class Sample(NamedTuple):
    """One finished process: seconds, MiB at its peak, and the seconds of its pass."""

    cold: float
    memory: float
    forward: float


class Key(NamedTuple):
    """What was sampled; an eager pass is timed in a process of its own."""

    network: str
    threads: int
    peer: str
    eager: bool = False


Samples = dict[Key, list[Sample]]


def command(key: Key, torch: str, graphs: Path) -> list[str]:
    """Return the command line of a sample."""
    threads, runs = str(key.threads), str(EAGER_RUNS if key.eager else 0)
    if key.peer == OURS:
        words = ["-m", "cnncalc", "verify", key.network, "--threads", threads, "--format", "json"]
        return [sys.executable, *words]
    if key.peer == TORCH:
        return [torch, str(HERE / "peers" / "forward_torch.py"), key.network, threads, runs]
    graph = str(graphs / f"{key.network}.onnx")
    return [sys.executable, str(HERE / "peers" / "forward_onnx.py"), graph, threads]


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
        cold = time.perf_counter() - start
        if process.returncode:
            complaint.seek(0)
            raise RuntimeError(complaint.read().decode())
    unit = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss is in bytes there
    return Sample(cold, used.ru_maxrss / unit, forward(json.loads(text) if text else {}))


def forward(said: dict[str, Any]) -> float:
    """Return the seconds of the pass that a process measured."""
    if "files" in said:
        return sum(float(layer["seconds"]) for layer in said["files"][0]["layers"])
    return min(map(float, said.get("times") or [0])) / 1e3  # the least disturbed one


def peers_here(torch: str, folder: Path) -> list[str]:
    """Return the peers that run; say which are left out."""
    found = [OURS]
    for peer in (TORCH, RUNTIME):
        try:
            if peer == RUNTIME:
                write_graphs(["mobilenet_v2"], folder)
            sample(command(Key("mobilenet_v2", 1, peer), torch, folder))
        except (RuntimeError, OSError) as error:
            print(f"{peer} is left out: {str(error).strip().splitlines()[-1]}\n")
        else:
            found.append(peer)
    return found


def write_graphs(networks: list[str], folder: Path) -> None:
    """Write each network as an ONNX file, weights and all, in processes of their own."""
    for name in networks:
        words = [sys.executable, str(HERE / "peers" / "write_onnx.py"), name]
        sample([*words, str(folder / f"{name}.onnx")])


def collect(keys: list[Key], rounds: int, torch: str, graphs: Path) -> Samples:
    """Sample every key, taking turns."""
    for key in keys:
        if key.peer == OURS:  # bytecode, and the disk's cache
            sample(command(key, torch, graphs))
    samples: Samples = {key: [] for key in keys}
    for number in range(rounds):
        for key in keys:
            samples[key].append(sample(command(key, torch, graphs)))
        print(f"round {number + 1} of {rounds}: load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    return samples


def median(samples: list[Sample], measure: str) -> float:
    """Return the median of one measure."""
    return statistics.median(float(getattr(one, measure)) for one in samples)


def limits(network: str) -> Iterator[tuple[str, str, float]]:
    """Yield what is compared with which peer, and the most that it may be of the peer's."""
    yield "cold", RUNTIME, 1.75 if network in SMALL else 1.0
    yield "cold", TORCH, 0.25
    yield "memory", RUNTIME, 1.0
    yield "memory", TORCH, 1.0
    yield "forward", TORCH, 1.3


def table(samples: Samples, threads: int) -> Iterator[str]:
    """Yield one table of medians."""
    yield f"{threads} thread{'s' * (threads > 1)}; ms, MiB:\n"
    yield "| network | process | cold | memory | pass |"
    yield "| --- | --- | ---: | ---: | ---: |"
    for key, found in samples.items():
        if key.threads == threads and not key.eager:
            times = samples.get(key._replace(eager=True), found)
            cold, passed = median(found, "cold") * 1e3, median(times, "forward") * 1e3
            numbers = (cold, median(found, "memory"), passed)
            cells = (f"{number:,.0f}" if number else "" for number in numbers)
            yield f"| {key.network} | {key.peer} | {' | '.join(cells)} |"
    yield ""


def verdicts(samples: Samples) -> Iterator[tuple[str, bool]]:
    """Yield a line for every limit, and whether it holds."""
    for key, found in samples.items():
        if key.peer != OURS:
            continue
        for measure, peer, most in limits(key.network):
            eager = measure == "forward"
            other = samples.get(key._replace(peer=peer, eager=eager), [])
            if not other or (eager and key.threads > 1):
                continue
            share = median(found, measure) / median(other, measure)
            about = f"{key.network}, {key.threads} thread{'s' * (key.threads > 1)}"
            word = "kept" if share <= most else "**missed**"
            line = f"| {about} | {measure} | {share:.2f} of {peer}'s (at most {most:g}) | {word} |"
            yield line, share <= most


def main() -> int:
    parser = argparse.ArgumentParser(description="Time `verify` against its peers.")
    parser.add_argument("--torch", default=sys.executable, help="a Python with PyTorch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("networks", nargs="*", metavar="NETWORK")
    options = parser.parse_args()
    networks = options.networks or list(NETWORKS)
    with tempfile.TemporaryDirectory() as folder:
        peers = peers_here(options.torch, Path(folder))
        if RUNTIME in peers:
            write_graphs(networks, Path(folder))
        keys = [
            Key(network, threads, peer, eager)
            for network in networks
            for threads in options.threads
            for peer in peers
            for eager in ((False, True) if peer == TORCH else (False,))
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
