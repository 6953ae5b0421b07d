"""Names of fields: the spec's own, and those of lecture notes, PyTorch, Keras and Caffe.

The fields that several kinds have are types here, so that all have the same names.
"""

from typing import Annotated

from pydantic import AliasChoices, Field

from cnncalc.layers.fields import Count, Flag, Pads, PerAxis


def named(*names: str) -> AliasChoices:
    """Return the names that a field goes by, its own first."""
    return AliasChoices(*names)


Filters = Annotated[
    Count,
    Field(validation_alias=named("filters", "K", "out_channels", "num_output"), examples=[64]),
]
Units = Annotated[
    Count,
    Field(validation_alias=named("units", "K", "out_features", "num_output"), examples=[10]),
]
Kernel = Annotated[
    PerAxis, Field(validation_alias=named("kernel", "F", "kernel_size"), examples=[3])
]
Dilation = Annotated[PerAxis, Field(validation_alias=named("dilation", "dilation_rate"))]
Bias = Annotated[Flag, Field(validation_alias=named("bias", "use_bias"))]
Groups = Annotated[Count, Field(validation_alias=named("groups", "group"), examples=[2])]
Multiplier = Annotated[Count, Field(validation_alias=named("multiplier", "depth_multiplier"))]
PaddingField = Annotated[Pads, Field(validation_alias=named("padding", "P", "pad"))]
STRIDE = named("stride", "S", "strides")
"""A stride may be missing (``None``: the kernel's), so its names go with each field."""
