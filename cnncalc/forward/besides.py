"""What each kind allocates beside its inputs, output and weights, before anything is allocated."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

from cnncalc.forward.engine.conv import conv_workspace
from cnncalc.forward.engine.depthwise import ROW
from cnncalc.forward.errors import CannotRun
from cnncalc.forward.kernels.local import local_workspace
from cnncalc.forward.kernels.pool import pool_workspace
from cnncalc.forward.kernels.transposed import transpose_workspace
from cnncalc.forward.kernels.windows import Sliding, kernel_of, sliding
from cnncalc.forward.stream import units_at_once
from cnncalc.forward.weights import streamed
from cnncalc.forward.workers import threads
from cnncalc.maths.volume import Volume
from cnncalc.report.report import Row


class _Shaped(NamedTuple):
    """An array that is not there yet."""

    shape: tuple[int, ...]


class _Job(NamedTuple):
    """A layer about to run: its array shapes, channels last."""

    row: Row
    layer: Any
    shape: tuple[int, ...]
    result: tuple[int, ...]
    width: int

    @property
    def input(self) -> int:
        return prod(self.shape) * self.width

    @property
    def output(self) -> int:
        return prod(self.result) * self.width

    def weight(self, name: str) -> tuple[int, ...]:
        return next(weight.shape for weight in self.row.weights if weight.name == name)


class Besides(NamedTuple):
    """Bytes beside inputs, output and weights: of arrays, and of buffers, which threads keep."""

    arrays: int = 0
    buffers: int = 0


def _conv(job: _Job) -> Besides:
    groups, kernel = job.layer.groups, job.weight("kernel")
    copy = 0 if groups == 1 else prod(kernel)
    if job.layer.connection_table is not None:
        kernel = (job.result[-1], job.shape[-1], *kernel[1:])
        copy = 2 * prod(kernel)
    how = sliding(job.layer, _volume(job.shape))
    return Besides(copy * job.width, _buffers(job, job.shape, kernel, groups, how))


def _buffers(
    job: _Job, shape: tuple[int, ...], kernel: tuple[int, ...], groups: int, how: Sliding
) -> int:
    return conv_workspace(shape, kernel, itemsize=job.width, groups=groups, **how)


def _depthwise(job: _Job) -> Besides:
    how, kernel = sliding(job.layer, _volume(job.shape)), job.weight("kernel")
    buffers = _buffers(job, job.shape, kernel, job.shape[-1], how)
    return Besides(prod(kernel) * job.width + _along(job), buffers)


def _along(job: _Job) -> int:
    """Return the bytes of depthwise weights repeated along a row."""
    taps: int = prod(job.layer.kernel_sizes(_volume(job.shape)))
    return taps * ROW * job.width


def _separable(job: _Job) -> Besides:
    deep, across = job.weight("depthwise"), job.weight("pointwise")
    how = sliding(job.layer, _volume(job.shape))
    between = (*job.result[:-1], deep[0])
    first = _buffers(job, job.shape, deep, job.shape[-1], how)
    second = conv_workspace(between, across, itemsize=job.width)
    arrays = (prod(between) + prod(deep)) * job.width + _along(job)
    return Besides(arrays, max(first, second))


def _transposed(job: _Job) -> Besides:
    kernel, groups = job.weight("kernel"), job.layer.groups
    products = transpose_workspace(job.shape, kernel, itemsize=job.width, groups=groups)
    return Besides(prod(kernel) * job.width, products)


def _local(job: _Job) -> Besides:
    kernel = job.weight("kernel")
    return Besides(local_workspace(job.shape, kernel, itemsize=job.width))


def _pool(job: _Job) -> Besides:
    array = _volume(job.shape)
    kernel, how = kernel_of(job.layer, array), sliding(job.layer, array)
    return Besides(pool_workspace(job.shape, kernel, itemsize=job.width, **how))


def _powers(job: _Job) -> Besides:
    return Besides(job.input + _pool(job).arrays)


def _input(job: _Job) -> Besides:
    return Besides(job.input)


def _stretched(job: _Job) -> Besides:
    return Besides(job.input if len(job.shape) > 2 else 0)


def _dense(job: _Job) -> Besides:
    kernel = job.weight("kernel")
    block = units_at_once(kernel, job.width) * kernel[1] * job.width
    return Besides(_stretched(job).arrays, block * threads() if _streams(job) else 0)


def _differences(job: _Job) -> Besides:
    return Besides(_stretched(job).arrays + prod(job.weight("centres")) * job.width)


def _rearranged(job: _Job) -> Besides:
    return Besides(2 * job.input)  # map by map, and back


def _image(job: _Job) -> Besides:
    return Besides(job.input // job.shape[0] * min(threads(), job.shape[0]))


def _twice(job: _Job) -> Besides:
    return Besides(2 * job.output)


def _upsample(job: _Job) -> Besides:
    return Besides(job.output * (2 if job.layer.mode == "bilinear" else 1))


_BESIDES: dict[str, Callable[[_Job], Besides]] = {
    "conv": _conv,
    "depthwise_conv": _depthwise,
    "separable_conv": _separable,
    "conv_transpose": _transposed,
    "locally_connected": _local,
    "maxpool": _pool,
    "avgpool": _pool,
    "lppool": _powers,
    "flatten": _stretched,
    "fc": _dense,
    "maxout": _stretched,
    "rbf": _differences,
    "reshape": _rearranged,
    "groupnorm": _image,
    "instancenorm": _image,
    "upsample": _upsample,
    "adaptive_avgpool": _twice,
    "adaptive_maxpool": _twice,
}
"""Kind → what it allocates beside its inputs, output and weights; others next to nothing."""


def besides(row: Row, batch: int, width: int) -> Besides:
    """Return what a row allocates besides, with ``width`` bytes per number."""
    rule = _BESIDES.get(row.kind)
    if rule is None:
        return Besides()
    try:
        return rule(_job(row, batch, width))
    except CannotRun:  # the layer itself will tell
        return Besides()


def _job(row: Row, batch: int, width: int) -> _Job:
    source, output = row.inputs[0], row.output
    assert source is not None and output is not None
    return _Job(row, row.layer, _array(source, batch), _array(output, batch), width)


def _streams(job: _Job) -> bool:
    return any(streamed(weight, job.width) for weight in job.row.weights)


def _array(volume: Volume, batch: int) -> tuple[int, ...]:
    return batch, *volume.spatial, volume.depth


def _volume(shape: tuple[int, ...]) -> Volume:
    return Volume(shape[-1], shape[1:-1])
