"""Every recipe of a convolution gives the same, whatever the tiles, threads and filters."""

from __future__ import annotations

import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np
import pytest
from support.kinds import run_kind
from support.oracle import Array, close, different, numbers, settings

from cnncalc.forward.arrays import by_maps
from cnncalc.forward.engine import pack, recipes
from cnncalc.forward.engine import tiles as convolution
from cnncalc.forward.estimate import BUFFERS
from cnncalc.forward.kernels import pool
from cnncalc.forward.workers import each, release, set_threads

BY_NAME = {recipe.name: recipe for recipe in recipes.RECIPES}


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    convolution.plan.cache_clear()
    yield
    convolution.plan.cache_clear()
    set_threads(1)


def drawn(random: Random) -> tuple[tuple[Array, Array, Array], dict[str, Any]]:
    rank = random.choice((1, 2, 3))
    depth, filters = random.choice((1, 3, 20)), random.choice((1, 4, 33))
    taps = tuple(random.choice((1, 2, 3, 5)) for _ in range(rank))
    options: dict[str, Any] = {
        "stride": tuple(random.choice((1, 2, 3)) for _ in range(rank)),
        "dilation": tuple(random.choice((1, 1, 2)) for _ in range(rank)),
        "padding": tuple((random.randint(0, 3), random.randint(0, 6)) for _ in range(rank)),
    }
    x = numbers(1, random.randint(1, 2), *different(random, rank, 9, 14), depth)
    return (x, numbers(2, filters, depth, *taps), numbers(3, filters)), options


@pytest.mark.parametrize("name", ["rows", "patches", "sheared"])
def test_recipe(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for random in settings(name):
        arrays, options = drawn(random)
        if name == "sheared":
            options["dilation"] = (1,) * len(options["dilation"])
        set_threads(1)
        convolution.plan.cache_clear()
        wanted = convolution.conv(*arrays, rounding="floor", **options)
        with monkeypatch.context() as patch:
            patch.setattr(convolution, "choose", lambda shape: BY_NAME[name])
            patch.setattr(convolution, "TILE", random.choice((1, 500, 5000, 1 << 20)))
            patch.setattr(convolution, "FEW", random.choice((0, 10**6)))
            set_threads(random.choice((1, 2, 3)))
            convolution.plan.cache_clear()
            actual = convolution.conv(*arrays, rounding="floor", **options)
        close(actual, wanted, arrays[1][0].size)


def test_every_recipe_is_chosen() -> None:
    """The table has no dead row."""
    layers = {
        "depthwise": ((1, 20, 20, 8), (8, 1, 3, 3), 8),
        "pointwise": ((1, 20, 20, 8), (8, 8, 1, 1), 1),
        "sheared": ((1, 20, 20, 3), (8, 3, 3, 3), 1),
        "patches": ((1, 64, 64, 3), (768, 3, 16, 16), 1),
        "rows": ((1, 20, 20, 64), (64, 64, 3, 3), 1),
    }
    assert set(layers) == set(BY_NAME)
    for name, (array, kernel, groups) in layers.items():
        packed = pack.pack_conv(np.zeros(kernel, "float32"), groups)
        kind = (packed.sizes, packed.depth, packed.filters, packed.joined, packed.depthwise)
        stride = (16, 16) if name == "patches" else None
        cut = convolution.plan(array, kind, (stride, None, None, "floor"), 4, 1)
        assert cut.recipe.name == name


def test_narrow_groups() -> None:
    """Groups that are joined give what they give apart."""
    x, kernel = numbers(1, 2, 6, 7, 32), numbers(2, 24, 4, 3, 3)
    assert pack.pack_conv(kernel, 8).joined == 2
    parts = [
        convolution.conv(x[..., 4 * g : 4 * g + 4], kernel[3 * g : 3 * g + 3]) for g in range(8)
    ]
    close(convolution.conv(x, kernel, groups=8), np.concatenate(parts, -1), 36)


def test_kernel_in_packed_order_is_not_copied() -> None:
    kernel = pack.in_packed_order(numbers(1, 8 * 4 * 3 * 5), (8, 4, 3, 5))
    assert kernel.shape == (8, 4, 3, 5)
    packed = pack.pack_conv(kernel)
    assert np.shares_memory(packed.data, kernel)
    x = numbers(2, 1, 6, 7, 4)
    np.testing.assert_array_equal(convolution.conv(x, kernel), convolution.conv(x, kernel.copy()))


LAYERS = {
    "rows": ((1, 58, 58, 64), (64, 64, 3, 3), 1, (1, 1)),
    "rows strided": ((1, 57, 57, 64), (64, 64, 3, 3), 1, (2, 2)),
    "sheared": ((1, 227, 227, 3), (64, 3, 7, 7), 1, (2, 2)),
    "patches": ((1, 224, 224, 3), (768, 3, 16, 16), 1, (16, 16)),
    "pointwise": ((1, 57, 57, 64), (128, 64, 1, 1), 1, (2, 2)),
    "depthwise": ((1, 112, 112, 32), (32, 1, 3, 3), 32, (1, 1)),
    "grouped": ((1, 27, 27, 96), (256, 48, 5, 5), 2, (1, 1)),
    "volume": ((1, 8, 28, 28, 32), (32, 32, 3, 3, 3), 1, (1, 1, 1)),
}


def allocated(work: Callable[[], Array]) -> int:
    """Return the bytes that are allocated besides the result."""
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
    x, kernel = numbers(1, *shape), numbers(2, *kernel_shape)
    packed = 3 * kernel.nbytes

    def work() -> Array:
        return convolution.conv(x, kernel, stride=stride, groups=groups)

    release()
    set_threads(workers)
    assert allocated(work) <= BUFFERS * workers + packed
    if workers == 1:
        assert allocated(work) < 200_000 + packed


def test_threads_keep_no_arrays() -> None:
    """An array that a layer has worked on is freed although the threads live on."""
    set_threads(2)
    x = numbers(1, 1, 512, 512, 4)
    gone = weakref.ref(run_kind("silu", x))
    assert gone() is None


def test_threads_agree() -> None:
    """The same numbers with one thread and with three."""
    x, kernel = numbers(1, 2, 40, 40, 24), numbers(2, 32, 24, 3, 3)
    results = []
    for workers in (1, 3):
        set_threads(workers)
        y = pool.maxpool(convolution.conv(x, kernel), (2, 2))
        results.append(run_kind("softmax", run_kind("silu", y)))
    np.testing.assert_allclose(results[0], results[1], rtol=1e-5, atol=1e-7)


def test_by_maps_rest() -> None:
    """Rows that do not fill a long row are not forgotten."""
    for count in (1, 3, 5119, 5120, 40_000, 100_000):
        x = np.ones((count, 3), "float32")
        tiled = np.tile(np.array([1, 2, 3], "float32"), 1707)
        y = by_maps(lambda a, o, v: np.multiply(a, v, out=o), x, tiled, None)
        assert (y == [1, 2, 3]).all()


def test_errors_reach_the_caller() -> None:
    def work(tile: int) -> None:
        if tile == 3:
            raise ValueError(tile)

    for workers in (1, 2):
        set_threads(workers)
        with pytest.raises(ValueError, match="3"):
            each(work, range(6))
