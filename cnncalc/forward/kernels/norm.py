"""Normalisation: batchnorm, layernorm, groupnorm, instancenorm, lrn.

Means and variances are summed in float64: over a large map a float32 sum loses digits.
"""

from __future__ import annotations

import numpy as np

from cnncalc.forward.arrays import Array, by_positions, need_spatial
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.activation import activated
from cnncalc.forward.kernels.dispatch import Given, compute, copies, two_on_the_way
from cnncalc.layers.norm import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, LocalResponseNorm


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
    if layer.affine:
        scale, shift = given.weights["scale"], given.weights["shift"]
        if scale.shape != declared or shift.shape != declared:
            raise CannotRun(f"values of {scale.shape} and {shift.shape} for {declared}")
        last = x.shape[2:] if len(declared) < x.ndim - 1 else x.shape[1:]
        result *= scale.reshape(last)
        result += shift.reshape(last)
    return result


for _kind in (LayerNorm, GroupNorm, InstanceNorm):
    copies.register(_kind)(two_on_the_way)


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
