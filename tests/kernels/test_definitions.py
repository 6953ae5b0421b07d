"""Kernels against their definitions, written as plain loops over numbers."""

from __future__ import annotations

from itertools import product
from math import erf, exp
from typing import Any

import numpy as np
import pytest
from support.kinds import (
    WITHOUT_WEIGHTS,
    conv,
    conv_transpose,
    locally_connected,
    pool,
    run_kind,
)
from support.oracle import Array, close, different, numbers, settings

from cnncalc.forward.arrays import CannotRun


def places(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    return list(product(*map(range, shape)))


def window(x: Array, place: tuple[int, ...], stride: int, taps: tuple[int, ...]) -> Array:
    """Return what one window of an (H, W, C) image sees."""
    parts = (slice(i * stride, i * stride + k) for i, k in zip(place, taps, strict=True))
    return x[tuple(parts)]


@pytest.mark.parametrize("stride", [1, 2])
def test_conv(stride: int) -> None:
    """z[i,j,k] = b[k] + Σu Σv Σk′ x[i·s + u, j·s + v, k′]·w[u, v, k′, k]."""
    x = numbers(1, 2, 9, 7, 3, dtype="float64")
    kernel, bias = numbers(2, 4, 3, 3, 3, dtype="float64"), numbers(3, 4, dtype="float64")
    z = conv(x, kernel, bias, stride=(stride, stride))
    assert z.dtype == np.float64
    for n, i, j, k in places(z.shape):
        total = bias[k]
        for u, v, c in places((3, 3, 3)):
            total += x[n, i * stride + u, j * stride + v, c] * kernel[k, c, u, v]
        assert z[n, i, j, k] == pytest.approx(total, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("word", "late"), [("same", True), ("same_lower", False)])
def test_same(word: str, late: bool) -> None:
    """⌈W/S⌉ windows; as much padding as the last needs, the odd position at the end or start."""
    for size, taps, stride, dilation in product((3, 8), (1, 2, 3, 4), (1, 2, 3), (1, 2, 3)):
        x, kernel = numbers(1, 2, size, 3), numbers(2, 5, 3, taps)
        options: dict[str, Any] = {"stride": (stride,), "dilation": (dilation,)}
        missing = max((-(-size // stride) - 1) * stride + (taps - 1) * dilation + 1 - size, 0)
        few, many = missing // 2, missing - missing // 2
        sides = (few, many) if late else (many, few)
        wanted = conv(x, kernel, padding=(sides,), rounding="floor", **options)
        z = conv(x, kernel, padding=(word,), **options)
        assert z.shape == (2, -(-size // stride), 5)
        np.testing.assert_array_equal(z, wanted)


def test_connection_table() -> None:
    table = ((0, 2), (1,), (2, 1, 0))
    x, kernel, bias = numbers(1, 2, 5, 6, 3), numbers(2, 6, 2, 3), numbers(3, 3)
    z = conv(x, kernel, bias, connection_table=table)
    pairs = [(k, c) for k, row in enumerate(table) for c in row]
    wanted = np.zeros((2, 4, 4, 3), "float32") + bias
    for (k, c), weights in zip(pairs, kernel, strict=True):
        for n, i, j in places((2, 4, 4)):
            wanted[n, i, j, k] += (x[n, i : i + 2, j : j + 3, c] * weights).sum()
    close(z, wanted, 18)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_locally_connected(rank: int) -> None:
    for random in settings(f"local {rank}", 8):
        taps = tuple(random.choice((1, 2, 3)) for _ in range(rank))
        stride = random.choice((1, 2))
        x = numbers(1, 2, *different(random, rank, 3, 7), 3)
        spatial = tuple((n - k) // stride + 1 for n, k in zip(x.shape[1:], taps, strict=False))
        kernel, bias = numbers(2, *spatial, 4, 3, *taps), numbers(3, *spatial, 4)
        z = locally_connected(x, kernel, bias, stride=(stride,) * rank, rounding="floor")
        for n, place, k in product(range(2), places(spatial), range(4)):
            seen = np.moveaxis(window(x[n], place, stride, taps), -1, 0)
            wanted = (seen * kernel[(*place, k)]).sum() + bias[(*place, k)]
            assert z[(n, *place, k)] == pytest.approx(wanted, abs=1e-4)


def test_locally_connected_shares() -> None:
    """With the same kernel everywhere it is a convolution, padding and dilation included."""
    x, kernel = numbers(1, 2, 8, 9, 3), numbers(2, 5, 3, 3, 2)
    options: dict[str, Any] = {"stride": (1, 2), "padding": ((1, 0), (2, 1)), "dilation": (2, 1)}
    wanted = conv(x, kernel, rounding="floor", **options)
    everywhere = np.broadcast_to(kernel, (*wanted.shape[1:3], *kernel.shape))
    close(locally_connected(x, everywhere, rounding="floor", **options), wanted, 18)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_lrn(size: int) -> None:
    x = 5 * numbers(1, 2, 3, 7)
    z = run_kind("lrn", x, size=size, alpha=0.2, beta=0.75, k=1.0)
    for n, i, d in places(x.shape):
        around = range(max(0, d - size // 2), min(d + (size - 1) // 2, 6) + 1)
        total = sum(float(x[n, i, j]) ** 2 for j in around)
        assert z[n, i, d] == pytest.approx(x[n, i, d] * (1 + 0.2 * total) ** -0.75, rel=1e-5)


def test_maxout() -> None:
    x, kernel, bias = numbers(1, 3, 2, 4, 5), numbers(2, 6, 3, 40), numbers(3, 6, 3)
    flat = np.moveaxis(x, -1, 1).reshape(3, -1)
    z = run_kind("maxout", x, weights={"kernel": kernel, "bias": bias}, units=6, pieces=3)
    for n, k in places((3, 6)):
        wanted = max(float(flat[n] @ kernel[k, p] + bias[k, p]) for p in range(3))
        assert z[n, k] == pytest.approx(wanted, abs=1e-4)


def test_rbf() -> None:
    x, centres = numbers(1, 3, 84), np.sign(numbers(2, 10, 84))
    z = run_kind("rbf", x, weights={"centres": centres}, units=10)
    for n, k in places((3, 10)):
        total = sum((float(a) - float(w)) ** 2 for a, w in zip(x[n], centres[k], strict=True))
        assert z[n, k] == pytest.approx(total, rel=1e-5)
    assert not run_kind("rbf", centres[:2], weights={"centres": centres}, units=10)[
        [0, 1], [0, 1]
    ].any()


def test_trainable_pool() -> None:
    x, factor, bias = numbers(1, 2, 6, 4, 3), numbers(2, 3), numbers(3, 3)
    z = pool("avgpool", x, (2, 2), weights={"coefficient": factor, "bias": bias}, trainable=True)
    for n, i, j, d in places((2, 3, 2, 3)):
        total = float(x[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, d].sum())
        assert z[n, i, j, d] == pytest.approx(total * factor[d] + bias[d], abs=1e-5)


def test_average_counts() -> None:
    """A ceil window's mean counts its padding, not what lies beyond it (PyTorch)."""
    for random in settings("counts", 60):
        size, kernel, stride = random.randint(2, 9), random.randint(2, 4), random.randint(1, 4)
        pad = random.randint(0, kernel // 2)
        x = numbers(1, 1, size, 1)
        options: dict[str, Any] = {
            "stride": (stride,),
            "padding": ((pad, pad),),
            "rounding": "ceil",
        }
        try:
            z = pool("avgpool", x, (kernel,), count_padding=True, **options)
        except CannotRun:
            continue
        for i in range(z.shape[1]):
            begin = i * stride - pad
            end = min(begin + kernel, size + pad)
            total = float(x[0, max(begin, 0) : min(end, size), 0].sum())
            assert z[0, i, 0] == pytest.approx(total / (end - begin), abs=1e-5)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_adaptive(rank: int) -> None:
    for random in settings(f"adaptive {rank}", 12):
        x = numbers(1, 2, *different(random, rank, 2, 9), 3)
        wanted = different(random, rank, 1, 9)
        mean, largest = (
            run_kind("adaptive_avgpool", x, output=wanted),
            run_kind("adaptive_maxpool", x, output=wanted),
        )
        assert mean.shape == largest.shape == (2, *wanted, 3)
        for n, place, d in product(range(2), places(wanted), range(3)):
            bounds = zip(place, x.shape[1:], wanted, strict=False)
            parts = (slice(i * size // out, -(-(i + 1) * size // out)) for i, size, out in bounds)
            seen: Array = x[(slice(n, n + 1), *parts, slice(d, d + 1))]
            assert mean[(n, *place, d)] == pytest.approx(seen.mean(), abs=1e-5)
            assert largest[(n, *place, d)] == seen.max()


@pytest.mark.parametrize("rank", [1, 3])
def test_pixel_shuffle(rank: int) -> None:
    factor, depth = 2, 3
    x = numbers(1, 2, *(3, 4, 2)[:rank], depth * factor**rank)
    z = run_kind("pixel_shuffle", x, factor=factor)
    assert z.shape == (2, *(n * factor for n in x.shape[1:-1]), depth)
    for n, place, d in product(range(2), places(z.shape[1:-1]), range(depth)):
        source = 0
        for i in place:
            source = source * factor + i % factor
        came = tuple(i // factor for i in place)
        assert z[(n, *place, d)] == x[(n, *came, d * factor**rank + source)]
    np.testing.assert_array_equal(run_kind("space_to_depth", z, factor=factor), x)


def test_bilinear_shrinks() -> None:
    """Between pixel centres at ½, without a wider filter: PyTorch's antialias=False."""
    x = numbers(1, 2, 9, 3)
    z = run_kind("upsample", x, size=(4,), mode="bilinear")
    for n, i, d in places((2, 4, 3)):
        centre = min(max((i + 0.5) * 9 / 4 - 0.5, 0), 8)
        low = int(centre)
        share = centre - low
        wanted = x[n, low, d] * (1 - share) + x[n, min(low + 1, 8), d] * share
        assert z[n, i, d] == pytest.approx(wanted, abs=1e-5)


def test_transposed() -> None:
    """Every input writes its window; what is cropped is not there, what is added is the bias."""
    for random in settings("transposed"):
        stride, dilation = random.choice((1, 2, 3)), random.choice((1, 2, 4))
        taps, size = random.choice((1, 2, 3)), random.randint(3, 6)
        extra = random.randint(0, max(stride, dilation) - 1)
        before, after = random.randint(0, 1), random.randint(0, 1)
        x, kernel, bias = numbers(1, 2, size, 4), numbers(2, 4, 3, taps), numbers(3, 6)
        full = np.zeros((2, (size - 1) * stride + (taps - 1) * dilation + 1 + extra, 6), "float32")
        for n, i, c, k, tap in places((2, size, 4, 3, taps)):
            filters = k + 3 * (c // 2)  # two groups
            full[n, i * stride + tap * dilation, filters] += x[n, i, c] * kernel[c, k, tap]
        wanted = full[:, before : full.shape[1] - after] + bias
        if not wanted.size:
            continue
        options: dict[str, Any] = {
            "stride": (stride,),
            "dilation": (dilation,),
            "output_padding": (extra,),
        }
        z = conv_transpose(x, kernel, bias, padding=((before, after),), groups=2, **options)
        close(z, wanted, 12)


@pytest.mark.parametrize(("word", "odd"), [("same", 1), ("same_lower", 0)])
def test_transposed_same(word: str, odd: int) -> None:
    """W·S positions are left; the larger crop is at the end, or at the start."""
    for size, taps, stride in product((3, 5), (1, 2, 3, 4, 5), (1, 2, 3)):
        x, kernel = numbers(1, 1, size, 2), numbers(2, 2, 3, taps)
        z = conv_transpose(x, kernel, stride=(stride,), padding=(word,))
        full = conv_transpose(x, kernel, stride=(stride,))
        cut = max(taps - stride, 0)
        before = cut // 2 if odd else cut - cut // 2
        wanted = np.zeros((1, size * stride, 3), "float32")
        kept = full[:, before : before + size * stride]
        wanted[:, : kept.shape[1]] = kept
        np.testing.assert_array_equal(z, wanted)


@pytest.mark.parametrize(("dtype", "error"), [("float32", 5e-7), ("float64", 5e-8)])
def test_gelu(dtype: str, error: float) -> None:
    """x·½·(1 + erf(x/√2)), far out too, and not a number where x is none."""
    x = np.concatenate([np.linspace(-9, 9, 40_001), [0, 1e-30, 30, -30]])[None].astype(dtype)
    wanted = [number / 2 * (1 + erf(number / 2**0.5)) for number in x[0].tolist()]
    assert np.abs(run_kind("gelu", x)[0] - wanted).max() < error
    assert np.isnan(run_kind("gelu", np.array([[np.nan]], dtype))).all()


def test_far_out() -> None:
    """Nothing overflows far from 0, and nothing warns."""
    x = np.array([[-1e4, -100.0, 100.0, 1e4]], "float32")
    assert run_kind("sigmoid", x).tolist() == [[0, pytest.approx(exp(-100), abs=1e-40), 1, 1]]
    np.testing.assert_allclose(run_kind("softplus", x), [[0, 0, 100, 1e4]], atol=1e-40)
    for kind in WITHOUT_WEIGHTS:
        assert np.isfinite(run_kind(kind, x)).all(), kind
