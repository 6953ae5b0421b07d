"""Random windows, and what ONNX shape inference makes of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pytest

from support.strategies import effort

onnx = pytest.importorskip("onnx", minversion="1.17")

OPSET = 22
"""Before it, ONNX infers wrong sizes for windows that are rounded up."""
PER_MODEL = effort(100)
"""Settings of one kind and rank, of which there are 18."""


@dataclass(frozen=True)
class Setting:
    """One window on one input, in ONNX's terms."""

    kind: str
    batch: int
    depth: int
    spatial: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    pads: tuple[tuple[int, int], ...]
    auto: str
    ceil: bool
    groups: int
    filters: int
    extra: tuple[int, ...]

    @property
    def rank(self) -> int:
        return len(self.spatial)

    def reach(self, axis: int) -> int:
        """The pixels that the dilated kernel spans."""
        return (self.kernel[axis] - 1) * self.dilation[axis] + 1

    def before(self, axis: int) -> int:
        """The padding before the input."""
        if not self.auto.startswith("same"):
            return self.pads[axis][0]
        last = (-(-self.spatial[axis] // self.stride[axis]) - 1) * self.stride[axis]
        total = max(last + self.reach(axis) - self.spatial[axis], 0)
        return total // 2 if self.auto == "same" else total - total // 2

    def lies_in_padding(self, axis: int, outputs: int) -> bool:
        """Whether one of so many windows has no tap on the input, by trying each."""
        before = self.before(axis)
        return any(
            not any(
                0 <= start + tap * self.dilation[axis] < self.spatial[axis]
                for tap in range(self.kernel[axis])
            )
            for start in (i * self.stride[axis] - before for i in range(outputs))
        )


# --- random settings ----------------------------------------------------------------------------

POOLS = {"maxpool": "MaxPool", "avgpool": "AveragePool", "lppool": "LpPool"}
CONVS = {"conv": "Conv", "depthwise_conv": "Conv", "conv_transpose": "ConvTranspose"}
AUTO = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}


def distinct(rng: random.Random, count: int, low: int, high: int) -> tuple[int, ...]:
    return tuple(rng.sample(range(low, high + 1), count))


def draw(rng: random.Random, kind: str, rank: int) -> Setting:
    """Return a setting; N, C and the sizes are all different."""
    batch, depth, *spatial = distinct(rng, 2 + rank, 2, 24)
    transposed, pooling = kind == "conv_transpose", kind in POOLS
    kernel = tuple(rng.choice((1, 2, 3, 3, 4, 5, 7)) for _ in spatial)
    stride = tuple(rng.choice((1, 1, 2, 2, 3, 4)) for _ in spatial)
    dilation = tuple(rng.choice((1, 1, 1, 2, 3)) for _ in spatial)
    auto = rng.choice(("", "", "", *AUTO))
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    most = [size // 2 + 1 if pooling else size + 1 for size in reach]
    pads = tuple((rng.randint(0, m), rng.randint(0, m)) for m in most)
    groups = 1
    if kind == "depthwise_conv":
        groups = depth
    elif not pooling:
        groups = rng.choice([n for n in range(1, depth + 1) if depth % n == 0])
    grown = tuple(rng.randint(0, max(s, d) - 1) for s, d in zip(stride, dilation, strict=True))
    return Setting(
        kind,
        batch,
        depth,
        tuple(spatial),
        kernel,
        stride,
        dilation,
        pads if not auto else ((0, 0),) * rank,
        auto,
        pooling and rng.random() < 0.5,
        groups,
        groups * rng.randint(1, 5),
        grown if transposed and not auto.startswith("same") else (0,) * rank,
    )


def settings(kind: str, rank: int) -> list[Setting]:
    rng = random.Random(f"{kind}-{rank}")
    return [draw(rng, kind, rank) for _ in range(PER_MODEL)]


# --- the same in ONNX ---------------------------------------------------------------------------


def attributes(setting: Setting) -> dict[str, Any]:
    pads = [side[0] for side in setting.pads] + [side[1] for side in setting.pads]
    stated: dict[str, Any] = {
        "kernel_shape": setting.kernel,
        "strides": setting.stride,
        "dilations": setting.dilation,
    }
    stated |= {"auto_pad": AUTO[setting.auto]} if setting.auto else {"pads": pads}
    if setting.kind in POOLS:
        stated["ceil_mode"] = int(setting.ceil)
    else:
        stated["group"] = setting.groups
    if setting.kind == "conv_transpose" and any(setting.extra):
        stated["output_padding"] = setting.extra
    return stated


def weight_shape(setting: Setting) -> tuple[int, ...]:
    if setting.kind == "conv_transpose":
        return (setting.depth, setting.filters // setting.groups, *setting.kernel)
    return (setting.filters, setting.depth // setting.groups, *setting.kernel)


def in_onnx(chosen: list[Setting]) -> list[tuple[int, ...] | None]:
    """Return the shape of each setting's output; ``None`` where ONNX gives none."""
    helper, number = onnx.helper, onnx.TensorProto.FLOAT
    inputs, nodes = [], []
    for i, setting in enumerate(chosen):
        shape = (setting.batch, setting.depth, *setting.spatial)
        inputs.append(helper.make_tensor_value_info(f"x{i}", number, shape))
        names = [f"x{i}"]
        if setting.kind in CONVS:
            inputs.append(helper.make_tensor_value_info(f"w{i}", number, weight_shape(setting)))
            names.append(f"w{i}")
        operator = (POOLS | CONVS)[setting.kind]
        nodes.append(helper.make_node(operator, names, [f"y{i}"], **attributes(setting)))
    graph = helper.make_graph(nodes, "windows", inputs, [])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    inferred = onnx.shape_inference.infer_shapes(model)
    found = {
        info.name: tuple(dim.dim_value for dim in info.type.tensor_type.shape.dim)
        for info in inferred.graph.value_info
        if info.type.tensor_type.HasField("shape")
    }
    return [found.get(f"y{i}") for i in range(len(chosen))]


def same(setting: Setting) -> tuple[int, ...]:
    """The sizes that SAME promises, whatever the kernel."""
    sizes = zip(setting.spatial, setting.stride, strict=True)
    if setting.kind == "conv_transpose":
        return tuple(size * stride for size, stride in sizes)
    return tuple(-(-size // stride) for size, stride in sizes)
