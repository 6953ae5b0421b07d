"""``solve conv`` and the like: the options of a layer whose numbers may be missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.layers import (
    Average,
    CountPadding,
    LayerRounding,
    NoBias,
    Standardize,
    Trainable,
)
from cnncalc.cli.line import number, padding, sizes
from cnncalc.cli.solve_asked import print_solved
from cnncalc.homework.solve.question import FIELDS
from cnncalc.maths.words import OPEN_WORDS


def _or_any(read: Callable[[str], str]) -> Callable[[str], str]:
    """Return a parser that takes ``any``, too."""

    def parse(text: str) -> str:
        return "any" if text.strip().lower() in OPEN_WORDS else read(text)

    return parse


def _field(read: Callable[[str], str], help: str, *flags: str) -> Any:
    metavar = "N|any" if read is number else "SIZES|any"
    return typer.Option(*flags, parser=_or_any(read), metavar=metavar, help=help)


def _bounds(text: str) -> dict[str, int]:
    """Return ``kernel=5,stride=4`` as a mapping."""
    found = param.axes(text)
    unknown = [name for name in found if name not in FIELDS]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]}: write one of {', '.join(FIELDS)}")
    return found


def _whole(text: str) -> int:
    """Return a count: ``760``, ``61,706``, ``60M``."""
    value = param.count(text)
    if value.denominator != 1:
        raise typer.BadParameter(f"{text}: write a whole number")
    return int(value)


Input = Annotated[list[str], typer.Argument(metavar="INPUT", hidden=True)]
Filters = Annotated[str | None, _field(number, "How many filters.", "--filters", "-K")]
Units = Annotated[str | None, _field(number, "How many neurons.", "--units", "-K")]
Kernel = Annotated[str | None, _field(sizes, "Size of the window.", "--kernel", "-F")]
Stride = Annotated[str | None, _field(sizes, "Step between windows.", "--stride", "-S")]
Padding = Annotated[str | None, _field(padding, "Zeros around the input.", "--padding", "-P")]
OutputPadding = Annotated[
    str | None, _field(sizes, "Pixels added at the end of the output.", "--output-padding")
]
Dilation = Annotated[
    str | None, _field(sizes, "Step between the taps of the kernel.", "--dilation")
]
Groups = Annotated[
    str | None, _field(number, "Parts of the depth that do not see each other.", "--groups")
]
Multiplier = Annotated[
    str | None, _field(number, "Filters for each map of the input.", "--multiplier")
]


def given_option(metavar: str, help: str, *flags: str, **more: Any) -> Any:
    """Return an option of what is known."""
    return typer.Option(*flags, metavar=metavar, help=help, rich_help_panel="Given", **more)


Goals = Annotated[
    str | None,
    given_option("SHAPE", "What comes out: 16x16xany, or same: the size of the input.", "--output"),
]
Params = Annotated[
    int | None, given_option("N", "How many parameters: 760 or 60M.", "--params", parser=_whole)
]
Macs = Annotated[
    int | None, given_option("N", "How many multiply-accumulates.", "--macs", parser=_whole)
]
Most = Annotated[
    Any,
    typer.Option(
        "--max",
        parser=_bounds,
        metavar="NAME=N,…",
        help="How far to look for unknown fields: kernel=5,stride=4.",
    ),
]


def solve_conv(
    input: Input, filters: Filters = None, kernel: Kernel = None, stride: Stride = None,
    padding: Padding = None, dilation: Dilation = None, groups: Groups = None,
    standardize: Standardize = False, rounding: LayerRounding = None, no_bias: NoBias = False,
    output: Goals = None, params: Params = None, macs: Macs = None, max: Most = None,
    format: param.TableFormat = "table", color: param.Color = "auto",
    quiet: param.Quiet = False, ascii: param.Ascii = False,
) -> int:  # fmt: skip
    """Find the missing numbers of a convolution of INPUT: 32x32x3, anyxanyx3, length=100,depth=4.

    What is unknown is written any; --filters and --kernel are unknown where they are left out.

    Example: cnncalc solve conv 33x33x3 --kernel 5 --stride 2 --padding any
    """
    return print_solved("conv", "solve conv", locals())


def solve_depthwise_conv(
    input: Input, kernel: Kernel = None, stride: Stride = None, padding: Padding = None,
    dilation: Dilation = None, multiplier: Multiplier = None, rounding: LayerRounding = None,
    no_bias: NoBias = False,
    output: Goals = None, params: Params = None, macs: Macs = None, max: Most = None,
    format: param.TableFormat = "table", color: param.Color = "auto",
    quiet: param.Quiet = False, ascii: param.Ascii = False,
) -> int:  # fmt: skip
    """Find the missing numbers of a depthwise convolution of INPUT: 32x32x3, length=100,depth=4.

    What is unknown is written any; --kernel is unknown where it is left out.

    Example: cnncalc solve depthwise-conv 112x112x32 --padding any --output same
    """
    return print_solved("depthwise_conv", "solve depthwise-conv", locals())


def solve_conv_transpose(
    input: Input, filters: Filters = None, kernel: Kernel = None, stride: Stride = None,
    padding: Padding = None, dilation: Dilation = None, output_padding: OutputPadding = None,
    groups: Groups = None, no_bias: NoBias = False,
    output: Goals = None, params: Params = None, macs: Macs = None, max: Most = None,
    format: param.TableFormat = "table", color: param.Color = "auto",
    quiet: param.Quiet = False, ascii: param.Ascii = False,
) -> int:  # fmt: skip
    """Find the missing numbers of a transposed convolution of INPUT: 14x14x64, length=100,depth=4.

    What is unknown is written any; --filters and --kernel are unknown where they are left out.

    Example: cnncalc solve conv-transpose 14x14x64 --stride 2 --output 28x28x32
    """
    return print_solved("conv_transpose", "solve conv-transpose", locals())


def solve_pool(
    input: Input, kernel: Kernel = None, stride: Stride = None, padding: Padding = None,
    dilation: Dilation = None, rounding: LayerRounding = None, avg: Average = False,
    count_padding: CountPadding = False, trainable: Trainable = False,
    output: Goals = None, params: Params = None, macs: Macs = None, max: Most = None,
    format: param.TableFormat = "table", color: param.Color = "auto",
    quiet: param.Quiet = False, ascii: param.Ascii = False,
) -> int:  # fmt: skip
    """Find the missing numbers of a pooling (--avg: average) of INPUT: 8x8x3, length=100,depth=4.

    What is unknown is written any; --kernel is unknown where it is left out.

    Example: cnncalc solve pool 112x112x64 --stride 2 --output 56x56xany
    """
    given = locals()
    for name in ("count_padding", "trainable"):
        if given[name] and not avg:
            raise UsageError(f"--{name.replace('_', '-')} needs --avg")
    return print_solved("avgpool" if avg else "maxpool", "solve pool", given)


def solve_fc(
    input: Input, units: Units = None, no_bias: NoBias = False,
    output: Goals = None, params: Params = None, macs: Macs = None, max: Most = None,
    format: param.TableFormat = "table", color: param.Color = "auto",
    quiet: param.Quiet = False, ascii: param.Ascii = False,
) -> int:  # fmt: skip
    """Find the missing numbers of a fully connected layer on INPUT, such as 84 or any.

    What is unknown is written any; --units is unknown where it is left out.

    Example: cnncalc solve fc 7x7x512 --params 102764544
    """
    return print_solved("fc", "solve fc", locals())
