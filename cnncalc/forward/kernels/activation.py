"""Activations. Those that take one number at a time are functions of a block: ``apply``.

Its array is cut into blocks that stay in the cache, so several passes cost little more than one,
and threads share them out; none of this concerns the functions.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache, singledispatch
from math import erf, pi, sqrt

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun, by_positions
from cnncalc.forward.kernels.dispatch import Given, compute
from cnncalc.layers import activation as kinds
from cnncalc.layers.registry import layer_class


def activation_of(kind: str | None) -> Callable[[Array, Array], object] | None:
    """Return what the ``activation`` field of a layer applies: ``activation(source, target)``.

    Both may be the same array.
    """
    if kind is None:
        return None
    layer = layer_class(kind)()
    return lambda source, target: compute(layer, Given(inputs=(source,), weights={}, out=target))


def activated(kind: str | None, array: Array) -> Array:
    """Apply a layer's own activation to an output that no one else holds, and return it."""
    activation = activation_of(kind)
    if activation is not None:
        activation(array, array)
    return array


@compute.register
def element_wise(layer: kinds.ElementWise, given: Given) -> Array:
    """Apply the layer to every number."""
    return by_positions(lambda x, target: apply(layer, x, target), given.x, given.out)


@singledispatch
def apply(layer: kinds.ElementWise, x: Array, out: Array) -> None:
    """Write the layer's function of a block ``x`` to ``out``, which may be ``x`` itself."""
    raise CannotRun(f"there is no array code for {type(layer).__name__}")


@apply.register
def relu(layer: kinds.Relu, x: Array, out: Array) -> None:
    """max(0, x)."""
    np.maximum(x, 0, out=out)


@apply.register
def relu6(layer: kinds.Relu6, x: Array, out: Array) -> None:
    """min(max(0, x), 6)."""
    np.clip(x, 0, 6, out=out)


@apply.register
def leaky_relu(layer: kinds.LeakyRelu, x: Array, out: Array) -> None:
    """max(0, x) + slope·min(0, x)."""
    _bend(x, np.minimum(x, 0) * x.dtype.type(layer.slope), out)


@apply.register
def elu(layer: kinds.Elu, x: Array, out: Array) -> None:
    """X from 0 on, α·(eˣ − 1) below."""
    _bend(x, np.expm1(np.minimum(x, 0)) * x.dtype.type(layer.alpha), out)


@apply.register
def selu(layer: kinds.Selu, x: Array, out: Array) -> None:
    """scale·elu(x)."""
    _bend(x, np.expm1(np.minimum(x, 0)) * x.dtype.type(layer.alpha), out)
    out *= x.dtype.type(layer.scale)


def _bend(x: Array, below: Array, out: Array) -> None:
    """Write x where it is above 0, plus ``below``, which is 0 there."""
    np.maximum(x, 0, out=out)
    out += below


@apply.register
def gelu(layer: kinds.Gelu, x: Array, out: Array) -> None:
    """x·Φ(x): exactly, by erf, or by ½x·(1 + tanh(√(2/π)·(x + 0.044715x³)))."""
    kind = x.dtype.type
    if layer.approximate == "none":
        share = _erf(x * kind(sqrt(0.5)))
    else:
        inner = (x * x * kind(0.044715) + 1) * x
        share = np.tanh(inner * kind(sqrt(2 / pi)))
    share += 1
    share *= kind(0.5)
    np.multiply(x, share, out=out)


def _erf(x: Array) -> Array:
    """Return the error function, off by less than 10⁻⁸: NumPy has none."""
    nodes, values = _erf_table()
    return np.interp(x, nodes, values).astype(x.dtype)


@cache
def _erf_table() -> tuple[Array, Array]:
    """Return nodes so near to each other that erf is straight between them, and 1 behind them."""
    nodes = np.linspace(-6, 6, 12 * 4096 + 1)
    return nodes, np.array([erf(node) for node in nodes.tolist()])


