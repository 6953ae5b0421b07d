"""Mistakes about settings: what solves the rule of a layer where one of its factors is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Final

from cnncalc.homework.mistakes.formula import Factors, Formula, Way
from cnncalc.homework.values import Number, Value, whole
from cnncalc.layers.axes import per_axis
from cnncalc.layers.conv import Conv
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.maths.volume import Volume
from cnncalc.report.rows import Row

_LETTERS: Final = {"padding": "P", "kernel": "F", "stride": "S", "dilation": "d", "filters": "K"}
_WRITTEN: Final = 1000
"""Nobody writes more than three decimals: other fractions are no answers."""


def setting_formula(row: Row, volume: Volume, cell: str, right: Value) -> Formula | None:
    """Return the rule that a setting solves; ``None`` where none is known, or where axes differ.

    Raises:
        RuleError: the windows do not fit the volume.
    """
    factors = _weighed(row, volume) if cell == "filters" else _moved(row, volume)
    if factors is None or cell not in _LETTERS:
        return None
    factors = {**factors, "unknown": _LETTERS[cell]}
    if _solution(factors) != right:
        return None  # several are right, or one for each axis
    ways = list(_counted_ways(factors) if cell == "filters" else _moved_ways(factors))
    return Formula(
        right=right,
        factors=factors,
        value=_solution,
        words=_words,
        ways=ways,
        pairs=False,
        zero=cell == "padding",
    )


def _solution(f: Factors) -> Number | None:
    """Return what solves the rule, a straight line in each of its letters."""
    at_0, at_1 = (_difference({**f, f["unknown"]: number}) for number in (0, 1))
    if at_0 == at_1:
        return None
    value = Fraction(at_0, at_0 - at_1)
    return whole(value) if _WRITTEN % value.denominator == 0 else None


def _difference(f: Factors) -> Number:
    """Return by how much the sides of the rule differ."""
    if f["rule"] == "weights":
        return whole(
            Fraction(f["A"] * f["D"] * f["K"] + f["biases"] * f["K"] + f["bias"] - f["params"])
        )
    reach = (f["F"] - 1) * f["d"] + 1
    if f["rule"] == "transposed":
        return int((f["W"] - 1) * f["S"] + reach - f["sides"] * f["P"] + f["more"] - f["W2"])
    return int(f["W"] - reach + f["sides"] * f["P"] - (f["W2"] - f["one"]) * f["S"])


def _words(f: Factors) -> str:
    """Return the rule with a letter for the setting: ``(25 − 3 + 0)/S + 1 = 9, so S``."""
    f = {**f, f["unknown"]: f["unknown"]}
    if f["rule"] == "weights":
        biases = f" + {f['K']}" if f["biases"] else f" + {f['bias']}" if f["bias"] else ""
        return f"({f['A']}·{f['D']})·K{biases} = {f['params']:,}, so K"
    reach = f["F"] if f["d"] == 1 else f"(({f['F']} − 1)·{f['d']} + 1)"
    padding = {0: "0", 1: f"{f['P']}"}.get(abs(f["sides"]), f"2·{f['P']}")
    if f["rule"] == "transposed":
        sign = "+" if f["sides"] < 0 else "−"
        size = f"({f['W']} − 1)·{f['S']} + {reach} {sign} {padding} + {f['more']}"
    else:
        size = f"({f['W']} − {reach} + {padding})/{f['S']}{' + 1' if f['one'] else ''}"
    return f"{size} = {f['W2']}, so {f['unknown']}"


def _moved(row: Row, volume: Volume) -> Factors | None:
    """Return the factors of the output's size, the same along each axis."""
    layer = row.layer
    if not isinstance(layer, Windowed | ConvTranspose) or not isinstance(layer.padding, int):
        return None
    if row.output is None or len(set(row.output.spatial)) > 1:
        return None
    first, *others = (replace(window, axis="") for window in layer.windows(volume))
    if any(other != first for other in others):
        return None
    return {
        "rule": "transposed" if isinstance(layer, ConvTranspose) else "windows",
        "W": first.input, "F": first.kernel, "S": first.stride, "d": first.dilation, "one": 1,
        "P": layer.padding, "sides": 2, "W2": row.output.spatial[0],
        "more": getattr(first, "output_padding", 0),
    }  # fmt: skip


def _moved_ways(f: Factors) -> Iterator[Way]:
    yield Way(code="padding-forgotten", changes={"sides": 0})
    yield Way(code="padding-once", changes={"sides": 1})
    if f["rule"] == "transposed":
        yield Way(code="padding-added", changes={"sides": -2})
    yield Way(code="stride-forgotten", changes={"S": 1})
    yield Way(code="plus-one-forgotten", changes={"one": 0})
    yield Way(code="dilation-forgotten", changes={"d": 1})
    yield Way(code="output-padding-forgotten", changes={"more": 0})
    if f["rule"] == "transposed":
        yield Way(code="transposed-as-convolution", changes={"rule": "windows"})


def _weighed(row: Row, volume: Volume) -> Factors | None:
    """Return the factors of the parameters of a convolution."""
    layer = row.layer
    if not isinstance(layer, Conv | ConvTranspose) or row.params is None:
        return None
    sizes = per_axis(layer.kernel, volume, "kernel")
    biases = layer.filters if layer.bias else 0
    return {
        "rule": "weights", "A": prod(sizes), "F": sizes[0],
        "D": Fraction(row.params - biases, prod(sizes) * layer.filters), "K": layer.filters,
        "biases": int(layer.bias), "bias": 0, "params": row.params,
    }  # fmt: skip


def _counted_ways(f: Factors) -> Iterator[Way]:
    yield Way(code="bias-forgotten", changes={"biases": 0})
    yield Way(code="depth-forgotten", changes={"D": 1})
    yield Way(code="bias-once", changes={"biases": 0, "bias": 1})
    yield Way(code="kernel-not-squared", changes={"A": f["F"]})
