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


def main(name: str, threads: int, runs: int) -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as `verify` does, before NumPy's import
    from cnncalc.forward.run import Pass, Settings
    from cnncalc.inference.infer import infer
    from cnncalc.loading import load

    loaded = load(name)
    assert loaded.network is not None
    report = infer(loaded.network, None, loaded.problems)
    made: dict[str, Any] = {}

    class Ready(Pass):
        """A pass whose weights are made in its first run."""

        def _weights(self, row: Any, declared: Any) -> Any:
            if row.name not in made:
                made[row.name] = super()._weights(row, declared)
            return made[row.name]

    times: list[float] = []
    best: dict[str, float] = {}
    convs = {row.name: row.macs or 0 for row in report.rows if row.kind == "conv"}
    big = {layer: macs for layer, macs in convs.items() if macs >= BIG}
    for number in range(runs + 1):
        running = Ready(report, Settings(threads=threads))
        start = time.perf_counter()
        layers = [(ran.row.name, ran.seconds, ran.error) for ran in running.run()]
        if number:
            times.append((time.perf_counter() - start) * 1e3)
            for layer, seconds, error in layers:
                assert not error, error
                best[layer] = min(best.get(layer, seconds), seconds)
    rate = 2 * sum(big.values()) / sum(best[layer] for layer in big) / 1e9 if big else None
    print(json.dumps({"times": times, "sgemm": sgemm(threads), "big": rate, "layers": len(big)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
