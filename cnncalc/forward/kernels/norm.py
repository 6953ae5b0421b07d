"""Normalisation: batchnorm, layernorm, groupnorm, instancenorm, lrn.

Means and variances are summed in float64: over a large map a float32 sum loses digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnncalc.forward.arrays import Array, along_rows, by_maps, need_spatial, result_for
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.dispatch import activated, run_layer
from cnncalc.forward.workers import each
from cnncalc.layers import norm as kinds


def batchnorm(
    x: Array,
    mean: Array,
    variance: Array,
    scale: Array | None = None,
    shift: Array | None = None,
    *,
    epsilon: float = 1e-5,
    out: Array | None = None,
) -> Array:
    """Normalise each map by its running mean and variance: one multiplication and addition."""
    need_one_per_map(x, mean, variance, scale, shift)
    factor = 1 / np.sqrt(variance.astype(np.float64) + epsilon)
    factor = factor if scale is None else factor * scale
    offset = -mean * factor if shift is None else shift - mean * factor

    def work(source: Array, target: Array, values: Array) -> None:
        np.multiply(source, values[0], out=target)
        np.add(target, values[1], out=target)

    return by_maps(work, x, along_rows(np.stack([factor, offset]).astype(mean.dtype)), out)


def need_one_per_map(x: Array, *values: Array | None) -> None:
    """Raise ``CannotRun`` when some values are not one per map."""
    for value in values:
        if value is not None and value.shape != x.shape[-1:]:
            raise CannotRun(f"values of {value.shape} for {x.shape[-1]} maps")


def layernorm(
    x: Array,
    scale: Array | None = None,
    shift: Array | None = None,
    *,
    over: str = "depth",
    epsilon: float = 1e-5,
    out: Array | None = None,
) -> Array:
    """Normalise each position over its depth, or each image over ``all`` of its numbers.

    Over all, scale and shift are (D, *spatial) as declared.
    """
    if over == "depth":
        need_one_per_map(x, scale, shift)
        return _normalise(x, (x.ndim - 1,), scale, shift, epsilon, out)
    shape = (x.shape[-1], *x.shape[1:-1])
    for value in (scale, shift):
        if value is not None and value.shape != shape:
            raise CannotRun(f"values of {value.shape} for a volume of {shape}")
    factor = None if scale is None else np.moveaxis(scale, 0, -1)
    offset = None if shift is None else np.moveaxis(shift, 0, -1)
    return _normalise(x, tuple(range(1, x.ndim)), factor, offset, epsilon, out)


def groupnorm(
    x: Array,
    groups: int,
    scale: Array | None = None,
    shift: Array | None = None,
    *,
    epsilon: float = 1e-5,
    out: Array | None = None,
) -> Array:
    """Normalise each group of neighbouring maps of each image by its own mean and variance."""
    need_one_per_map(x, scale, shift)
    depth = x.shape[-1]
    if groups < 1 or depth % groups:
        raise CannotRun(f"{groups} groups do not divide {depth} maps")
    split = (groups, depth // groups)
    view = x.reshape(len(x), -1, *split)  # a vector is one position
    factor = None if scale is None else scale.reshape(split)
    offset = None if shift is None else shift.reshape(split)
    target = result_for(x, out)
    _normalise(view, (1, 3), factor, offset, epsilon, target.reshape(view.shape))
    return target


def instancenorm(
    x: Array,
    scale: Array | None = None,
    shift: Array | None = None,
    *,
    epsilon: float = 1e-5,
    out: Array | None = None,
) -> Array:
    """Normalise each map of each image by its own mean and variance."""
    need_spatial(x.shape, "instance normalisation")
    return groupnorm(x, x.shape[-1], scale, shift, epsilon=epsilon, out=out)


def _normalise(
    x: Array,
    axes: tuple[int, ...],
    scale: Array | None,
    shift: Array | None,
    epsilon: float,
    out: Array | None,
) -> Array:
    """Subtract the mean over ``axes``, divide by the deviation, then scale and shift.

    Image by image, and in blocks of rows where each position is normalised by itself.
    """
    out = result_for(x, out)
    alone = axes == (x.ndim - 1,)
    source = x.reshape(-1, 1, x.shape[-1]) if alone else x[:, None]
    target = out.reshape(source.shape)
    within = (2,) if alone else tuple(axis + 1 for axis in axes)
    step = max(1, (1 << 15) // x.shape[-1]) if alone else 1

    def work(first: int) -> None:
        part, into = source[first : first + step], target[first : first + step]
        mean = part.mean(axis=within, keepdims=True, dtype=np.float64)
        np.subtract(part, mean.astype(x.dtype), out=into)
        spread = np.square(into).mean(axis=within, keepdims=True, dtype=np.float64)
        np.multiply(into, (1 / np.sqrt(spread + epsilon)).astype(x.dtype), out=into)
        if scale is not None:
            np.multiply(into, scale, out=into)
        if shift is not None:
            np.add(into, shift, out=into)

    each(work, range(0, len(source), step))
    return out


def lrn(
    x: Array,
    *,
    size: int = 5,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 2.0,
    out: Array | None = None,
) -> Array:
    """Return x·(k + α·Σx²)^(−β), summed over ``size`` neighbouring maps (α undivided).

    size // 2 maps before and (size − 1) // 2 after. Cost: one pass per map of the window over
    squares with zeros between the positions, so that a window never reaches the next position
    and each addition is one long loop.
    """
    out = result_for(x, out)
    depth = x.shape[-1]
    before = size // 2
    wide = depth + size - 1
    source, target = x.reshape(-1, depth), out.reshape(-1, depth)
    step = max(1, (1 << 15) // wide)
    kind = x.dtype.type

    def work(first: int) -> None:
        part = source[first : first + step]
        squares = np.zeros((len(part) + 1, wide), x.dtype)
        np.square(part, out=squares[:-1, before : before + depth])
        line = squares.reshape(-1)
        sums = line[: len(part) * wide].copy()
        for shift in range(1, size):
            sums += line[shift : shift + sums.size]
        sums *= kind(alpha)
        sums += kind(k)
        np.power(sums, kind(-beta), out=sums)
        into = target[first : first + step]
        np.multiply(part, sums.reshape(-1, wide)[:, :depth], out=into)

    each(work, range(0, len(source), step))
    return out


@run_layer.register
def run_batchnorm(
    layer: kinds.BatchNorm,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the input, normalised by the running statistics."""
    result = batchnorm(
        inputs[0],
        weights["running_mean"],
        weights["running_variance"],
        weights["scale"] if layer.scale else None,
        weights["shift"] if layer.shift else None,
        epsilon=float(layer.epsilon),
        out=out,
    )
    return activated(layer.activation, result)


