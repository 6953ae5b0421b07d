"""What inference rejects cannot be run: the kernels raise, on their own account."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from support.oracle import Array, numbers

from cnncalc.forward.engine import tiles as convolution
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels import (
    border,
    dense,
    global_pool,
    local,
    merge,
    norm,
    other,
    pool,
    resample,
    run_layer,
    transposed,
)
from cnncalc.forward.slide import slide
from cnncalc.layers.activation import Prelu

X = numbers(1, 2, 7, 9, 4)
V = numbers(1, 2, 36)


def kernel(*shape: int) -> Array:
    return numbers(2, *shape)


REFUSED: dict[str, Callable[[], object]] = {
    "conv strict": lambda: convolution.conv(X, kernel(5, 4, 2, 2), stride=(2, 2)),
    "conv strict width": lambda: convolution.conv(X, kernel(5, 4, 1, 2), stride=(1, 2)),
    "conv large": lambda: convolution.conv(X, kernel(5, 4, 8, 1)),
    "conv dilated large": lambda: convolution.conv(X, kernel(5, 4, 3, 3), dilation=(4, 1)),
    "conv ceil": lambda: convolution.conv(X, kernel(5, 4, 2, 2), stride=(2, 2), rounding="ceil"),
    "conv depth": lambda: convolution.conv(X, kernel(5, 3, 1, 1)),
    "conv groups of depth": lambda: convolution.conv(X, kernel(6, 4 // 3, 1, 1), groups=3),
    "conv groups of filters": lambda: convolution.conv(X, kernel(5, 2, 1, 1), groups=2),
    "conv rank": lambda: convolution.conv(X, kernel(5, 4, 1)),
    "conv vector": lambda: convolution.conv(V, kernel(5, 36)),
    "conv bias": lambda: convolution.conv(X, kernel(5, 4, 1, 1), kernel(4)),
    "conv stride": lambda: convolution.conv(X, kernel(5, 4, 1, 1), stride=(1,)),
    "conv padding": lambda: convolution.conv(X, kernel(5, 4, 1, 1), padding=((0, 0),)),
    "conv word": lambda: convolution.conv(X, kernel(5, 4, 1, 1), padding=("valid", "valid")),
    "table pairs": lambda: convolution.conv(X, kernel(2, 1, 1), connection_table=((0, 1), (2,))),
    "table map": lambda: convolution.conv(X, kernel(2, 1, 1), connection_table=((0,), (4,))),
    "table twice": lambda: convolution.conv(X, kernel(2, 1, 1), connection_table=((1, 1),)),
    "table groups": lambda: convolution.conv(
        X, kernel(2, 1, 1), connection_table=((0,), (1,)), groups=2
    ),
    "depthwise filters": lambda: convolution.depthwise(X, kernel(5, 1, 1, 1)),
    "local windows": lambda: local.locally_connected(X, kernel(6, 9, 5, 4, 1, 1)),
    "local depth": lambda: local.locally_connected(X, kernel(7, 9, 5, 3, 1, 1)),
    "local bias": lambda: local.locally_connected(X, kernel(7, 9, 5, 4, 1, 1), kernel(7, 9, 4)),
    "transpose depth": lambda: transposed.conv_transpose(X, kernel(3, 5, 2, 2)),
    "transpose groups": lambda: transposed.conv_transpose(X, kernel(4, 5, 2, 2), groups=3),
    "transpose crop": lambda: transposed.conv_transpose(
        X, kernel(4, 5, 1, 1), padding=((4, 3), (0, 0))
    ),
    "transpose extra": lambda: transposed.conv_transpose(
        X, kernel(4, 5, 1, 1), output_padding=(1, 0)
    ),
    "transpose vector": lambda: transposed.conv_transpose(V, kernel(36, 5)),
    "transpose same extra": lambda: transposed.conv_transpose(
        X, kernel(4, 5, 1, 1), stride=(2, 2), padding=("same", "same"), output_padding=(1, 0)
    ),
    "pool strict": lambda: pool.maxpool(X, (2, 3)),
    "pool large": lambda: pool.avgpool(X, (7, 10)),
    "pool vector": lambda: pool.maxpool(V, (1,)),
    "pool in padding": lambda: pool.maxpool(X, (1, 1), padding=((1, 0), (0, 0)), stride=(1, 1)),
    "pool around": lambda: pool.maxpool(
        X[:, :1], (2, 1), padding=((1, 1), (0, 0)), dilation=(2, 1)
    ),
    "pool coefficient": lambda: pool.avgpool(X, (7, 9), kernel(3), kernel(3)),
    "global vector": lambda: global_pool.global_avgpool(V),
    "adaptive vector": lambda: global_pool.adaptive_maxpool(V, (1,)),
    "adaptive axes": lambda: global_pool.adaptive_avgpool(X, (1,)),
    "fc inputs": lambda: dense.fc(X, kernel(5, 251)),
    "fc bias": lambda: dense.fc(V, kernel(5, 36), kernel(4)),
    "maxout inputs": lambda: dense.maxout(V, kernel(5, 2, 35), kernel(5, 2)),
    "maxout bias": lambda: dense.maxout(V, kernel(5, 2, 36), kernel(5)),
    "rbf inputs": lambda: dense.rbf(V, kernel(5, 35)),
    "batchnorm": lambda: norm.batchnorm(X, kernel(3), np.ones(3)),
    "batchnorm variance": lambda: norm.batchnorm(X, kernel(4), np.ones(3)),
    "layernorm": lambda: norm.layernorm(X, kernel(3)),
    "layernorm all": lambda: norm.layernorm(X, kernel(7, 9, 4), over="all"),
    "groupnorm": lambda: norm.groupnorm(X, 3),
    "groupnorm scale": lambda: norm.groupnorm(X, 2, kernel(2)),
    "instancenorm": lambda: norm.instancenorm(V),
    "scale": lambda: other.scale(X, kernel(1)),
    "prelu": lambda: run_layer(Prelu(share="channel"), (X,), {"slope": kernel(3)}),
    "add": lambda: merge.add(X, X[..., :1]),
    "add batch": lambda: merge.add(X, X[:1]),
    "add rank": lambda: merge.add(X, V),
    "multiply": lambda: merge.multiply(X, X[:, :2]),
    "multiply vector": lambda: merge.multiply(X, V),
    "multiply rank": lambda: merge.multiply(X, X[:, 0]),
    "multiply batch": lambda: merge.multiply(X, X[:1]),
    "concat": lambda: merge.concat(X, X[:, :2]),
    "concat batch": lambda: merge.concat(X, X, axis=0),
    "concat rank": lambda: merge.concat(X, X[:, 0]),
    "reshape": lambda: resample.reshape(X, 5, (7, 9)),
    "pad vector": lambda: border.pad(V, ()),
    "pad less": lambda: border.pad(X, ((-1, 0), (0, 0))),
    "crop all": lambda: border.crop(X, ((4, 3), (0, 0))),
    "crop more": lambda: border.crop(X, ((0, 8), (0, 0))),
    "crop larger": lambda: border.crop_to(X, (8, 9)),
    "crop rank": lambda: border.crop_to(X, (7,)),
    "slice nothing": lambda: border.cut(X, -1, 2, 2),
    "slice outside": lambda: border.cut(X, 1, 0, 8),
    "slice before": lambda: border.cut(X, 1, -8),
    "slice batch": lambda: border.cut(X, 0, 0, 1),
    "slice axis": lambda: border.cut(V, 2, 0, 1),
    "upsample both": lambda: resample.upsample(X, factor=(2, 2), size=(9, 9)),
    "upsample neither": lambda: resample.upsample(X),
    "upsample vector": lambda: resample.upsample(V, factor=()),
    "upsample mode": lambda: resample.upsample(X, factor=(2, 2), mode="cubic"),
    "pixel_shuffle": lambda: resample.pixel_shuffle(X, 3),
    "space_to_depth": lambda: resample.space_to_depth(X, 3),
    "channel_shuffle": lambda: resample.channel_shuffle(X, 3),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    with pytest.raises(CannotRun):
        REFUSED[name]()


def test_strict_fits() -> None:
    """What ends at the edge runs, also through padding on one side."""
    assert convolution.conv(X, kernel(5, 4, 3, 3), stride=(2, 2)).shape == (2, 3, 4, 5)
    uneven = convolution.conv(X, kernel(5, 4, 2, 1), stride=(2, 1), padding=((0, 1), (0, 0)))
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
