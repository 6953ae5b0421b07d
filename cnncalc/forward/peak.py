"""Memory of a pass: estimated before it, measured after it, and what the machine has.

Estimated is the planned peak of live arrays and weights (:mod:`cnncalc.memory`), and what each
kind allocates besides: buffers of tiles, packed kernels, arrays between two steps.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.forward.conv import conv_workspace
from cnncalc.forward.fill import COUNT
from cnncalc.forward.transposed import transpose_workspace
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
    def output(self) -> int:
        return prod(self.result) * self.width

    def weight(self, name: str) -> tuple[int, ...]:
        return next(weight.shape for weight in self.row.weights if weight.name == name)


def _conv(job: _Job) -> int:
    groups, kernel = job.layer.groups, job.weight("kernel")
    copy = 0 if groups == 1 else prod(kernel)
    if job.layer.connection_table is not None:
        kernel = (job.result[-1], job.shape[-1], *kernel[1:])
        copy = 2 * prod(kernel)
    sliding = job.layer.sliding(_Shaped(job.shape))
    return copy * job.width + _buffers(job, job.shape, kernel, groups, sliding)


def _buffers(
    job: _Job, shape: tuple[int, ...], kernel: tuple[int, ...], groups: int, sliding: dict[str, Any]
) -> int:
    return conv_workspace(shape, kernel, itemsize=job.width, groups=groups, **sliding)


def _depthwise(job: _Job) -> int:
    sliding, kernel = job.layer.sliding(_Shaped(job.shape)), job.weight("kernel")
    return prod(kernel) * job.width + _buffers(job, job.shape, kernel, job.shape[-1], sliding)


def _separable(job: _Job) -> int:
    deep, across = job.weight("depthwise"), job.weight("pointwise")
    sliding = job.layer.sliding(_Shaped(job.shape))
    between = (*job.result[:-1], deep[0])
    first = prod(deep) * job.width + _buffers(job, job.shape, deep, job.shape[-1], sliding)
    second = _buffers(job, between, across, 1, {})
    return prod(between) * job.width + max(first, second)


def _transposed(job: _Job) -> int:
    kernel, groups = job.weight("kernel"), job.layer.groups
    return transpose_workspace(job.shape, kernel, itemsize=job.width, groups=groups)


def _local(job: _Job) -> int:
    windows = job.result[0] * prod(job.row.weights[0].shape) // job.result[-1]
    return windows * job.width + job.output


def _input(job: _Job) -> int:
    return prod(job.shape) * job.width


def _stretched(job: _Job) -> int:
    return _input(job) if len(job.shape) > 2 else 0


def _image(job: _Job) -> int:
    return _input(job) // job.shape[0] * min(threads(), job.shape[0])


def _twice(job: _Job) -> int:
    return 2 * job.output


def _upsample(job: _Job) -> int:
    return job.output * (2 if job.layer.mode == "bilinear" else 1)


_BESIDES: dict[str, Callable[[_Job], int]] = {
    "conv": _conv,
    "depthwise_conv": _depthwise,
    "separable_conv": _separable,
    "conv_transpose": _transposed,
    "locally_connected": _local,
    "lppool": _input,
    "flatten": _stretched,
    "fc": _stretched,
    "maxout": _stretched,
    "rbf": _stretched,
    "reshape": _input,
    "groupnorm": _image,
    "instancenorm": _image,
    "upsample": _upsample,
    "adaptive_avgpool": _twice,
    "adaptive_maxpool": _twice,
}
"""Kind → the bytes that it allocates beside its output and weights; others next to none."""
_LIBRARIES = 5 << 19
"""Measured: what OpenBLAS packs matrices into, and code that is loaded when first used;"""
_THREAD = 1 << 20
"""and the same for every further thread."""
_SLACK = 16
"""One in so many bytes is free memory between arrays, which the allocator keeps."""


def estimate(report: Report, plan: Plan, batch: int, width: int) -> int:
    """Return the bytes at the peak of a pass with ``width`` bytes per number."""
    sizes = {name: size * batch * width for name, size in plan.sizes.items()}
    alive = peak = sum(sizes[name] for name in report.inputs)
    for row, overwrites, dead in zip(report.rows, plan.overwrites, plan.dies, strict=True):
        alive += 0 if overwrites else sizes[row.name]
        weights = sum(weight.count for weight in row.weights) * width
        peak = max(peak, alive + weights + _besides(row, batch, width))
        alive -= sum(sizes[name] for name in dead)
    drawn = 2 * COUNT * width  # what weights are filled with, and the same scaled
    return peak + drawn + peak // _SLACK + _LIBRARIES + (threads() - 1) * _THREAD


def _besides(row: Row, batch: int, width: int) -> int:
    source, output = row.inputs[0], row.output
    assert source is not None and output is not None
    rule = _BESIDES.get(row.kind)
    if rule is None:
        return 0
    return rule(_Job(row, row.layer, _array(source, batch), _array(output, batch), width))


def _array(volume: Volume, batch: int) -> tuple[int, ...]:
    return batch, *volume.spatial, volume.depth


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
