"""A report as an ONNX graph of the same network with the same weights, for ONNX Runtime to judge.

Taken from the report are the layers' fields, what each row reads, and the weights that a pass
really made. No shape that inference found is used: where an operator needs one (adaptive
windows, shuffles), ONNX's own shape inference finds it. Arrays are depth first here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from cnncalc.forward.run import Pass, Settings
from cnncalc.forward.stream import Stream
from cnncalc.layers.base import Layer
from cnncalc.report.report import Report
from cnncalc.report.rows import Row

Array = NDArray[Any]
Weights = Mapping[str, Array]
Emitter = Callable[["Graph", Any, Weights, list[str]], str]
"""(graph, layer, its weights, names of its inputs) → the name of its output."""

OPSET = 22
_TYPES = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64}


class Graph:
    """Nodes under construction. Weights are inputs: no model grows past what a file may hold."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.feeds: dict[str, Array] = {}
        self.ranks: dict[str, int] = {}
        self._known: dict[str, tuple[int, ...]] = {}

    def emit(self, op: str, *inputs: str, rank: int | None = None, **attributes: Any) -> str:
        """Add a node; its output has the rank of the first input unless stated."""
        name = f"/{len(self.ranks)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        self.ranks[name] = self.ranks.get(inputs[0], 0) if rank is None else rank
        return name

    def feed(self, array: Array, name: str = "") -> str:
        """Add an input: an array with numbers to compute with."""
        name = name or f"/w{len(self.feeds)}"
        self.feeds[name] = np.ascontiguousarray(array)
        self.ranks[name] = array.ndim - 2
        return name

    def ints(self, *values: int) -> str:
        """Add a constant of integers: a shape, or places."""
        name = f"/c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, "int64"), name))
        return name

    def number(self, value: float) -> str:
        """Add a constant number."""
        return self.feed(np.array(value, "float32"))

    def shape(self, name: str) -> tuple[int, ...]:
        """Return a shape as ONNX infers it: batch, depth, spatial axes."""
        if name in self.feeds:
            return self.feeds[name].shape
        if name not in self._known:
            model = onnx.shape_inference.infer_shapes(self.model([]), data_prop=True)
            for info in model.graph.value_info:
                sizes = tuple(dim.dim_value for dim in info.type.tensor_type.shape.dim)
                self._known[info.name] = sizes
        assert all(self._known[name]), name
        return self._known[name]

    def shape_of(self, op: str, *inputs: str, **attributes: Any) -> tuple[int, ...]:
        """Return the shape that a node would have, without adding it."""
        shape = self.shape(self.emit(op, *inputs, **attributes))
        self.nodes.pop()
        return shape

    def reshape(self, x: str, *shape: int) -> str:
        """Reshape; 0 keeps an axis, −1 takes the rest."""
        return self.emit("Reshape", x, self.ints(*shape), rank=len(shape) - 2)

    def model(self, outputs: Sequence[str]) -> onnx.ModelProto:
        """Return the model; shapes are stated for the inputs alone."""
        inputs = [
            helper.make_tensor_value_info(name, _TYPES[str(array.dtype)], array.shape)
            for name, array in self.feeds.items()
        ]
        results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self.nodes, "network", inputs, results, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 10
        return model

    def run(self, outputs: Sequence[str]) -> dict[str, Array]:
        """Run the graph by ONNX Runtime."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = 1  # more would wait for one another, busily
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(
            self.model(outputs).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        wanted = {one.name for one in session.get_inputs()}
        given = {name: array for name, array in self.feeds.items() if name in wanted}
        return dict(zip(outputs, session.run(list(outputs), given), strict=True))


class Watched(Pass):
    """A pass that shows the weights it made, by row."""

    def __init__(self, report: Report, settings: Settings) -> None:
        super().__init__(report, settings)
        self.made: dict[str, Weights] = {}

    def _weights(self, row: Row, layer: Layer, *inputs: Array) -> Any:
        made = super()._weights(row, layer, *inputs)
        self.made[row.name] = {name: _kept(array) for name, array in made.items()}
        return made


def _kept(array: Array | Stream) -> Array:
    """Return weights that outlive their layer, those that are made while they are used too."""
    if not isinstance(array, Stream):
        return array.copy()
    units, inputs = array.shape
    blocks = (min(array.units, units - first) * inputs for first in range(0, units, array.units))
    return np.concatenate(
        [
            array.block(number * array.units, np.empty(size, array.dtype))
            for number, size in enumerate(blocks)
        ]
    )


class Differs(NamedTuple):
    """How far a row's array is from ONNX Runtime's, as a share of the largest number there."""

    name: str
    kind: str
    share: float
    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    scale: float


def depth_first(x: Array) -> Array:
    return np.moveaxis(x, -1, 1)


def inputs_for(report: Report, batch: int, spread: float = 1.0) -> dict[str, Array]:
    """Return normal numbers for the network's inputs, channels last."""
    random = np.random.default_rng(batch)
    volumes = {name: volume for name, volume in report.inputs.items() if volume is not None}
    return {
        name: (spread * random.standard_normal((batch, *v.spatial, v.depth))).astype("float32")
        for name, v in volumes.items()
    }


def differences(
    report: Report, batch: int = 2, *, spread: float = 1.0, least: float = 1e-20
) -> list[Differs]:
    """Run a report here and by ONNX Runtime, in float32; compare the array of every row.

    ``least`` is the scale below which differences are not magnified.
    """
    inputs = inputs_for(report, batch, spread)
    ours = Watched(report, Settings(batch=batch, inputs=inputs))
    arrays: dict[str, Array] = {}
    for ran in ours.run():
        assert not ran.error, (ran.row.name, ran.error)
        array = ours.output(ran.row.name)
        assert array is not None
        arrays[ran.row.name] = array.copy()  # a later layer may overwrite it
    assert len(arrays) == len(report.rows)
    theirs = build(report, inputs, ours.made).run([row.name for row in report.rows])
    return [_compared(row, arrays[row.name], theirs[row.name], least) for row in report.rows]


def build(report: Report, inputs: Mapping[str, Array], weights: Mapping[str, Weights]) -> Graph:
    """Return the graph; every row's output goes by the row's name."""
    from support.onnx_kinds import ELEMENTS, KINDS

    graph = Graph()
    for name, array in inputs.items():
        graph.feed(depth_first(array), name)
    for row in report.rows:
        sources = [*row.sources, *([row.like] if row.like else [])]
        result = KINDS[row.kind](graph, row.layer, weights[row.name], sources)
        activation = getattr(row.layer, "activation", None)
        if activation is not None:
            result = ELEMENTS[activation](graph, None, {}, [result])
        graph.nodes.append(helper.make_node("Identity", [result], [row.name]))
        graph.ranks[row.name] = graph.ranks[result]
    return graph


def _compared(row: Row, ours: Array, theirs: Array, least: float) -> Differs:
    mine = depth_first(ours)
    scale = float(np.abs(theirs).max())
    share = float("inf")
    if mine.shape == theirs.shape and np.isfinite(theirs).all():
        share = float(np.abs(mine - theirs).max()) / max(scale, least)
    return Differs(row.name, row.kind, share, mine.shape, theirs.shape, scale)


def worst(found: Sequence[Differs]) -> Differs:
    """Return the row that is furthest off (one that is not a number counts as infinitely far)."""
    return max(found, key=lambda one: float("inf") if one.share != one.share else one.share)
