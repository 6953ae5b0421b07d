"""The JSON Schema against the language: it accepts what the tool accepts, and rejects structure."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError
from support.strategies import effort

from cnncalc.inference.infer import infer
from cnncalc.layers.registry import KINDS, field_names, kind_aliases, layer_class
from cnncalc.maths.volume import Volume
from cnncalc.problems import page_texts as rules
from cnncalc.problems.codes import CODES
from cnncalc.schema import schema
from cnncalc.spec.document import read
from cnncalc.spec.entries import COMMON_KEYS, STRUCTURES
from cnncalc.spec.load import parse_bytes
from cnncalc.spec.network import ABOUT_KEYS, NETWORK_KEYS
from cnncalc.zoo import catalogue as zoo

SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)
SHIPPED = sorted(
    path
    for path in zoo.folder().rglob("*.yaml")
    if "bad" not in path.relative_to(zoo.folder()).parts
)
COMPLETE = [path for path in SHIPPED if "\nextends:" not in path.read_text("utf-8")]
BAD = [
    path
    for path in sorted((zoo.folder() / "bad").rglob("*.yaml"))
    if read(path.read_bytes(), path.name)[0] is not None
]

CAUGHT = {"CNN109", "CNN112", "CNN114", "CNN115", "CNN204", "CNN310"}
"""Codes whose mistake is one of structure: a file that has one is rejected."""
PARTLY = {"CNN108", "CNN201", "missing-merge", "two-kinds", "unknown-kind", "wrong-type"}
"""Pages and bad specs that are rejected although it cannot tell every mistake of their code."""

VALUES: tuple[Any, ...] = (
    0, 1, 2, -1, 10**9, 10**12, 0.5, 1.5, -0.25, True, False, None, "", "x", "3", "3x3", "3×3×3",
    "3x5", "32x32x3", "28 x 28", "same", "SAME", "Same_Lower", "valid", "strict", "Floor", "ceil",
    "depth", "all", "HEIGHT", "nearest", "bilinear", "tanh", "ReLU", "swish", "prelu", "linear",
    "none", "channel", "conv1", [], [1], [2, 3], [1, 2, 3], [1, 2, 3, 4], [0, 1], [[0, 1], [2]],
    [[]], ["a"], {}, {"height": 1, "width": 7}, {"length": 3}, {"depth": 3}, {"left": 1, "top": 0},
    {"left": 1, "height": 1}, {"width": 4, "height": 4, "depth": 2}, {"length": 9, "depth": 1},
    {"frames": 2, "height": 3, "width": 4}, {"x": 1}, {"width": "a"},
)  # fmt: skip


def data(text: str) -> Any:
    document, problems = read(text.encode(), "spec.yaml")
    assert document is not None, problems
    return document.root.data()


def codes(spec: bytes, path: Path | None = None) -> set[str]:
    loaded = parse_bytes(spec, "spec.yaml" if path is None else path.name, path)
    found = loaded.problems
    if loaded.network is not None:
        found = infer(loaded.network, None, found).problems
    return {problem.code for problem in found if problem.severity == "error"}


def test_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA == schema()
    assert len(json.dumps(SCHEMA)) < 200_000


def test_complete() -> None:
    assert set(SCHEMA["properties"]) == set(NETWORK_KEYS)
    assert set(SCHEMA["$defs"]["about"]["properties"]) == set(ABOUT_KEYS)
    for name in ("entry", "entry_or_block"):
        keys = set(SCHEMA["$defs"][name]["anyOf"][1]["properties"])
        assert keys == {*KINDS, *kind_aliases(), *COMMON_KEYS, *STRUCTURES, "merge", "activation"}


def test_described() -> None:
    """An editor has something to say about each key."""
    entry = SCHEMA["$defs"]["entry"]["anyOf"][1]
    definitions = SCHEMA["$defs"]
    for properties in (SCHEMA["properties"], entry["properties"]):
        for key, part in properties.items():
            target = definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else {}
            assert part.get("description") or target.get("description"), key


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped(path: Path) -> None:
    assert [str(error) for error in VALIDATOR.iter_errors(data(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad(path: Path) -> None:
    content = path.read_bytes()
    rejected = path.stem in PARTLY or bool(codes(content, path) & CAUGHT)
    assert VALIDATOR.is_valid(data(content.decode())) != rejected


@pytest.mark.parametrize("code", CODES)
def test_pages(code: str) -> None:
    fails, mended = rules.examples(code)
    assert VALIDATOR.is_valid(data(mended))
    document, _ = read(fails.encode(), "spec.yaml")
    if document is not None:
        assert VALIDATOR.is_valid(document.root.data()) == (code not in CAUGHT | PARTLY)


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ("input: 8x8x1", "CNN110"),
        ("layers: [relu]", "CNN110"),
        ("{input: 8x8x1, inputs: {a: 3}, layers: [relu]}", "CNN111"),
        ("{input: 8x8x1, layers: [{conv: {filters: 1, kernel: 1}, relu: }]}", "CNN111"),
        ("{input: 8x8x1, layers: [{name: a}]}", "CNN110"),
        ("{input: 8x8x1, layers: [{}]}", "CNN110"),
        ("{input: 8x8x1, layers: [{branches: [[], []]}]}", "CNN110"),
        ("{input: 8x8x1, layers: [{branches: [relu], merge: add}]}", "CNN108"),
        ("{input: 8x8x1, layers: [{branches: [[]], merge: join}]}", "CNN108"),
        ("{input: 8x8x1, layers: relu}", "CNN108"),
        ("{input: 8x8x1, layers: [3]}", "CNN108"),
        ("{input: 8x8x1, layers: [{relu: 3}]}", "CNN108"),
        ("{input: 8x8x1, layers: [{maxpool: {height: 2}}]}", "CNN109"),
        ("{input: 8x8x1, layers: [{maxpool: two}]}", "CNN108"),
        ("{input: 8x8x1, layers: [{maxpool: {kernel: {high: 2}}}]}", "CNN108"),
        ("{input: 8x8x1, layers: [{relu: , when: maybe}]}", "CNN108"),
        ("{input: 8x8x1, layers: [{relu: , repeat: -1}]}", "CNN108"),
        ("{input: 8x8x1, layers: [{relu: , expect: {parms: 0}}]}", "CNN109"),
        ("{input: 8x8x1, layers: [{relu: , expect: {params: many}}]}", "CNN108"),
        ("{input: 8x8x1, layers: [{layers: [relu], stride: 2}]}", "CNN109"),
        ("{input: 8x8x1, layers: [rellu]}", "CNN201"),
        ("{input: 8x8x1, layers: [branches]}", "CNN201"),
        ("{input: 8x8x1, layers: [{layers: [{branches: [[rellu]], merge: add}]}]}", "CNN201"),
        ("{input: 8x8x1, layers: [relu], rounding: down}", "CNN108"),
        ("{input: 8x8x1, layers: [relu], defaults: {conv2d: {bias: false}}}", "CNN201"),
        ("{input: 8x8x1, layers: [relu], defaults: {conv: {units: 3}}}", "CNN109"),
        ("{input: 8x8x1, layers: [relu], defaults: {conv: 3}}", "CNN108"),
        ("{input: 8x8x1, layers: [relu], outputs: relu1}", "CNN108"),
        ("{input: 8x8x1, layers: [relu], cases: [{input: [1]}]}", "CNN110"),
        ("{input: 8x8x1, layers: [relu], vars: {a-b: 1}}", "CNN204"),
        ("{input: 8x8x1, layers: [b], blocks: {b: {layer: [relu]}}}", "CNN109"),
        ("{input: 8x8x1, layers: [b], blocks: {b: {args: {x: 1}}}}", "CNN110"),
        ("{input: 8x8x1x2, layers: [relu]}", "CNN115"),
        ("{input: {width: 8, depth: 1}, layers: [relu]}", "CNN115"),
        ("{input: 8x8x1, layers: [{fc: 1, weights: {kernels: [[1]]}}]}", "CNN311"),
        ("{extends: $base}", "CNN210"),
    ],
)
def test_rejected(spec: str, code: str) -> None:
    assert code in codes(spec.encode())
    assert not VALIDATOR.is_valid(data(spec))


@pytest.mark.parametrize("word", [*KINDS, *kind_aliases()])
def test_names(word: str) -> None:
    """Each name of a kind, bare and with every name of each of its fields."""
    kind = kind_aliases().get(word, (word, None))[0]
    fields = [{name: "$x"} for name in field_names(kind)]
    entries = [word, {word: None}, *({word: field} for field in fields)]
    assert VALIDATOR.is_valid({"input": 1, "layers": entries})
    for entry in ({word: {"nothing": 1}}, {f"{word}_": None}):
        assert not VALIDATOR.is_valid({"input": 1, "layers": [entry]})


KEYS = ("name", "from", "when", "relu", "stride", "K", "x")
"""Keys that a mutation may add."""
UNTOLD = ("3x5", "32x32x3", 10**9, 10**12)
"""Values that only the tool refuses: sizes whose order is unclear, sizes that are too large."""


def _fields() -> Iterator[Any]:
    for kind in KINDS:
        for name, info in layer_class(kind).model_fields.items():
            yield pytest.param(kind, layer_class(kind).written(name), info, id=f"{kind}-{name}")


@pytest.mark.parametrize(("kind", "name", "info"), list(_fields()))
def test_fields(kind: str, name: str, info: Any) -> None:
    """A field's schema takes the values that the field takes, and few others."""
    # a second annotation, which says nothing: there may be no first
    field: TypeAdapter[Any] = TypeAdapter(Annotated[info.annotation, *info.metadata, name])
    for value in VALUES:
        try:
            field.validate_python(Fraction(value) if isinstance(value, float) else value)
            taken = True
        except ValidationError:
            taken = False
        spec = {"input": 1, "layers": [{kind: {name: value}}]}
        if VALIDATOR.is_valid(spec) != taken:
            assert not taken, f"{value!r} is taken but not in the schema"
            assert value in UNTOLD, f"{value!r} is in the schema but not taken"


