"""The peer of `verify`: construct a network in PyTorch (which fills its weights), run it eagerly.

`python forward_torch.py NETWORK THREADS RUNS`: the first run is the cold one; the times of the
further ones (milliseconds) are printed as JSON.
"""

from __future__ import annotations

import json
import sys
import time

LONGEST = 2_000
"""Milliseconds after which no further run begins."""


def main(name: str, threads: int, runs: int) -> None:
    import torch
    from torch_networks import NETWORKS

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    network = NETWORKS[name]().eval()
    image = torch.randn(1, 3, 224, 224)
    times: list[float] = []
    with torch.inference_mode():
        output = network(image)
        while len(times) < runs and sum(times) < LONGEST:
            start = time.perf_counter()
            network(image)
            times.append((time.perf_counter() - start) * 1e3)
    params = sum(one.numel() for one in network.parameters())
    print(json.dumps({"times": times, "output": output.shape[1], "params": params}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
