"""The one-layer commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.all_commands import LAYERS, LOADED, options, required
from support.command import Command

from cnncalc.layers.registry import layer_class
from cnncalc.spec.load import Loaded, parse_bytes


def test_the_line_of_one_layer(command: Command) -> None:
    assert command("fc 4 --units 2 --format json").json["layers"][0]["line"] == 1
    assert command("fc 4 --units 2 --format csv --columns line").out.splitlines()[1:] == ["1"]


@pytest.mark.parametrize(
    ("line", "layer"),
    [
        ("conv 32x32x3 -K 10 -F 5 -P 2", "conv filters: 10 kernel: 5 padding: 2"),
        (
            "conv length=16000,depth=1 --filters 4 --kernel 80 --stride 4 --padding left=1,right=2",
            "conv filters: 4 kernel: 80 stride: 4 padding: {left: 1, right: 2}",
        ),
        (
            "conv 8x8x4 -K 4 -F 3,5 --groups 2 --padding same --no-bias --rounding floor",
            "conv filters: 4 kernel: [3, 5] padding: same groups: 2 rounding: floor bias: false",
        ),
        (
            "conv-transpose 8x8x4 -K 4 -F height=1,width=7 -S 2 --output-padding 1",
            "conv_transpose filters: 4 kernel: {height: 1, width: 7} stride: 2 output_padding: 1",
        ),
        ("pool 24x24x6 -F 2", "maxpool kernel: 2"),
        ("pool 24x24x6 --avg -F 2 --trainable", "avgpool kernel: 2 trainable: true"),
        ("lppool 8x8x2 -F 2 --power 1.5", "lppool kernel: 2 p: 1.5"),
        ("fc 4096 -K 10 --no-bias", "fc units: 10 bias: false"),
    ],
)
def test_layer_as_spec(
    command: Command, monkeypatch: pytest.MonkeyPatch, line: str, layer: str
) -> None:
    """The arguments of a one-layer command are read as the spec that one would write."""
    texts: list[str] = []

    def read(data: bytes, name: str, path: Path | None) -> Loaded:
        texts.append(data.decode())
        return parse_bytes(data, name, path)

    monkeypatch.setattr("cnncalc.cli.layers.parse_bytes", read)
    command(line)
    volume = re.sub(r"length=(\d+),depth=(\d+)", r"{length: \1, depth: \2}", line.split()[1])
    kind, fields = layer.split(" ", 1)
    stated = re.sub(r" (?=\w+: )(?![^{]*\})", "\n      ", f" {fields}")
    assert texts == [f"input: {volume}\nlayers:\n  - {kind}:{stated}\n"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("conv 7x7x3 -K abc -F 3", "Error: --filters abc: write a whole number from 1\n"),
        ("conv 7x7x3 -K 4.5 -F 3", "Error: --filters 4.5: write a whole number from 1\n"),
        ("fc 4096 -K 1e3", "Error: --units 1e3: write a whole number from 1\n"),
        ("conv 7x7x3 -K 4 -F abc", "Error: --kernel abc: write sizes such as 3, 1,7 or"),
        ("lppool 8x8x2 -F 2 --power p", "Error: --power p: write a number such as 2 or 1.5\n"),
        ("conv 7 7 3 -K 4 -F 3", "Error: INPUT 7 7 3: write 7x7x3\n"),
        ("pool 8x8x3 -F 2 --trainable", "Error: --trainable needs --avg\n"),
        ("pool 8x8x3 -F 2 --count-padding", "Error: --count-padding needs --avg\n"),
    ],
)
def test_layer_usage(command: Command, line: str, message: str) -> None:
    """A value that the option cannot have is a fault of the option."""
    outcome = command(line)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(message)


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (
            "conv 32x32x3 -K 10 -F 5 -P 2",
            [
                "= (W1 − F + 2P)/S + 1 = (32 − 5 + 2·2)/1 + 1 = 32",
                "= (F·F·D1)·K + K = (5·5·3)·10 + 10 = 760",
            ],
        ),
        ("fc 84 -K 10", ["= 84·10 + 10 = 850"]),
        ("pool 8x8x3 -F 2", ["= (8 − 2)/2 + 1 = 4"]),
    ],
)
def test_layer_arithmetic(command: Command, line: str, lines: list[str]) -> None:
    """Below the table of one layer is its arithmetic; other formats hold no such text."""
    table = command(line).out
    for each in lines:
        assert f"{each}\n" in table
    for format in ("json", "csv", "markdown"):
        assert lines[0] not in command(f"{line} --format {format}").out


@pytest.mark.parametrize(
    ("line", "output", "params"),
    [
        ("conv 32x32x3 -K10 -F5 -P2", {"width": 32, "height": 32, "depth": 10}, 760),
        ("depthwise-conv 8x8x4 -F 3", {"width": 6, "height": 6, "depth": 4}, 40),
        ("separable-conv 8x8x4 -K 2 -F 3", {"width": 6, "height": 6, "depth": 2}, 46),
        ("locally-connected 3x3x1 -K 1 -F 2", {"width": 2, "height": 2, "depth": 1}, 20),
        ("conv-transpose 4x4x2 -K 3 -F 2 -S 2", {"width": 8, "height": 8, "depth": 3}, 27),
        ("pool 8x8x4 -F 2", {"width": 4, "height": 4, "depth": 4}, 0),
        ("lppool 8x8x4 -F 2 --power 1", {"width": 4, "height": 4, "depth": 4}, 0),
        ("fc 8x8x4 --units 10", {"depth": 10}, 2570),
        ("maxout 10 -K 4 --pieces 3", {"depth": 4}, 132),
        ("rbf 84 -K 10", {"depth": 10}, 0),
    ],
)
def test_one_layer(command: Command, line: str, output: dict[str, int], params: int) -> None:
    outcome = command(f"{line} --format json")
    assert outcome.code == 0, outcome.err
    data = outcome.json
    assert data["name"] == line.split()[0]
    assert data["layers"][0]["output"] == output
    assert data["totals"]["params"]["trainable"] == params
    assert outcome.err == ""


@pytest.mark.parametrize(
    ("line", "place", "message", "shown"),
    [
        (
            "conv 7x7x3 -K 10 -F 3 -S 3",
            "44: error CNN301 stride-does-not-fit",
            "--stride: a 3×3 filter with stride 3 does not fit a 7×7×3 input",
            "cnncalc conv 7x7x3 --filters 10 --kernel 3 <--stride 3>",
        ),
        (
            "conv 7x7x3 -K 4 -F 3 -P smae --no-bias",
            "43: error CNN108 wrong-type",
            "--padding: smae is not a padding",
            "cnncalc conv 7x7x3 --filters 4 --kernel 3 <--padding smae> --no-bias",
        ),
        (
            "fc 32y -K 10",
            "12: error CNN115 bad-shape",
            "32y is not a volume",
            "cnncalc fc <32y> --units 10",
        ),
        (
            "conv 84 -K 10 -F 5",
            "1: error CNN306 wrong-axes",
            "",
            "<cnncalc conv> 84 --filters 10 --kernel 5",
        ),
    ],
)
def test_one_layer_problem(
    command: Command, line: str, place: str, message: str, shown: str
) -> None:
    """What is wrong is shown at the option, on the command line as it might be typed."""
    outcome = command(line)
    head, source, carets = outcome.err.splitlines()[:3]
    assert head.startswith(f"<arguments>:1:{place}: {message}")
    before, marked, after = re.split("[<>]", shown)
    assert source == f"  1 | {before}{marked}{after}"
    assert carets.split(" (")[0].rstrip() == f"    | {' ' * len(before)}{'^' * len(marked)}"
    problem = command(f"{line} --format json").json["problems"][0]
    start = len(before) + 1
    assert (problem["line"], problem["column"], problem["end_column"]) == (
        1, start, start + len(marked),
    )  # fmt: skip


def test_one_layer_without_a_volume(command: Command) -> None:
    """Where INPUT is no volume, no table of unknown sizes is printed above the message."""
    outcome = command("conv 1x3x224x224 -K 8 -F 3")
    assert (outcome.code, outcome.out) == (1, "")
    assert "help: a batch, depth first: write 224x224x3" in outcome.err


@pytest.mark.parametrize(
    ("line", "help"),
    [
        ("conv 64x64x3 -K 8 -F 3 -S 2 -P 1", "help: --rounding floor → 32×32, as PyTorch"),
        ("pool 8x8x3 -F 3", "--padding same → 3×3"),
        ("conv 32x32x3 -K 8 -F 3 --groups 2", "help: --groups 1 divides both"),
        ("conv 5x5x1 -K 1 -F 80", "--padding same → 5×5"),
    ],
)
def test_one_layer_help(command: Command, line: str, help: str) -> None:
    """What would mend it is written as options."""
    assert help in re.sub(r"\s+", " ", command(line).err)


_LEFT_OUT = {"in_channels", "activation", "connection_table"}
"""Fields without an option: known from INPUT, without a number to show, too long to type.

