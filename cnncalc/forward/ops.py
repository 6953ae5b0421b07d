"""Every function that layer classes call, as one namespace: ``ops.conv(x, …)``."""

from __future__ import annotations

from cnncalc.forward.activation import (
    ACTIVATIONS,
    activation,
    elu,
    gelu,
    hardsigmoid,
    hardswish,
    leaky_relu,
    log_softmax,
    mish,
    prelu,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    step,
    tanh,
)
from cnncalc.forward.arrays import Array
from cnncalc.forward.border import crop, crop_to, cut, pad
from cnncalc.forward.conv import conv, conv_workspace, depthwise, separable
from cnncalc.forward.dense import fc, flatten, maxout, rbf
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.global_pool import (
    adaptive_avgpool,
    adaptive_maxpool,
    global_avgpool,
    global_maxpool,
)
from cnncalc.forward.local import local_workspace, locally_connected
from cnncalc.forward.merge import add, concat, multiply
from cnncalc.forward.norm import (
    Folded,
    batchnorm,
    dropout,
    fold_batchnorm,
    groupnorm,
    identity,
    instancenorm,
    layernorm,
    lrn,
    scale,
)
from cnncalc.forward.pack import Packed, expand_table, in_packed_order, pack_conv, sized
from cnncalc.forward.pool import avgpool, lppool, maxpool, pool_workspace
from cnncalc.forward.resample import (
    channel_shuffle,
    pixel_shuffle,
    reshape,
    space_to_depth,
    upsample,
)
from cnncalc.forward.transposed import conv_transpose, transpose_workspace
from cnncalc.forward.workers import release, set_threads

__all__ = [
    "ACTIVATIONS",
    "Array",
    "CannotRun",
    "Folded",
    "Packed",
    "activation",
    "adaptive_avgpool",
    "adaptive_maxpool",
    "add",
    "avgpool",
    "batchnorm",
    "channel_shuffle",
    "concat",
    "conv",
    "conv_transpose",
    "conv_workspace",
    "crop",
    "crop_to",
    "cut",
    "depthwise",
    "dropout",
    "elu",
    "expand_table",
    "fc",
    "flatten",
    "fold_batchnorm",
    "gelu",
    "global_avgpool",
    "global_maxpool",
    "groupnorm",
    "hardsigmoid",
    "hardswish",
    "identity",
    "in_packed_order",
    "instancenorm",
    "layernorm",
    "leaky_relu",
    "local_workspace",
    "locally_connected",
    "log_softmax",
    "lppool",
    "lrn",
    "maxout",
    "maxpool",
    "mish",
    "multiply",
    "pack_conv",
    "pad",
    "pixel_shuffle",
    "pool_workspace",
    "prelu",
    "rbf",
    "release",
    "relu",
    "relu6",
    "reshape",
    "scale",
    "selu",
    "separable",
    "set_threads",
    "sigmoid",
    "silu",
    "sized",
    "softmax",
    "softplus",
    "space_to_depth",
    "step",
    "tanh",
    "transpose_workspace",
    "upsample",
]
