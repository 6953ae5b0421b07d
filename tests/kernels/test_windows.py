"""Convolutions and pools against ONNX Runtime, on random settings.

Left out, with the reason:

* ``same`` with a dilation, and for transposed convolutions: ONNX Runtime refuses the first and
  counts the second from the output; ``test_definitions.py`` has both.
* ``same`` pools whose kernel is below the stride: ONNX Runtime comes to a negative padding.
* an output padding from the stride on, allowed by PyTorch below the dilation: refused there;
  ``test_definitions.py`` has it.
* windows that see padding only: refused here, −∞ or 0/0 there.
"""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from support.kinds import (
    WITHOUT_WEIGHTS,
    conv,
    conv_transpose,
    depthwise,
    pool,
    run_kind,
    separable,
)
from support.oracle import CASES, close, different, first, last, numbers, onnx, settings

from cnncalc.forward.arrays import CannotRun

Sides = tuple[tuple[int, int], ...]


def drawn(random: Random, rank: int, pooling: bool) -> tuple[dict[str, tuple[int, ...]], Sides]:
    """Return kernel, stride, dilation and the padding of each side."""
    kernel = tuple(random.choice((1, 2, 3, 3, 5)) for _ in range(rank))
    stride = tuple(random.choice((1, 1, 2, 3)) for _ in range(rank))
    dilation = tuple(random.choice((1, 1, 1, 2, 3)) for _ in range(rank))
    most = [(k - 1) // 2 if pooling else 3 for k in kernel]
    padding = tuple((random.randint(0, m), random.randint(0, m)) for m in most)
    return {"kernel": kernel, "stride": stride, "dilation": dilation}, padding


def sizes(random: Random, window: dict[str, tuple[int, ...]], padding: Sides) -> tuple[int, ...]:
    """Return spatial sizes that the windows fit."""
    spatial = different(random, len(padding), 3, 12)
    spans = ((k - 1) * d + 1 for k, d in zip(window["kernel"], window["dilation"], strict=True))
    return tuple(max(size, span) for size, span in zip(spatial, spans, strict=True))


def pads(padding: Sides) -> list[int]:
    return [side[0] for side in padding] + [side[1] for side in padding]


def test_conv() -> None:
    for random in settings("conv", 2 * CASES):
        one_conv(random)


def one_conv(random: Random) -> None:
    rank = random.choice((1, 2, 2, 3))
    groups = random.choice((1, 1, 1, 2, 3, 8))
    width, filters = random.choice((1, 2, 3, 16)), random.choice((1, 2, 5))
    window, padding = drawn(random, rank, pooling=False)
    x = numbers(1, random.randint(1, 3), width * groups, *sizes(random, window, padding))
    kernel = numbers(2, filters * groups, width, *window["kernel"])
    bias = numbers(3, filters * groups)
    given: dict[str, Any] = {
        "strides": window["stride"],
        "dilations": window["dilation"],
        "group": groups,
    }
    options: dict[str, Any] = {
        "stride": window["stride"],
        "dilation": window["dilation"],
        "groups": groups,
    }
    wanted = onnx("Conv", [x, kernel, bias], pads=pads(padding), **given)
    actual = conv(last(x), kernel, bias, padding=padding, rounding="floor", **options)
    close(first(actual), wanted, kernel[0].size)
    wanted = onnx("Conv", [x, kernel], pads=pads(padding), **given)
    actual = conv(last(x), kernel, padding=padding, rounding="floor", **options)
    close(first(actual), wanted, kernel[0].size)


def test_same() -> None:
    for case in settings("same"):
        rank = case.choice((1, 2, 3))
        window, _ = drawn(case, rank, pooling=False)
        x = numbers(1, 2, 3, *different(case, rank, 3, 12))
        kernel = numbers(2, 4, 3, *window["kernel"])
        for word, auto in (("same", "SAME_UPPER"), ("same_lower", "SAME_LOWER")):
            wanted = onnx("Conv", [x, kernel], auto_pad=auto, strides=window["stride"])
            actual = conv(last(x), kernel, padding=(word,) * rank, stride=window["stride"])
            close(first(actual), wanted, kernel[0].size)
            assert actual.shape[1:-1] == tuple(
                -(-size // s) for size, s in zip(x.shape[2:], window["stride"], strict=True)
            )
            if any(k < s for k, s in zip(window["kernel"], window["stride"], strict=True)):
                continue
            pooled = pool(
                "maxpool",
                last(x),
                window["kernel"],
                padding=(word,) * rank,
                stride=window["stride"],
            )
            shape = {"kernel_shape": window["kernel"], "strides": window["stride"]}
            close(first(pooled), onnx("MaxPool", [x], auto_pad=auto, **shape))


def test_depthwise_and_separable() -> None:
    for random in settings("depthwise"):
        rank = random.choice((1, 2, 2, 3))
        window, padding = drawn(random, rank, pooling=False)
        depth, multiplier = random.choice((1, 3, 8)), random.choice((1, 1, 2, 3))
        x = numbers(1, random.randint(1, 2), depth, *sizes(random, window, padding))
        kernel = numbers(2, depth * multiplier, 1, *window["kernel"])
        across = numbers(3, 5, depth * multiplier, *(1,) * rank)
        bias = numbers(4, 5)
        given: dict[str, Any] = {
            "strides": window["stride"],
            "dilations": window["dilation"],
            "group": depth,
        }
        options: dict[str, Any] = {"stride": window["stride"], "dilation": window["dilation"]}
        between = onnx("Conv", [x, kernel], pads=pads(padding), **given)
        actual = depthwise(last(x), kernel, padding=padding, rounding="floor", **options)
        close(first(actual), between, kernel[0].size)
        actual = separable(
            last(x), kernel, across, bias, padding=padding, rounding="floor", **options
        )
        close(first(actual), onnx("Conv", [between, across, bias]), across[0].size * 9)


def test_conv_transpose() -> None:
    for random in settings("transpose"):
        rank = random.choice((1, 2, 2, 3))
        window, padding = drawn(random, rank, pooling=False)
        groups = random.choice((1, 1, 2, 3))
        width, filters = random.choice((1, 2, 4)), random.choice((1, 3))
        extra = tuple(random.randint(0, step - 1) for step in window["stride"])
        x = numbers(1, random.randint(1, 2), width * groups, *different(random, rank, 3, 9))
        kernel = numbers(2, width * groups, filters, *window["kernel"])
        bias = numbers(3, filters * groups)
        options: dict[str, Any] = {
            "stride": window["stride"],
            "dilation": window["dilation"],
            "groups": groups,
        }
        given: dict[str, Any] = {
            "strides": window["stride"],
            "dilations": window["dilation"],
            "group": groups,
        }
        try:
            actual = conv_transpose(
                last(x), kernel, bias, padding=padding, output_padding=extra, **options
            )
        except CannotRun:
            with pytest.raises(Exception, match=r"(?i)output|shape|dim"):
                onnx(
                    "ConvTranspose",
                    [x, kernel, bias],
                    pads=pads(padding),
                    output_padding=extra,
                    **given,
                )
            continue
        wanted = onnx(
            "ConvTranspose", [x, kernel, bias], pads=pads(padding), output_padding=extra, **given
        )
        close(first(actual), wanted, kernel[:, 0].size)


def test_pools() -> None:
    for random in settings("pools", 3 * CASES):
        rank = random.choice((1, 2, 2, 3))
        window, padding = drawn(random, rank, pooling=True)
        x = numbers(1, random.randint(1, 3), random.randint(1, 5), *sizes(random, window, padding))
        ceil = random.random() < 0.5
        given: dict[str, Any] = {
            "kernel_shape": window["kernel"],
            "strides": window["stride"],
            "dilations": window["dilation"],
            "pads": pads(padding),
            "ceil_mode": int(ceil),
        }
        options: dict[str, Any] = {
            "stride": window["stride"],
            "dilation": window["dilation"],
            "padding": padding,
            "rounding": "ceil" if ceil else "floor",
        }
        kernel = window["kernel"]
        try:
            largest = pool("maxpool", last(x), kernel, **options)
        except CannotRun as error:
            assert "padding only" in str(error)
            continue
        close(first(largest), onnx("MaxPool", [x], **given))
        mean = pool("avgpool", last(x), kernel, **options)
        close(first(mean), onnx("AveragePool", [x], count_include_pad=0, **given))
        mean = pool("avgpool", last(x), kernel, count_padding=True, **options)
        close(first(mean), onnx("AveragePool", [x], count_include_pad=1, **given))
        p = random.choice((1, 2, 3))
        norm = pool("lppool", last(x), kernel, p=p, **options)
        close(first(norm), onnx("LpPool", [x], p=p, **given))


def test_global_pools() -> None:
    for random in settings("global"):
        x = numbers(1, 2, 5, *different(random, random.choice((1, 2, 3)), 1, 9))
        close(first(run_kind("global_avgpool", last(x))), onnx("GlobalAveragePool", [x]))
        close(first(run_kind("global_maxpool", last(x))), onnx("GlobalMaxPool", [x]))


def test_fused_activation() -> None:
    x, kernel, bias = numbers(1, 2, 9, 11, 3), numbers(2, 8, 3, 3, 3), numbers(3, 8)
    plain = conv(x, kernel, bias)
    for kind in WITHOUT_WEIGHTS:
        fused = conv(x, kernel, bias, activation=kind)
        np.testing.assert_array_equal(fused, run_kind(kind, plain))
