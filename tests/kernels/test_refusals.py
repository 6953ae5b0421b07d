"""What inference rejects cannot be run: the kernels raise, on their own account."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from support.oracle import Array, numbers

from cnncalc.forward import ops
from cnncalc.forward.slide import slide

X = numbers(1, 2, 7, 9, 4)
V = numbers(1, 2, 36)


def kernel(*shape: int) -> Array:
    return numbers(2, *shape)


REFUSED: dict[str, Callable[[], object]] = {
    "conv strict": lambda: ops.conv(X, kernel(5, 4, 2, 2), stride=(2, 2)),
    "conv strict width": lambda: ops.conv(X, kernel(5, 4, 1, 2), stride=(1, 2)),
    "conv large": lambda: ops.conv(X, kernel(5, 4, 8, 1)),
    "conv dilated large": lambda: ops.conv(X, kernel(5, 4, 3, 3), dilation=(4, 1)),
    "conv ceil": lambda: ops.conv(X, kernel(5, 4, 2, 2), stride=(2, 2), rounding="ceil"),
    "conv depth": lambda: ops.conv(X, kernel(5, 3, 1, 1)),
    "conv groups of depth": lambda: ops.conv(X, kernel(6, 4 // 3, 1, 1), groups=3),
    "conv groups of filters": lambda: ops.conv(X, kernel(5, 2, 1, 1), groups=2),
    "conv rank": lambda: ops.conv(X, kernel(5, 4, 1)),
    "conv vector": lambda: ops.conv(V, kernel(5, 36)),
    "conv bias": lambda: ops.conv(X, kernel(5, 4, 1, 1), kernel(4)),
    "conv stride": lambda: ops.conv(X, kernel(5, 4, 1, 1), stride=(1,)),
    "conv padding": lambda: ops.conv(X, kernel(5, 4, 1, 1), padding=((0, 0),)),
    "conv word": lambda: ops.conv(X, kernel(5, 4, 1, 1), padding=("valid", "valid")),
    "table pairs": lambda: ops.conv(X, kernel(2, 1, 1), connection_table=((0, 1), (2,))),
    "table map": lambda: ops.conv(X, kernel(2, 1, 1), connection_table=((0,), (4,))),
    "table twice": lambda: ops.conv(X, kernel(2, 1, 1), connection_table=((1, 1),)),
    "table groups": lambda: ops.conv(X, kernel(2, 1, 1), connection_table=((0,), (1,)), groups=2),
    "depthwise filters": lambda: ops.depthwise(X, kernel(5, 1, 1, 1)),
    "local windows": lambda: ops.locally_connected(X, kernel(6, 9, 5, 4, 1, 1)),
    "local depth": lambda: ops.locally_connected(X, kernel(7, 9, 5, 3, 1, 1)),
    "local bias": lambda: ops.locally_connected(X, kernel(7, 9, 5, 4, 1, 1), kernel(7, 9, 4)),
    "transpose depth": lambda: ops.conv_transpose(X, kernel(3, 5, 2, 2)),
    "transpose groups": lambda: ops.conv_transpose(X, kernel(4, 5, 2, 2), groups=3),
    "transpose crop": lambda: ops.conv_transpose(X, kernel(4, 5, 1, 1), padding=((4, 3), (0, 0))),
    "transpose extra": lambda: ops.conv_transpose(X, kernel(4, 5, 1, 1), output_padding=(1, 0)),
    "transpose vector": lambda: ops.conv_transpose(V, kernel(36, 5)),
    "transpose same extra": lambda: ops.conv_transpose(
        X, kernel(4, 5, 1, 1), stride=(2, 2), padding=("same", "same"), output_padding=(1, 0)
    ),
    "pool strict": lambda: ops.maxpool(X, (2, 3)),
    "pool large": lambda: ops.avgpool(X, (7, 10)),
    "pool vector": lambda: ops.maxpool(V, (1,)),
    "pool in padding": lambda: ops.maxpool(X, (1, 1), padding=((1, 0), (0, 0)), stride=(1, 1)),
    "pool around": lambda: ops.maxpool(X[:, :1], (2, 1), padding=((1, 1), (0, 0)), dilation=(2, 1)),
    "pool coefficient": lambda: ops.avgpool(X, (7, 9), kernel(3), kernel(3)),
    "global vector": lambda: ops.global_avgpool(V),
    "adaptive vector": lambda: ops.adaptive_maxpool(V, (1,)),
    "adaptive axes": lambda: ops.adaptive_avgpool(X, (1,)),
    "fc inputs": lambda: ops.fc(X, kernel(5, 251)),
    "fc bias": lambda: ops.fc(V, kernel(5, 36), kernel(4)),
    "maxout inputs": lambda: ops.maxout(V, kernel(5, 2, 35), kernel(5, 2)),
    "maxout bias": lambda: ops.maxout(V, kernel(5, 2, 36), kernel(5)),
    "rbf inputs": lambda: ops.rbf(V, kernel(5, 35)),
    "batchnorm": lambda: ops.batchnorm(X, kernel(3), np.ones(3)),
    "batchnorm variance": lambda: ops.batchnorm(X, kernel(4), np.ones(3)),
    "batchnorm none": lambda: ops.batchnorm(X, kernel(4)),
    "layernorm": lambda: ops.layernorm(X, kernel(3)),
    "layernorm all": lambda: ops.layernorm(X, kernel(7, 9, 4), over="all"),
    "groupnorm": lambda: ops.groupnorm(X, 3),
    "groupnorm scale": lambda: ops.groupnorm(X, 2, kernel(2)),
    "instancenorm": lambda: ops.instancenorm(V),
    "scale": lambda: ops.scale(X, kernel(1)),
    "prelu": lambda: ops.prelu(X, kernel(3)),
    "activation": lambda: ops.activation("prelu"),
    "add": lambda: ops.add(X, X[..., :1]),
    "add batch": lambda: ops.add(X, X[:1]),
    "add rank": lambda: ops.add(X, V),
    "multiply": lambda: ops.multiply(X, X[:, :2]),
    "multiply vector": lambda: ops.multiply(X, V),
    "multiply rank": lambda: ops.multiply(X, X[:, 0]),
    "multiply batch": lambda: ops.multiply(X, X[:1]),
    "concat": lambda: ops.concat(X, X[:, :2]),
    "concat batch": lambda: ops.concat(X, X, axis=0),
    "concat rank": lambda: ops.concat(X, X[:, 0]),
    "reshape": lambda: ops.reshape(X, 5, (7, 9)),
    "pad vector": lambda: ops.pad(V, ()),
    "pad less": lambda: ops.pad(X, ((-1, 0), (0, 0))),
    "crop all": lambda: ops.crop(X, ((4, 3), (0, 0))),
    "crop more": lambda: ops.crop(X, ((0, 8), (0, 0))),
    "crop larger": lambda: ops.crop_to(X, (8, 9)),
    "crop rank": lambda: ops.crop_to(X, (7,)),
    "slice nothing": lambda: ops.cut(X, -1, 2, 2),
    "slice outside": lambda: ops.cut(X, 1, 0, 8),
    "slice before": lambda: ops.cut(X, 1, -8),
    "slice batch": lambda: ops.cut(X, 0, 0, 1),
    "slice axis": lambda: ops.cut(V, 2, 0, 1),
    "upsample both": lambda: ops.upsample(X, factor=(2, 2), size=(9, 9)),
    "upsample neither": lambda: ops.upsample(X),
    "upsample vector": lambda: ops.upsample(V, factor=()),
    "upsample mode": lambda: ops.upsample(X, factor=(2, 2), mode="cubic"),
    "pixel_shuffle": lambda: ops.pixel_shuffle(X, 3),
    "space_to_depth": lambda: ops.space_to_depth(X, 3),
    "channel_shuffle": lambda: ops.channel_shuffle(X, 3),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    with pytest.raises(ops.CannotRun):
        REFUSED[name]()


def test_strict_fits() -> None:
    """What ends at the edge runs, also through padding on one side."""
    assert ops.conv(X, kernel(5, 4, 3, 3), stride=(2, 2)).shape == (2, 3, 4, 5)
    uneven = ops.conv(X, kernel(5, 4, 2, 1), stride=(2, 1), padding=((0, 1), (0, 0)))
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
