"""Mistakes about output volumes: windows, transposed windows, and the other kinds."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Any

from cnncalc.homework.answers import MISFIT
from cnncalc.homework.mistakes.formula import Factors, Formula, Way
from cnncalc.homework.values import Number, Value, sizes_of
from cnncalc.layers.base import Layer
from cnncalc.layers.border import Pad
from cnncalc.layers.dense import Dense, Flatten
from cnncalc.layers.global_pool import GlobalPool
from cnncalc.layers.merge import Add, Concat
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.maths.geometry import extent
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import number, on_paper


def output_formula(layer: Layer, inputs: tuple[Volume, ...], right: Value) -> Formula:
    """Return the rule of a layer's output with what can go wrong in it."""
    volume = inputs[0]
    if isinstance(layer, Windowed):
        return _windows(layer, volume, right)
    if isinstance(layer, ConvTranspose):
        return _transposed(layer, volume, right)
    output = right if isinstance(right, tuple) else sizes_of(volume)
    factors = {"spatial": output[:-1], "depth": output[-1], "order": ""}
    return Formula(
        right=right,
        factors=factors,
        value=_shaped,
        words=lambda f: _words(_shaped(f)),
        ways=(*_orders(len(output) - 1), *_shapes(layer, inputs, output)),
    )


def _shaped(f: Factors) -> Value:
    return _arranged((*f["spatial"], f["depth"]), f["order"])


def _words(value: Value | None) -> str:
    return "×".join(map(number, value)) if isinstance(value, tuple) else str(value)


def _orders(rank: int) -> Iterator[Way]:
    """Yield what can go wrong with every volume: the order of its sizes."""
    if rank > 1:
        yield Way(code="axes-swapped", changes={"order": "hwd"})
    if rank:
        yield Way(code="depth-first", changes={"order": "dwh"})
    if rank == 2:
        yield Way(code="depth-first", changes={"order": "dhw"})


def _any(rank: int) -> Iterator[Way]:
    """Yield what can go wrong with every volume that windows give."""
    yield from _orders(rank)
    yield Way(code="called-misfit", changes={"misfit": True}, words="the windows fit")


def _arranged(sizes: tuple[Number, ...], order: str) -> tuple[Number, ...]:
    """Return sizes, which are as printed, in another order."""
    *spatial, depth = sizes
    if order == "hwd":
        return (*spatial[:-2], spatial[-1], spatial[-2], depth)
    if order == "dhw":
        return (depth, *spatial[::-1])
    return (depth, *spatial) if order == "dwh" else sizes


