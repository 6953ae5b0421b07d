"""Every kind of layer as ONNX nodes: norms, activations, merges and shapes here.

What ONNX lacks is put together from other operators: shuffles (Reshape, Transpose), lrn of even
size (Conv over the depth; ONNX Runtime takes odd ones only), centred crops (Slice).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto

from support.onnx_graph import Emitter, Graph, Weights
from support.onnx_layers import AXES, WINDOWS, cut, per_map, sides, simple, spread

# --- activations --------------------------------------------------------------------------------


def element(op: str, **attributes: Any) -> Emitter:
    """Return what emits an operator on one input, with these attributes."""
    return lambda g, layer, w, xs: g.emit(op, xs[0], **attributes)


def tuned(op: str, attribute: str, field: str, default: Any) -> Emitter:
    """Return what emits an operator whose attribute is a field; without a layer, the default."""

    def emitter(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
        value = getattr(layer, field, default)
        stated: Any = value if isinstance(value, str) else float(value)
        return g.emit(op, xs[0], **{attribute: stated})

    return emitter


def relu6(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    return g.emit("Clip", xs[0], g.number(0), g.number(6))


def hardtanh(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    low, high = getattr(layer, "min", -1), getattr(layer, "max", 1)
    return g.emit("Clip", xs[0], g.number(float(low)), g.number(float(high)))


def selu(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    alpha, scale = getattr(layer, "alpha", 1.67326324), getattr(layer, "scale", 1.05070098)
    return g.emit("Selu", xs[0], alpha=float(alpha), gamma=float(scale))


def hardsigmoid(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    slope, offset = getattr(layer, "slope", 1 / 6), getattr(layer, "offset", 0.5)
    return g.emit("HardSigmoid", xs[0], alpha=float(slope), beta=float(offset))


def silu(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    return g.emit("Mul", xs[0], g.emit("Sigmoid", xs[0]))


def step(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    return g.emit("Cast", g.emit("Greater", xs[0], g.number(0)), to=TensorProto.FLOAT)


def prelu(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    return g.emit("PRelu", xs[0], per_map(g, w["slope"], g.ranks[xs[0]]))


ELEMENTS: dict[str, Emitter] = {
    "relu": element("Relu"),
    "relu6": relu6,
    "leaky_relu": tuned("LeakyRelu", "alpha", "slope", 0.01),
    "prelu": prelu,
    "elu": tuned("Elu", "alpha", "alpha", 1),
    "selu": selu,
    "gelu": tuned("Gelu", "approximate", "approximate", "none"),
    "silu": silu,
    "mish": element("Mish"),
    "hardswish": element("HardSwish"),
    "hardsigmoid": hardsigmoid,
    "sigmoid": element("Sigmoid"),
    "tanh": element("Tanh"),
    "softplus": element("Softplus"),
    "softsign": element("Softsign"),
    "hardtanh": hardtanh,
    "softmax": element("Softmax", axis=1),
    "log_softmax": element("LogSoftmax", axis=1),
    "step": step,
}
"""Activations, each also the ``activation`` of other layers."""

# --- normalisation ------------------------------------------------------------------------------


def affine(g: Graph, w: Weights, shape: tuple[int, ...]) -> list[str]:
    """Return scale and shift, 1 and 0 where the layer has none."""
    scale, shift = np.ones(shape, "float32"), np.zeros(shape, "float32")
    return [g.feed(w.get("scale", scale)), g.feed(w.get("shift", shift))]


def batchnorm(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    statistics = [w["running_mean"], w["running_variance"]]
    arrays = [*affine(g, w, statistics[0].shape), *map(g.feed, statistics)]
    return g.emit("BatchNormalization", xs[0], *arrays, epsilon=float(layer.epsilon))


def layernorm(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    shape, epsilon = g.shape(xs[0])[1:], float(layer.epsilon)
    if layer.over == "all":
        arrays = affine(g, w, shape)
        return g.emit("LayerNormalization", xs[0], *arrays, axis=1, epsilon=epsilon)
    axes = len(shape) + 1
    moved = g.emit("Transpose", xs[0], perm=[0, *range(2, axes), 1])
    arrays = affine(g, w, shape[:1])
    normed = g.emit("LayerNormalization", moved, *arrays, axis=-1, epsilon=epsilon)
    return g.emit("Transpose", normed, perm=[0, axes - 1, *range(1, axes - 1)])


def rmsnorm(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    squares = g.emit("ReduceMean", g.emit("Mul", xs[0], xs[0]), g.ints(1), keepdims=1)
    root = g.emit("Sqrt", g.emit("Add", squares, g.number(float(layer.epsilon))))
    return g.emit("Mul", g.emit("Div", xs[0], root), per_map(g, w["scale"], g.ranks[xs[0]]))


def grn(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    rank = g.ranks[xs[0]]
    norms = g.emit("ReduceL2", xs[0], g.ints(*range(2, 2 + rank)), keepdims=1)
    mean = g.emit("ReduceMean", norms, g.ints(1), keepdims=1)
    share = g.emit("Div", norms, g.emit("Add", mean, g.number(float(layer.epsilon))))
    scaled = g.emit("Mul", g.emit("Mul", xs[0], share), per_map(g, w["scale"], rank))
    return g.emit("Sum", scaled, per_map(g, w["shift"], rank), xs[0])


def groupnorm(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    shape = g.shape(xs[0])
    line = g.reshape(xs[0], 0, 0, -1)  # the operator wants a spatial axis, which vectors lack
    normed = g.emit("GroupNormalization", line, *affine(g, w, shape[1:2]),
                    num_groups=layer.groups, epsilon=float(layer.epsilon))  # fmt: skip
    return g.reshape(normed, *shape)


def instancenorm(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    arrays = affine(g, w, g.shape(xs[0])[1:2])
    return g.emit("InstanceNormalization", xs[0], *arrays, epsilon=float(layer.epsilon))


def lrn(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    """ONNX divides α by the size, the contract does not."""
    shape, size = g.shape(xs[0]), layer.size
    if size % 2:
        plane = g.reshape(xs[0], 0, 0, -1, 1)
        normed = g.emit("LRN", plane, size=size, alpha=float(layer.alpha) * size,
                        beta=float(layer.beta), bias=float(layer.k))  # fmt: skip
        return g.reshape(normed, *shape)
    plane = g.reshape(g.emit("Mul", xs[0], xs[0]), 0, 1, shape[1], -1)
    factors = g.feed(np.full((1, 1, size, 1), float(layer.alpha), "float32"))
    total = g.emit("Conv", plane, factors, pads=[size // 2, 0, size // 2 - 1, 0])
    base = g.emit("Add", g.reshape(total, *shape), g.number(float(layer.k)))
    return g.emit("Div", xs[0], g.emit("Pow", base, g.number(float(layer.beta))))


def scale(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    if layer.by is not None:
        return g.emit("Mul", xs[0], g.number(float(layer.by)))
    scaled = g.emit("Mul", xs[0], per_map(g, w["factor"], g.ranks[xs[0]]))
    if "shift" not in w:
        return scaled
    return g.emit("Add", scaled, per_map(g, w["shift"], g.ranks[xs[0]]))


# --- merges and shapes --------------------------------------------------------------------------


def folded(op: str) -> Emitter:
    """Return what emits an operator on two inputs, from left to right."""

    def emitter(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
        result = xs[0]
        for other in xs[1:]:
            result = g.emit(op, result, other)
        return result

    return emitter


def multiply(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    rank = max(g.ranks[x] for x in xs)
    whole = [
        x if g.ranks[x] == rank else g.emit("Unsqueeze", x, g.ints(*range(2, rank + 2)), rank=rank)
        for x in xs
    ]
    result = whole[0]
    for other in whole[1:]:
        result = g.emit("Mul", result, other)
    return result


def axis_of(layer: Any, rank: int) -> int:
    return 1 if layer.axis == "depth" else 2 + AXES[rank].index(layer.axis)


def concat(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    return g.emit("Concat", *xs, axis=axis_of(layer, g.ranks[xs[0]]))


def slice_(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    stop = 2**31 - 1 if layer.stop is None else layer.stop
    axis = axis_of(layer, g.ranks[xs[0]])
    return g.emit("Slice", xs[0], g.ints(layer.start), g.ints(stop), g.ints(axis))


def reshape(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    return g.reshape(xs[0], 0, layer.shape.depth, *layer.shape.spatial)


def stated_sides(layer: Any, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the sides of a pad or crop, stated as one field or one by one."""
    if layer.sides is not None:
        return sides(layer.sides, rank)
    names = ("left", "right", "top", "bottom", "front", "back")
    stated = {name: getattr(layer, name) for name in names}
    return sides({name: size for name, size in stated.items() if size is not None}, rank)


