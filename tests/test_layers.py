"""Layer kinds: output, parameters and MACs of every row, and the arithmetic that explains them."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from support.layer_rows import ROWS, build, ids, volumes

from cnncalc.layers.registry import KINDS, field_names, layer_class


@pytest.mark.parametrize(
    ("kind", "fields", "inputs", "output", "params", "macs"), ROWS, ids=ids(ROWS)
)
def test_rule(
    kind: str, fields: dict[str, Any], inputs: list[Any], output: str, params: int, macs: int
) -> None:
    layer, given = build(kind, fields), volumes(inputs)
    result = layer.output(*given)
    weights = layer.weights(*given)
    assert str(result).replace("×", "x") == output
    assert sum(weight.count for weight in weights if weight.trainable) == params
    assert layer.macs(given, result) == macs
    assert len({weight.name for weight in weights}) == len(weights)
    for volume in given:
        assert set(layer.reads(volume, result)) <= set(result.axes)


@pytest.mark.parametrize(
    ("kind", "fields", "inputs", "output", "params", "macs"), ROWS, ids=ids(ROWS)
)
def test_derivation_agrees(
    kind: str, fields: dict[str, Any], inputs: list[Any], output: str, params: int, macs: int
) -> None:
    layer, given = build(kind, fields), volumes(inputs)
    result = layer.output(*given)
    steps = layer.derivation(given, result)
    assert steps
    results = {step.counts: step.result for step in steps}
    assert results.get("params", 0) == params
    assert results.get("macs", 0) == macs
    symbols = {"width": "W2", "height": "H2", "length": "L2", "frames": "T2", "depth": "D2"}
    for step in steps:
        for axis in step.axes:
            assert symbols[axis] in step.what.split(" = ")
            assert step.result == result.along(axis)
    for step in steps:
        assert arithmetic(step.numbers) in (None, str(step.result).split(" (")[0])


def arithmetic(numbers: str) -> str | None:
    """Return what a line's numbers come to, where they are plain arithmetic."""
    text = numbers.replace("·", "*").replace("−", "-")
    for left, right, sign in (("⌊", "⌋", 1), ("⌈", "⌉", -1)):
        if text.startswith(left):
            inside, rest = text[1:].split(right)
            whole = sign * (sign * Fraction(exact(inside)) // 1)
            text = f"{whole}{rest}"
    if not text or not set(text) <= set("0123456789+-*/() "):
        return None
    value = Fraction(exact(text))
    return str(value)


def exact(text: str) -> Fraction:
    """Return plain arithmetic exactly."""
    found = eval(re.sub(r"(\d+)", r"Fraction(\1)", text), {"Fraction": Fraction})
    assert isinstance(found, Fraction)
    return found


def test_every_field_of_every_kind_is_in_the_table() -> None:
    stated: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for kind, fields, *_ in ROWS:
        stated[kind] |= set(fields)
    missing = {
        f"{kind}.{field}"
        for kind in KINDS
        for field in set(field_names(kind).values()) - stated[kind]
    }
    assert not missing


def test_every_field_is_described() -> None:
    for kind in KINDS:
        cls = layer_class(kind)
        assert cls.__doc__
        assert cls.main is None or cls.main in field_names(kind)
        for field in cls.model_json_schema()["properties"].values() if cls.model_fields else ():
            assert field["description"]