def test_weight_names() -> None:
    wanted = {"filters": 4, "kernel": 1, "units": 3, "output": 1, "groups": 2, "factor": 1}
    shape = {"shape": "4x4x4"}
    for kind in KINDS:
        found = set()
        model = layer_class(kind)
        names = [model.written(name) for name in model.model_fields]
        for more in ({}, {"trainable": True, "affine": True, "shift": True, "standardize": True}):
            given = {**wanted, **shape, **more}
            layer = model.model_validate({name: given[name] for name in names if name in given})
            found |= {weight.name for weight in layer.weights(Volume(depth=4, spatial=(4, 4)))}
        assert found == set(model.weight_names), kind


def test_mutated() -> None:
    """What the tool takes without an error is in the schema, whatever it looks like."""
    taken = 0
    for seed in range(effort(100)):
        rng = random.Random(seed)
        spec = data(rng.choice(COMPLETE).read_text("utf-8"))
        spec.pop("expect", None)
        defaults = spec.pop("defaults", {})  # those that are not used are not looked at
        _mutate(spec, rng)
        text = json.dumps(spec | {"defaults": defaults}, default=float)
        if not codes(text.encode()):
            errors = [error.message for error in VALIDATOR.iter_errors(json.loads(text))]
            assert errors == [], seed
            taken += 1
    assert taken > effort(20)  # most changes are mistakes


def _mutate(spec: Any, rng: random.Random) -> None:
    """Change, remove or add one value somewhere in ``spec``."""
    here = spec
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(here[key], (dict, list)) and here[key] and rng.random() < 0.8:
            here = here[key]
            continue
        if rng.random() < 0.2:
            del here[key]
        elif isinstance(here, dict) and rng.random() < 0.3:
            here[rng.choice(KEYS)] = deepcopy(here[key])
        else:
            here[key] = deepcopy(rng.choice(VALUES))
        return
