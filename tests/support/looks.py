"""Small networks for the tests of what is printed: one for each thing that can be seen."""

from __future__ import annotations

from functools import cache

from cnncalc.inference.infer import Overrides, infer
from cnncalc.maths.volume import Volume
from cnncalc.report.report import Report
from cnncalc.spec.load import parse_bytes

NETWORKS = {
    "plain": """
name: Plain
input: 32x32x3
layers:
  - conv: {filters: 10, kernel: 5, padding: 2, activation: relu}
  - batchnorm
  - maxpool: 2
  - conv: {filters: 20, kernel: {width: 1, height: 7}, dilation: 2, groups: 2, padding: same}
  - fc: 1000
  - dropout: 0.5
  - fc: 10
  - softmax
""",
    "residual": """
name: Residual
input: 32x32x16
blocks:
  unit:
    args: {filters: null, stride: 1}
    layers:
      - branches:
          - - conv: {filters: $filters, kernel: 3, stride: $stride, padding: 1, rounding: floor}
            - batchnorm
          - - conv: {filters: $filters, kernel: 1, stride: $stride, rounding: floor}
              when: ${stride != 1}
        merge: add
      - relu
layers:
  - unit: 16
    name: a
    repeat: 2
  - unit: {filters: 16, stride: "${2 if index == 0 else 1}"}
    name: b
    repeat: 5
  - global_avgpool
  - fc: 10
""",
    "inception": """
input: 28x28x192
blocks:
  inner:
    layers:
      - conv: {filters: 16, kernel: 1}
      - relu
layers:
  - branches:
      - - inner
      - - conv: {filters: 16, kernel: 1}
        - branches:
            - - conv: {filters: 8, kernel: [1, 3], padding: {width: 1}}
            - - conv: {filters: 8, kernel: [3, 1], padding: {height: 1}}
          merge: concat
      - []
    merge: concat
  - maxpool: 2
""",
    "skips": """
name: Skips
input: 36x36x1
layers:
  - conv: {filters: 4, kernel: 3}
    name: down
  - maxpool: 2
  - conv_transpose: {filters: 4, kernel: 2, stride: 2}
    name: up
  - crop: {like: up}
    from: down
  - concat: [up, previous]
  - upsample: 3
  - conv: {filters: 4, kernel: 3, stride: 2, padding: {left: 1, top: 1}, rounding: floor}
  - adaptive_avgpool: 5
""",
    "growing": """
name: Growing
input: 8x8x4
layers:
  - layers:
      - {concat: [input, new.*], when: "${index > 0}"}
      - {conv: {filters: 2, kernel: 3, padding: 1}, name: new}
    repeat: 4
  - concat: [input, new.*]
""",
    "failing": """
name: Failing
input: 32x32x3
blocks:
  unit:
    args: {filters: 8}
    layers:
      - conv: {filters: $filters, kernel: 3, padding: 1}
      - maxpool: 3
layers:
  - branches:
      - - unit
      - - conv: {filters: 8, kernel: 1}
          # its kernel is not what it is said to be
        - convolve: 3
    merge: add
  - fc: 10
  - unit: 4
    from: input
    name: other
  - conv: {filters: 4, kernel: 3}
    from: input
    name: last
    expect: {output: 28x28x4}
""",
    "nothing": """
input: 7x7x3
layers:
  - conv: {filters: 10, kernel: 3, stride: 3}
  - relu
""",
    "several": """
name: "[red]网络[/red] \\e[31m\\n"
inputs: {image: 16x16x3, meta: 10}
layers:
  - conv: {filters: 4, kernel: 3}
    name: "[b]卷积层"
    from: image
  - conv: {filters: 3, kernel: 1}
    name: narrow
  - conv: {filters: 4, kernel: 3}
    name: again
    weights_from: "[b]卷积层"
  - fc: 5
    name: left
  - fc: 5
    from: meta
    name: right
  - add: [left, right]
    name: sum
outputs: [sum, right]
""",
    "one": """
name: Audio
input: {length: 16000, depth: 1}
layers:
  - conv: {filters: 32, kernel: 80, stride: 16}
  - maxpool: 4
  - rbf: 10
""",
    "three": """
name: Video
input: {frames: 16, height: 20, width: 30, depth: 3}
layers:
  - conv: {filters: 8, kernel: [3, 5, 7], padding: {frames: 1, height: 2, width: 3}}
  - maxpool: [1, 2, 2]
  - conv: {filters: 4, kernel: 3, padding: same, dilation: 2}
""",
    "vectors": """
name: XOR
input: 2
layers:
  - fc: 2
  - step
  - fc: 1
""",
}


@cache
def report(name: str, *, other: bool = False) -> Report:
    """Return the report of a network above; ``other``: on another input than it states."""
    loaded = parse_bytes(NETWORKS[name].encode(), f"{name}.yaml", None)
    assert loaded.network is not None
    overrides = Overrides(inputs={"input": Volume(depth=3, spatial=(48, 48))}) if other else None
    return infer(loaded.network, overrides, loaded.problems)
