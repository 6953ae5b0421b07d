"""The peer of `summary`: ONNX shape inference of ResNet-152, without weights.

`python onnx_shapes.py write FILE` writes the graph (its weights are inputs without data),
`python onnx_shapes.py FILE` infers every shape and prints it.
"""

from __future__ import annotations

import sys
from typing import Any


class Graph:
    """A graph under construction; every method returns the name of its output."""

    def __init__(self) -> None:
        from onnx import TensorProto, helper

        self.helper, self.number = helper, TensorProto.FLOAT
        self.nodes: list[object] = []
        self.inputs: list[object] = []

    def weight(self, *shape: int) -> str:
        name = f"w{len(self.inputs)}"
        self.inputs.append(self.helper.make_tensor_value_info(name, self.number, shape))
        return name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind}{len(self.nodes)}"
        self.nodes.append(self.helper.make_node(kind, inputs, [name], **attributes))
        return name

    def unit(self, x: str, depth: int, filters: int, kernel: int, stride: int = 1) -> str:
        """A convolution with batch normalisation."""
        pads = [kernel // 2] * 4
        weight = self.weight(filters, depth, kernel, kernel)
        y = self.node("Conv", x, weight, strides=[stride] * 2, pads=pads, kernel_shape=[kernel] * 2)
        return self.node("BatchNormalization", y, *(self.weight(filters) for _ in range(4)))

    def bottleneck(self, x: str, depth: int, filters: int, stride: int) -> str:
        y = self.node("Relu", self.unit(x, depth, filters, 1))
        y = self.node("Relu", self.unit(y, filters, filters, 3, stride))
        y = self.unit(y, filters, 4 * filters, 1)
        if depth != 4 * filters:
            x = self.unit(x, depth, 4 * filters, 1, stride)
        return self.node("Relu", self.node("Add", y, x))


def write(path: str) -> None:
    import onnx

    graph = Graph()
    image = graph.helper.make_tensor_value_info("image", graph.number, [1, 3, 224, 224])
    x = graph.node("Relu", graph.unit("image", 3, 64, 7, 2))
    x = graph.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    depth = 64
    for number, count in enumerate((3, 8, 36, 3)):
        for first in range(count):
            filters = 64 << number
            x = graph.bottleneck(x, depth, filters, 2 if number and not first else 1)
            depth = 4 * filters
    x = graph.node("Flatten", graph.node("GlobalAveragePool", x))
    x = graph.node("Gemm", x, graph.weight(1000, depth), graph.weight(1000), transB=1)
    output = graph.helper.make_tensor_value_info(x, graph.number, None)
    made = graph.helper.make_graph(graph.nodes, "resnet152", [image, *graph.inputs], [output])
    onnx.save(
        graph.helper.make_model(made, opset_imports=[graph.helper.make_opsetid("", 22)]), path
    )


def infer(path: str) -> None:
    import onnx
    from onnx import shape_inference

    model = shape_inference.infer_shapes(onnx.load(path, load_external_data=False))
    for info in (*model.graph.value_info, *model.graph.output):
        shape = info.type.tensor_type.shape.dim
        print(info.name, *(dim.dim_value for dim in shape))


if __name__ == "__main__":
    write(sys.argv[2]) if sys.argv[1] == "write" else infer(sys.argv[1])