def _depths(own: int, output: int, *, pooling: bool, stride: int) -> Iterator[Way]:
    """Yield what can go wrong with the depth of an output."""
    yield Way(code="depth-kept", changes={"D": own}, brace="depth")
    yield Way(code="depth-one", changes={"D": 1}, brace="depth")
    if pooling:
        yield Way(code="depth-pooled", changes={"D": own // stride}, brace="depth")
    else:
        yield Way(code="depth-multiplied", changes={"D": own * output}, brace="depth")


def _windows(layer: Windowed, volume: Volume, right: Value) -> Formula:
    setting = layer.setting(volume)
    same = isinstance(setting.padding[0], str)
    paddings = on_paper((0, 0) if isinstance(p, str) else p for p in setting.padding)
    kernel, dilation = on_paper(setting.kernel), on_paper(setting.dilation)
    depth = volume.depth if layer.pooling else _maps(layer, volume)
    factors = {
        "W": on_paper(volume.spatial),
        "F": [extent(size, step) for size, step in zip(kernel, dilation, strict=True)],
        "S": on_paper(setting.stride),
        "P": paddings,
        "same": same,
        "one": 1,
        "rounding": "",
        "usual": "ceil" if setting.rounding == "ceil" else "floor",
        "kept": False,
        "D": depth,
        "order": "",
        "misfit": False,
        "misfits": None,
    }
    if right == MISFIT:
        factors["misfits"] = _quotients(factors)
    none = [(0, 0)] * volume.rank
    ways = [*_any(volume.rank)]
    ways.append(Way(code="padding-forgotten", changes={"P": none, "same": False}, brace="p"))
    if not same:
        before = [(side, 0) for side, _ in paddings]
        ways.append(Way(code="padding-once", changes={"P": before}, brace="p"))
    ways.append(Way(code="stride-forgotten", changes={"S": [1] * volume.rank}))
    ways.append(Way(code="plus-one-forgotten", changes={"one": 0}))
    ways.append(Way(code="dilation-forgotten", changes={"F": kernel}))
    if not same:
        for code, how in (("floored", "floor"), ("rounded-up", "ceil"), ("not-whole", "exact")):
            ways.append(Way(code=code, changes={"rounding": how}, brace="rounding"))
    ways.append(Way(code="size-kept", changes={"kept": True}, only_with="depth"))
    stride = setting.stride[0]
    ways += _depths(volume.depth, depth, pooling=layer.pooling, stride=stride)
    return Formula(right=right, factors=factors, value=_slid, words=_slide_words, ways=ways)


def _maps(layer: Windowed, volume: Volume) -> int:
    """Return the depth of a convolution's output, which does not depend on whether windows fit."""
    maps = getattr(layer, "maps", None)
    if maps is not None:
        return int(maps(volume))
    return int(getattr(layer, "filters", volume.depth))


def _quotients(f: Factors) -> list[Fraction | None]:
    """Return (W − F′ + P)/S along each axis; ``None``: what ``same`` makes fit."""
    if f["same"]:
        return [None] * len(f["W"])
    axes = zip(f["W"], f["F"], f["S"], f["P"], strict=True)
    return [Fraction(w - wide + sum(p), s) for w, wide, s, p in axes]


def _slid(f: Factors) -> Value | None:
    if f["misfit"]:
        return MISFIT
    if f["kept"]:
        return _arranged((*f["W"], f["D"]), f["order"])
    quotients = _quotients(f)
    if quotients == f["misfits"] and not f["rounding"]:
        return None  # what does not fit is unchanged
    if f["rounding"] and all(q is None or q.denominator == 1 for q in quotients):
        return None
    sizes: list[Number] = []
    for q, w, s in zip(quotients, f["W"], f["S"], strict=True):
        if q is None:
            sizes.append(-(-w // s) - 1 + f["one"])
        elif q < 0:
            return None
        else:
            sizes.append(_rounded(q, f["rounding"] or f["usual"]) + f["one"])
    return _arranged((*sizes, f["D"]), f["order"])


def _rounded(value: Fraction, how: str) -> Number:
    if how == "exact" and value.denominator > 1:
        return value
    return ceil(value) if how == "ceil" else floor(value)


def _slide_words(f: Factors) -> str:
    """Return the arithmetic of the first axis, and the volume."""
    value = _slid(f)
    volume = _words(value)
    if f["kept"]:
        return volume
    w, wide, s, (before, after) = f["W"][0], f["F"][0], f["S"][0], f["P"][0]
    one = " + 1" if f["one"] else ""
    if f["same"]:
        return f"⌈{w}/{s}⌉{'' if f['one'] else ' − 1'}, so {volume}"
    quotient = _quotients(f)[0]
    how = f["rounding"] or f["usual"]
    whole = quotient is None or quotient.denominator == 1 or how == "exact"
    left, right = ("", "") if whole else ("⌈⌉" if how == "ceil" else "⌊⌋")
    return f"{left}({w} − {wide} + {before + after})/{s}{right}{one}, so {volume}"


def _transposed(layer: ConvTranspose, volume: Volume, right: Value) -> Formula:
    windows = on_paper(layer.windows(volume))
    none = [(0, 0)] * volume.rank
    factors = {
        "W": [w.input for w in windows],
        "F": [w.extent for w in windows],
        "S": [w.stride for w in windows],
        "P": [(w.before, w.after) for w in windows],
        "O": [w.output_padding for w in windows],
        "form": "transposed",
        "D": layer.filters,
        "order": "",
        "misfit": False,
    }
    added = [(-w.before, -w.after) for w in windows]
    ways = [
        *_any(volume.rank),
        Way(code="padding-forgotten", changes={"P": none}, brace="p"),
        Way(code="padding-once", changes={"P": [(w.before, 0) for w in windows]}, brace="p"),
        Way(code="padding-added", changes={"P": added}, brace="p"),
        Way(code="stride-forgotten", changes={"S": [1] * volume.rank}),
        Way(code="dilation-forgotten", changes={"F": [w.kernel for w in windows]}),
        Way(code="output-padding-forgotten", changes={"O": [0] * volume.rank}),
        Way(code="transposed-as-convolution", changes={"form": "convolution"}, brace="form"),
        Way(code="transposed-as-multiple", changes={"form": "multiple"}, brace="form"),
        Way(code="size-kept", changes={"form": "kept"}, brace="form", only_with="depth"),
        *_depths(volume.depth, layer.filters, pooling=False, stride=1),
    ]
    return Formula(right=right, factors=factors, value=_spread, words=_spread_words, ways=ways)


def _spread(f: Factors) -> Value | None:
    if f["misfit"]:
        return MISFIT
    axes = zip(f["W"], f["F"], f["S"], f["P"], f["O"], strict=True)
    sizes = [_spread_size(f["form"], *axis) for axis in axes]
    return _arranged((*sizes, f["D"]), f["order"])


def _spread_size(form: str, w: int, wide: int, s: int, p: tuple[int, int], more: int) -> int:
    if form == "kept":
        return w
    if form == "multiple":
        return w * s
    if form == "convolution":
        return (w - wide + sum(p)) // s + 1
    return (w - 1) * s + wide - sum(p) + more


def _spread_words(f: Factors) -> str:
    value = _spread(f)
    volume = _words(value)
    w, wide, s, p, more = f["W"][0], f["F"][0], f["S"][0], sum(f["P"][0]), f["O"][0]
    cut = f"− {p}" if p >= 0 else f"+ {-p}"
    words = {
        "kept": "",
        "multiple": f"{w}·{s}, so ",
        "convolution": f"({w} − {wide} + {p})/{s} + 1, so ",
        "transposed": f"({w} − 1)·{s} + {wide} {cut} + {more}, so ",
    }
    return words[f["form"]] + volume


def _shapes(layer: Layer, inputs: tuple[Volume, ...], output: tuple[Any, ...]) -> Iterator[Way]:
    """Yield what can go wrong with the volumes of other kinds."""
    volume = inputs[0]
    own = sizes_of(volume)
    spatial, depth = output[:-1], output[-1]
    if isinstance(layer, Pad):
        grown = [now - then for now, then in zip(spatial, own, strict=False)]
        sides = on_paper(layer.borders(volume))
        once = tuple(then + before for then, (before, _) in zip(own, sides, strict=False))
        yield Way(code="padding-once", changes={"spatial": once})
        if grown:
            yield Way(code="depth-padded", changes={"depth": depth + grown[0]})
    elif isinstance(layer, Flatten):
        flat = {"depth": volume.positions}
        yield Way(code="depth-forgotten", changes=flat, brace="shape")
        kept = {"spatial": own[:-1], "depth": own[-1]}
        yield Way(code="volume-kept", changes=kept, brace="shape")
    elif isinstance(layer, Dense) and volume.rank:
        yield Way(code="volume-kept", changes={"spatial": own[:-1]})
    elif isinstance(layer, Concat) and layer.axis == "depth":
        for one in dict.fromkeys(each.depth for each in inputs):
            yield Way(code="concat-as-add", changes={"depth": one}, brace="depth")
    elif isinstance(layer, Add):
        deeper = sum(each.depth for each in inputs)
        yield Way(code="add-as-concat", changes={"depth": deeper})
    elif isinstance(layer, GlobalPool):
        yield Way(code="depth-one", changes={"depth": 1})
        yield Way(code="size-kept", changes={"spatial": own[:-1]})
