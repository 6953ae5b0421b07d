"""Mistakes about parameters, weights, biases, operations and neurons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod

from cnncalc.homework.mistakes.formula import Factors, Formula, Way
from cnncalc.homework.values import Number, whole
from cnncalc.layers.axes import per_axis
from cnncalc.layers.base import Layer
from cnncalc.layers.conv import Conv
from cnncalc.layers.dense import FullyConnected
from cnncalc.layers.derivation import product
from cnncalc.layers.norm import BatchNorm
from cnncalc.layers.separable import DepthwiseConv, SeparableConv
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import on_paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a dense layer's input was before it was stretched, and before it was pooled."""

    stretched: Volume | None = None
    before_pooling: int | None = None


def weights_formula(
    layer: Layer, volume: Volume, output: Volume, right: int, cell: str, around: Around
) -> Formula | None:
    """Return the rule of ``params``, ``weights`` or ``biases``; ``None`` where none is known."""
    if right == 0 and cell != "biases":
        return None  # any other number is a mistake of one kind: see no_formula
    if isinstance(layer, BatchNorm):
        return _batchnorm(volume, right) if cell == "params" else None
    factors = _factors(layer, volume, output)
    if factors is None:
        return None
    if cell == "biases":
        return _biases(factors, right)
    ways = list(_ways(layer, factors, around))
    if cell == "weights":
        ways = [_without_biases(way) for way in ways if not way.code.startswith("bias-")]
        ways.insert(0, Way(code="biases-included", changes={"B": factors["bias"]}))
        factors["B"] = 0
    return Formula(right=right, factors=factors, value=_params, words=_params_words, ways=ways)


def _without_biases(way: Way) -> Way:
    """Return an alternative for weights alone."""
    kept = {name: value for name, value in way.changes.items() if name != "B"}
    return replace(way, changes=kept)


def _factors(
    layer: Layer, volume: Volume, output: Volume
) -> dict[str, int | Fraction | str] | None:
    """Return the factors of (A·D·K·M + B + E)·n, the parameters of a layer.

    ``E`` are those that are neither weights nor biases (gains), ``T`` is added to A·D·K.
    """
    arrays = {array.name: array for array in layer.weights(volume)}
    biases = arrays["bias"].count if "bias" in arrays else 0
    base: dict[str, int | Fraction | str] = {
        "B": biases, "bias": biases, "D1": volume.depth, "n": 1, "M": 1, "E": 0, "T": 0,
        "positions": output.positions, "W·H": volume.positions,
    }  # fmt: skip
    if isinstance(layer, FullyConnected):
        units = {"K": layer.units, "maps": layer.units}
        return base | units | {"A": 1, "A0": 1, "taps": "", "D": volume.size}
    if isinstance(layer, SeparableConv | DepthwiseConv):
        kernel = layer.kernel_sizes(volume)
        middle = volume.depth * layer.multiplier
        maps = output.depth
        point = middle * maps if isinstance(layer, SeparableConv) else 0
        square = kernel[0] if len(set(kernel)) == 1 else 0
        return base | {
            **_taps(kernel), "F": square, "D": 1, "K": middle, "maps": maps, "T": point,
        }  # fmt: skip
    if isinstance(layer, Conv | ConvTranspose):
        kernel = per_axis(layer.kernel, volume, "kernel")
        square = kernel[0] if len(set(kernel)) == 1 and len(kernel) > 1 else 0
        taps, filters = prod(kernel), layer.filters
        depth = whole(Fraction(arrays["kernel"].count, taps * filters))
        gains = arrays["gain"].count if "gain" in arrays else 0
        return base | {
            **_taps(kernel), "F": square, "D": depth, "K": filters, "maps": filters, "E": gains,
        }  # fmt: skip
    return None


def _taps(kernel: Sequence[int]) -> dict[str, int | str]:
    """Return A, and what is needed to write it as a product while it is the right one."""
    return {"A": prod(kernel), "A0": prod(kernel), "taps": product(on_paper(kernel))}


