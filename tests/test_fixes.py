"""Every change that a misfit proposes is made, and then fits and gives what was promised."""

from __future__ import annotations

import json
import unicodedata
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.strategies import examples

from cnncalc.inference.infer import infer
from cnncalc.maths.volume import AXES
from cnncalc.maths.words import fraction, roughly, times
from cnncalc.problems.model import Problem
from cnncalc.report.report import Report
from cnncalc.spec.load import parse_bytes

MISFITS = ("CNN301", "CNN302", "CNN303")
SIDES = {
    "length": ("left", "right"),
    "width": ("left", "right"),
    "height": ("top", "bottom"),
    "frames": ("front", "back"),
}
POOLS = ("maxpool", "avgpool", "lppool")


def inferred(kind: str, volume: dict[str, int], fields: dict[str, Any]) -> Report:
    spec = {"input": volume, "layers": [{kind: fields}]}
    loaded = parse_bytes(json.dumps(spec).encode(), "net.json", None)
    assert loaded.network is not None
    return infer(loaded.network, None, loaded.problems)


def misfit(kind: str, volume: dict[str, int], fields: dict[str, Any]) -> Problem | None:
    found = [p for p in inferred(kind, volume, fields).problems if p.code in MISFITS]
    return found[0] if found else None


@st.composite
def layers(draw: st.DrawFn) -> tuple[str, dict[str, int], dict[str, Any]]:
    """Return a kind, an input and fields, whether they fit or not."""
    axes = AXES[draw(st.integers(1, 3))]
    kind = draw(st.sampled_from(("conv", "depthwise_conv", *POOLS)))

    def sizes(low: int, high: int) -> Any:
        one = st.integers(low, high)
        return draw(st.one_of(one, st.lists(one, min_size=len(axes), max_size=len(axes))))

    fields: dict[str, Any] = {"kernel": sizes(1, 6)}
    if draw(st.booleans()):
        fields["stride"] = sizes(1, 5)
    if draw(st.integers(0, 3)) == 0:
        fields["dilation"] = sizes(1, 3)
    how = draw(st.sampled_from(("none", "number", "sides")))
    if how == "number":
        fields["padding"] = sizes(0, 4)
    elif how == "sides":
        names = [side for axis in axes for side in SIDES[axis]]
        fields["padding"] = {side: draw(st.integers(0, 3)) for side in names}
    if draw(st.integers(0, 3)) == 0:
        fields["rounding"] = draw(
            st.sampled_from(("floor", "ceil") if kind in POOLS else ("floor",))
        )
    if kind == "conv":
        fields["filters"] = 2
    volume = {axis: draw(st.integers(1, 24)) for axis in axes}
    return kind, volume | {"depth": 3}, fields


@given(layers())
@settings(examples(100), derandomize=True)
def test_fixes(layer: tuple[str, dict[str, int], dict[str, Any]]) -> None:
    kind, volume, fields = layer
    problem = misfit(kind, volume, fields)
    assume(problem is not None)
    assert problem is not None
    for fix in problem.fixes:
        if fix.field == "input":
            report = inferred(kind, fix.value, fields)
        else:
            report = inferred(kind, volume, fields | {fix.field: fix.value})
        assert report.errors == (), (layer, fix)
        output = report.rows[0].output
        assert output is not None
        assert times(output.spatial) == fix.output, (layer, fix)


@given(layers())
@settings(examples(50), derandomize=True)
def test_help(layer: tuple[str, dict[str, int], dict[str, Any]]) -> None:
    """A misfit always has a way out, in at most three lines, and never twice."""
    problem = misfit(*layer)
    assume(problem is not None)
    assert problem is not None
    assert 1 <= len(problem.help) <= 3
    assert problem.fixes
    fixes = [(fix.field, str(fix.value)) for fix in problem.fixes]
    assert len(fixes) == len(set(fixes))
    kind, volume, fields = layer
    words = {str(fix.value) for fix in problem.fixes}
    for field, word in (("rounding", "floor"), ("rounding", "ceil"), ("padding", "same")):
        fits = inferred(kind, volume, fields | {field: word}).ok
        assert (word in words) == (fits and fields.get(field) != word), word
    if problem.code == "CNN301" and kind not in POOLS and "larger" not in problem.message:
        assert any(fix.field == "padding" and fix.value != "same" for fix in problem.fixes)


@pytest.mark.parametrize(
    ("size", "fields", "first"),
    [
        (64, {"kernel": 3, "stride": 2, "padding": 1}, "rounding: floor → 32×32, as PyTorch"),
        (32, {"kernel": 5, "stride": 2, "padding": 2}, "rounding: floor → 16×16, as PyTorch"),
        (7, {"kernel": 3, "stride": 3}, "stride 1 → 5×5"),
        (8, {"kernel": 3, "stride": 4, "padding": 1}, "stride 1 → 8×8"),
    ],
)
def test_likeliest_first(size: int, fields: dict[str, int], first: str) -> None:
    """Floor goes first where it drops nothing but padding."""
    problem = misfit("maxpool", {"width": size, "height": size, "depth": 3}, fields)
    assert problem is not None
    assert problem.help[0].startswith(first)


def test_dropped_pixels() -> None:
    """Padding that floor drops is no column of the input."""
    fields = {"kernel": 3, "stride": 4, "padding": 1}
    problem = misfit("maxpool", {"width": 8, "height": 9, "depth": 3}, fields)
    assert problem is not None
    assert "rounding: floor → 2×3 (drops 2 columns)" in "\n".join(problem.help)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Fraction(-71, 4), "−17¾ ≈ −17.75"),
        (Fraction(-3, 4), "−¾ ≈ −0.75"),
        (Fraction(-8, 7), "−1 1/7 ≈ −1.14"),
        (Fraction(-2), "−2"),
        (Fraction(7, 3), "2⅓ ≈ 2.33"),
        (Fraction(1, 2), "½ ≈ 0.50"),
    ],
)
def test_fractions(value: Fraction, words: str) -> None:
    assert roughly(value) == words


def test_signs_of_fractions() -> None:
    """A fraction of a single sign is written with it, and every such sign means its fraction."""
    signs = {}
    for denominator in range(2, 10):
        for numerator in range(1, denominator):
            value = Fraction(numerator, denominator)
            if len(text := fraction(value)) == 1:
                signs[value] = unicodedata.numeric(text)
            else:
                assert text == str(value)
    assert len(signs) == 15
    assert all(float(value) == sign for value, sign in signs.items())
