"""A convolution without parameter sharing: every output position has a kernel of its own."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnncalc.forward.arrays import Array, CannotRun
from cnncalc.forward.kernels.activation import activated
from cnncalc.forward.kernels.dispatch import Given, Job, compute, copies, lay
from cnncalc.forward.slide import Slide
from cnncalc.layers.local import LocallyConnected


@compute.register
def locally_connected(layer: LocallyConnected, given: Given) -> Array:
    """Multiply each window with the kernel of its position: (*windows, K, C, *kernel).

    Every weight is read once, so memory sets the pace, not the matmul.
    """
    kernel, axes = given.weights["kernel"], lay(layer, given)
    counts = tuple(axis.count for axis in axes)
    filters = kernel.shape[len(axes)]
    sizes = tuple(axis.kernel for axis in axes)
    if kernel.shape != (*counts, filters, given.volume.depth, *sizes):
        raise CannotRun(f"weights of {kernel.shape} for windows {counts} of {sizes}")
    places, images = prod(counts), len(given.x)
    left = np.moveaxis(_windows(given.x, axes), 0, len(axes)).reshape(places, images, -1)
    right = kernel.reshape(places, filters, -1)
    result = np.matmul(left, right.transpose(0, 2, 1))
    out = np.ascontiguousarray(result.transpose(1, 0, 2)).reshape(images, *counts, filters)
    if layer.bias:
        if given.weights["bias"].shape != out.shape[1:]:
            raise CannotRun(f"a bias of {given.weights['bias'].shape} for {out.shape[1:]}")
        out += given.weights["bias"]
    return activated(layer.activation, out)


def _windows(x: Array, axes: tuple[Slide, ...]) -> Array:
    """Return (N, *windows, C, *kernel)."""
    padded = np.pad(x, ((0, 0), *(axis.padded for axis in axes), (0, 0)))
    spatial = tuple(range(1, len(axes) + 1))
    every = sliding_window_view(padded, tuple(axis.span for axis in axes), axis=spatial)
    steps = (slice(None, None, axis.stride) for axis in axes)
    taps = (slice(None, None, axis.dilation) for axis in axes)
    return every[(slice(None), *steps, slice(None), *taps)]


@copies.register
def _copies(layer: LocallyConnected, job: Job) -> int:
    return job.batch * (2 * job.source.size + job.weights // layer.filters + job.result.size)