def _params(f: Factors) -> Number:
    return whole(Fraction((f["A"] * f["D"] * f["K"] * f["M"] + f["T"] + f["B"] + f["E"]) * f["n"]))


def _params_words(f: Factors) -> str:
    taps = f["taps"] if f["A"] == f["A0"] else f["A"]
    weights = f"({taps}·{f['D']})·{f['K']}" if f["taps"] else f"{f['D']}·{f['K']}"
    if f["M"] != 1:
        weights += f"·{f['M']}"
    terms = [weights, *(str(f[each]) for each in ("T", "B", "E") if f[each])]
    total = " + ".join(terms)
    return f"({total})·{f['n']}" if f["n"] != 1 else total


def _ways(layer: Layer, f: Factors, around: Around) -> Iterator[Way]:
    """Yield what can go wrong with parameters, in the order in which it is tried."""
    if isinstance(layer, FullyConnected):
        yield from _dense_ways(f, around)
    elif isinstance(layer, SeparableConv | DepthwiseConv):
        yield from _separable_ways(layer, f)
    else:
        yield from _conv_ways(f)


def _bias(code: str, biases: int | Fraction) -> Way:
    return Way(code=code, changes={"B": biases}, brace="bias")


def _conv_ways(f: Factors) -> Iterator[Way]:
    filters = f["K"]
    if f["D"] != f["D1"]:
        yield Way(code="groups-forgotten", changes={"D": f["D1"]}, brace="depth")
    if f["B"]:
        yield _bias("bias-forgotten", 0)
    yield Way(code="depth-forgotten", changes={"D": 1}, brace="depth")
    if f["B"]:
        yield _bias("bias-once", 1)
    yield Way(code="depth-of-output", changes={"D": filters}, brace="depth")
    yield Way(code="one-filter", changes={"K": 1, "B": min(f["B"], 1)}, brace="filters")
    yield Way(code="filters-forgotten", changes={"K": 1}, brace="filters")
    if f["F"]:
        yield Way(code="kernel-not-squared", changes={"A": f["F"]})
    if not f["bias"]:
        yield _bias("bias-counted", filters)
    if f["B"]:
        yield _bias("bias-per-map", filters * f["D1"])
        multiplied = {"M": filters, "B": 0}
        yield Way(code="bias-multiplied", changes=multiplied, brace="multiplied")
    yield Way(code="not-shared", changes={"n": f["positions"]}, brace="multiplied")
    yield Way(code="input-multiplied", changes={"M": f["W·H"]}, brace="multiplied")


def _dense_ways(f: Factors, around: Around) -> Iterator[Way]:
    units = f["K"]
    if f["B"]:
        yield _bias("bias-forgotten", 0)
    stretched = around.stretched
    if stretched is not None and stretched.rank:
        changes = {"D": stretched.positions}
        yield Way(code="depth-forgotten", changes=changes, brace="depth")
        yield Way(code="sizes-forgotten", changes={"D": stretched.depth}, brace="depth")
    if around.before_pooling is not None:
        yield Way(code="before-pooling", changes={"D": around.before_pooling}, brace="depth")
    if f["B"]:
        yield _bias("bias-once", 1)
    yield Way(code="one-filter", changes={"K": 1, "B": min(f["B"], 1)}, brace="filters")
    yield Way(code="filters-forgotten", changes={"K": 1}, brace="filters")
    if not f["bias"]:
        yield _bias("bias-counted", units)
    if f["B"]:
        yield Way(code="bias-multiplied", changes={"M": units, "B": 0}, brace="multiplied")


