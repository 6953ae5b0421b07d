"""A convolution without parameter sharing: every output position has a kernel of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnncalc.forward.arrays import Array, need_sizes, need_spatial, per_axis
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.border import pad
from cnncalc.forward.kernels.dispatch import activated, run_layer, volume_of
from cnncalc.forward.kernels.windows import kernel_of, sliding
from cnncalc.forward.slide import Padding, slides
from cnncalc.layers.local import LocallyConnected

Axis = tuple[int, ...] | None


def locally_connected(
    x: Array,
    kernel: Array,
    bias: Array | None = None,
    *,
    stride: Axis = None,
    padding: tuple[Padding, ...] | None = None,
    dilation: Axis = None,
    rounding: str = "strict",
) -> Array:
    """Contract each window with the kernel of its position: (*windows, K, C, *kernel).

    Cost: the windows (P·F·F·C copied), then one small matmul per position: (N, C·F·F) by
    (C·F·F, K). Every weight is read once, so memory sets the pace, not the matmul.

    Raises:
        CannotRun: the kernel is not for these windows.
    """
    rank = need_spatial(x.shape, "a locally connected layer")
    if kernel.ndim != 2 * rank + 2:
        raise CannotRun(f"a kernel with {kernel.ndim} axes for {rank} spatial ones")
    sizes = kernel.shape[rank + 2 :]
    steps, dilations = per_axis(stride, rank, 1, "stride"), per_axis(dilation, rank, 1, "dilation")
    sides = ((0, 0),) * rank if padding is None else padding
    axes = slides(x.shape[1:-1], sizes, steps, dilations, sides, rounding)
    padded = pad(x, tuple(axis.padded for axis in axes))
    spans = tuple(axis.reach + 1 for axis in axes)
    view = sliding_window_view(padded, spans, axis=tuple(range(1, rank + 1)))
    apart = (slice(None), *(slice(None, None, axis.stride) for axis in axes), slice(None))
    windows = view[(*apart, *(slice(None, None, axis.dilation) for axis in axes))]
    spatial, depth = windows.shape[1 : rank + 1], x.shape[-1]
    filters = kernel.shape[rank]
    if kernel.shape[:rank] != spatial or kernel.shape[rank + 1] != depth:
        raise CannotRun(f"a kernel of {kernel.shape} for windows {spatial} of {depth} maps")
    places = prod(spatial)
    left = np.moveaxis(windows, 0, rank).reshape(places, len(x), -1)
    right = kernel.reshape(places, filters, -1)
    result = np.matmul(left, right.transpose(0, 2, 1))
    out = np.ascontiguousarray(result.transpose(1, 0, 2)).reshape(len(x), *spatial, filters)
    if bias is not None:
        if bias.shape != out.shape[1:]:
            raise CannotRun(f"a bias of {bias.shape} for an output of {out.shape[1:]}")
        out += bias
    return out


@run_layer.register
def run_local(
    layer: LocallyConnected,
    inputs: Sequence[Array],
    weights: Mapping[str, Array],
    out: Array | None = None,
) -> Array:
    """Return the windows, each times its own weights."""
    x, bias = inputs[0], weights["bias"] if layer.bias else None
    kernel = need_sizes(weights["kernel"], kernel_of(layer, volume_of(x)))
    return activated(
        layer.activation, locally_connected(x, kernel, bias, **sliding(layer, volume_of(x)))
    )
