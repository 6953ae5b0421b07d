"""Layers with windows, and dense ones, as ONNX nodes, from their fields alone.

What ONNX lacks is put together from other operators: maxout (Gemm, ReduceMax), rbf
(ReduceSumSquare), locally_connected and adaptive pools (slices), connection tables (a dense
kernel with zeros), averages whose windows are rounded up or trained (Conv with ones).
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from support.onnx_graph import Array, Emitter, Graph, Weights

AXES = {0: (), 1: ("length",), 2: ("height", "width"), 3: ("frames", "height", "width")}
SIDES = {"left": ("width", 0), "right": ("width", 1), "top": ("height", 0), "bottom": ("height", 1),
         "front": ("frames", 0), "back": ("frames", 1)}  # fmt: skip
Ints = tuple[int, ...]


def spread(value: Any, rank: int, missing: Ints | int = 1) -> Ints:
    """Return one number per axis, first axis first."""
    others = (missing,) * rank if isinstance(missing, int) else missing
    if isinstance(value, dict):
        return tuple(value.get(a, other) for a, other in zip(AXES[rank], others, strict=True))
    return (value,) * rank if isinstance(value, int) else tuple(value)


def sides(value: Any, rank: int) -> tuple[Ints, Ints]:
    """Return what is added before and after each axis."""
    if not isinstance(value, dict) or not set(value) & set(SIDES):
        both = spread(value, rank, 0)
        return both, both
    found = {(axis, place): 0 for axis in AXES[rank] for place in (0, 1)}
    for side, size in value.items():
        axis, place = SIDES[side]
        found["length" if rank == 1 else axis, place] = size
    return tuple(found[a, 0] for a in AXES[rank]), tuple(found[a, 1] for a in AXES[rank])


def same(sizes: Ints, spans: Ints, stride: Ints, word: str) -> tuple[Ints, Ints]:
    """Return TensorFlow's SAME in numbers: ⌈size/stride⌉ windows, the odd position at the end."""
    axes = zip(sizes, spans, stride, strict=True)
    total = [max((-(-size // step) - 1) * step + span - size, 0) for size, span, step in axes]
    few, many = tuple(n // 2 for n in total), tuple(n - n // 2 for n in total)
    return (few, many) if word == "same" else (many, few)


class Window:
    """A layer's window in ONNX's terms."""

    def __init__(self, g: Graph, layer: Any, x: str, *, pooling: bool = False) -> None:
        self.rank = g.ranks[x]
        self.kernel = spread(layer.kernel, self.rank)
        default = self.kernel if pooling else (1,) * self.rank
        self.stride = default if layer.stride is None else spread(layer.stride, self.rank)
        self.dilation = spread(layer.dilation, self.rank)
        self.spans = tuple((k - 1) * d + 1 for k, d in zip(self.kernel, self.dilation, strict=True))
        self.ceil = getattr(layer, "rounding", "") == "ceil"
        if isinstance(layer.padding, str):
            self.pads = same(g.shape(x)[2:], self.spans, self.stride, layer.padding)
            self.ceil = False
        else:
            self.pads = sides(layer.padding, self.rank)

    @property
    def wide(self) -> bool:
        """Whether a padding is as wide as the kernel."""
        return any(max(pads) >= k for *pads, k in zip(*self.pads, self.kernel, strict=True))

    def bare(self) -> dict[str, Any]:
        """Return stride and dilation."""
        return {"strides": self.stride, "dilations": self.dilation}

    def conv(self) -> dict[str, Any]:
        """Return the attributes of a convolution."""
        return self.bare() | {"pads": sum(self.pads, ())}

    def pool(self) -> dict[str, Any]:
        """Return the attributes of a pool."""
        return self.conv() | {"kernel_shape": self.kernel, "ceil_mode": int(self.ceil)}

    def counts(self, sizes: Ints, places: Ints, padding: bool) -> Array:
        """Return how many taps of each window are on the input, or on its padding as well."""
        counts: Array = np.ones((), "float32")
        axes = zip(sizes, places, *self.pads, self.kernel, self.stride, self.dilation, strict=True)
        for size, count, before, after, kernel, stride, dilation in axes:
            low, high = (-before, size + after) if padding else (0, size)
            taps = [[low <= i * stride - before + t * dilation < high for t in range(kernel)]
                    for i in range(count)]  # fmt: skip
            counts = np.multiply.outer(counts, np.array(taps, "float32").sum(axis=1))
        return counts


def per_map(g: Graph, array: Array, rank: int) -> str:
    """Add an array of one number per map, shaped to be spread over the spatial axes."""
    return g.feed(array.reshape(-1, *(1,) * rank))


def padded(g: Graph, x: str, befores: Ints, afters: Ints, value: float = 0.0) -> str:
    return g.emit("Pad", x, g.ints(0, 0, *befores, 0, 0, *afters), g.number(value))


def cut(g: Graph, x: str, starts: Ints, stops: Ints, steps: Ints | None = None) -> str:
    """Slice the spatial axes."""
    axes = g.ints(*range(2, 2 + len(starts)))
    more = [] if steps is None else [g.ints(*steps)]
    return g.emit("Slice", x, g.ints(*starts), g.ints(*stops), axes, *more)


def convolve(
    g: Graph, layer: Any, x: str, kernel: Array | str, bias: Array | None, groups: int
) -> str:
    name = kernel if isinstance(kernel, str) else g.feed(kernel)
    biases = [] if bias is None else [g.feed(bias)]
    return g.emit("Conv", x, name, *biases, group=groups, **Window(g, layer, x).conv())


def standardized(g: Graph, kernel: Array, gain: Array) -> str:
    """Normalise each filter as LayerNormalization does a sample; its scale is 1/√(its numbers)."""
    scale = np.full(kernel.shape[1:], kernel[0].size ** -0.5, "float32")
    normed = g.emit("LayerNormalization", g.feed(kernel), g.feed(scale), axis=1, epsilon=1e-6)
    return g.emit("Mul", normed, g.feed(gain.reshape(-1, *(1,) * (kernel.ndim - 1))))


def conv(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    kernel = w["kernel"]
    if layer.connection_table is not None:
        table = layer.connection_table
        dense = np.zeros((len(table), g.shape(xs[0])[1], *kernel.shape[1:]), kernel.dtype)
        pairs = [(k, c) for k, maps in enumerate(table) for c in maps]
        for place, one in zip(pairs, kernel, strict=True):
            dense[place] = one
        kernel = dense
    used = standardized(g, kernel, w["gain"]) if layer.standardize else kernel
    return convolve(g, layer, xs[0], used, w.get("bias"), layer.groups)


def depthwise(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    groups = len(w["kernel"]) // layer.multiplier
    return convolve(g, layer, xs[0], w["kernel"], w.get("bias"), groups)


def separable(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    groups = len(w["depthwise"]) // layer.multiplier
    between = convolve(g, layer, xs[0], w["depthwise"], None, groups)
    return g.emit(
        "Conv", between, *(g.feed(w[name]) for name in ("pointwise", "bias") if name in w)
    )


def locally_connected(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    """Add up, tap by tap, what the tap sees at every place times its weights there."""
    window, kernel = Window(g, layer, xs[0]), w["kernel"]
    x = padded(g, xs[0], *window.pads)
    terms = []
    for tap in product(*map(range, window.kernel)):
        starts = tuple(t * d for t, d in zip(tap, window.dilation, strict=True))
        reach = zip(starts, kernel.shape[: window.rank], window.stride, strict=True)
        stops = tuple(start + (n - 1) * step + 1 for start, n, step in reach)
        seen = g.emit("Unsqueeze", cut(g, x, starts, stops, window.stride), g.ints(1))
        here: Any = (..., *tap)
        weights = np.moveaxis(kernel[here], (-2, -1), (0, 1))  # (K, C, *places)
        product_ = g.emit("Mul", seen, g.feed(weights))
        terms.append(g.emit("ReduceSum", product_, g.ints(2), keepdims=0))
    total = g.emit("Sum", *terms, rank=window.rank)
    return g.emit("Add", total, g.feed(np.moveaxis(w["bias"], -1, 0))) if "bias" in w else total


def conv_transpose(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    """SAME leaves stride positions per input: cut what a window reaches further, or add."""
    rank = g.ranks[xs[0]]
    kernel, stride, dilation = (spread(getattr(layer, field), rank)
                                for field in ("kernel", "stride", "dilation"))  # fmt: skip
    extra = spread(layer.output_padding, rank, 0)
    if isinstance(layer.padding, str):
        over = [(k - 1) * d + 1 - s for k, s, d in zip(kernel, stride, dilation, strict=True)]
        few = tuple(max(n, 0) // 2 for n in over)
        many = tuple(max(n, 0) - max(n, 0) // 2 for n in over)
        pads = (few, many) if layer.padding == "same" else (many, few)
        extra = tuple(max(-n, 0) for n in over)
    else:
        pads = sides(layer.padding, rank)
    how = {"strides": stride, "dilations": dilation, "group": layer.groups}
    arrays = [g.feed(w[name]) for name in ("kernel", "bias") if name in w]
    if all(more < step for more, step in zip(extra, stride, strict=True)):
        return g.emit("ConvTranspose", xs[0], *arrays, pads=sum(pads, ()), output_padding=extra,
                      **how)  # fmt: skip
    # ONNX Runtime refuses an output padding that only the dilation allows: add it by hand
    full = padded(g, g.emit("ConvTranspose", xs[0], arrays[0], **how), (0,) * rank, extra)
    stops = tuple(n - after for n, after in zip(g.shape(full)[2:], pads[1], strict=True))
    kept = cut(g, full, pads[0], stops)
    return g.emit("Add", kept, per_map(g, w["bias"], rank)) if "bias" in w else kept


def laid(g: Graph, window: Window, x: str, value: float = 0.0) -> tuple[str, Ints]:
    """Return the input padded up to the end of the last window, and how many windows there are."""
    places = g.shape_of("MaxPool", x, **window.pool())[2:]
    befores, afters = window.pads
    axes = zip(g.shape(x)[2:], places, befores, afters, window.stride, window.spans, strict=True)
    beyond = (max(after, (count - 1) * stride + span - size - before)
              for size, count, before, after, stride, span in axes)  # fmt: skip
    return padded(g, x, befores, tuple(beyond), value), places


def pooled(op: str, value: float = 0.0) -> Emitter:
    """Return what emits a pool; ONNX Runtime wants a padding below the kernel: else it is laid."""

    def emitter(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
        window = Window(g, layer, xs[0], pooling=True)
        power = {"p": int(layer.p)} if op == "LpPool" else {}
        if not window.wide:
            return g.emit(op, xs[0], **power, **window.pool())
        x, places = laid(g, window, xs[0], value)
        whole = g.emit(op, x, **power, **window.bare(), kernel_shape=window.kernel)
        return cut(g, whole, (0,) * window.rank, places)

    return emitter


def avgpool(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    window = Window(g, layer, xs[0], pooling=True)
    beyond = layer.count_padding and window.ceil  # ONNX Runtime may count what lies beyond
    if not (layer.trainable or beyond or window.wide):
        counted = int(layer.count_padding)
        return g.emit("AveragePool", xs[0], count_include_pad=counted, **window.pool())
    x, places = laid(g, window, xs[0])
    depth = g.shape(xs[0])[1]
    ones = g.feed(np.ones((depth, 1, *window.kernel), "float32"))
    total = g.emit("Conv", x, ones, group=depth, **window.bare())
    total = cut(g, total, (0,) * window.rank, places)
    if not layer.trainable:
        counts = window.counts(g.shape(xs[0])[2:], places, layer.count_padding)
        return g.emit("Div", total, g.feed(counts))
    factor, bias = (per_map(g, w[name], window.rank) for name in ("coefficient", "bias"))
    return g.emit("Add", g.emit("Mul", total, factor), bias)


def adaptive(reduce: str) -> Emitter:
    """Return what pools windows from ⌊i·W/out⌋ to ⌈(i + 1)·W/out⌉, one axis after the other."""

    def emitter(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
        x, sizes = xs[0], g.shape(xs[0])[2:]
        outs = spread(layer.sizes, len(sizes), sizes)
        for axis, (size, out) in enumerate(zip(sizes, outs, strict=True), 2):
            parts = []
            for i in range(out):
                bounds = g.ints(i * size // out), g.ints(-(-(i + 1) * size // out))
                part = g.emit("Slice", x, *bounds, g.ints(axis))
                parts.append(g.emit(reduce, part, g.ints(axis), keepdims=1))
            x = g.emit("Concat", *parts, axis=axis)
        return x

    return emitter


def flatten(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    return g.emit("Flatten", xs[0], axis=1, rank=0)


def fc(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    arrays = [g.feed(w[name]) for name in ("kernel", "bias") if name in w]
    return g.emit("Gemm", flatten(g, layer, w, xs), *arrays, transB=1)


def maxout(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    kernel = w["kernel"].reshape(layer.units * layer.pieces, -1)
    arrays = g.feed(kernel), g.feed(w["bias"].reshape(-1))
    linear = g.emit("Gemm", flatten(g, layer, w, xs), *arrays, transB=1)
    split = g.reshape(linear, 0, layer.units, layer.pieces)
    return g.emit("ReduceMax", split, g.ints(2), keepdims=0, rank=0)


def rbf(g: Graph, layer: Any, w: Weights, xs: list[str]) -> str:
    row = g.emit("Unsqueeze", flatten(g, layer, w, xs), g.ints(1))
    apart = g.emit("Sub", row, g.feed(w["centres"]))
    return g.emit("ReduceSumSquare", apart, g.ints(2), keepdims=0, rank=0)


def simple(op: str) -> Emitter:
    """Return what emits an operator without attributes."""
    return lambda g, layer, w, xs: g.emit(op, *xs)


WINDOWS: dict[str, Emitter] = {
    "conv": conv,
    "depthwise_conv": depthwise,
    "separable_conv": separable,
    "locally_connected": locally_connected,
    "conv_transpose": conv_transpose,
    "maxpool": pooled("MaxPool", -3e38),
    "avgpool": avgpool,
    "lppool": pooled("LpPool"),
    "global_avgpool": simple("GlobalAveragePool"),
    "global_maxpool": simple("GlobalMaxPool"),
    "adaptive_avgpool": adaptive("ReduceMean"),
    "adaptive_maxpool": adaptive("ReduceMax"),
    "flatten": flatten,
    "fc": fc,
    "maxout": maxout,
    "rbf": rbf,
}
"""Kind → what emits it."""
