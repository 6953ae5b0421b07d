"""The proof proves something: every rule is broken, one at a time, and verification finds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from support.strategies import Spec, run

from cnncalc.forward.run import Pass, Settings
from cnncalc.layers.base import Family, Weight
from cnncalc.layers.registry import KINDS, joins, kinds_of, layer_class
from cnncalc.maths.volume import Volume

WINDOW = {"kernel": 3}
PLAIN = {"width": 9, "height": 11, "depth": 4}
FIELDS: dict[str, Spec] = {
    "conv": WINDOW | {"filters": 6, "groups": 2},
    "depthwise_conv": WINDOW | {"multiplier": 2},
    "separable_conv": WINDOW | {"filters": 5, "multiplier": 2},
    "locally_connected": WINDOW | {"filters": 3},
    "conv_transpose": WINDOW | {"filters": 6, "groups": 2, "stride": 2},
    "maxpool": WINDOW | {"stride": 1},
    "avgpool": WINDOW | {"stride": 1, "trainable": True},
    "lppool": WINDOW | {"stride": 1},
    "adaptive_avgpool": {"output": 5},
    "adaptive_maxpool": {"output": 5},
    "fc": {"units": 7},
    "maxout": {"units": 7, "pieces": 3},
    "rbf": {"units": 7},
    "groupnorm": {"groups": 2},
    "instancenorm": {"affine": True},
    "layernorm": {"over": "all"},
    "reshape": {"shape": {"width": 11, "height": 9, "depth": 4}},
    "pad": {"sides": 1},
    "crop": {"sides": 1},
    "slice": {"stop": 3},
    "upsample": {"factor": 2},
    "pixel_shuffle": {"factor": 2},
    "depth_to_space": {"factor": 2},
    "space_to_depth": {"factor": 1},
    "channel_shuffle": {"groups": 2},
}
"""Fields that a kind needs, or with which it has weights."""


def spec(kind: str) -> Spec:
    entry: Spec = {kind: FIELDS.get(kind)}
    if joins(kind):
        return {"inputs": {"a": PLAIN, "b": PLAIN}, "layers": [entry | {"from": ["a", "b"]}]}
    return {"input": PLAIN, "layers": [entry]}


def found_in(kind: str) -> tuple[str, ...]:
    """Return the codes of what verification says of the kind's layer."""
    report = run(spec(kind))
    assert report.ok, report.problems
    (ran,) = Pass(report, Settings()).run()
    return ran.codes


@pytest.mark.parametrize("kind", KINDS)
def test_sound(kind: str) -> None:
    assert found_in(kind) == ()


def axes(volume: Volume) -> Iterator[Volume]:
    """Yield the volume with one axis wrong."""
    for change in (1, -1):
        yield volume.with_size("depth", volume.depth + change)
        for axis, size in enumerate(volume.spatial):
            sizes = (*volume.spatial[:axis], size + change, *volume.spatial[axis + 1 :])
            yield volume.sized(sizes)


@pytest.mark.parametrize("kind", KINDS)
def test_shape(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = run(spec(kind)).rows[0].output
    assert right is not None
    wrong = [volume for volume in axes(right) if volume != right and volume.size > 0]
    assert len(wrong) >= 2
    for volume in wrong:
        with monkeypatch.context() as patch:
            patch.setattr(layer_class(kind), "output", lambda self, *volumes, v=volume: v)
            assert "CNN501" in found_in(kind) or "CNN503" in found_in(kind)


def weights_of(kind: str) -> tuple[Weight, ...]:
    return run(spec(kind)).rows[0].weights


WEIGHTED = [kind for kind in KINDS if weights_of(kind)]


def broken(weights: tuple[Weight, ...]) -> Iterator[tuple[Weight, ...]]:
    """Yield the weights with one of them wrong, missing or too much."""
    for at, weight in enumerate(weights):
        before, after = weights[:at], weights[at + 1 :]
        yield (*before, *after)
        yield (*before, replace(weight, shape=(*weight.shape, 2)), *after)
        for axis, size in enumerate(weight.shape):
            for wrong in (size + 1, size - 1):
                if wrong:
                    shape = (*weight.shape[:axis], wrong, *weight.shape[axis + 1 :])
                    yield (*before, replace(weight, shape=shape), *after)
    yield (*weights, Weight(name="more", shape=(3,)))


@pytest.mark.parametrize("kind", WEIGHTED)
def test_weights(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in broken(weights_of(kind)):
        with monkeypatch.context() as patch:
            patch.setattr(layer_class(kind), "weights", lambda self, *volumes, w=wrong: w)
            assert found_in(kind), wrong


SIZED = [kind for kind in WEIGHTED if any(len(w.shape) > 3 for w in weights_of(kind))]


@pytest.mark.parametrize("kind", SIZED)
def test_kernel_under_same(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel of the wrong size is found although `same` gives the right shape."""
    monkeypatch.setitem(FIELDS, kind, FIELDS[kind] | {"padding": "same"})
    assert found_in(kind) == ()
    for at, weight in enumerate(right := weights_of(kind)):
        for axis in (-2, -1) if len(weight.shape) > 3 else ():
            shape = list(weight.shape)
            shape[axis] += 2
            wrong = (*right[:at], replace(weight, shape=tuple(shape)), *right[at + 1 :])
            with monkeypatch.context() as patch:
                patch.setattr(layer_class(kind), "weights", lambda self, *volumes, w=wrong: w)
                assert found_in(kind), wrong


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in WEIGHTED])
def test_no_weights(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    more = (Weight(name="kernel", shape=(2,)),)
    monkeypatch.setattr(layer_class(kind), "weights", lambda self, *volumes: more)
    assert found_in(kind) == ("CNN503",)


@pytest.mark.parametrize("kind", WEIGHTED)
def test_count(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right: Any = Weight.count
    monkeypatch.setattr(Weight, "count", property(lambda self: right.fget(self) + 1))
    assert found_in(kind) == ("CNN502",)


def test_builder() -> None:
    """A layer of another kind than the row's shows, as the pass builds its own."""
    report = run({"input": "4x4x3", "layers": ["prelu"]})
    (row,) = report.rows
    relu = layer_class("relu")()
    wrong = replace(report, rows=(replace(row, layer=relu, weights=()),))
    (ran,) = Pass(wrong, Settings()).run()
    assert ran.codes == ("CNN502",)


def test_weighted() -> None:
    assert len(WEIGHTED) >= 15
    assert not set(WEIGHTED) & (set(kinds_of(Family.ACTIVATION)) - {"prelu"})


@pytest.mark.parametrize("kind", WEIGHTED)
def test_layout_in_words(kind: str) -> None:
    """A message names as many axes of 2-D weights as there are."""
    for weight in weights_of(kind):
        words = weight.layout
        assert words.count("[") == (len(weight.shape) if len(weight.shape) > 1 else 0), words