@apply.register
def sigmoid(layer: kinds.Sigmoid, x: Array, out: Array) -> None:
    """1/(1 + e⁻ˣ)."""
    np.copyto(out, _logistic(x))


@apply.register
def silu(layer: kinds.Silu, x: Array, out: Array) -> None:
    """x·σ(x)."""
    np.multiply(x, _logistic(x), out=out)


def _logistic(x: Array) -> Array:
    """Return 1/(1 + e⁻ˣ) in a new array; e⁻ˣ overflows to infinity, which gives 0."""
    with np.errstate(over="ignore"):
        grown: Array = np.exp(-x)
    grown += 1
    return np.reciprocal(grown, out=grown)


@apply.register
def softplus(layer: kinds.Softplus, x: Array, out: Array) -> None:
    """ln(1 + eˣ)."""
    np.logaddexp(x, 0, out=out)


@apply.register
def mish(layer: kinds.Mish, x: Array, out: Array) -> None:
    """x·tanh(ln(1 + eˣ))."""
    np.multiply(x, np.tanh(np.logaddexp(x, 0)), out=out)


@apply.register
def hardsigmoid(layer: kinds.HardSigmoid, x: Array, out: Array) -> None:
    """min(max(0, slope·x + offset), 1)."""
    np.copyto(out, _ramp(x, layer.slope, layer.offset))


@apply.register
def hardswish(layer: kinds.HardSwish, x: Array, out: Array) -> None:
    """x·min(max(0, x + 3), 6)/6."""
    np.multiply(x, _ramp(x, Fraction(1, 6), Fraction(1, 2)), out=out)


def _ramp(x: Array, slope: Fraction | int, offset: Fraction | int) -> Array:
    """Return min(max(0, slope·x + offset), 1) in a new array."""
    line: Array = x * x.dtype.type(slope)
    line += x.dtype.type(offset)
    return np.clip(line, 0, 1, out=line)


@apply.register
def tanh(layer: kinds.Tanh, x: Array, out: Array) -> None:
    """The hyperbolic tangent."""
    np.tanh(x, out=out)


@apply.register
def softsign(layer: kinds.Softsign, x: Array, out: Array) -> None:
    """x/(1 + |x|)."""
    np.divide(x, np.abs(x) + 1, out=out)


@apply.register
def hardtanh(layer: kinds.HardTanh, x: Array, out: Array) -> None:
    """min(max(x, min), max)."""
    np.clip(x, float(layer.min), float(layer.max), out=out)


@apply.register
def step(layer: kinds.Step, x: Array, out: Array) -> None:
    """1 above 0, else 0."""
    np.copyto(out, x > 0)


@compute.register
def prelu(layer: kinds.Prelu, given: Given) -> Array:
    """Return max(0, x) + slope·min(0, x) with one slope per map, or one for all."""
    x, slope = given.x, given.weights["slope"]
    if slope.shape not in (x.shape[-1:], (1,)):
        raise CannotRun(f"slopes of {slope.shape} for {x.shape[-1]} maps")

    def work(part: Array, target: Array) -> None:
        _bend(part, np.minimum(part, 0) * slope, target)

    return by_positions(work, x, given.out)


@compute.register
def softmax(layer: kinds.Softmax, given: Given) -> Array:
    """Return eˣ over the depth, divided by their sum; the largest is subtracted first."""

    def work(x: Array, target: Array) -> None:
        np.subtract(x, x.max(axis=-1, keepdims=True), out=target)
        np.exp(target, out=target)
        target /= target.sum(axis=-1, keepdims=True)

    return by_positions(work, given.x, given.out)


@compute.register
def log_softmax(layer: kinds.LogSoftmax, given: Given) -> Array:
    """Return the logarithm of softmax over the depth."""

    def work(x: Array, target: Array) -> None:
        np.subtract(x, x.max(axis=-1, keepdims=True), out=target)
        target -= np.log(np.exp(target).sum(axis=-1, keepdims=True))

    return by_positions(work, given.x, given.out)