def pad(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    befores, afters = stated_sides(layer, g.ranks[xs[0]])
    behind = g.ints(0, 0, *befores, 0, layer.depth or 0, *afters)
    if layer.mode != "constant":
        return g.emit("Pad", xs[0], behind, mode=layer.mode)
    return g.emit("Pad", xs[0], behind, g.number(float(layer.value)))


def crop(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    """Cut; ``like`` names the second input. Where the odd position is cut: at the end."""
    have = g.shape(xs[0])[2:]
    if layer.size is not None or len(xs) > 1:
        like = len(xs) > 1
        want = g.shape(xs[1])[2:] if like else spread(layer.size, len(have), have)
        befores = tuple((size - left) // 2 for size, left in zip(have, want, strict=True))
        stops = tuple(before + left for before, left in zip(befores, want, strict=True))
        return cut(g, xs[0], befores, stops)
    befores, afters = stated_sides(layer, len(have))
    stops = tuple(size - after for size, after in zip(have, afters, strict=True))
    return cut(g, xs[0], befores, stops)


def upsample(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    shape = g.shape(xs[0])
    have = shape[2:]
    if layer.size is None:
        factors = spread(layer.factor, len(have))
        want = tuple(size * by for size, by in zip(have, factors, strict=True))
    else:
        want = spread(layer.size, len(have), have)
    corners = "align_corners" if layer.align_corners else "half_pixel"
    how: dict[str, Any] = {"mode": "linear", "coordinate_transformation_mode": corners}
    if layer.mode == "bicubic":
        return cubic(g, xs[0], want, how | {"mode": "cubic"})
    if layer.mode == "nearest":
        how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric",
               "nearest_mode": "floor"}  # fmt: skip
    if layer.mode == "nearest-exact":
        how = {"mode": "nearest", "coordinate_transformation_mode": "half_pixel",
               "nearest_mode": "round_prefer_ceil"}  # fmt: skip
    return g.emit("Resize", xs[0], "", "", g.ints(*shape[:2], *want), **how)


def cubic(g: Graph, x: str, want: tuple[int, ...], how: dict[str, Any]) -> str:
    """Resize one axis after the other: ONNX Runtime's cubic is for planes only."""
    shape = list(g.shape(x))
    for axis, size in enumerate(want, 2):
        before, after = int(np.prod(shape[:axis])), int(np.prod(shape[axis + 1 :]))
        plane = g.reshape(x, 1, before, shape[axis], after)
        x = g.emit("Resize", plane, "", "", g.ints(1, before, size, after), **how)
        shape[axis] = size
        x = g.reshape(x, *shape)
    return x


def pixel_shuffle(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    """Only 2-D has an operator; else the map is the first or last in the depth."""
    shape, r = g.shape(xs[0]), layer.factor
    rank = len(shape) - 2
    if rank == 2:
        return g.emit("DepthToSpace", xs[0], blocksize=r, mode=layer.order.upper())
    depth = shape[1] // r**rank
    crd = layer.order == "crd"
    maps = [depth, *(r,) * rank] if crd else [*(r,) * rank, depth]
    split = g.reshape(xs[0], shape[0], *maps, *shape[2:])
    order = [axis for i in range(rank) for axis in (2 + rank + i, (2 if crd else 1) + i)]
    moved = g.emit("Transpose", split, perm=[0, 1 if crd else 1 + rank, *order])
    return g.reshape(moved, shape[0], depth, *(size * r for size in shape[2:]))


def space_to_depth(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    """ONNX's operator, for 2-D, puts the block first in the new depth."""
    batch, depth, *sizes = g.shape(xs[0])
    r, rank = layer.factor, len(sizes)
    if rank == 2 and layer.order == "dcr":
        return g.emit("SpaceToDepth", xs[0], blocksize=r)
    split = g.reshape(xs[0], batch, depth, *(part for size in sizes for part in (size // r, r)))
    blocks, pixels = range(3, 3 + 2 * rank, 2), range(2, 2 + 2 * rank, 2)
    maps = (*blocks, 1) if layer.order == "dcr" else (1, *blocks)
    moved = g.emit("Transpose", split, perm=[0, *maps, *pixels])
    return g.reshape(moved, batch, depth * r**rank, *(size // r for size in sizes))


def channel_shuffle(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    batch, depth, *sizes = g.shape(xs[0])
    split = g.reshape(xs[0], batch, layer.groups, depth // layer.groups, *sizes)
    moved = g.emit("Transpose", split, perm=[0, 2, 1, *range(3, 3 + len(sizes))])
    return g.reshape(moved, batch, depth, *sizes)


KINDS: dict[str, Emitter] = {
    **WINDOWS,
    **ELEMENTS,
    "batchnorm": batchnorm,
    "layernorm": layernorm,
    "rmsnorm": rmsnorm,
    "grn": grn,
    "groupnorm": groupnorm,
    "instancenorm": instancenorm,
    "lrn": lrn,
    "add": simple("Sum"),
    "subtract": folded("Sub"),
    "divide": folded("Div"),
    "maximum": simple("Max"),
    "minimum": simple("Min"),
    "multiply": multiply,
    "concat": concat,
    "reshape": reshape,
    "pad": pad,
    "crop": crop,
    "slice": slice_,
    "upsample": upsample,
    "pixel_shuffle": pixel_shuffle,
    "depth_to_space": pixel_shuffle,
    "space_to_depth": space_to_depth,
    "channel_shuffle": channel_shuffle,
    "dropout": element("Identity"),
    "scale": scale,
    "identity": element("Identity"),
}
"""Kind → what emits it."""
