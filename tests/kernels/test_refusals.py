"""What inference rejects cannot be run: the array code raises, on its own account.

Fields that inference has checked are taken as they are; what is refused here are arrays that do
not fit them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from support.kinds import conv, conv_transpose, depthwise, locally_connected, pool, run_kind
from support.oracle import Array, numbers

from cnncalc.forward.arrays import CannotRun
from cnncalc.forward.kernels.conv import expand_table
from cnncalc.forward.slide import slide
from cnncalc.problems.model import RuleError

X = numbers(1, 2, 7, 9, 4)
V = numbers(1, 2, 36)


def kernel(*shape: int) -> Array:
    return numbers(2, *shape)


def norm(x: Array, kind: str, **weights: Array) -> Array:
    return run_kind(kind, x, weights=weights)


def dense(x: Array, kind: str, *shape: int, bias: Array | None = None, **fields: int) -> Array:
    name = "centres" if kind == "rbf" else "kernel"
    return run_kind(kind, x, weights={name: kernel(*shape), "bias": bias}, units=5, **fields)


REFUSED: dict[str, Callable[[], object]] = {
    "conv strict": lambda: conv(X, kernel(5, 4, 2, 2), stride=(2, 2)),
    "conv strict width": lambda: conv(X, kernel(5, 4, 1, 2), stride=(1, 2)),
    "conv large": lambda: conv(X, kernel(5, 4, 8, 1)),
    "conv dilated large": lambda: conv(X, kernel(5, 4, 3, 3), dilation=(4, 1)),
    "conv depth": lambda: conv(X, kernel(5, 3, 1, 1)),
    "conv groups of depth": lambda: conv(X, kernel(6, 4 // 3, 1, 1), groups=3),
    "conv groups of filters": lambda: conv(X, kernel(6, 1, 1, 1), groups=4),
    "conv kernel": lambda: run_kind(
        "conv", X, weights={"kernel": kernel(5, 4, 1, 3)}, kernel=3, filters=5, bias=False
    ),
    "conv vector": lambda: conv(V, kernel(5, 36, 1)),
    "conv bias": lambda: conv(X, kernel(5, 4, 1, 1), kernel(4)),
    "table pairs": lambda: expand_table(kernel(2, 1, 1), ((0, 1), (2,)), 4),
    "table map": lambda: expand_table(kernel(2, 1, 1), ((0,), (4,)), 4),
    "table twice": lambda: expand_table(kernel(2, 1, 1), ((1, 1),), 4),
    "depthwise filters": lambda: depthwise(X, kernel(5, 1, 1, 1)),
    "local windows": lambda: locally_connected(X, kernel(6, 9, 5, 4, 1, 1)),
    "local depth": lambda: locally_connected(X, kernel(7, 9, 5, 3, 1, 1)),
    "local bias": lambda: locally_connected(X, kernel(7, 9, 5, 4, 1, 1), kernel(7, 9, 4)),
    "transpose depth": lambda: conv_transpose(X, kernel(3, 5, 2, 2)),
    "transpose groups": lambda: conv_transpose(X, kernel(4, 5, 2, 2), groups=3),
    "transpose bias": lambda: conv_transpose(X, kernel(4, 5, 2, 2), kernel(4)),
    "transpose crop": lambda: conv_transpose(X, kernel(4, 5, 1, 1), padding=((4, 3), (0, 0))),
    "transpose extra": lambda: conv_transpose(X, kernel(4, 5, 1, 1), output_padding=(1, 0)),
    "transpose vector": lambda: conv_transpose(V, kernel(36, 5, 1)),
    "transpose same extra": lambda: conv_transpose(
        X, kernel(4, 5, 1, 1), stride=(2, 2), padding=("same", "same"), output_padding=(1, 0)
    ),
    "pool strict": lambda: pool("maxpool", X, (2, 3)),
    "pool large": lambda: pool("avgpool", X, (7, 10)),
    "pool vector": lambda: pool("maxpool", V, (1,)),
    "pool in padding": lambda: pool(
        "maxpool", X, (1, 1), padding=((1, 0), (0, 0)), stride=(1, 1)
    ),
    "pool around": lambda: pool(
        "maxpool", X[:, :1], (2, 1), padding=((1, 1), (0, 0)), dilation=(2, 1)
    ),
    "pool coefficient": lambda: pool(
        "avgpool", X, (7, 9), weights={"coefficient": kernel(3), "bias": kernel(3)}, trainable=True
    ),
    "global vector": lambda: run_kind("global_avgpool", V),
    "adaptive vector": lambda: run_kind("adaptive_maxpool", V, output=1),
    "fc inputs": lambda: dense(X, "fc", 5, 251, bias=kernel(5)),
    "fc bias": lambda: dense(V, "fc", 5, 36, bias=kernel(4)),
    "maxout inputs": lambda: dense(V, "maxout", 5, 2, 35, bias=kernel(5, 2), pieces=2),
    "maxout bias": lambda: dense(V, "maxout", 5, 2, 36, bias=kernel(5), pieces=2),
    "rbf inputs": lambda: dense(V, "rbf", 5, 35),
    "batchnorm": lambda: norm(
        X, "batchnorm", running_mean=kernel(3), running_variance=np.ones(3),
        scale=kernel(3), shift=kernel(3),
    ),
    "batchnorm of one": lambda: norm(
        X, "batchnorm", running_mean=kernel(1), running_variance=np.ones(1),
        scale=kernel(4), shift=kernel(4),
    ),
    "layernorm": lambda: norm(X, "layernorm", scale=kernel(3), shift=kernel(3)),
    "layernorm of one": lambda: norm(X, "layernorm", scale=kernel(1), shift=kernel(1)),
    "layernorm all": lambda: run_kind(
        "layernorm", X, weights={"scale": kernel(7, 9, 4), "shift": kernel(7, 9, 4)}, over="all"
    ),
    "groupnorm": lambda: run_kind("groupnorm", X, groups=3),
    "instancenorm": lambda: run_kind("instancenorm", V),
    "scale": lambda: norm(X, "scale", factor=kernel(1)),
    "prelu": lambda: norm(X, "prelu", slope=kernel(3)),
    "add": lambda: run_kind("add", (X, X[..., :1])),
    "add batch": lambda: run_kind("add", (X, X[:1])),
    "add rank": lambda: run_kind("add", (X, V)),
    "multiply": lambda: run_kind("multiply", (X, X[:, :2])),
    "multiply vector": lambda: run_kind("multiply", (X, V)),
    "multiply rank": lambda: run_kind("multiply", (X, X[:, 0])),
    "multiply batch": lambda: run_kind("multiply", (X, X[:1])),
    "concat": lambda: run_kind("concat", (X, X[:, :2])),
    "concat rank": lambda: run_kind("concat", (X, X[:, 0])),
    "reshape": lambda: run_kind("reshape", X, shape="9x7x5"),
    "pad vector": lambda: run_kind("pad", V, sides=1),
    "crop all": lambda: run_kind("crop", X, sides={"top": 4, "bottom": 3}),
    "crop more": lambda: run_kind("crop", X, sides={"right": 10}),
    "crop larger": lambda: run_kind("crop", X, size=(8, 9)),
    "slice nothing": lambda: run_kind("slice", X, start=2, stop=2),
    "slice outside": lambda: run_kind("slice", X, axis="height", stop=8),
    "slice before": lambda: run_kind("slice", X, axis="height", start=-8),
    "upsample vector": lambda: run_kind("upsample", V, factor=2),
    "pixel_shuffle": lambda: run_kind("pixel_shuffle", X, factor=3),
    "space_to_depth": lambda: run_kind("space_to_depth", X, factor=3),
    "channel_shuffle": lambda: run_kind("channel_shuffle", X, groups=3),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """NumPy's own refusals count, as do those of fields that name axes an array lacks."""
    with pytest.raises((CannotRun, RuleError, ValueError)):
        REFUSED[name]()


