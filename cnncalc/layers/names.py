"""Fields that several kinds have, so that all kinds have the same names for them.

The spec's own name first, then those of lecture notes, PyTorch, Keras and Caffe.
"""

from typing import Annotated

from pydantic import AliasChoices, Field

from cnncalc.layers.fields import Count, Flag, Pads, PerAxis

Filters = Annotated[
    Count,
    Field(
        validation_alias=AliasChoices("filters", "K", "out_channels", "num_output"), examples=[64]
    ),
]
Units = Annotated[
    Count,
    Field(validation_alias=AliasChoices("units", "K", "out_features", "num_output"), examples=[10]),
]
Kernel = Annotated[
    PerAxis, Field(validation_alias=AliasChoices("kernel", "F", "kernel_size"), examples=[3])
]
Dilation = Annotated[PerAxis, Field(validation_alias=AliasChoices("dilation", "dilation_rate"))]
Bias = Annotated[Flag, Field(validation_alias=AliasChoices("bias", "use_bias"))]
Groups = Annotated[Count, Field(validation_alias=AliasChoices("groups", "group"), examples=[2])]
Multiplier = Annotated[
    Count, Field(validation_alias=AliasChoices("multiplier", "depth_multiplier"))
]
PaddingField = Annotated[Pads, Field(validation_alias=AliasChoices("padding", "P", "pad"))]
STRIDE = AliasChoices("stride", "S", "strides")
"""A stride may be missing (``None``: the kernel's), so its names go with each field."""

_NO_SHAPE = {
    "antialias", "autocast", "batch_input_shape", "batch_size", "data_format", "device",
    "divisor_override", "dtype", "dynamic", "end_dim", "inplace", "input_dim", "input_shape",
    "momentum", "noise_shape", "padding_mode", "recompute_scale_factor", "renorm",
    "return_indices", "seed", "start_dim", "synchronized", "track_running_stats",
}  # fmt: skip


def changes_no_shape(word: str) -> bool:
    """Return whether a word is an argument of PyTorch or Keras that says nothing of shapes."""
    return word in _NO_SHAPE or word.endswith(("_initializer", "_regularizer", "_constraint"))
