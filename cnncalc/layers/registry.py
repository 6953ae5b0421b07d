"""The table of layer kinds, and the other names they go by.

Modules are named, not imported: only the families that a spec uses are loaded, and only the
kinds that it uses are built.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer

KINDS: dict[str, str] = {
    # windows
    "conv": "conv:Conv",
    "depthwise_conv": "separable:DepthwiseConv",
    "separable_conv": "separable:SeparableConv",
    "locally_connected": "local:LocallyConnected",
    "conv_transpose": "transposed:ConvTranspose",
    "maxpool": "pool:MaxPool",
    "avgpool": "pool:AvgPool",
    "lppool": "pool:LpPool",
    "global_avgpool": "global_pool:GlobalAvgPool",
    "global_maxpool": "global_pool:GlobalMaxPool",
    "adaptive_avgpool": "global_pool:AdaptiveAvgPool",
    "adaptive_maxpool": "global_pool:AdaptiveMaxPool",
    # dense
    "flatten": "dense:Flatten",
    "fc": "dense:FullyConnected",
    "maxout": "dense:Maxout",
    "rbf": "dense:RadialBasis",
    # normalisation
    "batchnorm": "norm:BatchNorm",
    "layernorm": "norm:LayerNorm",
    "groupnorm": "norm:GroupNorm",
    "instancenorm": "norm:InstanceNorm",
    "lrn": "norm:LocalResponseNorm",
    # activation
    "relu": "activation:Relu",
    "relu6": "activation:Relu6",
    "leaky_relu": "activation:LeakyRelu",
    "prelu": "activation:Prelu",
    "elu": "activation:Elu",
    "selu": "activation:Selu",
    "gelu": "activation:Gelu",
    "silu": "activation:Silu",
    "mish": "activation:Mish",
    "hardswish": "activation:HardSwish",
    "hardsigmoid": "activation:HardSigmoid",
    "sigmoid": "activation:Sigmoid",
    "tanh": "activation:Tanh",
    "softplus": "activation:Softplus",
    "softmax": "activation:Softmax",
    "log_softmax": "activation:LogSoftmax",
    "step": "activation:Step",
    # merge
    "add": "merge:Add",
    "multiply": "merge:Multiply",
    "concat": "merge:Concat",
    # shape
    "reshape": "shape:Reshape",
    "pad": "border:Pad",
    "crop": "border:Crop",
    "slice": "shape:Slice",
    "upsample": "resample:Upsample",
    "pixel_shuffle": "resample:PixelShuffle",
    "space_to_depth": "resample:SpaceToDepth",
    "channel_shuffle": "resample:ChannelShuffle",
    # other
    "dropout": "other:Dropout",
    "scale": "other:Scale",
    "identity": "other:Identity",
}
"""Canonical kind → ``module:Class`` below ``cnncalc.layers``."""

ACTIVATIONS = tuple(kind for kind, place in KINDS.items() if place.startswith("activation:"))
"""Kinds that ``activation:`` names."""

_RANKED = {
    "conv": ("conv",),
    "depthwise_conv": ("depthwise_conv",),
    "separable_conv": ("separable_conv",),
    "locally_connected": ("locally_connected",),
    "conv_transpose": ("conv_transpose",),
    "maxpool": ("maxpool", "max_pool", "max_pooling"),
    "avgpool": ("avgpool", "avg_pool", "average_pooling"),
    "lppool": ("lppool", "lp_pool"),
    "global_avgpool": ("global_avgpool", "global_avg_pool", "global_average_pooling"),
    "global_maxpool": ("global_maxpool", "global_max_pool", "global_max_pooling"),
    "adaptive_avgpool": ("adaptive_avgpool", "adaptive_avg_pool"),
    "adaptive_maxpool": ("adaptive_maxpool", "adaptive_max_pool"),
    "batchnorm": ("batchnorm", "batch_norm"),
    "instancenorm": ("instancenorm", "instance_norm"),
    "pad": ("zero_pad", "zero_padding"),
    "crop": ("cropping",),
    "upsample": ("upsampling", "up_sampling"),
    "dropout": ("dropout", "spatial_dropout"),
}
"""Kinds whose framework names end in the rank: ``conv2d``, ``max_pooling1d``."""

_NAMES = {
    "batch_norm": "batchnorm",
    "batch_normalization": "batchnorm",
    "bn": "batchnorm",
    "layer_norm": "layernorm",
    "layer_normalization": "layernorm",
    "group_norm": "groupnorm",
    "group_normalization": "groupnorm",
    "instance_norm": "instancenorm",
    "local_response_norm": "lrn",
    "local_response_normalization": "lrn",
    "convolution": "conv",
    "dwconv": "depthwise_conv",
    "sepconv": "separable_conv",
    "deconv": "conv_transpose",
    "transposed_conv": "conv_transpose",
    "max_pool": "maxpool",
    "avg_pool": "avgpool",
    "average_pool": "avgpool",
    "lp_pool": "lppool",
    "global_avg_pool": "global_avgpool",
    "global_average_pool": "global_avgpool",
    "gap": "global_avgpool",
    "global_max_pool": "global_maxpool",
    "adaptive_avg_pool": "adaptive_avgpool",
    "adaptive_max_pool": "adaptive_maxpool",
    "dense": "fc",
    "linear": "fc",
    "fully_connected": "fc",
    "leakyrelu": "leaky_relu",
    "swish": "silu",
    "hard_swish": "hardswish",
    "hard_sigmoid": "hardsigmoid",
    "logsoftmax": "log_softmax",
    "sum": "add",
    "mul": "multiply",
    "concatenate": "concat",
    "cat": "concat",
    "depth_to_space": "pixel_shuffle",
    "pixel_unshuffle": "space_to_depth",
    "interpolate": "upsample",
    "resize": "upsample",
}

KIND_ALIASES: dict[str, tuple[str, int | None]] = {
    **{name: (kind, None) for name, kind in _NAMES.items()},
    **{
        f"{name}{rank}d": (kind, rank)
        for kind, names in _RANKED.items()
        for name in names
        for rank in (1, 2, 3)
    },
    **{f"conv{rank}d_transpose": ("conv_transpose", rank) for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": ("conv_transpose", rank) for rank in (1, 2, 3)},
}
"""Other name → (canonical kind, the rank that it promises)."""

FIELD_ALIASES: dict[str, tuple[str, ...]] = {
    # lecture notes
    "K": ("filters", "units"),
    "F": ("kernel",),
    "S": ("stride",),
    "P": ("padding",),
    # PyTorch
    "out_channels": ("filters",),
    "out_features": ("units",),
    "kernel_size": ("kernel",),
    "in_features": ("in_channels",),
    "num_features": ("in_channels",),
    "num_channels": ("in_channels",),
    "ceil_mode": ("rounding",),
    "count_include_pad": ("count_padding",),
    "negative_slope": ("slope",),
    "num_groups": ("groups",),
    "eps": ("epsilon",),
    "norm_type": ("p",),
    "output_size": ("output",),
    "scale_factor": ("factor",),
    "upscale_factor": ("factor",),
    "downscale_factor": ("factor",),
    "p": ("rate",),
    # Keras
    "strides": ("stride",),
    "pool_size": ("kernel",),
    "dilation_rate": ("dilation",),
    "use_bias": ("bias",),
    "depth_multiplier": ("multiplier",),
    "center": ("shift",),
    "target_shape": ("shape",),
    "block_size": ("factor",),
    "interpolation": ("mode",),
    "cropping": ("sides",),
    "padding": ("sides",),  # ZeroPadding2D
    "alpha": ("slope",),  # LeakyReLU
    # BVLC Caffe
    "num_output": ("filters", "units"),
    "pad": ("padding",),
    "group": ("groups",),
    "local_size": ("size",),
    "dropout_ratio": ("rate",),
}
"""Other name → fields it may stand for: the first that the kind has."""


_ONLY_OF: dict[str, tuple[str, ...]] = {
    "ceil_mode": ("maxpool", "avgpool", "lppool"),
    "pool_size": ("maxpool", "avgpool", "lppool"),
    "downscale_factor": ("space_to_depth",),
    "upscale_factor": ("pixel_shuffle", "upsample"),
    "scale_factor": ("upsample",),
    "block_size": ("pixel_shuffle", "space_to_depth"),
    "cropping": ("crop",),
    "local_size": ("lrn",),
    "num_groups": ("groupnorm",),
    "p": ("dropout",),
    "dropout_ratio": ("dropout",),
}
"""Other names that would mean something else on kinds with the same field."""


def canonical(word: str) -> tuple[str | None, int | None]:
    """Return (kind, promised rank) for a kind's name, or ``(None, None)``."""
    if word in KINDS:
        return word, None
    return KIND_ALIASES.get(word, (None, None))


@cache
def layer_class(kind: str) -> type[Layer]:
    """Return the class of a canonical kind; loads its family on first use."""
    from importlib import import_module

    module, name = KINDS[kind].split(":")
    found: Any = getattr(import_module(f"cnncalc.layers.{module}"), name)
    return found  # type: ignore[no-any-return]


@cache
def field_names(kind: str) -> dict[str, str]:
    """Return every name that a field of this kind goes by → the field, as specs write it."""
    fields = layer_class(kind).model_fields
    # a field whose name is taken in Python (`output`) is stored under another
    names = {word: word for word in (info.alias or name for name, info in fields.items())}
    for alias, targets in FIELD_ALIASES.items():
        target = next((field for field in targets if names.get(field) == field), None)
        if target and alias not in names and kind in _ONLY_OF.get(alias, (kind,)):
            names[alias] = target
    return names
