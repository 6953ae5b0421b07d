"""Weights of a pass: made once for a layer, some of them while they are used."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from support.strategies import run

from cnncalc.forward.arrays import Array
from cnncalc.forward.fill import COUNT, Filler
from cnncalc.forward.memory import Reused
from cnncalc.forward.run import Pass, Settings
from cnncalc.forward.stream import Stream
from cnncalc.forward.workers import sharing
from cnncalc.layers.base import Weight
from cnncalc.report.verification import LayerResult

LARGE = {"input": "20x20x4", "layers": [{"fc": 701}, "relu"]}
"""1,121,600 weights, above what is made as a whole; 701 units are no whole number of blocks."""


def pass_of(**settings: object) -> tuple[list[LayerResult], list[Array]]:
    """Return what the layers did, and copies of their outputs."""
    running = Pass(run(LARGE), Settings(**settings))  # type: ignore[arg-type]
    results, arrays = [], []
    for result in running.run():
        array = running.output(result.row.name)
        assert array is not None
        results.append(result)
        arrays.append(array.copy())
    return results, arrays


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [1, 3])
def test_streamed_as_whole(
    batch: int, dtype: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The numbers do not depend on when they are made, and all are counted."""
    with sharing(threads):
        streamed, in_parts = pass_of(batch=batch, dtype=dtype)
    monkeypatch.setattr("cnncalc.forward.weights.LARGE", 1 << 40)
    whole, at_once = pass_of(batch=batch, dtype=dtype)
    np.testing.assert_allclose(in_parts[-1], at_once[-1], rtol=1e-5, atol=1e-6)
    assert [ran.params for ran in streamed] == [ran.params for ran in whole]


def test_given_weights_are_not_streamed() -> None:
    """What a file states is what is used."""
    kernel = np.zeros((701, 1600), "float32")
    _, arrays = pass_of(weights={"fc1.kernel": kernel, "fc1.bias": np.ones(701, "float32")})
    assert (arrays[0] == 1).all()


def test_kernel_for_one_map() -> None:
    """A blur on every map, by its definition: sums of neighbours."""
    taps = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    layer = {"depthwise_conv": {"kernel": 3, "bias": False}, "weights": {"kernel": taps}}
    x = np.random.default_rng(0).standard_normal((2, 5, 6, 3)).astype("float32")
    report = run({"input": "6x5x3", "layers": [layer]})
    running = Pass(report, Settings(batch=2, inputs={"input": x}))
    (ran,) = running.run()
    sums = sum(taps[i][j] * x[:, i : i + 3, j : j + 4] for i in range(3) for j in range(3))
    array = running.output(ran.row.name)
    assert array is not None
    np.testing.assert_allclose(array, sums, rtol=1e-5, atol=1e-5)
    assert (ran.params, ran.non_trainable) == (27, 0)


class Half(Stream):
    """Weights of which the array code asks for the first units only."""

    def __len__(self) -> int:
        return self.shape[0] - 300


def test_weights_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not made is not counted."""
    monkeypatch.setattr("cnncalc.forward.weights.Stream", Half)
    bias = {"bias": False}
    report = run({"input": "20x20x4", "layers": [{"fc": {"units": 701} | bias}]})
    (ran,) = Pass(report, Settings()).run()
    assert ran.params is not None and 0 < ran.params < 701 * 1600
    assert "CNN502" in ran.codes


@pytest.mark.parametrize(("mean", "deviation"), [(0.0, None), (0.0, 0.1), (1.0, 0.2)])
@pytest.mark.parametrize("cuts", [(1,), (COUNT,), (5, COUNT + 7), (2 * COUNT - 1,)])
def test_filled_in_parts(mean: float, deviation: float | None, cuts: tuple[int, ...]) -> None:
    """A part is filled with the numbers that the whole has there."""
    weight = Weight(name="kernel", shape=(3, COUNT), mean=mean, deviation=deviation)
    filler = Filler(7, "float32")
    whole = filler.weight(weight, "conv1.kernel", np.empty(3 * COUNT, "float32"))
    parts: list[Array] = []
    ends = (0, *cuts, 3 * COUNT)
    for first, stop in pairwise(ends):
        parts.append(np.empty(stop - first, "float32"))
        filler.weight(weight, "conv1.kernel", parts[-1], first)
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_layers_take_turns_in_one_memory() -> None:
    """The largest layer's weights are all that is held, whatever the number of layers."""
    sizes = {"kernel": 3, "padding": 1}
    layers = [{"conv": sizes | {"filters": filters}} for filters in (8, 32, 16, 32)]
    made = Pass(run({"input": "8x8x3", "layers": layers}), Settings())
    list(made.run())
    largest = (9 * 32 * 16 + 32) * 4
    assert largest <= made.maker._memory._memory.size <= largest + 128


@pytest.mark.parametrize("numbers", [1 << 50, 1 << 62])
def test_memory_that_is_not_there(numbers: int) -> None:
    """What is said of layers that do not fit; what was held before is given back."""
    memory = Reused()
    memory.arrays((100,), np.dtype("float32"))
    with pytest.raises(MemoryError, match=r"bytes|allocate"):
        memory.arrays((numbers,), np.dtype("float32"))
    (array,) = memory.arrays((3,), np.dtype("float64"))
    assert array.shape == (3,) and memory._memory.size == 64


def test_arrays_do_not_overlap() -> None:
    first, second, third = Reused().arrays((3, 0, 17), np.dtype("float64"))
    first[:], third[:] = 1, 2
    assert (first == 1).all() and second.size == 0 and third.size == 17


def test_shared_weights_not_streamed() -> None:
    """Whether weights are made while they are used is up to the layer that uses them."""
    table = [[number] for number in range(1024)]
    report = run(
        {
            "input": {"length": 1026, "depth": 1024},
            "layers": [
                {"slice": {"axis": "length", "stop": 1}},
                {"fc": {"units": 1024, "bias": False}, "name": "a"},
                {"slice": {"axis": "length", "stop": 1024}, "from": "input"},
                {
                    "conv": {
                        "kernel": 1024, "filters": 1024, "bias": False, "connection_table": table,
                    },
                    "weights_from": "a",
                },
            ],
        }
    )  # fmt: skip
    assert report.ok, report.problems
    (_, owner, _, row) = report.rows
    maker = Pass(report, Settings()).maker
    for user, kind in ((owner, Stream), (row, np.ndarray)):
        assert isinstance(maker.make(owner, user.weights)["kernel"], kind)


def test_seeds() -> None:
    """Every seed gives every array other numbers, not the same ones from another place."""
    names = [f"{letter}.kernel" for letter in "abcdefgh"]
    for name in names:
        weight = Weight(name="kernel", shape=(4, 25))
        made = [Filler(seed, "float64").weight(weight, name, np.empty(100)) for seed in range(8)]
        for first, second in combinations(made, 2):
            assert len(np.intersect1d(first, second)) == 0
