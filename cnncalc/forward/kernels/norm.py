"""Normalisation: by stored statistics, by those of the input itself, and by neighbouring maps.

Means and variances are summed in float64: over a large map a float32 sum loses digits.
"""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array, CannotRun, by_positions, need_spatial
from cnncalc.forward.kernels.activation import activated
from cnncalc.forward.kernels.dispatch import Given, compute, copies, two_on_the_way
from cnncalc.layers.norm import (
    BatchNorm,
    GlobalResponseNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LocalResponseNorm,
    RmsNorm,
)


@compute.register
def batchnorm(layer: BatchNorm, given: Given) -> Array:
    """Normalise each map by its running mean and variance: one multiplication and addition."""
    mean, variance = given.weights["running_mean"], given.weights["running_variance"]
    factor = 1 / np.sqrt(variance.astype(np.float64) + float(layer.epsilon))
    if layer.scale:
        factor = factor * given.weights["scale"]
    offset = (given.weights["shift"] if layer.shift else 0) - mean * factor
    need_one_per_map(given.x, *given.weights.values())
    factor, offset = factor.astype(given.x.dtype), offset.astype(given.x.dtype)

    def work(source: Array, target: Array) -> None:
        np.multiply(source, factor, out=target)
        np.add(target, offset, out=target)

    return activated(layer.activation, by_positions(work, given.x, given.out))


def need_one_per_map(x: Array, *values: Array) -> None:
    """Raise ``CannotRun`` when some values are not one per map."""
    for value in values:
        if value.shape != x.shape[-1:]:
            raise CannotRun(f"values of {value.shape} for {x.shape[-1]} maps")


@compute.register
def layernorm(layer: LayerNorm, given: Given) -> Array:
    """Normalise each position over its depth, or each image over ``all`` of its numbers.

    Over all, scale and shift are (D, *spatial) as declared.
    """
    x = given.x
    if layer.over == "depth":
        result = _normalised(x.reshape(-1, x.shape[-1]), (1,), layer, given, x.shape[-1:])
    else:
        depth_first = np.moveaxis(x, -1, 1)
        axes = tuple(range(1, x.ndim))
        result = _normalised(depth_first, axes, layer, given, depth_first.shape[1:])
        result = np.ascontiguousarray(np.moveaxis(result, 1, -1))
    return activated(layer.activation, result.reshape(x.shape))


@compute.register
def rmsnorm(layer: RmsNorm, given: Given) -> Array:
    """Divide each position by the root of the mean square over its depth, then scale."""
    scale, epsilon = given.weights["scale"], float(layer.epsilon)
    need_one_per_map(given.x, scale)

    def work(source: Array, target: Array) -> None:
        squares = np.square(source).mean(axis=-1, keepdims=True, dtype=np.float64)
        np.multiply(source, (1 / np.sqrt(squares + epsilon)).astype(source.dtype), out=target)
        np.multiply(target, scale, out=target)

    return activated(layer.activation, by_positions(work, given.x, given.out))


@compute.register
def grn(layer: GlobalResponseNorm, given: Given) -> Array:
    """Return x + shift + scale·x·n, n the 2-norm of each map by the mean of all of them."""
    x, scale, shift = given.x, given.weights["scale"], given.weights["shift"]
    need_spatial(x, "global response normalisation")
    need_one_per_map(x, scale, shift)
    axes = tuple(range(1, x.ndim - 1))
    norms = np.sqrt(np.square(x).sum(axis=axes, keepdims=True, dtype=np.float64))
    share = norms / (norms.mean(axis=-1, keepdims=True) + float(layer.epsilon))
    result: Array = x * (1 + share * scale).astype(x.dtype)
    result += shift
    return activated(layer.activation, result)


@compute.register
def groupnorm(layer: GroupNorm, given: Given) -> Array:
    """Normalise each group of neighbouring maps of each image by its own mean and variance."""
    return _by_groups(layer, given, layer.groups)


@compute.register
def instancenorm(layer: InstanceNorm, given: Given) -> Array:
    """Normalise each map of each image by its own mean and variance."""
    need_spatial(given.x, "instance normalisation")
    return _by_groups(layer, given, given.volume.depth)


def _by_groups(layer: GroupNorm | InstanceNorm, given: Given, groups: int) -> Array:
    x, depth = given.x, given.volume.depth
    if groups < 1 or depth % groups:
        raise CannotRun(f"{groups} groups do not divide {depth} maps")
    split = x.reshape(len(x), -1, groups, depth // groups)  # a vector is one position
    result = _normalised(split, (1, 3), layer, given, (depth,))
    return activated(layer.activation, result.reshape(x.shape))


def _normalised(
    x: Array,
    axes: tuple[int, ...],
    layer: LayerNorm | GroupNorm | InstanceNorm,
    given: Given,
    declared: tuple[int, ...],
) -> Array:
    """Subtract the mean over ``axes``, divide by the deviation, then scale and shift.

    Scale and shift have the ``declared`` shape, which is that of the last axes of ``x``.
    """
    epsilon = float(layer.epsilon)
    result: Array = x - x.mean(axis=axes, keepdims=True, dtype=np.float64).astype(x.dtype)
    spread = np.square(result).mean(axis=axes, keepdims=True, dtype=np.float64)
    result *= (1 / np.sqrt(spread + epsilon)).astype(x.dtype)
    shifted = not isinstance(layer, LayerNorm) or layer.shift
    if layer.affine:
        if any(array.shape != declared for array in given.weights.values()):
            raise CannotRun(f"scale or shift are not of {declared}")
        last = x.shape[2:] if len(declared) < x.ndim - 1 else x.shape[1:]
        result *= given.weights["scale"].reshape(last)
        if shifted:
            result += given.weights["shift"].reshape(last)
    return result


for _kind in (LayerNorm, GlobalResponseNorm, GroupNorm, InstanceNorm):
    copies.register(_kind, two_on_the_way)


@compute.register
def lrn(layer: LocalResponseNorm, given: Given) -> Array:
    """Return x·(k + α·Σx²)^(−β), summed over ``size`` neighbouring maps (α undivided).

    size // 2 maps before and (size − 1) // 2 after, with zeros around the depth.
    """
    size, kind = layer.size, given.x.dtype.type
    sides = (size // 2, (size - 1) // 2)

    def work(part: Array, target: Array) -> None:
        depth = part.shape[-1]
        squares = np.pad(np.square(part), ((0, 0), sides))
        sums = squares[:, :depth].copy()
        for first in range(1, size):
            sums += squares[:, first : first + depth]
        sums *= kind(float(layer.alpha))
        sums += kind(float(layer.k))
        np.power(sums, kind(-float(layer.beta)), out=sums)
        np.multiply(part, sums, out=target)

    return by_positions(work, given.x, None)
