"""What layer kinds say of themselves: hyperparameters, connections, reads, names."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from support.layer_rows import C3, ROWS, build, ids, volumes

from cnncalc.layers.base import Family
from cnncalc.layers.registry import KINDS, canonical, field_names, kinds_of, layer_class
from cnncalc.maths.reads import Read
from cnncalc.maths.volume import Volume, parse_volume


@pytest.mark.parametrize(
    ("kind", "fields", "input_", "words"),
    [
        ("maxpool", {"kernel": 2}, "8x8x3", "2×2"),
        ("maxpool", {"kernel": 3, "stride": 2}, "9x9x3", "3×3, /2"),
        ("avgpool", {"kernel": 2, "trainable": True}, "8x8x3", "2×2, trainable"),
        ("lppool", {"kernel": 2}, "8x8x3", "2×2, p = 2"),
        ("conv", {"filters": 6, "kernel": 5, "stride": 2, "padding": 2, "bias": False,
         "activation": "ReLU"}, "9x9x3", "5×5, 6 filters, /2, p2, no bias, relu"),
        ("conv_transpose", {"filters": 6, "kernel": 2, "stride": 2}, "9x9x3",
         "2×2, 6 filters, stride 2"),
        ("fc", {"units": 4096}, 10, "4,096 units"),
        ("maxout", {"units": 4, "activation": "linear"}, 10, "4 units, 2 pieces"),
        ("dropout", {}, 10, "rate 0.5"),
        ("lrn", {}, "8x8x3", "size 5, α 0.0001, β 0.75, k 2"),
        ("batchnorm", {"shift": False, "epsilon": Fraction(1, 1000)}, 3, "no shift, ε 0.001"),
        ("groupnorm", {"groups": 3}, 3, "3 groups"),
        ("adaptive_avgpool", {"output": 7}, "8x8x3", "to 7×7"),
        ("upsample", {"factor": 2}, "8x8x3", "×2, nearest"),
        ("upsample", {"size": 7}, "8x8x3", "to 7×7, nearest"),
        ("upsample", {}, "8x8x3", "nearest"),
        ("crop", {"size": 7}, "8x8x3", "to 7×7"),
        ("crop", {"sides": 1}, "8x8x3", "1 each side"),
        ("pad", {"left": 1, "value": 2}, "8x8x3", "left 1, value 2"),
        ("reshape", {"shape": "2x2x3"}, 12, "to 2×2×3"),
        ("slice", {"stop": 2}, 12, "depth 0 to 2"),
    ],
)  # fmt: skip
def test_hyperparameters(kind: str, fields: dict[str, Any], input_: Any, words: str) -> None:
    assert build(kind, fields).hyperparameters(parse_volume(input_)) == words


@pytest.mark.parametrize(("kind", "fields"), [row[:2] for row in ROWS], ids=ids(ROWS))
def test_hyperparameters_without_input(kind: str, fields: dict[str, Any]) -> None:
    layer = build(kind, fields)
    assert layer.hyperparameters() == layer.hyperparameters(None)


@pytest.mark.parametrize(
    ("kind", "fields", "input_", "connections"),
    [  # LeCun et al. 1998, section II.B; together with C1's 122,304 they make 340,908
        ("conv", {"filters": 6, "kernel": 5}, "32x32x1", 122_304),
        ("avgpool", {"kernel": 2, "trainable": True}, "28x28x6", 5_880),
        ("conv", {"filters": 16, "kernel": 5, "connection_table": C3}, "14x14x6", 151_600),
        ("avgpool", {"kernel": 2, "trainable": True}, "10x10x16", 2_000),
        ("conv", {"filters": 120, "kernel": 5}, "5x5x16", 48_120),
        ("fc", {"units": 84}, 120, 10_164),
        ("rbf", {"units": 10}, 84, 840),
        ("avgpool", {"kernel": 2}, "28x28x6", 0),
        ("maxpool", {"kernel": 2}, "28x28x6", 0),
        ("maxout", {"units": 2, "pieces": 3}, 4, 30),
    ],
)
def test_connections(kind: str, fields: dict[str, Any], input_: Any, connections: int) -> None:
    layer, volume = build(kind, fields), parse_volume(input_)
    assert layer.connections((volume,), layer.output(volume)) == connections


PADDED = [
    ("conv", {"filters": 3, "bias": False}, 6),
    ("depthwise_conv", {"bias": False}, 2),
    ("locally_connected", {"filters": 3, "bias": False}, 6),
]


@pytest.mark.parametrize(("kind", "fields", "pairs"), PADDED, ids=ids(PADDED))
@pytest.mark.parametrize(("stride", "dilation", "padding"), [(1, 1, 1), (2, 1, 2), (1, 2, 2)])
def test_padding_is_not_connected(
    kind: str, fields: dict[str, Any], pairs: int, stride: int, dilation: int, padding: int
) -> None:
    window = {"kernel": 3, "stride": stride, "dilation": dilation, "padding": padding}
    layer, volume = build(kind, {**fields, **window}), Volume(depth=2, spatial=(7, 5))
    output = layer.output(volume)
    read = sum(
        all(
            0 <= place * stride - padding + tap * dilation < size
            for place, tap, size in zip(places, taps, volume.spatial, strict=True)
        )
        for places in product(*map(range, output.spatial))
        for taps in product(range(3), repeat=2)
    )
    assert layer.connections((volume,), output) == read * pairs


def test_cropped_output_is_not_connected() -> None:
    layer = build("conv_transpose", {"filters": 1, "kernel": 3, "stride": 2, "padding": 1})
    volume = parse_volume({"length": 4, "depth": 1})
    output = layer.output(volume)
    written = sum(0 <= i * 2 + tap - 1 < 7 for i in range(4) for tap in range(3))
    assert output == Volume(depth=1, spatial=(7,))
    assert layer.connections((volume,), output) == written + 7


@pytest.mark.parametrize(
    ("kind", "fields", "inputs", "axis", "read"),
    [
        ("conv", {"filters": 1, "kernel": 3, "stride": 2, "padding": 1}, ["9x9"], "width",
         Read.window(3, 2, 1, 1)),
        ("conv_transpose", {"filters": 1, "kernel": 3, "stride": 2}, ["4x4"], "height",
         Read.transposed(3, 2)),
        ("global_avgpool", {}, ["7x5"], "width", Read.everything(7)),
        ("adaptive_avgpool", {"output": 6}, ["13x13"], "width", Read.adaptive(13, 6)),
        ("adaptive_avgpool", {"output": 1}, ["13x13"], "width", Read.everything(13)),
        ("multiply", {}, ["1x1x8", "4x4x8"], "width", Read.everything(1)),
        ("multiply", {}, [8, "4x4x8"], "height", Read.everything(1)),
        ("multiply", {}, ["4x4x8", 8], "height", None),
        ("concat", {"axis": "width"}, ["3x4", "5x4"], "width",
         Read.everything(3, exact=False)),
        ("concat", {"axis": "width"}, ["3x4", "5x4"], "height", None),
        ("slice", {"axis": "width", "start": 2}, ["8x8"], "width", Read.shift(2)),
        ("slice", {"start": 0}, ["8x8"], "width", None),
        ("pad", {"sides": 2}, ["8x8"], "width", Read.shift(-2)),
        ("pad", {"right": 2}, ["8x8"], "width", None),
        ("crop", {"size": 5}, ["8x8"], "width", Read.shift(1)),
        ("upsample", {"factor": 2}, ["8x8"], "width", Read.nearest(2)),
        ("upsample", {"size": 12, "mode": "bilinear"}, ["8x8"], "width",
         Read.half_pixel(Fraction(3, 2))),
        ("upsample", {"size": 7}, ["1x1"], "width", Read.everything(1)),
        ("pixel_shuffle", {"factor": 2}, ["8x8x4"], "width", Read.nearest(2)),
        ("space_to_depth", {"factor": 2}, ["8x8x4"], "width", Read.window(2, 2)),
    ],
)  # fmt: skip
def test_reads(
    kind: str, fields: dict[str, Any], inputs: list[Any], axis: str, read: Read | None
) -> None:
    layer, given = build(kind, fields), volumes(inputs)
    assert layer.reads(given[0], layer.output(*given)).get(axis) == read


def test_kept_volumes() -> None:
    light = {kind for kind in KINDS if layer_class(kind).keeps_nothing}
    element_wise = set(kinds_of(Family.ACTIVATION)) - {"softmax", "log_softmax"}
    assert light == element_wise | {"dropout", "flatten", "reshape", "identity"}


def test_non_trainable() -> None:
    volume = Volume(depth=84)
    fixed = {
        kind: [
            weight.count for weight in build(kind, fields).weights(volume) if not weight.trainable
        ]
        for kind, fields in (("rbf", {"units": 10}), ("batchnorm", {}), ("layernorm", {}))
    }
    assert fixed == {"rbf": [840], "batchnorm": [84, 84], "layernorm": []}


@pytest.mark.parametrize(
    ("stated", "found"),
    [("relu", "relu"), ("ReLU", "relu"), ("swish", "silu"), ("linear", None), (None, None)],
)
def test_activation_field(stated: str | None, found: str | None) -> None:
    assert build("fc", {"units": 1, "activation": stated}).model_dump()["activation"] == found


@pytest.mark.parametrize(
    ("fields", "advised"),
    [
        ({"stride": 2, "dilation": 2}, True),
        ({"stride": [1, 2], "dilation": {"width": 2}}, True),
        ({"stride": 2}, False),
        ({"dilation": 2, "stride": 1}, False),
    ],
)
def test_stride_with_dilation(fields: dict[str, Any], advised: bool) -> None:
    layer = build("conv", {"filters": 1, "kernel": 1, **fields})
    assert [advice.code for advice in layer.advice(Volume(depth=1, spatial=(9, 9)))] == [
        "CNN901"
    ] * advised


@pytest.mark.parametrize(
    ("word", "kind", "rank"),
    [
        ("conv", "conv", None),
        ("conv2d", "conv", 2),
        ("conv3d_transpose", "conv_transpose", 3),
        ("dense", "fc", None),
        ("zero_padding2d", "pad", 2),
        ("nothing", None, None),
    ],
)
def test_kind_names(word: str, kind: str | None, rank: int | None) -> None:
    assert canonical(word) == (kind, rank)


@pytest.mark.parametrize(
    ("kind", "word", "field"),
    [
        ("conv", "K", "filters"),
        ("fc", "K", "units"),
        ("conv", "padding", "padding"),
        ("pad", "padding", "sides"),
        ("crop", "cropping", "sides"),
        ("lppool", "p", "p"),
        ("dropout", "p", "rate"),
        ("leaky_relu", "alpha", "slope"),
        ("elu", "alpha", "alpha"),
        ("adaptive_avgpool", "output_size", "output"),
        ("adaptive_avgpool", "output", "output"),
    ],
)
def test_field_names(kind: str, word: str, field: str) -> None:
    assert field_names(kind)[word] == field
