"""Activations: ``f(x, out=None)``; ``out`` may be ``x`` itself.

Each works on blocks that stay in the cache, so its passes cost little more than one.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sqrt

import numpy as np

from cnncalc.forward.arrays import LONG, ONE_PASS, Array, along_rows, blockwise, by_maps, result_for
from cnncalc.forward.erf import erf
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.job import Activation
from cnncalc.forward.workers import each

_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def relu(x: Array, out: Array | None = None) -> Array:
    """Return max(0, x): of rows of zeros, a quarter faster than of one 0 (row `relu`)."""
    zeros = np.zeros(LONG, x.dtype)

    def work(a: Array, o: Array) -> None:
        if a.ndim > 1:  # not contiguous
            np.maximum(a, 0, out=o)
            return
        whole = a.size // LONG * LONG
        np.maximum(a[:whole].reshape(-1, LONG), zeros, out=o[:whole].reshape(-1, LONG))
        np.maximum(a[whole:], zeros[: a.size - whole], out=o[whole:])

    return blockwise(work, x, out, ONE_PASS)


def relu6(x: Array, out: Array | None = None) -> Array:
    """Return min(max(0, x), 6)."""
    return blockwise(lambda a, o: np.clip(a, 0, 6, out=o), x, out, ONE_PASS)


def leaky_relu(x: Array, out: Array | None = None, *, slope: float = 0.01) -> Array:
    """Return max(0, x) + slope·min(0, x)."""

    def work(a: Array, o: Array) -> None:
        below = np.minimum(a, 0)
        below *= a.dtype.type(slope)
        np.maximum(a, 0, out=o)
        o += below

    return blockwise(work, x, out)


def prelu(x: Array, slope: Array, out: Array | None = None) -> Array:
    """Return max(0, x) + slope·min(0, x) with one slope per map, or one for all."""
    if slope.shape not in (x.shape[-1:], (1,)):
        raise CannotRun(f"slopes of {slope.shape} for {x.shape[-1]} maps")

    def work(a: Array, o: Array, slopes: Array) -> None:
        below = np.minimum(a, 0)
        below *= slopes
        np.maximum(a, 0, out=o)
        o += below

    return by_maps(work, x, along_rows(np.broadcast_to(slope, x.shape[-1:])), out)


def elu(x: Array, out: Array | None = None, *, alpha: float = 1.0) -> Array:
    """Return x from 0 on, α·(eˣ − 1) below."""

    def work(a: Array, o: Array) -> None:
        below = np.expm1(np.minimum(a, 0))
        below *= a.dtype.type(alpha)
        np.maximum(a, 0, out=o)
        o += below

    return blockwise(work, x, out)


def selu(x: Array, out: Array | None = None) -> Array:
    """Return 1.0507·elu(x) with α = 1.67326 (Klambauer et al. 2017, arXiv:1706.02515)."""
    out = elu(x, out, alpha=_SELU_ALPHA)
    out *= x.dtype.type(_SELU_SCALE)
    return out


def gelu(x: Array, out: Array | None = None, *, approximate: str = "none") -> Array:
    """Return x·Φ(x): exactly, by erf, or by ½x·(1 + tanh(√(2/π)·(x + 0.044715x³)))."""

    def by_erf(a: Array, o: Array) -> None:
        half = erf(a * a.dtype.type(sqrt(0.5)))
        half += 1
        half *= a.dtype.type(0.5)
        np.multiply(a, half, out=o)

    def by_tanh(a: Array, o: Array) -> None:
        inner = a * a
        inner *= a.dtype.type(0.044715)
        inner += 1
        inner *= a
        inner *= a.dtype.type(sqrt(2 / pi))
        np.tanh(inner, out=inner)
        inner += 1
        inner *= a.dtype.type(0.5)
        np.multiply(a, inner, out=o)

    return blockwise(by_erf if approximate == "none" else by_tanh, x, out)


def _logistic(a: Array) -> Array:
    """Return 1/(1 + e⁻ˣ) in a new array; e⁻ˣ overflows to infinity, which gives 0."""
    with np.errstate(over="ignore"):
        grown: Array = np.exp(-a)
    grown += 1
    return np.reciprocal(grown, out=grown)


def sigmoid(x: Array, out: Array | None = None) -> Array:
    """Return 1/(1 + e⁻ˣ)."""
    return blockwise(lambda a, o: np.copyto(o, _logistic(a)), x, out)


def silu(x: Array, out: Array | None = None) -> Array:
    """Return x·σ(x)."""
    return blockwise(lambda a, o: np.multiply(a, _logistic(a), out=o), x, out)


def _log_one_plus_exp(a: Array) -> Array:
    """Return ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|) in a new array: nothing overflows."""
    small: Array = np.abs(a)
    np.negative(small, out=small)
    np.exp(small, out=small)
    np.log1p(small, out=small)
    small += np.maximum(a, 0)
    return small


def softplus(x: Array, out: Array | None = None) -> Array:
    """Return ln(1 + eˣ)."""
    return blockwise(lambda a, o: np.copyto(o, _log_one_plus_exp(a)), x, out)


def mish(x: Array, out: Array | None = None) -> Array:
    """Return x·tanh(ln(1 + eˣ))."""
    return blockwise(lambda a, o: np.multiply(a, np.tanh(_log_one_plus_exp(a)), out=o), x, out)


def _hard(a: Array) -> Array:
    """Return min(max(0, x + 3), 6)/6 in a new array."""
    line: Array = a + a.dtype.type(3)
    np.clip(line, 0, 6, out=line)
    line *= a.dtype.type(1 / 6)
    return line


def hardswish(x: Array, out: Array | None = None) -> Array:
    """Return x·min(max(0, x + 3), 6)/6."""
    return blockwise(lambda a, o: np.multiply(a, _hard(a), out=o), x, out)


def hardsigmoid(x: Array, out: Array | None = None) -> Array:
    """Return min(max(0, x + 3), 6)/6."""
    return blockwise(lambda a, o: np.copyto(o, _hard(a)), x, out)


def tanh(x: Array, out: Array | None = None) -> Array:
    """Return the hyperbolic tangent."""
    return blockwise(lambda a, o: np.tanh(a, out=o), x, out, ONE_PASS)


def step(x: Array, out: Array | None = None) -> Array:
    """Return 1 above 0, else 0."""
    return blockwise(lambda a, o: np.copyto(o, a > 0), x, out)


def softmax(x: Array, out: Array | None = None) -> Array:
    """Return eˣ over the depth, divided by their sum; the largest is subtracted first."""

    def work(a: Array, o: Array) -> None:
        np.subtract(a, a.max(axis=-1, keepdims=True), out=o)
        np.exp(o, out=o)
        o /= o.sum(axis=-1, keepdims=True)

    return _by_positions(work, x, out)


def log_softmax(x: Array, out: Array | None = None) -> Array:
    """Return the logarithm of softmax over the depth."""

    def work(a: Array, o: Array) -> None:
        np.subtract(a, a.max(axis=-1, keepdims=True), out=o)
        o -= np.log(np.exp(o).sum(axis=-1, keepdims=True))

    return _by_positions(work, x, out)


def _by_positions(work: Callable[[Array, Array], object], x: Array, out: Array | None) -> Array:
    """Apply ``work`` to blocks of whole positions."""
    out = result_for(x, out)
    if not out.flags.c_contiguous:
        work(x, out)
        return out
    depth = x.shape[-1]
    source, target = x.reshape(-1, depth), out.reshape(-1, depth)
    rows = max(1, (1 << 15) // depth)
    each(
        lambda start: work(source[start : start + rows], target[start : start + rows]),
        range(0, len(source), rows),
    )
    return out


ACTIVATIONS: dict[str, Callable[..., Array]] = {
    "relu": relu,
    "relu6": relu6,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "selu": selu,
    "gelu": gelu,
    "silu": silu,
    "mish": mish,
    "hardswish": hardswish,
    "hardsigmoid": hardsigmoid,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softplus": softplus,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "step": step,
}
"""By kind, the activations that need no weights: what ``activation:`` on a layer names."""


def activation(kind: str | None) -> Activation | None:
    """Return what a kernel applies to its tiles for an ``activation:`` field.

    Raises:
        CannotRun: a kind that has weights of its own (prelu).
    """
    if kind is None:
        return None
    if kind not in ACTIVATIONS:
        raise CannotRun(f"{kind} is no activation without weights")
    return ACTIVATIONS[kind]
