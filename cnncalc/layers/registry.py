"""The table of layer kinds. All other facts about a kind are at its class.

Modules are named, not imported: a spec that calls kinds by their own names loads only the
families that it uses.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from cnncalc.maths.words import either

if TYPE_CHECKING:
    from cnncalc.layers.base import Family, Layer

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
    "rmsnorm": "norm:RmsNorm",
    "grn": "norm:GlobalResponseNorm",
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
    "softsign": "activation:Softsign",
    "hardtanh": "activation:HardTanh",
    "softmax": "activation:Softmax",
    "log_softmax": "activation:LogSoftmax",
    "step": "activation:Step",
    # merge
    "add": "merge:Add",
    "subtract": "merge:Subtract",
    "divide": "merge:Divide",
    "maximum": "merge:Maximum",
    "minimum": "merge:Minimum",
    "multiply": "merge:Multiply",
    "concat": "merge:Concat",
    # shape
    "reshape": "shape:Reshape",
    "pad": "border:Pad",
    "crop": "border:Crop",
    "slice": "shape:Slice",
    "upsample": "resample:Upsample",
    "pixel_shuffle": "resample:PixelShuffle",
    "depth_to_space": "resample:DepthToSpace",
    "space_to_depth": "resample:SpaceToDepth",
    "channel_shuffle": "resample:ChannelShuffle",
    # other
    "dropout": "other:Dropout",
    "scale": "other:Scale",
    "identity": "other:Identity",
}
"""Canonical kind → ``module:Class`` below ``cnncalc.layers``."""


@cache
def layer_class(kind: str) -> type[Layer]:
    """Return the class of a canonical kind; loads its family on first use."""
    module, name = KINDS[kind].split(":")
    found: type[Layer] = getattr(import_module(f"cnncalc.layers.{module}"), name)
    return found


@cache
def kind_aliases() -> dict[str, tuple[str, int | None]]:
    """Return other name → (canonical kind, the rank that it promises); loads every kind."""
    found: dict[str, tuple[str, int | None]] = {}
    for kind in KINDS:
        for alias in layer_class(kind).aliases:
            if "{n}" in alias:
                found |= {alias.format(n=rank): (kind, rank) for rank in (1, 2, 3)}
            else:
                found[alias] = (kind, None)
    return found


def canonical(word: str) -> tuple[str | None, int | None]:
    """Return (kind, promised rank) for a kind's name, or ``(None, None)``."""
    if word in KINDS:
        return word, None
    return kind_aliases().get(word, (None, None))


def activation_called(word: str) -> str | None:
    """Return the kind that the name of an activation means, in any case.

    ``linear`` is ``identity`` here, as in Keras; elsewhere the word means a fully connected layer.
    """
    from cnncalc.layers.base import Family

    if word.lower() == "linear":
        return "identity"
    kind = canonical(word)[0] or canonical(word.lower())[0]
    is_one = kind is not None and layer_class(kind).family is Family.ACTIVATION
    return kind if is_one or kind == "identity" else None


def in_lower_case(word: str) -> str | None:
    """Return the kind's name that differs from a word in case and underscores alone."""
    wanted = plain(word)
    return next((name for name in (*KINDS, *kind_aliases()) if plain(name) == wanted), None)


def plain(word: str) -> str:
    """Return a word in lower case without underscores, in which the names of tools differ."""
    return word.replace("_", "").lower()


def joining() -> list[str]:
    """Return the kinds that join two or more inputs, such as ``add``."""
    return [kind for kind in KINDS if joins(kind)]


def merges() -> str:
    """Return the kinds that join inputs, for messages: ``add, … or concat``."""
    return either(joining())


def joins(kind: str) -> bool:
    """Return whether a word is a kind that takes two or more inputs, such as ``add``."""
    return kind in KINDS and layer_class(kind).joins


@cache
def kinds_of(family: Family) -> tuple[str, ...]:
    """Return the kinds of a family, in the order of :data:`KINDS`; loads every kind."""
    return tuple(kind for kind in KINDS if layer_class(kind).family is family)


@cache
def field_names(kind: str) -> dict[str, str]:
    """Return every name that a field of this kind goes by → the field, as specs write it."""
    return layer_class(kind).field_names()


@cache
def kind_with_field(word: str) -> str | None:
    """Return the first kind that has a field of this name; loads every kind."""
    return next((kind for kind in KINDS if word in field_names(kind)), None)
