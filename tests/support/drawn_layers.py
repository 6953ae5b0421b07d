"""Random layers of every kind, on volumes that they take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from hypothesis import strategies as st

from cnncalc.layers.registry import joins
from support.strategies import Spec, sides_of, spatial_names


@dataclass(frozen=True)
class Case:
    """A layer of one kind with its fields, and the volumes that reach it.

    Sizes are mappings of axes throughout, so that a test can rename the axes.
    """

    kind: str
    fields: Spec
    volumes: tuple[Spec, ...]

    @property
    def rank(self) -> int:
        return len(self.volumes[0]) - 1

    def spec(self, **changes: Any) -> Spec:
        """Return the case as a network of this layer alone; ``changes`` are of its fields."""
        entry = {self.kind: self.fields | changes}
        if len(self.volumes) == 1:
            return {"input": self.volumes[0], "layers": [entry]}
        inputs = {f"x{i}": volume for i, volume in enumerate(self.volumes)}
        return {"inputs": inputs, "layers": [entry | {"from": list(inputs)}]}


Draw = st.DrawFn
RANKS = st.sampled_from((1, 2, 2, 3))
ANY_RANK = st.sampled_from((0, 1, 2, 2, 3))
Made = tuple[Spec, tuple[Spec, ...]]
Maker = Callable[[Draw], Made]


def number(draw: Draw, low: int, high: int) -> int:
    return draw(st.integers(low, high))


def volume(draw: Draw, rank: int, depth: int | None = None) -> Spec:
    """Draw a small volume; a vector has depth only."""
    sizes = {axis: number(draw, 1, 12) for axis in spatial_names(rank)}
    return sizes | {"depth": number(draw, 1, 8) if depth is None else depth}


def some(draw: Draw, **fields: st.SearchStrategy[Any]) -> Spec:
    """Draw some of these fields, and values for them."""
    return {name: draw(values) for name, values in fields.items() if draw(st.booleans())}


def window(draw: Draw, rank: int, *, pooling: bool = False) -> tuple[Spec, Spec]:
    """Draw the fields of a window, and sizes into which at least one fits."""
    fields: Spec = {"kernel": {}, "stride": {}, "dilation": {}}
    pads, sizes = {}, {}
    for axis in spatial_names(rank):
        kernel, dilation = number(draw, 1, 4), number(draw, 1, 3)
        reach = (kernel - 1) * dilation + 1
        most = reach // 2 if pooling else reach + 1
        pads[axis] = number(draw, 0, most), number(draw, 0, most)
        sees_input = dilation if pooling else 1  # no gap between taps straddles the input
        sizes[axis] = max(sees_input, reach - sum(pads[axis])) + number(draw, 0, 9)
        fields["kernel"][axis], fields["dilation"][axis] = kernel, dilation
        fields["stride"][axis] = number(draw, 1, 4)
    padding = draw(st.sampled_from(("none", "sides", "sides", "same", "same_lower")))
    if padding == "none":
        sizes = {a: max(n, (fields["kernel"][a] - 1) * fields["dilation"][a] + 1)
                 for a, n in sizes.items()}  # fmt: skip
    else:
        fields["padding"] = sides_of(pads) if padding == "sides" else padding
    if pooling and draw(st.booleans()):
        del fields["stride"]
    return fields, sizes


def convolution(draw: Draw, *, groups: bool = False, **more: st.SearchStrategy[Any]) -> Made:
    fields, sizes = window(draw, draw(RANKS))
    parts = number(draw, 1, 3) if groups else 1
    depth = parts * number(draw, 1, 4)
    fields |= {name: draw(values) for name, values in more.items()}
    fields |= some(draw, bias=st.booleans(), rounding=st.sampled_from(("strict", "floor")),
                   activation=st.just("relu"), in_channels=st.just(depth))  # fmt: skip
    if groups:
        fields |= {"groups": parts, "filters": parts * number(draw, 1, 4)}
    return fields, (sizes | {"depth": depth},)


def conv(draw: Draw) -> Made:
    fields, volumes = convolution(draw, groups=True)
    if draw(st.integers(0, 4)):
        return fields | some(draw, standardize=BOOL), volumes
    del fields["groups"]
    maps = st.lists(st.integers(0, volumes[0]["depth"] - 1), min_size=1, unique=True)
    fields["connection_table"] = draw(st.lists(maps, min_size=1, max_size=4))
    return fields | {"filters": len(fields["connection_table"])}, volumes


def transposed(draw: Draw) -> Made:
    fields, volumes = convolution(draw, groups=True)
    fields.pop("rounding", None)
    sides = fields.get("padding", {})
    extra: Spec = {}
    for axis in spatial_names(len(volumes[0]) - 1):
        stride, dilation = fields["stride"][axis], fields["dilation"][axis]
        extra[axis] = number(draw, 0, max(stride, dilation) - 1)
        cropped = sum(sides.values()) if isinstance(sides, dict) else 0
        volumes[0][axis] += -(-cropped // stride)
    if isinstance(sides, dict):
        fields["output_padding"] = extra
    return fields, volumes


def pool(draw: Draw, **more: st.SearchStrategy[Any]) -> Made:
    fields, sizes = window(draw, draw(RANKS), pooling=True)
    fields |= some(draw, rounding=st.sampled_from(("strict", "floor", "ceil")), **more)
    return fields, (sizes | {"depth": number(draw, 1, 8)},)


def plain(ranks: st.SearchStrategy[int] = ANY_RANK, **fields: st.SearchStrategy[Any]) -> Maker:
    """Return what draws a kind that takes any volume: each field may be left out."""
    return lambda draw: (some(draw, **fields), (volume(draw, draw(ranks)),))


def dense(**fields: st.SearchStrategy[Any]) -> Maker:
    def make(draw: Draw) -> Made:
        stated = {"units": number(draw, 1, 9)} | some(draw, **fields)
        return stated, (volume(draw, draw(ANY_RANK)),)

    return make


def grouped(**fields: st.SearchStrategy[Any]) -> Maker:
    """Return what draws a kind whose groups divide the depth."""

    def make(draw: Draw) -> Made:
        groups = number(draw, 1, 4)
        shape = volume(draw, draw(ANY_RANK), groups * number(draw, 1, 3))
        return {"groups": groups} | some(draw, **fields), (shape,)

    return make


def per_axis(field: str, *, high: int = 4, optional: bool = False, **more: Any) -> Maker:
    """Return what draws a kind with one size for each axis."""

    def make(draw: Draw) -> Made:
        shape = volume(draw, draw(RANKS))
        sizes = {axis: number(draw, 1, high) for axis in shape if axis != "depth"}
        if optional and len(sizes) > 1 and draw(st.booleans()):
            sizes.popitem()
        return {field: sizes} | some(draw, **more), (shape,)

    return make


def upsample(draw: Draw) -> Made:
    way = draw(st.sampled_from((("factor", 3), ("size", 20))))
    mode = st.sampled_from(("nearest", "nearest-exact", "bilinear", "bicubic"))
    fields, volumes = per_axis(way[0], high=way[1], optional=True, mode=mode)(draw)
    if fields.get("mode", "nearest").startswith("bi"):
        fields |= some(draw, align_corners=BOOL)
    return fields, volumes


def border(draw: Draw, *, crop: bool) -> Made:
    shape = volume(draw, draw(RANKS))
    sides = {axis: (number(draw, 0, 3), number(draw, 0, 3)) for axis in shape if axis != "depth"}
    if crop and draw(st.booleans()):
        return {"size": {axis: number(draw, 1, shape[axis]) for axis in sides}}, (shape,)
    for axis, (before, after) in sides.items():
        shape[axis] += before + after if crop else max(before, after)  # enough to reflect
    modes = {} if crop else some(draw, mode=st.sampled_from(("reflect", "edge", "wrap")))
    return {"sides": sides_of(sides)} | modes, (shape,)


def slice_(draw: Draw) -> Made:
    shape = volume(draw, draw(ANY_RANK))
    axis = draw(st.sampled_from(sorted(shape)))
    start = number(draw, 0, shape[axis] - 1)
    stop = number(draw, start + 1, shape[axis])
    fields = {"axis": axis, "start": start - draw(st.booleans()) * shape[axis]}
    return fields | ({} if stop == shape[axis] else {"stop": stop}), (shape,)


def reshape(draw: Draw) -> Made:
    shape = volume(draw, draw(ANY_RANK))
    sizes = draw(st.permutations(list(shape.values())))
    return {"shape": dict(zip(shape, sizes, strict=True))}, (shape,)


def shuffled(draw: Draw, *, into_depth: bool) -> Made:
    rank, factor = draw(RANKS), number(draw, 1, 3)
    shape = volume(draw, rank)
    for axis in shape:
        if into_depth and axis != "depth":
            shape[axis] *= factor
    if not into_depth:
        shape["depth"] *= factor**rank
    return {"factor": factor} | some(draw, order=st.sampled_from(("crd", "dcr"))), (shape,)


def added(draw: Draw) -> Made:
    return {}, (volume(draw, draw(ANY_RANK)),) * number(draw, 2, 4)


def multiplied(draw: Draw) -> Made:
    shape = volume(draw, draw(ANY_RANK))
    other = {a: n if draw(st.booleans()) else 1 for a, n in shape.items()}
    gate = {"depth": shape["depth"]}
    return {}, (shape, draw(st.sampled_from((other, gate))))


def joined(draw: Draw) -> Made:
    shape = volume(draw, draw(ANY_RANK))
    axis = draw(st.sampled_from(sorted(shape)))
    volumes = [shape | {axis: number(draw, 1, 9)} for _ in range(number(draw, 2, 4))]
    return {"axis": axis}, tuple(volumes)


BOOL = st.booleans()
COUNT = st.integers(1, 6)
DECIMAL = st.sampled_from((0.25, 0.5, 0.1))

MAKERS: dict[str, Maker] = {
    "conv": conv,
    "depthwise_conv": partial(convolution, multiplier=COUNT),
    "separable_conv": partial(convolution, filters=COUNT, multiplier=COUNT),
    "locally_connected": partial(convolution, filters=COUNT),
    "conv_transpose": transposed,
    "maxpool": pool,
    "avgpool": partial(pool, count_padding=BOOL, trainable=BOOL),
    "lppool": partial(pool, p=COUNT),
    "global_avgpool": plain(RANKS),
    "global_maxpool": plain(RANKS),
    "adaptive_avgpool": per_axis("output", high=15, optional=True),
    "adaptive_maxpool": per_axis("output", high=15, optional=True),
    "flatten": plain(),
    "fc": dense(bias=BOOL, activation=st.just("tanh")),
    "maxout": dense(pieces=COUNT),
    "rbf": dense(),
    "batchnorm": plain(scale=BOOL, shift=BOOL, epsilon=DECIMAL),
    "layernorm": plain(over=st.sampled_from(("depth", "all")), affine=BOOL, shift=BOOL),
    "rmsnorm": plain(epsilon=DECIMAL),
    "grn": plain(RANKS, epsilon=DECIMAL),
    "groupnorm": grouped(affine=BOOL),
    "instancenorm": plain(RANKS, affine=BOOL),
    "lrn": plain(size=COUNT, alpha=DECIMAL, beta=DECIMAL, k=COUNT),
    "prelu": plain(share=st.sampled_from(("channel", "all"))),
    "leaky_relu": plain(slope=DECIMAL),
    "elu": plain(alpha=DECIMAL),
    "hardtanh": plain(max=COUNT),
    "selu": plain(alpha=DECIMAL, scale=DECIMAL),
    "hardsigmoid": plain(slope=DECIMAL, offset=DECIMAL),
    "gelu": plain(approximate=st.sampled_from(("none", "tanh"))),
    **dict.fromkeys(
        ("relu", "relu6", "silu", "mish", "hardswish", "sigmoid", "tanh",
         "softplus", "softsign", "softmax", "log_softmax", "step", "identity"),
        plain(),
    ),
    **dict.fromkeys(("add", "subtract", "divide", "maximum", "minimum"), added),
    "multiply": multiplied,
    "concat": joined,
    "reshape": reshape,
    "pad": partial(border, crop=False),
    "crop": partial(border, crop=True),
    "slice": slice_,
    "upsample": upsample,
    "pixel_shuffle": partial(shuffled, into_depth=False),
    "depth_to_space": partial(shuffled, into_depth=False),
    "space_to_depth": partial(shuffled, into_depth=True),
    "channel_shuffle": grouped(),
    "dropout": plain(rate=DECIMAL),
    "scale": plain(share=st.sampled_from(("channel", "all")), shift=BOOL),
}  # fmt: skip
"""Kind → what draws its fields and the volumes that reach it."""


@st.composite
def cases(draw: Draw, kind: str) -> Case:
    """Draw a layer of a kind, on volumes that it takes."""
    return Case(kind, *MAKERS[kind](draw))


def stackable(kind: str) -> bool:
    return kind != "reshape" and not joins(kind)


LISTS = st.lists(
    st.sampled_from(sorted(filter(stackable, MAKERS))).flatmap(cases), min_size=1, max_size=4
)


def body(chosen: list[Case]) -> list[Spec]:
    """Return entries that run on whatever reaches them, or fail: either way they are the same."""
    return [{case.kind: case.fields} for case in chosen]
