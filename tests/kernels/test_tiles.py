"""A convolution gives the same whatever its tiles and threads are, in the memory that is stated."""

from __future__ import annotations

import tracemalloc
import weakref
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from support.kinds import conv, pool, run_kind
from support.oracle import Array, close, different, numbers, settings

from cnncalc.forward.engine import convolution, tiles
from cnncalc.forward.estimate import BUFFERS
from cnncalc.forward.workers import each, sharing


@pytest.mark.parametrize("groups", [1, 4])
def test_whatever_the_tiles(groups: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for random in settings(f"tiles {groups}"):
        rank = random.choice((1, 2, 3))
        deep, filters = random.choice((1, 3, 20)), groups * random.choice((1, 2, 8))
        taps = tuple(random.choice((1, 2, 3, 5)) for _ in range(rank))
        x = numbers(1, random.randint(1, 2), *different(random, rank, 9, 14), groups * deep)
        kernel, bias = numbers(2, filters, deep, *taps), numbers(3, filters)

        stride = tuple(random.choice((1, 2, 3)) for _ in range(rank))
        dilation = tuple(random.choice((1, 1, 2)) for _ in range(rank))
        padding = tuple((random.randint(0, 3), random.randint(0, 6)) for _ in range(rank))
        work = partial(
            conv, x, kernel, bias, groups=groups, rounding="floor", stride=stride,
            dilation=dilation, padding=padding, activation="softmax",
        )  # fmt: skip
        wanted = work()
        with monkeypatch.context() as patch, sharing(random.choice((1, 2, 3))):
            patch.setattr(tiles, "TILE", random.choice((1, 500, 5000, 1 << 20)))
            patch.setattr(convolution, "SHARED", 0)
            close(work(), wanted, kernel[0].size)


def test_groups_apart() -> None:
    """Groups together give what they give alone."""
    x, kernel = numbers(1, 2, 6, 7, 32), numbers(2, 24, 4, 3, 3)
    parts = [conv(x[..., 4 * g : 4 * g + 4], kernel[3 * g : 3 * g + 3]) for g in range(8)]
    close(conv(x, kernel, groups=8), np.concatenate(parts, -1), 36)


LAYERS = {
    "rows": ((1, 58, 58, 64), (64, 64, 3, 3), 1, (1, 1)),
    "rows strided": ((1, 57, 57, 64), (64, 64, 3, 3), 1, (2, 2)),
    "few maps": ((1, 227, 227, 3), (64, 3, 7, 7), 1, (2, 2)),
    "apart": ((1, 224, 224, 3), (768, 3, 16, 16), 1, (16, 16)),
    "pixels": ((1, 57, 57, 64), (128, 64, 1, 1), 1, (2, 2)),
    "depthwise": ((1, 114, 114, 32), (32, 1, 3, 3), 32, (1, 1)),
    "grouped": ((1, 27, 27, 96), (256, 48, 5, 5), 2, (1, 1)),
    "volume": ((1, 10, 30, 30, 32), (32, 32, 3, 3, 3), 1, (1, 1, 1)),
}


def allocated(work: Callable[[], Array]) -> int:
    """Return the bytes that are allocated apart from the result."""
    tracemalloc.start()
    out = work()
    used = tracemalloc.get_traced_memory()[1] - out.nbytes
    tracemalloc.stop()
    return used


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("name", LAYERS)
def test_buffers(name: str, workers: int) -> None:
    """Each thread takes no more than is planned for it, and takes it once."""
    shape, kernel_shape, groups, stride = LAYERS[name]
    padding = (0, 0) if name == "apart" else (1, 1)
    x, kernel = numbers(1, *shape), numbers(2, *kernel_shape)

    def work() -> Array:
        return conv(x, kernel, stride=stride, groups=groups, padding=(padding,) * len(stride))

    with sharing(workers):
        assert allocated(work) <= BUFFERS * workers + kernel.nbytes
        if workers == 1:
            assert allocated(work) < 300_000 + kernel.nbytes


def test_threads_keep_no_arrays() -> None:
    """An array that a layer has worked on is freed although the threads live on."""
    with sharing(2):
        x = numbers(1, 1, 512, 512, 4)
        gone = weakref.ref(run_kind("silu", x))
        assert gone() is None


def test_threads_agree() -> None:
    """The same numbers with one thread and with three."""
    x, kernel = numbers(1, 2, 40, 40, 24), numbers(2, 32, 24, 3, 3)
    results = []
    for workers in (1, 3):
        with sharing(workers):
            y = pool("maxpool", conv(x, kernel), (2, 2))
            results.append(run_kind("softmax", run_kind("silu", y)))
    np.testing.assert_allclose(results[0], results[1], rtol=1e-5, atol=1e-7)


def test_errors_reach_the_caller() -> None:
    def work(tile: int) -> None:
        if tile == 3:
            raise ValueError(tile)

    for workers in (1, 2):
        with sharing(workers), pytest.raises(ValueError, match="3"):
            each(work, range(6))
