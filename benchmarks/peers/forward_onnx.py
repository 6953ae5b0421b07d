"""A peer of `verify`: a file with its weights, loaded and run once by ONNX Runtime.

`python forward_onnx.py FILE THREADS` prints the size of the output as JSON.
"""

from __future__ import annotations

import json
import sys


def main(path: str, threads: int) -> None:
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    image = np.random.default_rng(0).standard_normal((1, 3, 224, 224), "float32")
    output = session.run(None, {"input": image})[0]
    print(json.dumps({"output": output.shape[1]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
