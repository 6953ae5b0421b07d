"""Sizes that fit a network: progressions against inference, at every size and far out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from support.strategies import effort
from support.strategies import run as infer_spec

from cnncalc.cli import run
from cnncalc.homework.solve.network import FittingSizes, sizes_of
from cnncalc.homework.solve.question import Goal
from cnncalc.inference.infer import Overrides, infer
from cnncalc.maths.volume import Volume
from cnncalc.spec.load import load, parse_bytes
from cnncalc.spec.network import Network

PUBLISHED = {
    "alexnet": [(67, 32)],
    "vgg16": [(32, 32)],
    "lenet5": [(32, 4)],
    "unet": [(188, 16)],
    "resnet18": [(1, 1)],
}


def network_called(name: str) -> Network:
    network = load(name).network
    assert network is not None
    return network


def found_of(network: Network, overrides: Overrides | None = None, goal: Goal | None = None) -> Any:
    overrides = overrides or Overrides()
    found = sizes_of(network, overrides, infer(network, overrides), goal or Goal())
    assert isinstance(found, FittingSizes), found
    return found


def progressions(found: FittingSizes) -> list[list[tuple[int, int]]]:
    return [[(each.start, each.step) for each in axis.progressions] for axis in found.axes.values()]


def fits(network: Network, volume: Volume, overrides: Overrides | None = None) -> bool:
    name = next(iter(network.inputs))
    rounding = overrides.rounding if overrides else None
    return infer(network, Overrides(inputs={name: volume}, rounding=rounding)).ok


@pytest.mark.parametrize("name", PUBLISHED)
def test_published(name: str) -> None:
    found = found_of(network_called(name))
    assert progressions(found) == [PUBLISHED[name]] * 2
    assert all(axis.is_complete for axis in found.axes.values())


def test_strict() -> None:
    found = found_of(network_called("resnet18"), Overrides(rounding="strict"))
    assert progressions(found) == [[(1, 32)]] * 2
    assert found.axes["width"].below(224) == 193
    assert found.axes["width"].above(224) == 225


def test_output() -> None:
    found = found_of(network_called("unet"), goal=Goal(sizes=(388, 388), depth=2))
    assert progressions(found) == [[(572, 0)]] * 2
    assert [str(volume) for volume, _ in found.solutions] == ["572×572×1"]
    deeper = found_of(network_called("unet"), goal=Goal(sizes=(388, 388), depth=3))
    assert (deeper.is_solved, deeper.depth) == (False, 2)
    assert not found_of(network_called("unet"), goal=Goal(sizes=(389, 388))).is_solved


@pytest.mark.parametrize(
    "name",
    [*PUBLISHED, "alexnet_torchvision", "dcgan-discriminator", "convnetjs-cifar10", "fcn-8s"],
)
def test_every_size(name: str) -> None:
    """Up to two steps from the first that fits, and far out."""
    network = network_called(name)
    found = found_of(network)
    (axis, sizes), *_ = found.axes.items()
    own = next(volume for volume in infer(network).inputs.values() if volume is not None)
    assert found.own == dict(zip(own.axes, own.spatial, strict=True))
    assert len(set(own.spatial)) == 1
    last = max(effort(64), *(each.start + 2 * each.step for each in sizes.progressions))
    for size in range(1, last + 1):
        volume = own.sized((size,) * own.rank)
        assert (size in sizes) == fits(network, volume), (name, axis, size)
    far = max(each.start + 10**6 * each.step for each in sizes.progressions)
    for size in (far - 1, far, far + 1):
        other = min(each.start for each in sizes.progressions)
        volume = own.sized((size, *(other,) * (own.rank - 1)))
        assert (size in sizes) == fits(network, volume), (name, size)


# --- random networks ------------------------------------------------------------------------------


def layer_drawn(random: Random) -> Any:
    window = {
        "kernel": random.randint(1, 4),
        "stride": random.randint(1, 3),
        "dilation": random.choice((1, 1, 2)),
        "padding": random.choice((0, 0, 1, 2, "same", {"left": 1})),
        "rounding": random.choice(("strict", "strict", "floor")),
    }
    transposed = {"kernel": random.randint(1, 3), "stride": random.randint(1, 3), "filters": 4}
    return random.choice(
        [
            {"conv": {**window, "filters": 4}},
            {"maxpool": {**window, "rounding": random.choice(("strict", "floor", "ceil"))}},
            {"depthwise_conv": window},
            {"conv_transpose": {**transposed, "padding": random.choice((0, 1))}},
            {"pad": {"left": random.randint(0, 2), "right": 1}},
            {"pad": {"sides": 2, "mode": "reflect"}},
            {"crop": random.randint(0, 2)},
            {"crop": {"size": random.randint(1, 6)}},
            {"upsample": 2},
            {"slice": {"axis": "length", "start": random.randint(-3, 2), "stop": -1}},
            {"slice": {"axis": "length", "start": random.randint(-3, 2), "stop": 4}},
            {"space_to_depth": 2},
            {"adaptive_avgpool": random.randint(1, 3)},
            "relu",
        ]
    )  # fmt: skip


def branches_drawn(random: Random) -> list[Any]:
    stride = random.randint(1, 2)

    def branch() -> list[Any]:
        kernel = random.choice((1, 3))
        padding = random.choice((kernel // 2, kernel // 2, 0))
        conv = {"filters": 4, "kernel": kernel, "stride": stride, "padding": padding}
        return [{"conv": {**conv, "rounding": random.choice(("strict", "floor"))}}]

    return [{random.choice(("add", "concat")): [branch(), branch()]}]


def network_drawn(random: Random) -> list[Any]:
    layers: list[Any] = []
    for _ in range(random.randint(1, 5)):
        layers += branches_drawn(random) if random.random() < 0.2 else [layer_drawn(random)]
    return layers + random.choice(([], [{"fc": 3}]))


@pytest.mark.parametrize("seed", range(4))
def test_random(seed: int) -> None:
    random = Random(seed)
    for _ in range(effort(12)):
        check(network_drawn(random))


def check(layers: Sequence[Any]) -> None:
    spec = {"input": {"length": 24, "depth": 4}, "layers": list(layers)}
    network = parse_bytes(json.dumps(spec).encode(), "spec.json", None).network
    assert network is not None
    found = sizes_of(network, Overrides(), infer(network), Goal())
    if not isinstance(found, FittingSizes):
        return
    sizes = found.axes["length"]
    period = max([1, *(each.step for each in sizes.progressions)])
    for size in range(1, 80 + period):
        ok = infer_spec({**spec, "input": {"length": size, "depth": 4}}).ok
        assert (size in sizes) == ok, (layers, size, sizes)
    for each in sizes.progressions[:3]:
        far = each.start + 10**6 * each.step
        assert infer_spec({**spec, "input": {"length": far, "depth": 4}}).ok


def test_fields_that_depend_on_sizes_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnncalc.homework.solve.network._MOST_TRIED", 40)
    text = "input: 8x8x3\nlayers:\n  - reshape: 4x4x12\n"
    network = parse_bytes(text.encode(), "net.yaml", None).network
    assert network is not None
    found = found_of(network)
    assert progressions(found) == [[(8, 0)]] * 2
    assert not found.axes["width"].is_complete


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["solve", "network", "unet", "--output", "388x388x2", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["progressions"] == {
        axis: [{"from": 572, "step": 0}] for axis in ("width", "height")
    }
    assert [each["fields"] for each in found["solutions"]] == [{"input": 572}]
    assert run(["solve", "network", "lenet5"]) == 0
    assert "32 + 4k" in capsys.readouterr().out