@run_layer.register
def run_layernorm(
    layer: kinds.LayerNorm,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the input, normalised over the depth or the whole volume."""
    scale, shift = _affine(layer, weights)
    epsilon = float(layer.epsilon)
    result = layernorm(inputs[0], scale, shift, over=layer.over, epsilon=epsilon, out=out)
    return activated(layer.activation, result)


@run_layer.register
def run_groupnorm(
    layer: kinds.GroupNorm,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the input, normalised over each group of maps."""
    scale, shift = _affine(layer, weights)
    result = groupnorm(inputs[0], layer.groups, scale, shift, epsilon=float(layer.epsilon), out=out)
    return activated(layer.activation, result)


@run_layer.register
def run_instancenorm(
    layer: kinds.InstanceNorm,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the input, normalised over each map."""
    scale, shift = _affine(layer, weights)
    result = instancenorm(inputs[0], scale, shift, epsilon=float(layer.epsilon), out=out)
    return activated(layer.activation, result)


def _affine(
    layer: kinds.LayerNorm | kinds.GroupNorm | kinds.InstanceNorm, weights: Mapping[str, Array]
) -> tuple[Array | None, Array | None]:
    """Return scale and shift, where the layer has them."""
    return (weights["scale"], weights["shift"]) if layer.affine else (None, None)


@run_layer.register
def run_lrn(
    layer: kinds.LocalResponseNorm,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return each number, damped by its neighbours in depth."""
    return lrn(
        inputs[0],
        size=layer.size,
        alpha=float(layer.alpha),
        beta=float(layer.beta),
        k=float(layer.k),
    )
