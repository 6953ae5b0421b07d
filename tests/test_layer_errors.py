"""What layer kinds refuse: one row per rule, with its code and the field at fault."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError
from support.layer_rows import LINE, build, ids, volumes
from support.strategies import run

from cnncalc.layers.invalid import mistakes
from cnncalc.layers.registry import layer_class
from cnncalc.maths.volume import Volume
from cnncalc.problems.codes import CODES
from cnncalc.problems.model import RuleError

LONG = [[0, 1]] * 3
ERRORS: list[tuple[str, dict[str, Any], list[Any], str, str]] = [
    # kind, fields, inputs, code, field
    ("conv", {"filters": 10, "kernel": 3, "stride": 3}, ["7x7x3"], "CNN301", "stride"),
    ("conv", {"filters": 10, "kernel": 9}, ["7x7x3"], "CNN302", "kernel"),
    ("conv", {"filters": 10, "kernel": [3, 3, 3]}, ["7x7x3"], "CNN306", "kernel"),
    ("conv", {"filters": 10, "kernel": {"length": 3}}, ["7x7x3"], "CNN306", "kernel"),
    ("conv", {"filters": 10, "kernel": 3, "padding": {"front": 1}}, ["7x7"], "CNN306", "padding"),
    ("conv", {"filters": 10, "kernel": 3}, [10], "CNN306", ""),
    ("conv", {"filters": 10, "kernel": 3, "in_channels": 4}, ["7x7x3"], "CNN307", "in_channels"),
    ("conv", {"filters": 10, "kernel": 3, "groups": 2}, ["7x7x3"], "CNN304", "groups"),
    ("conv", {"filters": 3, "kernel": 3, "groups": 2}, ["7x7x4"], "CNN304", "groups"),
    ("conv", {"filters": 3, "kernel": 3, "connection_table": LONG, "groups": 3}, ["7x7x3"],
     "CNN111", "connection_table"),
    ("conv", {"filters": 3, "kernel": 3, "connection_table": LONG, "standardize": True},
     ["7x7x3"], "CNN111", "standardize"),
    ("conv", {"filters": 2, "kernel": 3, "connection_table": LONG}, ["7x7x3"], "CNN314",
     "connection_table"),
    ("conv", {"filters": 3, "kernel": 3, "connection_table": [[0], [1], [3]]}, ["7x7x3"],
     "CNN314", "connection_table"),
    ("conv", {"filters": 3, "kernel": 3, "connection_table": [[0], [1], [2, 2]]}, ["7x7x3"],
     "CNN314", "connection_table"),
    ("conv", {"kernel": 3, "filters": 4, "connection_table": []}, [], "CNN108", "connection_table"),
    ("conv", {"kernel": 3, "filters": 4, "connection_table": [1]}, [], "CNN108",
     "connection_table"),
    ("conv", {"kernel": 3, "filters": Fraction(5, 2)}, [], "CNN108", "filters"),
    ("conv", {"kernel": 3, "filters": "64"}, [], "CNN108", "filters"),
    ("conv", {"kernel": 3, "filters": True}, [], "CNN108", "filters"),
    ("conv", {"kernel": 3, "filters": 0}, [], "CNN112", "filters"),
    ("conv", {"kernel": "3x5", "filters": 1}, [], "CNN108", "kernel"),
    ("conv", {"kernel": "3", "filters": 1}, [], "CNN108", "kernel"),
    ("conv", {"kernel": "x3", "filters": 1}, [], "CNN108", "kernel"),
    ("conv", {"kernel": "²x²", "filters": 1}, [], "CNN108", "kernel"),
    ("conv", {"kernel": [], "filters": 1}, [], "CNN108", "kernel"),
    ("conv", {"kernel": {}, "filters": 1}, [], "CNN108", "kernel"),
    ("conv", {"kernel": {"depth": 3}, "filters": 1}, [], "CNN108", "kernel"),
    ("conv", {"kernel": None, "filters": 1}, [], "CNN108", "kernel"),
    ("conv", {"kernel": 3, "filters": 1, "padding": "full"}, [], "CNN108", "padding"),
    ("conv", {"kernel": 3, "filters": 1, "padding": {"left": 1, "height": 1}}, [], "CNN108",
     "padding"),
    ("conv", {"kernel": 3, "filters": 1, "padding": -1}, [], "CNN112", "padding"),
    ("conv", {"kernel": 3, "filters": 1, "bias": 1}, [], "CNN108", "bias"),
    ("conv", {"kernel": 3, "filters": 1, "rounding": "ceil"}, [], "CNN310", "rounding"),
    ("conv", {"kernel": 3, "filters": 1, "rounding": "round"}, [], "CNN108", "rounding"),
    ("conv", {"kernel": 3, "filters": 1, "activation": "prelu"}, [], "CNN108", "activation"),
    ("conv", {"kernel": 3, "filters": 1, "activation": "conv"}, [], "CNN108", "activation"),
    ("conv", {"kernel": 3, "filters": 1, "activation": 3}, [], "CNN108", "activation"),
    ("conv_transpose", {"filters": 1, "kernel": 3, "output_padding": 1}, ["4x4"], "CNN313",
     "output_padding"),
    ("conv_transpose", {"filters": 1, "kernel": 3, "padding": 5}, ["4x4"], "CNN302", "padding"),
    ("conv_transpose", {"filters": 1, "kernel": 3, "stride": 2, "padding": "same",
     "output_padding": 1}, ["4x4"], "CNN111", "output_padding"),
    ("conv_transpose", {"filters": 3, "kernel": 3, "groups": 2}, ["4x4x4"], "CNN304", "groups"),
    ("conv_transpose", {"filters": 3, "kernel": 3}, [4], "CNN306", ""),
    ("maxpool", {"kernel": 2}, ["7x7x3"], "CNN301", "stride"),
    ("maxpool", {"kernel": 2, "padding": 2}, ["8x8x3"], "CNN303", "padding"),
    ("maxpool", {"kernel": 2}, [8], "CNN306", ""),
    ("lppool", {"kernel": 2, "p": 0}, [], "CNN112", "p"),
    ("lppool", {"kernel": 2, "p": "2"}, [], "CNN108", "p"),
    ("global_avgpool", {}, [512], "CNN306", ""),
    ("adaptive_avgpool", {"output": 6}, [512], "CNN306", ""),
    ("adaptive_avgpool", {"output": [6]}, ["8x8"], "CNN306", "output"),
    ("adaptive_avgpool", {"output": 0}, [], "CNN112", "output"),
    ("fc", {"units": 10, "in_channels": 3}, ["2x2x3"], "CNN307", "in_channels"),
    ("batchnorm", {"in_channels": 3}, ["2x2x4"], "CNN307", "in_channels"),
    ("scale", {"in_channels": 3}, ["2x2x4"], "CNN307", "in_channels"),
    ("groupnorm", {"groups": 3}, ["2x2x4"], "CNN312", "groups"),
    ("instancenorm", {}, [4], "CNN306", ""),
    ("layernorm", {"over": "width"}, [], "CNN108", "over"),
    ("dropout", {"rate": 1}, [], "CNN112", "rate"),
    ("add", {}, ["56x56x64", "28x28x128"], "CNN305", "from"),
    ("add", {}, ["28x28x64", 64], "CNN305", "from"),
    ("multiply", {}, ["28x28x64", 32], "CNN305", "from"),
    ("multiply", {}, ["28x28x64", "14x14x64"], "CNN305", "from"),
    ("multiply", {}, ["28x28x64", LINE], "CNN305", "from"),
    ("concat", {}, ["28x28x64", "26x26x64"], "CNN305", "from"),
    ("concat", {"axis": "width"}, ["28x28x64", "26x26x64"], "CNN305", "from"),
    ("concat", {"axis": "length"}, ["28x28x64", "28x28x64"], "CNN306", "axis"),
    ("concat", {"axis": "channels"}, [], "CNN108", "axis"),
    ("reshape", {"shape": "7x7x512"}, [25_000], "CNN308", "shape"),
    ("reshape", {"shape": "7x7x512"}, [49], "CNN308", "shape"),
    ("reshape", {"shape": "big"}, [], "CNN115", "shape"),
    ("slice", {"start": -9}, ["4x4x8"], "CNN309", "start"),
    ("slice", {"stop": 9}, ["4x4x8"], "CNN309", "stop"),
    ("slice", {"start": 4, "stop": 4}, ["4x4x8"], "CNN309", "stop"),
    ("slice", {"axis": "frames"}, ["4x4x8"], "CNN306", "axis"),
    ("pad", {}, ["4x4"], "CNN110", ""),
    ("pad", {"sides": 1, "left": 1}, ["4x4"], "CNN111", "left"),
    ("pad", {"front": 1}, ["4x4"], "CNN306", "front"),
    ("pad", {"sides": 1}, [4], "CNN306", ""),
    ("crop", {}, ["4x4"], "CNN110", ""),
    ("crop", {"size": 2, "sides": 1}, ["4x4"], "CNN111", "size"),
    ("crop", {"size": 5}, ["4x4"], "CNN309", "size"),
    ("crop", {"sides": 2}, ["4x4"], "CNN309", "sides"),
    ("crop", {"like": "conv1"}, ["4x4"], "CNN202", "like"),
    ("crop", {"like": Volume(depth=3, spatial=(2,))}, ["4x4"], "CNN306", "like"),
    ("crop", {"like": 3}, [], "CNN108", "like"),
    ("upsample", {}, ["4x4"], "CNN110", ""),
    ("upsample", {"factor": 2, "size": 8}, ["4x4"], "CNN111", "size"),
    ("upsample", {"factor": 2}, [4], "CNN306", ""),
    ("upsample", {"factor": 2, "mode": "cubic"}, [], "CNN108", "mode"),
    ("pixel_shuffle", {"factor": 3}, ["4x4x8"], "CNN312", "factor"),
    ("space_to_depth", {"factor": 3}, ["9x8x1"], "CNN312", "factor"),
    ("channel_shuffle", {"groups": 3}, ["4x4x8"], "CNN312", "groups"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "inputs", "code", "field"), ERRORS, ids=ids(ERRORS))
def test_error(kind: str, fields: dict[str, Any], inputs: list[Any], code: str, field: str) -> None:
    assert code in CODES
    if not inputs:
        with pytest.raises(ValidationError) as invalid:
            build(kind, fields)
        (found,) = mistakes(kind, layer_class(kind), invalid.value)
        assert (found.code, found.fields) == (code, (field,) if field else ())
        return
    with pytest.raises(RuleError) as broken:
        build(kind, fields).output(*volumes(inputs))
    error = broken.value
    assert error.code == code
    assert field in (error.fields or ("",))
    assert error.message
    assert len(error.help) <= 3


@pytest.mark.parametrize(
    ("kind", "inputs", "words"),
    [
        ("add", ["56x56x64", "28x28x128"], "filters: 128, kernel: 1, stride: 2, rounding: floor"),
        ("add", ["57x57x64", "29x29x128"], "{filters: 128, kernel: 1, stride: 2}"),
        ("add", ["28x28x64", "28x28x128"], "a 1×1 projection"),
        ("add", ["28x28x64", "26x26x64"], "padding 1 where 26×26"),
        ("add", ["28x28x64", "25x26x32"], "`crop: {size: {height: 26, width: 25}}`"),
        ("concat", ["28x28x64", "14x14x128"], "`upsample: 2` turns 14×14 into 28×28"),
        ("multiply", ["28x28x64", 32], "`fc: 64` gives one"),
        ("multiply", ["28x28x64", "1x1x32"], "turns 1×1×32 into 1×1×64"),
    ],
)
def test_help_for_unequal_shapes(kind: str, inputs: list[Any], words: str) -> None:
    with pytest.raises(RuleError) as broken:
        build(kind, {}).output(*volumes(inputs))
    shapes = [str(volume) for volume in volumes(inputs)]
    assert all(shape in broken.value.message for shape in shapes)
    assert words in " ".join(broken.value.help)


@pytest.mark.parametrize("word", ["conv1d", "conv3d"])
def test_sizes_for_other_axes(word: str) -> None:
    """A kernel for another rank is not shown as if it were 2-D."""
    report = run({"input": "32x32x3", "layers": [{word: {"filters": 3, "kernel": 3}}]})
    assert [problem.code for problem in report.problems] == ["CNN306"]
    assert report.rows[0].layer is None
