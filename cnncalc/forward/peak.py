"""Memory of a pass: estimated before it, measured after it, and what the machine has.

Estimated are the live arrays (:mod:`cnncalc.memory`), the weights, and what each kind allocates
besides: buffers of tiles, packed kernels, arrays between two steps.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from contextlib import suppress
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.forward.conv import conv_workspace
from cnncalc.forward.depthwise import ROW
from cnncalc.forward.stream import units_at_once
from cnncalc.forward.transposed import transpose_workspace
from cnncalc.forward.weights import streamed
from cnncalc.forward.workers import threads
from cnncalc.memory import Plan
from cnncalc.report import Report, Row
from cnncalc.volume import Volume


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


class _Besides(NamedTuple):
    """Bytes beside inputs, output and weights: of arrays, and of buffers, which threads keep."""

    arrays: int = 0
    buffers: int = 0


def _conv(job: _Job) -> _Besides:
    groups, kernel = job.layer.groups, job.weight("kernel")
    copy = 0 if groups == 1 else prod(kernel)
    if job.layer.connection_table is not None:
        kernel = (job.result[-1], job.shape[-1], *kernel[1:])
        copy = 2 * prod(kernel)
    sliding = job.layer.sliding(_Shaped(job.shape))
    return _Besides(copy * job.width, _buffers(job, job.shape, kernel, groups, sliding))


def _buffers(
    job: _Job, shape: tuple[int, ...], kernel: tuple[int, ...], groups: int, sliding: dict[str, Any]
) -> int:
    return conv_workspace(shape, kernel, itemsize=job.width, groups=groups, **sliding)


def _depthwise(job: _Job) -> _Besides:
    sliding, kernel = job.layer.sliding(_Shaped(job.shape)), job.weight("kernel")
    buffers = _buffers(job, job.shape, kernel, job.shape[-1], sliding)
    return _Besides(prod(kernel) * job.width + _along(job), buffers)


def _along(job: _Job) -> int:
    """Return the bytes of depthwise weights repeated along a row."""
    taps: int = prod(job.layer.kernel_sizes(_volume(job.shape)))
    return taps * ROW * job.width


def _separable(job: _Job) -> _Besides:
    deep, across = job.weight("depthwise"), job.weight("pointwise")
    sliding = job.layer.sliding(_Shaped(job.shape))
    between = (*job.result[:-1], deep[0])
    first = _buffers(job, job.shape, deep, job.shape[-1], sliding)
    second = _buffers(job, between, across, 1, {})
    arrays = (prod(between) + prod(deep)) * job.width + _along(job)
    return _Besides(arrays, max(first, second))


def _transposed(job: _Job) -> _Besides:
    kernel, groups = job.weight("kernel"), job.layer.groups
    products = transpose_workspace(job.shape, kernel, itemsize=job.width, groups=groups)
    return _Besides(prod(kernel) * job.width, products)


def _local(job: _Job) -> _Besides:
    windows = job.result[0] * prod(job.row.weights[0].shape) // job.result[-1]
    return _Besides(windows * job.width + job.output)


def _input(job: _Job) -> _Besides:
    return _Besides(job.input)


def _stretched(job: _Job) -> _Besides:
    return _Besides(job.input if len(job.shape) > 2 else 0)


def _dense(job: _Job) -> _Besides:
    kernel = job.weight("kernel")
    block = units_at_once(kernel, job.width) * kernel[1] * job.width
    return _Besides(_stretched(job).arrays, block * threads() if _streams(job) else 0)


def _image(job: _Job) -> _Besides:
    return _Besides(job.input // job.shape[0] * min(threads(), job.shape[0]))


def _twice(job: _Job) -> _Besides:
    return _Besides(2 * job.output)


def _upsample(job: _Job) -> _Besides:
    return _Besides(job.output * (2 if job.layer.mode == "bilinear" else 1))


_BESIDES: dict[str, Callable[[_Job], _Besides]] = {
    "conv": _conv,
    "depthwise_conv": _depthwise,
    "separable_conv": _separable,
    "conv_transpose": _transposed,
    "locally_connected": _local,
    "lppool": _input,
    "flatten": _stretched,
    "fc": _dense,
    "maxout": _stretched,
    "rbf": _stretched,
    "reshape": _input,
    "groupnorm": _image,
    "instancenorm": _image,
    "upsample": _upsample,
    "adaptive_avgpool": _twice,
    "adaptive_maxpool": _twice,
}
"""Kind → what it allocates beside its inputs, output and weights; others next to nothing."""
_LIBRARIES = 3 << 20
"""Measured: what OpenBLAS packs matrices into, the numbers that weights are filled with, and code
that is loaded when first used;"""
_THREAD = 1 << 19
"""and the same for every further thread."""


class _Heap:
    """Arrays as glibc keeps them (mallopt(3), M_MMAP_THRESHOLD).

    One above a threshold is given back when it is freed, and then raises the threshold; the place
    of the others is kept for what follows.
    """

    MOST = 32 << 20

    def __init__(self) -> None:
        self.threshold = 128 << 10
        self.large: dict[str, int] = {}
        self.small: dict[str, int] = {}
        self.kept = 0

    def take(self, name: str, size: int) -> None:
        """Allocate an array."""
        (self.large if size > self.threshold else self.small)[name] = size
        self.kept = max(self.kept, sum(self.small.values()))

    def free(self, name: str) -> None:
        """Free it."""
        if name in self.large:
            size = self.large.pop(name)
            self.threshold = max(self.threshold, size if size <= self.MOST else 0)
        else:
            del self.small[name]

    @property
    def size(self) -> int:
        """The bytes that are held now."""
        return self.kept + sum(self.large.values())


def estimate(report: Report, plan: Plan, batch: int, width: int, given: Container[str] = ()) -> int:
    """Return the bytes at the peak of a pass with ``width`` bytes per number.

    ``given`` are the full names of weights that come from a file, as whole arrays.
    """
    sizes = {name: size * batch * width for name, size in plan.sizes.items()}
    heap = _Heap()
    for name in report.inputs:
        heap.take(name, sizes[name])
    peak = weights = buffers = 0  # both are kept for the next layers, and grow
    for row, overwrites, dead in zip(report.rows, plan.overwrites, plan.dies, strict=True):
        if not overwrites:
            heap.take(row.name, sizes[row.name])
        job = _job(row, batch, width)
        besides = _BESIDES[row.kind](job) if row.kind in _BESIDES else _Besides()
        heap.take("besides", besides.arrays)
        weights = max(weights, _weights(row, width, given))
        buffers = max(buffers, besides.buffers)
        peak = max(peak, heap.size + weights + buffers)
        for name in ("besides", *dead):
            heap.free(name)
    return peak + _LIBRARIES + (threads() - 1) * _THREAD


def _weights(row: Row, width: int, given: Container[str]) -> int:
    """Return the bytes of the weights that are there as whole arrays."""
    return width * sum(
        weight.count
        for weight in row.weights
        if f"{row.name}.{weight.name}" in given or not streamed(row.layer, weight, width)
    )


def _job(row: Row, batch: int, width: int) -> _Job:
    source, output = row.inputs[0], row.output
    assert source is not None and output is not None
    return _Job(row, row.layer, _array(source, batch), _array(output, batch), width)


def _streams(job: _Job) -> bool:
    return any(streamed(job.layer, weight, job.width) for weight in job.row.weights)


def _array(volume: Volume, batch: int) -> tuple[int, ...]:
    return batch, *volume.spatial, volume.depth


def _volume(shape: tuple[int, ...]) -> Volume:
    return Volume(shape[-1], shape[1:-1])


class Meter:
    """Measures the process's peak above what it held when the meter was made."""

    def __init__(self) -> None:
        with suppress(OSError):  # Linux: the highest so far is what it holds now
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self._before, self._peak_before = _held("VmRSS"), _peak()

    def peak(self) -> int | None:
        """Return bytes, or ``None`` where the system does not tell."""
        now = _peak()
        if self._before is None or now is None or self._peak_before is None:
            return None
        if now == self._peak_before > self._before * 1.02:
            return None  # an older peak hides this one
        return max(0, now - self._before)


def _held(key: str) -> int | None:
    """Return a size that Linux tells of this process."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{key}:"):
                return int(line.split()[1]) * 1024
    return None


def _peak() -> int | None:
    found = _held("VmHWM")
    if found is not None:
        return found
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux without VmHWM


def available() -> int | None:
    """Return the bytes that a pass may take on this machine, ``None`` when nobody knows."""
    import os

    known = [_meminfo(), _group()]
    if known[0] is None:
        with suppress(ValueError, OSError, AttributeError):
            known.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min((size for size in known if size is not None), default=None)


def _meminfo() -> int | None:
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _group() -> int | None:
    """Return what a container's limit leaves."""
    folder = Path("/sys/fs/cgroup")
    with suppress(OSError, ValueError):
        limit = (folder / "memory.max").read_text(encoding="ascii").strip()
        used = (folder / "memory.current").read_text(encoding="ascii")
        return max(0, int(limit) - int(used))
    return None
