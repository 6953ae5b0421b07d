"""Sliding windows against ONNX shape inference, over random settings by the thousand.

Many settings share one ONNX model, and one spec states them twice: strictly, and rounded down
(which is what ONNX does). What ``strict`` rejects must be a misfit, and is compared rounded down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from support.onnx_windows import (
    CONVS,
    OPSET,
    PER_MODEL,
    POOLS,
    Setting,
    in_onnx,
    onnx,
    same,
    settings,
    weight_shape,
)
from support.strategies import codes_by_layer, run, sides_of, spatial_names

from cnncalc.report.report import Report

# --- the same as a spec -------------------------------------------------------------------------


def fields(setting: Setting) -> dict[str, Any]:
    axes = spatial_names(setting.rank)
    stated: dict[str, Any] = {
        "kernel": list(setting.kernel),
        "stride": dict(zip(axes, setting.stride, strict=True)),
        "dilation": list(setting.dilation),
        "padding": setting.auto or sides_of(dict(zip(axes, setting.pads, strict=True))),
    }
    if setting.kind == "depthwise_conv":
        stated["multiplier"] = setting.filters // setting.groups
    elif setting.kind in CONVS:
        stated |= {"filters": setting.filters, "groups": setting.groups}
    if setting.kind == "conv_transpose":
        stated["output_padding"] = list(setting.extra)
    return stated


def in_cnncalc(chosen: list[Setting]) -> tuple[Report, Report]:
    """Return the reports of the settings with strict and with rounded windows."""
    inputs = {
        f"x{i}": dict(zip(spatial_names(s.rank), s.spatial, strict=True)) | {"depth": s.depth}
        for i, s in enumerate(chosen)
    }
    reports = []
    for strict in (True, False):
        layers = []
        for i, setting in enumerate(chosen):
            stated = fields(setting)
            if setting.kind != "conv_transpose":
                rounded = "ceil" if setting.ceil else "floor"
                stated["rounding"] = "strict" if strict else rounded
            layers.append({setting.kind: stated, "from": f"x{i}", "name": f"y{i}"})
        reports.append(run({"inputs": inputs, "layers": layers}))
    return reports[0], reports[1]


# --- where ONNX and the contract differ ---------------------------------------------------------


def nothing_fits(setting: Setting, ours: set[str], _theirs: tuple[int, ...] | None) -> bool:
    if setting.kind == "conv_transpose":
        return "CNN302" in ours and any(
            (size - 1) * setting.stride[i] + setting.reach(i) + setting.extra[i]
            <= sum(setting.pads[i])
            for i, size in enumerate(setting.spatial)
        )
    return "CNN302" in ours and any(
        size + sum(setting.pads[i]) < setting.reach(i) for i, size in enumerate(setting.spatial)
    )


def in_padding(setting: Setting, ours: set[str], theirs: tuple[int, ...] | None) -> bool:
    if "CNN303" not in ours or theirs is None:
        return False
    fitting = [
        (size + sum(setting.pads[i]) - setting.reach(i)) // setting.stride[i] + 1
        for i, size in enumerate(setting.spatial)
    ]
    most = map(max, fitting, theirs[2:])
    return any(setting.lies_in_padding(i, outputs) for i, outputs in enumerate(most))


def gaps_at_the_end(setting: Setting, ours: set[str], theirs: tuple[int, ...] | None) -> bool:
    axes = range(setting.rank)
    if setting.kind != "conv_transpose" or not setting.auto.startswith("same") or not theirs:
        return False
    without = tuple(
        (size - 1) * setting.stride[i] + min(setting.reach(i), setting.stride[i])
        for i, size in enumerate(setting.spatial)
    )
    return any(setting.reach(i) < setting.stride[i] for i in axes) and theirs[2:] == without


EXCLUDED: dict[str, tuple[Callable[[Setting, set[str], tuple[int, ...] | None], bool], str]] = {
    "nothing fits": (
        nothing_fits,
        "the kernel is larger than the padded input, or everything is cropped: the contract "
        "rejects it, ONNX infers an empty or negative size, or none",
    ),
    "window in padding": (
        in_padding,
        "a pooling window sees padding only: the contract rejects it, because its maximum or "
        "mean does not exist; ONNX looks only where it rounds up, and leaves the last one out",
    ),
    "gaps at the end": (
        gaps_at_the_end,
        "a transposed convolution with SAME padding whose kernel is shorter than the stride: "
        "the contract and TensorFlow give W·S, ONNX stops after the last window",
    ),
}
"""Settings on which the two differ: how to know them, and why."""
REFUSED = ("nothing fits", "window in padding")
"""Of these, the settings that the contract rejects."""


def excluded(setting: Setting, ours: set[str], theirs: tuple[int, ...] | None) -> str:
    """Return why the two need not agree on a setting, or nothing."""
    return next((name for name, (test, _) in EXCLUDED.items() if test(setting, ours, theirs)), "")


# --- tests --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("kind", [*CONVS, *POOLS])
def test_sizes(kind: str, rank: int) -> None:
    chosen = settings(kind, rank)
    strict, rounded = in_cnncalc(chosen)
    wrong_strictly, wrong_rounded = codes_by_layer(strict), codes_by_layer(rounded)
    counted: Counter[str] = Counter()
    for setting, theirs, exact, row in zip(
        chosen, in_onnx(chosen), strict.rows, rounded.rows, strict=True
    ):
        why = excluded(setting, wrong_rounded.get(row.name, set()), theirs)
        counted[why] += 1
        if why in REFUSED:
            assert exact.output is None and row.output is None, setting
            continue
        assert row.output is not None, (setting, wrong_rounded.get(row.name), theirs)
        ours = (setting.batch, row.output.depth, *row.output.spatial)
        assert why or theirs == ours, (setting, theirs, ours)
        if setting.auto.startswith("same"):
            assert row.output.spatial == same(setting), setting
        if kind in CONVS:
            assert row.weights[0].shape == weight_shape(setting), setting
        if exact.output is None:
            assert "CNN301" in wrong_strictly[exact.name], (setting, wrong_strictly[exact.name])
            counted["misfit"] += 1
        else:
            assert exact.output == row.output, setting
    assert counted[""] > 0.6 * PER_MODEL, counted
    assert counted["misfit"] > 0.05 * PER_MODEL or kind == "conv_transpose", counted


GLOBAL = {"global_avgpool": "GlobalAveragePool", "global_maxpool": "GlobalMaxPool"}


@pytest.mark.parametrize("kind", GLOBAL)
def test_global(kind: str) -> None:
    helper, number = onnx.helper, onnx.TensorProto.FLOAT
    for rank in (1, 2, 3):
        depth, *spatial = (5, 7, 9, 11)[: 1 + rank]
        node = helper.make_node(GLOBAL[kind], ["x"], ["y"])
        inputs = [helper.make_tensor_value_info("x", number, (2, depth, *spatial))]
        graph = helper.make_graph([node], "pool", inputs, [])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        (info,) = onnx.shape_inference.infer_shapes(model).graph.value_info
        theirs = tuple(dim.dim_value for dim in info.type.tensor_type.shape.dim)
        shape = dict(zip(spatial_names(rank), spatial, strict=True)) | {"depth": depth}
        (row,) = run({"input": shape, "layers": [kind]}).rows
        assert row.output is not None
        assert theirs == (2, row.output.depth, *row.output.spatial)