@pytest.mark.parametrize(("rounding", "word"), [("ceil", (0, 0)), ("strict", "valid")])
def test_windows_refused(rounding: str, word: tuple[int, int] | str) -> None:
    with pytest.raises(CannotRun):
        slide(7, 2, 2, 1, word, rounding)


def test_strict_fits() -> None:
    """What ends at the edge runs, also through padding on one side."""
    assert conv(X, kernel(5, 4, 3, 3), stride=(2, 2)).shape == (2, 3, 4, 5)
    uneven = conv(X, kernel(5, 4, 2, 1), stride=(2, 1), padding=((0, 1), (0, 0)))
    assert uneven.shape == (2, 4, 9, 5)


def test_ceil_starts_inside() -> None:
    """PyTorch's rule: the added window starts inside the input or its left padding."""
    assert slide(4, 2, 3, 1, (0, 0), "ceil", pooling=True).count == 2
    assert slide(3, 2, 3, 1, (0, 0), "ceil", pooling=True).count == 1  # would start at 3
    assert slide(5, 3, 2, 1, (1, 1), "ceil", pooling=True).count == 3


@pytest.mark.parametrize("size", [3, 7, 16])
def test_huge_axis(size: int) -> None:
    """Windows are counted on the axis, in a moment however long it is."""
    assert slide(10**6, size, 1, 1, (0, 0), "strict").count == 10**6 - size + 1
