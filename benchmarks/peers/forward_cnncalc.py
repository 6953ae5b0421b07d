"""Our own forward pass, repeated with its weights ready, and how near it comes to SGEMM.

`python forward_cnncalc.py NETWORK THREADS RUNS` prints as JSON the times (milliseconds) of the
runs, the measured SGEMM rate, and the rate on the convolutions of 100 MMACs and more.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

BIG = 100_000_000


def sgemm(threads: int) -> float:
    """Return the GFLOP/s of matrix products, one on each thread."""
    from concurrent.futures import ThreadPoolExecutor

    import numpy as np

    size = 1024
    squares = [[np.ones((size, size), "f4") for _ in range(3)] for _ in range(threads)]
    best = float("inf")
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(15):
            start = time.perf_counter()
            list(pool.map(lambda s: np.matmul(s[0], s[1], out=s[2]), squares))
            best = min(best, time.perf_counter() - start)
    return 2 * size**3 * threads / best / 1e9


class Ready:
    """A network with its weights made, which does nothing but run its layers."""

    def __init__(self, name: str, threads: int) -> None:
        from cnncalc.forward.run import Pass, Settings
        from cnncalc.inference.infer import infer
        from cnncalc.spec.load import load

        loaded = load(name)
        assert loaded.network is not None
        self.report = infer(loaded.network, None, loaded.problems)
        self.made = Pass(self.report, Settings(threads=threads, whole=True))
        self.weights = {row.name: self.ready(row) for row in self.report.rows}
        (self.name, volume), *_ = self.report.inputs.items()
        assert volume is not None
        self.image = self.made._input(self.name, volume)

    def ready(self, row: Any) -> dict[str, Any]:
        """Return the weights of a row."""
        return dict(self.made.maker.make(row, row.weights))

    def run(self) -> dict[str, float]:
        """Return the seconds of every layer."""
        from cnncalc.forward.kernels import run_layer

        values = {self.name: self.image.copy()}
        seconds: dict[str, float] = {}
        plan = self.made.plan
        for number, row in enumerate(self.report.rows):
            start = time.perf_counter()
            inputs = [values[source] for source in row.sources]
            out = inputs[0] if plan.overwrites[number] else None
            assert row.layer is not None
            values[row.name] = run_layer(row.layer, inputs, self.weights[row.name], out)
            seconds[row.name] = time.perf_counter() - start
            for name in plan.frees[number]:
                values.pop(name, None)
        return seconds


def main(name: str, threads: int, runs: int) -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as `verify` does, before NumPy's import
    from cnncalc.forward.workers import set_threads

    ready = Ready(name, threads)
    set_threads(threads)
    big = {
        row.name: row.macs or 0
        for row in ready.report.rows
        if row.kind == "conv" and (row.macs or 0) >= BIG
    }
    times: list[float] = []
    best: dict[str, float] = {}
    ready.run()
    for _ in range(runs):
        seconds = ready.run()
        times.append(sum(seconds.values()) * 1e3)
        best = {layer: min(best.get(layer, took), took) for layer, took in seconds.items()}
    rate = 2 * sum(big.values()) / sum(best[layer] for layer in big) / 1e9 if big else None
    print(json.dumps({"times": times, "sgemm": sgemm(threads), "big": rate, "layers": len(big)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
