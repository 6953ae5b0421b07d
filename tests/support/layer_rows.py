"""Rows for the tests of layer kinds: one per rule, by hand or from the source that states it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from cnncalc.layers.base import Family, Layer
from cnncalc.layers.registry import kinds_of, layer_class
from cnncalc.maths.volume import Volume, parse_volume

LINE = {"length": 16, "depth": 2}
CLIP = {"frames": 4, "height": 6, "width": 8, "depth": 2}
C3 = [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5], [0, 1, 2, 3],
      [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5], [0, 1, 3, 4],
      [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]]  # fmt: skip
ASYMMETRIC = {"left": 1, "right": 2, "top": 0, "bottom": 1}

# kind, fields, inputs, output, trainable parameters, MACs
Row = tuple[str, dict[str, Any], list[Any], str, int, int]

WINDOWS: list[Row] = [
    ("conv", {"filters": 10, "kernel": 5, "padding": 2}, ["32x32x3"], "32x32x10", 760, 768_000),
    ("conv", {"filters": 10, "kernel": 3, "stride": 2}, ["7x7x3"], "3x3x10", 280, 2430),
    ("conv", {"filters": 4, "kernel": 3, "stride": 3, "rounding": "floor"}, ["7x7"], "2x2x4", 40,
     144),
    ("conv", {"filters": 4, "kernel": 3, "dilation": 2}, ["9x9x1"], "5x5x4", 40, 900),
    ("conv", {"filters": 4, "kernel": "3x3", "padding": "SAME", "stride": 2}, ["5x6x1"], "3x3x4",
     40, 324),
    ("conv", {"filters": 4, "kernel": 2, "padding": "same_lower"}, ["5x5x1"], "5x5x4", 20, 400),
    ("conv", {"filters": 4, "kernel": 3, "padding": "valid"}, ["5x5x1"], "3x3x4", 40, 324),
    ("conv", {"filters": 4, "kernel": 3, "padding": ASYMMETRIC}, ["5x5x1"], "6x4x4", 40, 864),
    ("conv", {"filters": 4, "kernel": [1, 7]}, ["9x9x2"], "3x9x4", 60, 1512),
    ("conv", {"filters": 4, "kernel": {"height": 1, "width": 7}}, ["9x9x2"], "3x9x4", 60, 1512),
    ("conv", {"filters": 6, "kernel": 3, "groups": 2, "bias": False}, ["5x5x4"], "3x3x6", 108,
     972),
    ("conv", {"filters": 6, "kernel": 3, "groups": 2, "standardize": True}, ["5x5x4"], "3x3x6", 120,
     972),
    ("conv", {"filters": 16, "kernel": 5, "connection_table": C3}, ["14x14x6"], "10x10x16", 1516,
     150_000),
    ("conv", {"filters": 4, "kernel": 3, "in_channels": 2, "activation": "relu"}, [LINE], "14x4",
     28, 336),
    ("conv", {"filters": 4, "kernel": 3}, [CLIP], "2x4x6x4", 220, 10_368),
    ("depthwise_conv", {"kernel": 3}, ["8x8x3"], "6x6x3", 30, 972),
    ("depthwise_conv", {"kernel": 3, "multiplier": 2, "padding": 1, "stride": 2, "bias": False,
     "rounding": "floor", "dilation": 1, "in_channels": 3, "activation": "relu6"}, ["8x8x3"],
     "4x4x6", 54, 864),
    ("depthwise_conv", {"kernel": 3}, [LINE], "14x2", 8, 84),
    ("separable_conv", {"filters": 5, "kernel": 3}, ["8x8x3"], "6x6x5", 47, 1512),
    ("separable_conv", {"filters": 5, "kernel": 3, "multiplier": 2, "bias": False, "stride": 5,
     "padding": 0, "dilation": 1, "rounding": "strict", "in_channels": 3,
     "activation": "silu"}, ["8x8x3"], "2x2x5", 84, 336),
    ("separable_conv", {"filters": 5, "kernel": 3}, [CLIP], "2x4x6x5", 69, 3072),
    ("locally_connected", {"filters": 5, "kernel": 3}, ["8x8x3"], "6x6x5", 5040, 4860),
    ("locally_connected", {"filters": 5, "kernel": 3, "bias": False, "stride": 5, "padding": 0,
     "dilation": 1, "rounding": "strict", "in_channels": 3, "activation": "tanh"}, ["8x8x3"],
     "2x2x5", 540, 540),
    ("locally_connected", {"filters": 1, "kernel": 3}, [LINE], "14x1", 98, 84),
    ("conv_transpose", {"filters": 5, "kernel": 2, "stride": 2}, ["8x8x4"], "16x16x5", 85, 5120),
    ("conv_transpose", {"filters": 6, "kernel": 3, "stride": 2, "padding": 1, "output_padding": 1,
     "groups": 2, "bias": False, "in_channels": 4, "activation": "gelu"}, ["8x8x4"], "16x16x6",
     108, 6912),
    ("conv_transpose", {"filters": 1, "kernel": 3, "dilation": 2}, ["4x4x1"], "8x8x1", 10, 144),
    ("conv_transpose", {"filters": 1, "kernel": 4, "stride": 2, "padding": "same"}, ["5x5x1"],
     "10x10x1", 17, 400),
    ("conv_transpose", {"filters": 1, "kernel": 2, "stride": 2}, [LINE], "32x1", 5, 64),
    ("conv_transpose", {"filters": 1, "kernel": 2, "stride": 2}, [CLIP], "8x12x16x1", 17, 3072),
    ("maxpool", {"kernel": 2}, ["28x28x6"], "14x14x6", 0, 0),
    ("maxpool", {"kernel": 3, "stride": 2}, ["55x55x96"], "27x27x96", 0, 0),
    ("maxpool", {"kernel": 3, "stride": 2, "padding": 1, "rounding": "ceil"}, ["8x8x4"], "5x5x4",
     0, 0),
    ("maxpool", {"kernel": 2, "stride": 1, "dilation": 2}, ["5x5x1"], "3x3x1", 0, 0),
    ("maxpool", {"kernel": 2, "rounding": "ceil"}, [{"length": 5, "depth": 3}], "3x3", 0, 0),
    ("maxpool", {"kernel": [1, 2, 2]}, [CLIP], "4x3x4x2", 0, 0),
    ("avgpool", {"kernel": 2}, ["28x28x6"], "14x14x6", 0, 0),
    ("avgpool", {"kernel": 2, "trainable": True}, ["28x28x6"], "14x14x6", 12, 0),
    ("avgpool", {"kernel": 3, "stride": 2, "padding": "same", "dilation": 1, "rounding": "strict",
     "count_padding": True}, ["8x8x4"], "4x4x4", 0, 0),
    ("lppool", {"kernel": 2, "p": 1, "stride": 1, "padding": 0, "dilation": 1,
     "rounding": "floor"}, ["4x4x1"], "3x3x1", 0, 0),
    ("global_avgpool", {}, ["7x7x2048"], "1x1x2048", 0, 0),
    ("global_maxpool", {}, [CLIP], "1x1x1x2", 0, 0),
    ("global_avgpool", {}, [LINE], "1x2", 0, 0),
    ("adaptive_avgpool", {"output": 6}, ["13x13x256"], "6x6x256", 0, 0),
    ("adaptive_avgpool", {"output": 7}, ["1x1x512"], "7x7x512", 0, 0),
    ("adaptive_maxpool", {"output": {"height": 1}}, ["13x9x4"], "13x1x4", 0, 0),
]  # fmt: skip

DENSE: list[Row] = [
    ("flatten", {}, ["5x5x16"], "400", 0, 0),
    ("flatten", {}, [84], "84", 0, 0),
    ("fc", {"units": 10}, ["32x32x3"], "10", 30_730, 30_720),
    ("fc", {"units": 84, "bias": False, "in_channels": 120, "activation": "tanh"}, [120], "84",
     10_080, 10_080),
    ("maxout", {"units": 240}, [784], "240", 376_800, 376_320),
    ("maxout", {"units": 2, "pieces": 5, "in_channels": 12, "activation": "relu"}, ["2x2x3"], "2",
     130, 120),
    ("rbf", {"units": 10, "in_channels": 84, "activation": "linear"}, [84], "10", 0, 840),
]  # fmt: skip

NORMS: list[Row] = [
    ("batchnorm", {}, ["8x8x64"], "8x8x64", 128, 0),
    ("batchnorm", {"scale": False, "epsilon": Fraction(1, 1000), "in_channels": 64,
     "activation": "relu"}, ["8x8x64"], "8x8x64", 64, 0),
    ("batchnorm", {"scale": False, "shift": False}, [64], "64", 0, 0),
    *(
        (kind, {**fields, "trainable": False}, ["8x8x4"], output, 0, macs)
        for kind, fields, output, macs in (
            ("conv", {"filters": 2, "kernel": 3}, "6x6x2", 2592),
            ("depthwise_conv", {"kernel": 3}, "6x6x4", 1296),
            ("separable_conv", {"filters": 2, "kernel": 3}, "6x6x2", 1584),
            ("locally_connected", {"filters": 2, "kernel": 3}, "6x6x2", 2592),
            ("conv_transpose", {"filters": 2, "kernel": 2, "stride": 2}, "16x16x2", 2048),
            ("fc", {"units": 2}, "2", 512),
            ("maxout", {"units": 2}, "2", 1024),
            ("rbf", {"units": 2}, "2", 512),
            ("batchnorm", {}, "8x8x4", 0),
            ("layernorm", {}, "8x8x4", 0),
            ("groupnorm", {"groups": 2}, "8x8x4", 0),
            ("instancenorm", {"affine": True}, "8x8x4", 0),
            ("scale", {}, "8x8x4", 0),
            ("prelu", {}, "8x8x4", 0),
        )
    ),
    ("layernorm", {"in_channels": 96, "activation": "gelu"}, ["7x7x96"], "7x7x96", 192, 0),
    ("layernorm", {"over": "all", "epsilon": Fraction(1, 10**6)}, ["8x6x4"], "8x6x4", 384, 0),
    ("layernorm", {"shift": False}, ["8x6x4"], "8x6x4", 4, 0),
    ("rmsnorm", {"epsilon": 1, "in_channels": 4, "activation": "relu", "trainable": False},
     ["8x6x4"], "8x6x4", 0, 0),
    ("grn", {"epsilon": 1, "in_channels": 4, "activation": "relu", "trainable": False},
     ["8x6x4"], "8x6x4", 0, 0),
    ("layernorm", {"affine": False}, ["8x6x4"], "8x6x4", 0, 0),
    ("groupnorm", {"groups": 32, "epsilon": 1, "in_channels": 64, "activation": "relu"},
     ["8x8x64"], "8x8x64", 128, 0),
    ("groupnorm", {"groups": 1, "affine": False}, [CLIP], "4x6x8x2", 0, 0),
    ("instancenorm", {}, ["8x8x64"], "8x8x64", 0, 0),
    ("instancenorm", {"affine": True, "epsilon": 1, "in_channels": 64, "activation": "relu"},
     ["8x8x64"], "8x8x64", 128, 0),
    ("lrn", {}, ["55x55x96"], "55x55x96", 0, 0),
    ("lrn", {"size": 3, "alpha": 1, "beta": Fraction(1, 2), "k": 1}, [LINE], "16x2", 0, 0),
]  # fmt: skip

ELEMENTS: list[Row] = [
    *(
        (kind, {}, ["4x4x3"], "4x4x3", 3 if kind == "prelu" else 0, 0)
        for kind in kinds_of(Family.ACTIVATION)
    ),
    ("leaky_relu", {"slope": Fraction(1, 5)}, [10], "10", 0, 0),
    ("prelu", {"share": "all"}, ["4x4x3"], "4x4x3", 1, 0),
    ("elu", {"alpha": 2}, [CLIP], "4x6x8x2", 0, 0),
    ("selu", {"alpha": 1, "scale": 2}, [10], "10", 0, 0),
    ("hardsigmoid", {"slope": Fraction(1, 5), "offset": 0}, [10], "10", 0, 0),
    ("hardtanh", {"min": -2, "max": 3}, ["8x8x4"], "8x8x4", 0, 0),
    ("gelu", {"approximate": "tanh"}, [LINE], "16x2", 0, 0),
    ("dropout", {}, [4096], "4096", 0, 0),
    ("dropout", {"rate": Fraction(1, 5)}, ["4x4x3"], "4x4x3", 0, 0),
    ("scale", {"by": Fraction(17, 100)}, ["4x4x3"], "4x4x3", 0, 0),
    ("scale", {"share": "all", "shift": True}, ["4x4x3"], "4x4x3", 2, 0),
    ("scale", {"in_channels": 3, "activation": "relu"}, ["4x4x3"], "4x4x3", 3, 0),
    ("identity", {}, [CLIP], "4x6x8x2", 0, 0),
]

MERGES: list[Row] = [
    ("add", {}, ["8x8x3", "8x8x3", "8x8x3"], "8x8x3", 0, 0),
    ("add", {}, [10, 10], "10", 0, 0),
    ("subtract", {}, ["8x8x3", "8x8x3"], "8x8x3", 0, 0),
    ("divide", {}, [10, 10], "10", 0, 0),
    ("maximum", {}, [CLIP, CLIP, CLIP], "4x6x8x2", 0, 0),
    ("minimum", {}, [LINE, LINE], "16x2", 0, 0),
    ("multiply", {}, ["8x8x3", "8x8x3"], "8x8x3", 0, 0),
    ("multiply", {}, ["8x8x64", 64], "8x8x64", 0, 0),
    ("multiply", {}, ["8x8x64", "8x8x1", "1x1x64"], "8x8x64", 0, 0),
    ("multiply", {}, [2, CLIP], "4x6x8x2", 0, 0),
    ("concat", {}, ["28x28x64", "28x28x128", "28x28x32", "28x28x32"], "28x28x256", 0, 0),
    ("concat", {}, [10, 20], "30", 0, 0),
    ("concat", {"axis": "width"}, ["8x8x3", "5x8x3"], "13x8x3", 0, 0),
    ("concat", {"axis": "length"}, [LINE, LINE], "32x2", 0, 0),
]

SHAPES: list[Row] = [
    ("reshape", {"shape": "7x7x512"}, [25_088], "7x7x512", 0, 0),
    ("reshape", {"shape": {"length": 8, "depth": 4}}, ["4x4x2"], "8x4", 0, 0),
    ("slice", {"stop": 32}, ["8x8x64"], "8x8x32", 0, 0),
    ("slice", {"axis": "width", "start": -3}, ["8x8x4"], "3x8x4", 0, 0),
    ("slice", {"axis": "frames", "start": 1, "stop": -1}, [CLIP], "2x6x8x2", 0, 0),
    ("slice", {"start": 10}, [84], "74", 0, 0),
    ("pad", {"sides": 2}, ["28x28x1"], "32x32x1", 0, 0),
    ("pad", {"depth": 3}, ["4x4x1"], "4x4x4", 0, 0),
    ("pad", {"depth": 3}, [10], "13", 0, 0),
    ("pad", {"left": 1, "depth": 3}, ["4x4x1"], "5x4x4", 0, 0),
    ("pad", {"sides": {"left": 1, "right": 3}}, [LINE], "20x2", 0, 0),
    ("pad", {"sides": [1, 2]}, ["4x4x1"], "8x6x1", 0, 0),
    ("pad", {"left": 1, "top": 2, "value": -1}, ["4x4x1"], "5x6x1", 0, 0),
    ("pad", {"right": 1, "bottom": 2, "front": 3, "back": 4}, [CLIP], "11x8x9x2", 0, 0),
    ("pad", {"sides": 2, "mode": "reflect"}, ["4x4x1"], "8x8x1", 0, 0),
    ("crop", {"sides": 2}, ["28x28x1"], "24x24x1", 0, 0),
    ("crop", {"sides": {"width": 1}}, ["28x28x1"], "26x28x1", 0, 0),
    ("crop", {"left": 1, "top": 2}, ["8x8x1"], "7x6x1", 0, 0),
    ("crop", {"right": 1, "bottom": 2, "front": 1, "back": 2}, [CLIP], "1x4x7x2", 0, 0),
    ("crop", {"size": 5}, ["8x8x1"], "5x5x1", 0, 0),
    ("crop", {"size": {"width": 3}}, ["8x8x1"], "3x8x1", 0, 0),
    ("crop", {"like": Volume(depth=3, spatial=(7, 6))}, ["8x8x1"], "6x7x1", 0, 0),
    ("upsample", {"factor": 2}, ["8x8x64"], "16x16x64", 0, 0),
    ("upsample", {"factor": [1, 2]}, ["8x8x64"], "16x8x64", 0, 0),
    ("upsample", {"size": 12, "mode": "bilinear"}, ["8x5x1"], "12x12x1", 0, 0),
    (
        "upsample",
        {"size": 12, "mode": "bicubic", "align_corners": True},
        ["8x5x1"],
        "12x12x1",
        0,
        0,
    ),
    ("upsample", {"factor": 2, "mode": "nearest-exact"}, [LINE], "32x2", 0, 0),
    ("upsample", {"factor": 2}, [LINE], "32x2", 0, 0),
    ("pixel_shuffle", {"factor": 2}, ["8x8x64"], "16x16x16", 0, 0),
    ("pixel_shuffle", {"factor": 2}, [LINE], "32x1", 0, 0),
    ("space_to_depth", {"factor": 2}, ["8x6x3"], "4x3x12", 0, 0),
    ("depth_to_space", {"factor": 2, "order": "crd"}, ["8x8x64"], "16x16x16", 0, 0),
    ("pixel_shuffle", {"factor": 2, "order": "dcr"}, ["8x8x64"], "16x16x16", 0, 0),
    ("space_to_depth", {"factor": 3, "order": "dcr"}, ["6x6x1"], "2x2x9", 0, 0),
    ("space_to_depth", {"factor": 2}, [CLIP], "2x3x4x16", 0, 0),
    ("channel_shuffle", {"groups": 3}, ["8x8x240"], "8x8x240", 0, 0),
]

ROWS = [*WINDOWS, *DENSE, *NORMS, *ELEMENTS, *MERGES, *SHAPES]


def ids(rows: list[Any]) -> list[str]:
    """Return short names: the kind and its number among the rows of that kind."""
    kinds = [row[0] for row in rows]
    return [f"{kind}{kinds[:i].count(kind)}" for i, kind in enumerate(kinds)]


def build(kind: str, fields: dict[str, Any]) -> Layer:
    return layer_class(kind).model_validate(fields)


def volumes(values: list[Any]) -> tuple[Volume, ...]:
    return tuple(parse_volume(value) for value in values)
