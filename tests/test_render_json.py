from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from support.work import at_most

from cnncalc import __version__
from cnncalc.inference.infer import infer
from cnncalc.layers.registry import layer_class
from cnncalc.render.json import document, layer_data, summary_data, unread_data
from cnncalc.report.report import Report
from cnncalc.spec.load import load, parse_bytes


def report(text: str) -> Report:
    loaded = parse_bytes(text.encode(), "net.yaml", None)
    assert loaded.network is not None
    return infer(loaded.network, None, loaded.problems)


def data(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(document(summary_data(report(text), 4)))
    return found


def test_whole() -> None:
    found = data(
        "name: N\ninput: 9x9x3\nlayers:\n  - conv: {filters: 2, kernel: 3, stride: 2}\n"
        "  - batchnorm\noutputs: [conv1, batchnorm1]\n"
    )
    shape = {"width": 4, "height": 4, "depth": 2}
    both = {"height": 2, "width": 2}
    seen = {"size": {"height": 3, "width": 3}, "stride": both, "padding": dict.fromkeys(both, 0)}
    assert found == {
        "cnncalc": __version__,
        "schema": 1,
        "name": "N",
        "inputs": {"input": {"width": 9, "height": 9, "depth": 3}},
        "outputs": {"conv1": shape, "batchnorm1": shape},
        "layers": [
            {
                "name": "conv1",
                "kind": "conv",
                "fields": {
                    "kernel": 3,
                    "stride": 2,
                    "padding": 0,
                    "dilation": 1,
                    "rounding": "strict",
                    "trainable": True,
                    "bias": True,
                    "filters": 2,
                    "groups": 1,
                    "standardize": False,
                },
                "from": ["input"],
                "inputs": [{"width": 9, "height": 9, "depth": 3}],
                "output": shape,
                "params": {"trainable": 56, "non_trainable": 0},
                "weights": {"kernel": [2, 3, 3, 3], "bias": [2]},
                "macs": 864,
                "neurons": 32,
                "connections": 896,
                "activations": 32,
                "receptive_field": seen,
                "line": 4,
            },
            {
                "name": "batchnorm1",
                "kind": "batchnorm",
                "fields": {"trainable": True, "epsilon": 1e-05, "scale": True, "shift": True},
                "from": ["conv1"],
                "inputs": [shape],
                "output": shape,
                "params": {"trainable": 4, "non_trainable": 4},
                "weights": {
                    "scale": [2],
                    "shift": [2],
                    "running_mean": [2],
                    "running_variance": [2],
                },
                "macs": 0,
                "neurons": 32,
                "connections": 0,
                "activations": 0,
                "receptive_field": seen,
                "line": 5,
            },
        ],
        "blocks": [],
        "totals": {
            "params": {"trainable": 60, "non_trainable": 4},
            "macs": 864,
            "neurons": 64,
            "connections": 896,
            "activations": 32,
            "bytes": {
                "weights": 256,
                "activations": 1228,
                "peak": 1324,
                "inference": 1356,
                "training": 1724,
            },
        },
        "problems": [],
    }


FIELDS: dict[str, tuple[str, dict[str, Any]]] = {
    "sizes by axis": (
        "{conv: {K: 2, F: [3, 5], S: {height: 2, width: 1}, P: same, activation: ReLU}}",
        {"filters": 2, "kernel": [3, 5], "stride": {"height": 2, "width": 1}, "padding": "same",
         "activation": "relu"},
    ),
    "stride of pooling": ("{maxpool: 2}", {"kernel": 2, "stride": 2, "padding": 0}),
    "another name": ("{adaptive_avgpool: [2, 3]}", {"output": [2, 3]}),
    "decimal": ("{dropout: 0.3}", {"rate": 0.3}),
    "fraction": ("hardsigmoid", {"slope": "1/6", "offset": 0.5}),
    "volume": ("{reshape: 2x4x8}", {"shape": {"width": 2, "height": 4, "depth": 8}}),
    "name of a layer": ("{crop: {like: small}}", {"like": "small"}),
    "expression": ("{fc: {units: $wide}}", {"units": 12}),
    "defaults": ("{avgpool: 2}", {"rounding": "floor", "count_padding": True}),
    "table": (
        "{conv: {filters: 2, kernel: 1, connection_table: [[0], [1, 0]]}}",
        {"connection_table": [[0], [1, 0]]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_fields(name: str) -> None:
    layer, wanted = FIELDS[name]
    found = data(
        "input: 4x8x2\nvars: {wide: 12}\n"
        "defaults: {avgpool: {rounding: floor, count_padding: true}}\n"
        f"layers:\n  - {{maxpool: 2, name: small}}\n  - upsample: 2\n  - {layer}\n"
    )
    fields = found["layers"][-1]["fields"]
    assert {key: fields[key] for key in wanted} == wanted


def test_fields_of_what_is_no_layer() -> None:
    """A layer that is wrong has none; one behind a mistake has its own."""
    found = data("input: 8\nlayers:\n  - {fc: {units: 0}}\n  - {fc: 3}\n")
    assert found["layers"][0]["fields"] is None
    assert found["layers"][1]["fields"] == {"trainable": True, "bias": True, "units": 3}


def _exact(value: Any) -> Any:
    """Return a value of the JSON as a spec would give it."""
    if isinstance(value, dict):
        return {key: _exact(each) for key, each in value.items()}
    if isinstance(value, str) and re.fullmatch(r"-?\d+/\d+", value):
        return Fraction(value)
    return Fraction(repr(value)) if isinstance(value, float) else value


@pytest.mark.parametrize(
    "network", ["lenet5-1998", "googlenet", "nfnet_f0", "regnet_y_400mf", "m5"]
)
def test_fields_give_the_same_layer(network: str) -> None:
    loaded = load(network)
    assert loaded.network is not None
    for row in infer(loaded.network).rows:
        fields = json.loads(document({"fields": layer_data(row)["fields"]}))["fields"]
        assert row.layer is not None
        again = layer_class(row.kind).model_validate(_exact(fields))
        assert again.as_stated() == row.layer.as_stated()


def test_order_and_lines() -> None:
    text = document(summary_data(report("input: 9x9x3\nlayers:\n  - relu\n  - tanh\n"), 4))
    lines = text.splitlines()
    keys = [line.split('"')[1] for line in lines if line.startswith('  "')]
    assert keys == [
        "cnncalc",
        "schema",
        "name",
        "inputs",
        "outputs",
        "layers",
        "blocks",
        "totals",
        "problems",
    ]
    assert sum(line.startswith('    {"name"') for line in lines) == 2
    assert text.endswith("}\n")


def test_problem() -> None:
    found = data("input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n  - relu\n")
    (problem,) = found["problems"]
    assert list(problem) == [
        "code", "name", "severity", "message", "help", "fixes", "file", "line", "column",
        "end_line", "end_column", "layer", "related",
    ]  # fmt: skip
    start, end = {"line": 3, "column": 44}, {"line": 3, "column": 45}
    edits = [{"start": start, "end": end, "text": "2", "safe": False}]
    fix = {"field": "stride", "value": 2, "output": "3×3", "edits": edits}
    assert fix in problem["fixes"]
    volume = {"width": 6, "height": 6, "depth": 3}
    assert {"field": "input", "value": volume, "output": "2×2", "edits": []} in problem["fixes"]
    place = [problem[key] for key in ("file", "line", "column", "end_line", "end_column")]
    assert place == ["net.yaml", 3, 44, 3, 45]
    assert problem["layer"] == "conv1"
    assert found["outputs"] == {"relu1": None}
    for layer in found["layers"]:
        assert layer["output"] is layer["macs"] is layer["receptive_field"] is None
        assert layer["params"] == {"trainable": None, "non_trainable": None}
    assert found["totals"]["params"] == {"trainable": None, "non_trainable": None}
    assert set(found["totals"]["bytes"].values()) == {None}


def test_related() -> None:
    found = data(
        "input: 7x7x3\nblocks:\n  b:\n    layers:\n"
        "      - conv: {filters: 10, kernel: 3, stride: 3}\nlayers:\n  - b\n"
    )
    (related,) = found["problems"][0]["related"]
    assert list(related) == ["message", "file", "line", "column", "end_line", "end_column"]
    assert (related["line"], related["column"], related["end_column"]) == (7, 5, 6)


@pytest.mark.parametrize(
    ("layers", "stride"),
    [("  - upsample: 2\n", "1/2"), ("  - fc: 3\n", None), ("  - maxpool: 2\n", 2)],
)
def test_stride(layers: str, stride: Any) -> None:
    found = data(f"input: 8x8x3\nlayers:\n{layers}")
    assert found["layers"][0]["receptive_field"]["stride"]["width"] == stride


def test_vector_has_no_field() -> None:
    assert data("input: 8\nlayers: [relu]\n")["layers"][0]["receptive_field"] is None


def test_exact() -> None:
    found = data("input: 999999999\nlayers:\n  - fc: {units: 999999999, bias: false}\n")
    assert found["totals"]["params"]["trainable"] == 999999999**2


@pytest.mark.parametrize("text", ["input: 3x3\nlayers: []\n", "input: nope\nlayers: [relu]\n"])
def test_unknown_totals(text: str) -> None:
    found = data(text)
    assert found["problems"]
    assert found["totals"]["macs"] is found["totals"]["params"]["trainable"] is None


def test_stopped_walk_has_no_totals() -> None:
    found = data("input: 3x3\nlayers:\n  - relu\n  - relu:\n    repeat: 1000000000\n")
    assert [problem["code"] for problem in found["problems"]] == ["CNN116"]
    assert found["totals"]["neurons"] is None


def test_unread() -> None:
    loaded = parse_bytes(b"a: [", "net.yaml", None)
    found = json.loads(document(unread_data(loaded.problems)))
    assert (found["name"], found["layers"], found["inputs"]) == (None, [], {})
    assert found["problems"][0]["code"] == "CNN103"
    assert found["totals"] == data("input: 3x3\nlayers: []\n")["totals"]


def test_names_are_escaped() -> None:
    text = document(
        summary_data(report('name: "a\\"b\\\\ \\u00e9\\u7db2"\ninput: 3x3\nlayers: [relu]\n'), 4)
    )
    assert json.loads(text)["name"] == 'a"b\\ é網'
    assert "é網" in text


def test_many_layers() -> None:
    """Each layer costs the same, however many there are."""
    layer = "  - conv: {filters: 8, kernel: 3, padding: 1}\n"
    found = report("input: 64x64x8\nlayers:\n" + layer * 500)
    with at_most(500 * 400):
        text = document(summary_data(found, 4))
    assert len(json.loads(text)["layers"]) == 500


def test_blocks() -> None:
    found = data(
        "input: 8x8x3\nblocks: {unit: {layers: [{conv: {filters: 2, kernel: 3}}, batchnorm]}}\n"
        "layers: [unit, relu]\n"
    )
    assert found["blocks"] == [
        {
            "name": "unit1",
            "block": "unit",
            "inputs": [{"width": 8, "height": 8, "depth": 3}],
            "output": {"width": 6, "height": 6, "depth": 2},
            "params": {"trainable": 60, "non_trainable": 4},
            "macs": 1944,
            "first": "unit1.conv1",
            "last": "unit1.batchnorm1",
            "line": 3,
        }
    ]


def test_every_key_is_documented() -> None:
    page = (Path(__file__).parent.parent / "docs" / "api.md").read_text("utf-8")
    found = data(
        "input: 8\nblocks: {unit: {layers: [{fc: 3}]}}\nlayers: [unit]\nexpect: {params: 1}\n"
    )
    parts = (found, found["layers"][0], found["blocks"][0], found["totals"], found["problems"][0])
    assert [key for part in parts for key in part if f"`{key}`" not in page] == []