Nor can a single layer be frozen, which in other kinds than pooling is what ``trainable`` is for.
"""


@pytest.mark.parametrize("name", LAYERS)
def test_options_are_fields(name: str) -> None:
    fields = {
        info.alias or field: info.is_required()
        for kind in LAYERS[name]
        for field, info in layer_class(kind).model_fields.items()
    }
    look = {"input", "format", "columns", "layout", "dtype", "color", "quiet", "ascii", "avg"}
    options = {
        param.name.removeprefix("no_"): param.required
        for param in LOADED[name].params
        if param.name not in look
    }
    left_out = _LEFT_OUT if name == "pool" else _LEFT_OUT | {"trainable"}
    assert options == {field: need for field, need in fields.items() if field not in left_out}


@pytest.mark.parametrize("value", ["height=x", "height=1,height=2", "=1", "a="])
@pytest.mark.parametrize("name", LAYERS)
def test_bad_field(command: Command, name: str, value: str) -> None:
    """Of a field's value only pairs are read here; everything else is for the spec's reader."""
    for param in options(name):
        if param.rich_help_panel is None and not param.is_flag:
            outcome = command(name, *required(name), param.opts[0], value)
            assert (outcome.code, outcome.out) == (2, "")
            assert outcome.err.startswith(f"Error: {param.opts[0]} {value}: ")
