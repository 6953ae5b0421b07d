"""ONNX Runtime as the judge of the kernels: one operator at a time, arrays depth first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

OPSET = 22
CASES = int(os.environ.get("CNNCALC_CASES", "40"))
"""Random settings per kernel; set to thousands for a long run."""


def onnx(op: str, arrays: Sequence[Array | None], **attributes: Any) -> Array:
    """Run one ONNX operator; a ``None`` is an input left out."""
    import onnxruntime
    from onnx import TensorProto, helper

    kinds = {
        "float32": TensorProto.FLOAT,
        "float64": TensorProto.DOUBLE,
        "int64": TensorProto.INT64,
    }
    names = ["" if array is None else f"i{number}" for number, array in enumerate(arrays)]
    node = helper.make_node(op, names, ["out"], **attributes)
    given = {name: array for name, array in zip(names, arrays, strict=True) if array is not None}
    inputs = [
        helper.make_tensor_value_info(name, kinds[str(array.dtype)], array.shape)
        for name, array in given.items()
    ]
    first = next(iter(given.values()))
    output = helper.make_tensor_value_info("out", kinds[str(first.dtype)], None)
    graph = helper.make_graph([node], "one", inputs, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = 10
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    result: Array = session.run(None, given)[0]
    return result


def last(x: Array) -> Array:
    """Move the depth from the first place behind the batch to the last."""
    return np.moveaxis(x, 1, -1)


def first(x: Array) -> Array:
    """Move the depth from the last place to the first behind the batch."""
    return np.moveaxis(x, -1, 1)


def numbers(seed: int, *shape: int, dtype: str = "float32") -> Array:
    """Return independent normal numbers."""
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def close(actual: Array, wanted: Array, terms: int = 1) -> None:
    """Assert equality within 1e-4 relative and 2e-6·√terms·8 absolute (terms of each sum)."""
    assert actual.shape == wanted.shape
    np.testing.assert_allclose(actual, wanted, rtol=1e-4, atol=1.6e-5 * max(1, terms) ** 0.5)


def different(random: Random, rank: int, low: int, high: int) -> tuple[int, ...]:
    """Return sizes of which no two are equal, where there are enough numbers."""
    return tuple(random.sample(range(low, high + 1), rank))


def settings(kind: str, count: int = CASES) -> Iterator[Random]:
    """Return seeded random sources, one per case."""
    for number in range(count):
        yield Random(f"{kind} {number}")
