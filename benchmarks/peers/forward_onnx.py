"""The peers of `verify`: a file with its weights, loaded and run by ONNX Runtime, or by NumPy.

`python forward_onnx.py runtime|reference FILE THREADS RUNS`; `reference` is ONNX's own evaluator
in NumPy. The first run is the cold one; the times of the further ones (milliseconds) are printed
as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any


def runtime(path: str, threads: int) -> Callable[[Any], Any]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda image: session.run(None, {"input": image})[0]


def reference(path: str, threads: int) -> Callable[[Any], Any]:
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(path)

    def forward(image: Any) -> Any:
        (output,) = evaluator.run(None, {"input": image})
        return output

    return forward


def main(way: str, path: str, threads: int, runs: int) -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = str(threads)  # before NumPy's import
    import numpy as np

    forward = {"runtime": runtime, "reference": reference}[way](path, threads)
    image = np.random.default_rng(0).standard_normal((1, 3, 224, 224), "float32")
    output = forward(image)
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        forward(image)
        times.append((time.perf_counter() - start) * 1e3)
    print(json.dumps({"times": times, "output": output.shape[1]}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
