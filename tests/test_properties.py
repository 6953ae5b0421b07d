"""The contract of every kind of layer, on random layers and volumes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_layers import MAKERS, Case, cases
from support.strategies import everything, examples, one_row, run

from cnncalc.layers.registry import KINDS
from cnncalc.layers.window import Windowed
from cnncalc.report.rows import Row

every_kind = pytest.mark.parametrize("kind", KINDS)
POOLS = ("maxpool", "avgpool", "lppool")
CONVS = ("conv", "depthwise_conv", "separable_conv", "locally_connected")


def test_every_kind_is_drawn() -> None:
    assert MAKERS.keys() == KINDS.keys()


# --- what a row tells ---------------------------------------------------------------------------


@every_kind
@examples(12)
@given(data=st.data())
def test_row(kind: str, data: st.DataObject) -> None:
    case = data.draw(cases(kind))
    row, codes = one_row(case.spec())
    if row.output is None:
        assert row.failed
        assert codes == {"CNN301"} and kind in (*POOLS, *CONVS)
        return
    assert not row.failed and codes <= {"CNN901"}
    assert all(size >= 1 for size in row.output.named().values())
    assert row.neurons == prod(row.output.named().values())
    counted = {
        trainable: sum(prod(w.shape) for w in row.weights if w.trainable is trainable)
        for trainable in (True, False)
    }
    assert (row.params, row.non_trainable) == (counted[True], counted[False])
    if case.rank and kind not in ("add", "multiply", "concat"):
        seen = row.receptive_field
        assert seen is not None
        assert seen.size.keys() == case.volumes[0].keys() - {"depth"}
        assert all(size >= 1 for size in seen.size.values()) or kind == "conv_transpose"


@every_kind
@examples(12)
@given(data=st.data())
def test_same_again(kind: str, data: st.DataObject) -> None:
    spec = data.draw(cases(kind)).spec()
    assert repr(everything(run(spec))) == repr(everything(run(spec)))


@every_kind
@examples(12)
@given(data=st.data())
def test_words(kind: str, data: st.DataObject) -> None:
    """What people read: on paper every line's arithmetic gives the line's result."""
    row, _ = one_row(data.draw(cases(kind)).spec())
    assert row.layer is not None
    assert "None" not in row.layer.hyperparameters(*row.inputs)
    if row.output is None:
        return
    inputs = tuple(volume for volume in row.inputs if volume is not None)
    for step in row.layer.derivation(inputs, row.output):
        value = on_paper(step.numbers)
        if value is not None:
            assert value == Fraction(str(step.result).split(" (")[0]), step


def on_paper(numbers: str) -> Fraction | None:
    """Return the value of a line's arithmetic, ``None`` where it has none."""
    written = numbers.translate(str.maketrans("·−⌊⌋⌈⌉", "*-[]{}"))
    if not numbers or any(c.isalpha() for c in written.replace("max", "")):
        return None
    for left, right, function in (("[", "]", "floor("), ("{", "}", "ceil(")):
        written = written.replace(left, function).replace(right, ")")
    names = {"floor": lambda x: x // 1, "ceil": lambda x: -(-x // 1), "max": max}
    exact = "".join(f"F({part})" if part.isdigit() else part for part in _parts(written))
    value: Fraction = eval(exact, {"F": Fraction, **names})
    return value


def _parts(text: str) -> list[str]:
    """Split numbers from everything else."""
    parts = [""]
    for char in text:
        if parts[-1][-1:].isdigit() != char.isdigit():
            parts.append("")
        parts[-1] += char
    return parts


# --- counts -------------------------------------------------------------------------------------


def kernels(row: Row) -> int:
    return sum(prod(w.shape) for w in row.weights if w.name not in ("bias", "gain"))


def positions(named: Any) -> int:
    return prod(size for axis, size in named.items() if axis != "depth")


def taps(case: Case) -> int:
    """Kernel positions of one map, by definition: the product of the kernel's sizes."""
    return prod(case.fields["kernel"].values())


Count = Callable[[Case, Row, dict[str, int]], int]
NONE: Count = lambda case, row, out: 0  # noqa: E731

PARAMS: dict[str, Count] = {
    "conv": lambda case, row, out: (
        taps(case) * _pairs(case)
        + out["depth"] * (case.fields.get("bias", True) + case.fields.get("standardize", False))
    ),
    "depthwise_conv": lambda case, row, out: (
        (taps(case) + case.fields.get("bias", True)) * out["depth"]
    ),
    "separable_conv": lambda case, row, out: (
        (taps(case) + out["depth"]) * case.volumes[0]["depth"] * case.fields["multiplier"]
        + out["depth"] * case.fields.get("bias", True)
    ),
    "locally_connected": lambda case, row, out: (
        (taps(case) * case.volumes[0]["depth"] + case.fields.get("bias", True)) * prod(out.values())
    ),
    "conv_transpose": lambda case, row, out: (
        taps(case) * _pairs(case) + out["depth"] * case.fields.get("bias", True)
    ),
    "avgpool": lambda case, row, out: 2 * out["depth"] * case.fields.get("trainable", False),
    "fc": lambda case, row, out: (
        (prod(case.volumes[0].values()) + case.fields.get("bias", True)) * out["depth"]
    ),
    "maxout": lambda case, row, out: (
        (prod(case.volumes[0].values()) + 1) * out["depth"] * case.fields.get("pieces", 2)
    ),
    "batchnorm": lambda case, row, out: (
        out["depth"] * (case.fields.get("scale", True) + case.fields.get("shift", True))
    ),
    "layernorm": lambda case, row, out: (
        (1 + case.fields.get("shift", True))
        * (prod(out.values()) if case.fields.get("over") == "all" else out["depth"])
        * case.fields.get("affine", True)
    ),
    "rmsnorm": lambda case, row, out: out["depth"] * case.fields.get("affine", True),
    "grn": lambda case, row, out: 2 * out["depth"],
    "groupnorm": lambda case, row, out: 2 * out["depth"] * case.fields.get("affine", True),
    "instancenorm": lambda case, row, out: 2 * out["depth"] * case.fields.get("affine", False),
    "prelu": lambda case, row, out: 1 if case.fields.get("share") == "all" else out["depth"],
    "scale": lambda case, row, out: (
        (1 + case.fields.get("shift", False))
        * (1 if case.fields.get("share") == "all" else out["depth"])
    ),
}
"""Trainable parameters by the formulas of the lecture notes; 0 for every other kind."""

MACS: dict[str, Count] = {
    **dict.fromkeys(CONVS[:3], lambda case, row, out: kernels(row) * positions(out)),
    "locally_connected": lambda case, row, out: kernels(row),
    "conv_transpose": lambda case, row, out: kernels(row) * positions(case.volumes[0]),
    **dict.fromkeys(("fc", "maxout", "rbf"), lambda case, row, out: kernels(row)),
}
"""Weights × positions; 0 for every other kind."""


def _pairs(case: Case) -> int:
    """(filter, input map) pairs that have a kernel."""
    if "connection_table" in case.fields:
        return sum(map(len, case.fields["connection_table"]))
    pairs: int = case.fields["filters"] * case.volumes[0]["depth"] // case.fields["groups"]
    return pairs


@every_kind
@examples(12)
@given(data=st.data())
def test_counts(kind: str, data: st.DataObject) -> None:
    case = data.draw(cases(kind))
    row, _ = one_row(case.spec())
    if row.output is None:
        return
    out = row.output.named()
    assert row.params == PARAMS.get(kind, NONE)(case, row, out)
    assert row.macs == MACS.get(kind, NONE)(case, row, out)
    assert row.non_trainable == {
        "batchnorm": 2 * out["depth"],
        "rbf": prod(case.volumes[0].values()) * out["depth"],
    }.get(kind, 0)


@every_kind
@examples(12)
@given(data=st.data())
def test_connections(kind: str, data: st.DataObject) -> None:
    """A connection is a multiplication with a number that is not padding, or a bias."""
    case = data.draw(cases(kind))
    row, _ = one_row(case.spec())
    if row.output is None:
        return
    assert row.neurons is not None and row.macs is not None and row.connections is not None
    biased = any(w.name == "bias" for w in row.weights)
    biases = row.neurons * biased * (case.fields.get("pieces", 2) if kind == "maxout" else 1)
    multiplied = row.macs
    if kind == "avgpool" and row.weights:
        multiplied = taps(case) * row.neurons
    assert 0 <= row.connections - biases <= multiplied
    if not case.fields.get("padding") and case.fields.get("rounding") != "ceil":
        assert row.connections - biases == multiplied


# --- rounding -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*CONVS, *POOLS])
@examples(40)
@given(data=st.data())
def test_rounding(kind: str, data: st.DataObject) -> None:
    case = data.draw(cases(kind))
    strict, codes = one_row(case.spec(rounding="strict"))
    floor, _ = one_row(case.spec(rounding="floor"))
    assert floor.output is not None and isinstance(floor.layer, Windowed)
    (volume,) = (volume for volume in floor.inputs if volume is not None)
    unseen = [w.unseen for w in floor.layer.windows(volume) if not w.auto]
    assert all(0 <= pixels < stride for pixels, stride in zip(unseen, strides(case), strict=False))
    if strict.output is None:
        assert codes == {"CNN301"} and any(unseen)
    else:
        assert strict.output == floor.output and strict.macs == floor.macs
        assert not any(unseen)
    if kind in POOLS:
        ceil, _ = one_row(case.spec(rounding="ceil"))
        assert ceil.output is not None
        grown = [b - a for a, b in zip(floor.output.spatial, ceil.output.spatial, strict=True)]
        assert all(more in (0, 1) for more in grown)
        assert not any(grown) or strict.output is None


def strides(case: Case) -> list[int]:
    stated: dict[str, int] = case.fields.get("stride") or case.fields["kernel"]
    return list(stated.values())


# --- chains of windows --------------------------------------------------------------------------


@examples(40)
@given(
    windows=st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2)),
        min_size=1,
        max_size=6,
    )
)
def test_chain(windows: list[tuple[int, int, int, int]]) -> None:
    """Receptive fields by the recurrence of Araujo, Norris and Sim (2019)."""
    layers = [
        {"conv": {"filters": 1, "kernel": k, "stride": s, "dilation": d,
                  "padding": {"left": p}, "rounding": "floor"}}
        for k, s, d, p in windows
    ]  # fmt: skip
    rows = run({"input": {"length": 9000, "depth": 1}, "layers": layers}).rows
    size, jump, padding = 1, 1, 0
    for row, (k, s, d, p) in zip(rows, windows, strict=True):
        size, padding, jump = size + (k - 1) * d * jump, padding + p * jump, jump * s
        seen = row.receptive_field
        assert seen is not None
        found = (seen.size["length"], seen.stride["length"], seen.padding["length"])
        assert found == (size, Fraction(jump), padding)
