"""Write a shipped network as an ONNX file with its weights: `python write_onnx.py NETWORK FILE`.

The graph is the one that the tests compare every array with; the weights become constants, as
an exported network has them, so that ONNX Runtime prepares and folds them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[2] / "tests"))


def _stride_one(node: Any) -> bool:
    return all(set(one.ints) == {1} for one in node.attribute if one.name == "strides")


def main(name: str, path: str) -> None:
    import onnx
    from onnx import helper, numpy_helper
    from support.onnx_graph import Watched, build, inputs_for

    from cnncalc.forward.run import Settings
    from cnncalc.inference.infer import infer
    from cnncalc.spec.load import load

    loaded = load(name)
    assert loaded.network is not None
    report = infer(loaded.network, None, loaded.problems)
    inputs = inputs_for(report, 1)
    watched = Watched(report, Settings(inputs=inputs))
    assert all(not ran.error for ran in watched.run())
    graph = build(report, inputs, watched.made)
    (image,) = inputs
    nodes = [node for node in graph.nodes if node.output]
    for node in nodes:
        node.input[:] = ["input" if one == image else one for one in node.input]
        for attribute in node.attribute:
            # the reference evaluator is wrong where there is nothing to round
            if attribute.name == "ceil_mode" and _stride_one(node):
                attribute.i = 0
    constants = [numpy_helper.from_array(a, n) for n, a in graph.feeds.items() if n != image]
    shape = graph.feeds[image].shape
    given = [helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, shape)]
    made = [helper.make_tensor_value_info(report.output_rows[0], onnx.TensorProto.FLOAT, None)]
    whole = helper.make_graph(nodes, name, given, made, [*graph.constants, *constants])
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    onnx.save(model, path)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