def _separable_ways(layer: SeparableConv | DepthwiseConv, f: Factors) -> Iterator[Way]:
    if f["B"]:
        yield _bias("bias-forgotten", 0)
        yield _bias("bias-once", 1)
    full = {"D": f["D1"], "K": f["maps"], "T": 0}
    yield Way(code="as-full-convolution", changes=full, brace="steps")
    if isinstance(layer, SeparableConv):
        yield Way(code="pointwise-forgotten", changes={"T": 0}, brace="steps")
        yield Way(code="depthwise-forgotten", changes={"A": 0}, brace="steps")
    elif f["F"]:
        yield Way(code="kernel-not-squared", changes={"A": f["F"]})
    if not f["bias"]:
        yield _bias("bias-counted", f["maps"])


def _batchnorm(volume: Volume, right: int) -> Formula:
    factors = {"each": Fraction(right, volume.depth), "D": volume.depth}
    ways = [
        Way(code="statistics-counted", changes={"each": 4}, brace="each"),
        Way(code="one-of-two", changes={"each": 1}, brace="each"),
        Way(code="per-position", changes={"D": volume.size}),
    ]
    return Formula(
        right=right,
        factors=factors,
        value=lambda f: int(f["each"] * f["D"]),
        words=lambda f: f"{f['each']}·{f['D']}",
        ways=ways,
    )


def _biases(f: Factors, right: int) -> Formula:
    ways = []
    if right:
        ways = [
            Way(code="bias-forgotten", changes={"B": 0}, brace="bias"),
            Way(code="bias-once", changes={"B": 1}, brace="bias"),
            Way(code="bias-per-map", changes={"B": f["maps"] * f["D1"]}, brace="bias"),
            Way(code="biases-of-input", changes={"B": f["D1"]}, brace="bias"),
        ]
    else:
        ways = [Way(code="bias-counted", changes={"B": f["maps"]}, brace="bias")]
    return Formula(
        right=right,
        factors=f,
        value=lambda g: int(g["B"]),
        words=lambda g: str(g["B"]),
        ways=ways,
        pairs=False,
        zero=True,
    )


def macs_formula(
    layer: Layer, volume: Volume, output: Volume, right: int, around: Around, *, flops: bool
) -> Formula | None:
    """Return the rule of ``macs`` or ``flops``; ``None`` where none is known."""
    factors = _factors(layer, volume, output)
    if factors is None or right == 0:
        return None
    positions = volume.positions if isinstance(layer, ConvTranspose) else output.positions
    slides = not isinstance(layer, FullyConnected)
    factors |= {"n": positions if slides else 1, "per": 2 if flops else 1, "B": 0, "E": 0}
    of_weights = list(_ways(layer, factors, around))
    ways = [way for way in of_weights if way.code == "groups-forgotten"]
    if flops:
        ways.append(Way(code="macs-for-flops", changes={"per": 1}))
    else:
        ways.append(Way(code="flops-for-macs", changes={"per": 2}))
    if slides:
        ways.append(Way(code="positions-forgotten", changes={"n": 1}, brace="n"))
        changes = {"n": volume.positions}
        ways.append(Way(code="input-positions", changes=changes, brace="n"))
    if factors["bias"]:
        ways.append(Way(code="biases-in-macs", changes={"B": factors["bias"]}))
    wanted = ("depth-forgotten", "depth-of-output", "filters-forgotten", "kernel-not-squared")
    ways += [way for way in of_weights if way.code in wanted]
    return Formula(right=right, factors=factors, value=_macs, words=_macs_words, ways=ways)


def _macs(f: Factors) -> Number:
    per: int = f["per"]
    return _params(f) * per


def _macs_words(f: Factors) -> str:
    return f"{_params_words(f)}{'·2' if f['per'] == 2 else ''}"


def neurons_formula(inputs: Sequence[Volume], output: Volume, right: int) -> Formula:
    """Return the rule of ``neurons``."""
    ways = [
        Way(code="depth-forgotten", changes={"N": output.positions}),
        Way(code="neurons-of-input", changes={"N": inputs[0].size}),
    ]
    return Formula(
        right=right,
        factors={"N": output.size},
        value=lambda f: int(f["N"]),
        words=lambda f: str(f["N"]),
        ways=ways,
        pairs=False,
    )
