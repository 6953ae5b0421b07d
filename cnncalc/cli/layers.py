"""The one-layer commands: the arguments, written as a spec, and its summary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

import typer

from cnncalc.cli.failures import UsageError
from cnncalc.cli.line import SOURCE, Line, Option, decimal, number, padding, sizes, volume
from cnncalc.cli.output import Output
from cnncalc.cli.parameters import (
    Ascii,
    ByteType,
    Color,
    Columns,
    Quiet,
    RoundingName,
    TableFormat,
    VolumeLayout,
)
from cnncalc.cli.summary import Look, print_summary
from cnncalc.inference.infer import infer
from cnncalc.render.explain.text import arithmetic
from cnncalc.render.formats import FORMATS
from cnncalc.spec.load import parse_bytes


def _field(parser: Callable[[str], str], help: str, *flags: str) -> Any:
    """Return an option that states a layer's field, in the words of a spec."""
    metavar = "SIZES" if parser in (sizes, padding) else "N"
    return typer.Option(*flags, parser=parser, metavar=metavar, help=help)


def _switch(flag: str, help: str) -> Any:
    return typer.Option(flag, help=help)


_SIZES = "3, 1,7 (height,width) or height=1,width=7."

Input = Annotated[list[str], typer.Argument(parser=volume, metavar="INPUT", hidden=True)]
Filters = Annotated[str, _field(number, "How many filters.", "--filters", "-K")]
Units = Annotated[str, _field(number, "How many neurons.", "--units", "-K")]
Pieces = Annotated[str | None, _field(number, "Linear pieces of each unit.")]
Kernel = Annotated[str, _field(sizes, f"Size of the window: {_SIZES}", "--kernel", "-F")]
Stride = Annotated[str | None, _field(sizes, "Step between windows.", "--stride", "-S")]
Padding = Annotated[
    str | None,
    _field(padding, "Zeros around the input: 1, left=1,right=2 or same.", "--padding", "-P"),
]
OutputPadding = Annotated[str | None, _field(sizes, "Pixels added at the end of the output.")]
Dilation = Annotated[str | None, _field(sizes, "Step between the taps of the kernel.")]
Groups = Annotated[str | None, _field(number, "Parts of the depth that do not see each other.")]
Multiplier = Annotated[str | None, _field(number, "Filters for each map of the input.")]
Power = Annotated[str | None, _field(decimal, "The power of the norm.", "--power")]
LayerRounding = Annotated[
    RoundingName | None, typer.Option(help="What happens where windows do not fit.")
]
NoBias = Annotated[bool, _switch("--no-bias", "Leave the bias out.")]
Standardize = Annotated[
    bool, _switch("--standardize", "Weight standardisation, with a gain for each filter.")
]
Average = Annotated[bool, _switch("--avg", "The mean of each window, not the largest value.")]
CountPadding = Annotated[
    bool, _switch("--count-padding", "With --avg: padding counts in the mean.")
]
Trainable = Annotated[
    bool, _switch("--trainable", "With --avg: a coefficient and a bias for each map.")
]


def conv(
    input: Input, filters: Filters, kernel: Kernel, stride: Stride = None,
    padding: Padding = None, dilation: Dilation = None, groups: Groups = None,
    standardize: Standardize = False, rounding: LayerRounding = None, no_bias: NoBias = False,
    format: TableFormat = "table", columns: Columns = None, layout: VolumeLayout = "whd",
    dtype: ByteType = "float32", color: Color = "auto", quiet: Quiet = False,
    ascii: Ascii = False,
) -> int:  # fmt: skip
    """A convolution of INPUT, such as 32x32x3 or length=16000,depth=1.

    Example: cnncalc conv 32x32x3 --filters 10 --kernel 5 --padding 2
    """
    return _print("conv", "conv", locals())


def depthwise_conv(
    input: Input, kernel: Kernel, stride: Stride = None, padding: Padding = None,
    dilation: Dilation = None, multiplier: Multiplier = None, rounding: LayerRounding = None,
    no_bias: NoBias = False,
    format: TableFormat = "table", columns: Columns = None, layout: VolumeLayout = "whd",
    dtype: ByteType = "float32", color: Color = "auto", quiet: Quiet = False,
    ascii: Ascii = False,
) -> int:  # fmt: skip
    """A depthwise convolution of INPUT, such as 32x32x3 or length=16000,depth=1.

    Example: cnncalc depthwise-conv 112x112x32 --kernel 3 --padding 1
    """
    return _print("depthwise_conv", "depthwise-conv", locals())


def separable_conv(
    input: Input, filters: Filters, kernel: Kernel, stride: Stride = None,
    padding: Padding = None, dilation: Dilation = None, multiplier: Multiplier = None,
    rounding: LayerRounding = None, no_bias: NoBias = False,
    format: TableFormat = "table", columns: Columns = None, layout: VolumeLayout = "whd",
    dtype: ByteType = "float32", color: Color = "auto", quiet: Quiet = False,
    ascii: Ascii = False,
) -> int:  # fmt: skip
    """Depthwise, then pointwise convolution of INPUT, such as 32x32x3 or length=16000,depth=1.

    Example: cnncalc separable-conv 112x112x32 -K 64 -F 3 -P same
    """
    return _print("separable_conv", "separable-conv", locals())


def locally_connected(
    input: Input, filters: Filters, kernel: Kernel, stride: Stride = None,
    padding: Padding = None, dilation: Dilation = None, rounding: LayerRounding = None,
    no_bias: NoBias = False,
    format: TableFormat = "table", columns: Columns = None, layout: VolumeLayout = "whd",
    dtype: ByteType = "float32", color: Color = "auto", quiet: Quiet = False,
    ascii: Ascii = False,
) -> int:  # fmt: skip
    """A convolution without shared weights of INPUT, such as 32x32x3 or length=16000,depth=1.

    Example: cnncalc locally-connected 32x32x3 --filters 8 --kernel 5
    """
    return _print("locally_connected", "locally-connected", locals())


def conv_transpose(
    input: Input, filters: Filters, kernel: Kernel, stride: Stride = None,
    padding: Padding = None, dilation: Dilation = None, output_padding: OutputPadding = None,
    groups: Groups = None, no_bias: NoBias = False,
    format: TableFormat = "table", columns: Columns = None, layout: VolumeLayout = "whd",
    dtype: ByteType = "float32", color: Color = "auto", quiet: Quiet = False,
    ascii: Ascii = False,
) -> int:  # fmt: skip
    """A transposed convolution of INPUT, such as 32x32x3 or length=16000,depth=1.

    Example: cnncalc conv-transpose 14x14x64 --filters 32 --kernel 2 --stride 2
    """
    return _print("conv_transpose", "conv-transpose", locals())


def pool(
    input: Input, kernel: Kernel, stride: Stride = None, padding: Padding = None,
    dilation: Dilation = None, rounding: LayerRounding = None, avg: Average = False,
    count_padding: CountPadding = False, trainable: Trainable = False,
    format: TableFormat = "table", columns: Columns = None, layout: VolumeLayout = "whd",
    dtype: ByteType = "float32", color: Color = "auto", quiet: Quiet = False,
    ascii: Ascii = False,
) -> int:  # fmt: skip
    """Max pooling of INPUT, such as 32x32x3 or length=16000,depth=1; --avg for average.

    Example: cnncalc pool 112x112x64 --kernel 3 --stride 2 --rounding ceil
    """
    given = locals()
    for name in ("count_padding", "trainable"):
        if given[name] and not avg:
            raise UsageError(f"--{name.replace('_', '-')} needs --avg")
    return _print("avgpool" if avg else "maxpool", "pool", given)


def lppool(
    input: Input, kernel: Kernel, stride: Stride = None, padding: Padding = None,
    dilation: Dilation = None, rounding: LayerRounding = None, p: Power = None,
    format: TableFormat = "table", columns: Columns = None, layout: VolumeLayout = "whd",
    dtype: ByteType = "float32", color: Color = "auto", quiet: Quiet = False,
    ascii: Ascii = False,
) -> int:  # fmt: skip
    """p-norm pooling of INPUT, such as 32x32x3 or length=16000,depth=1.

    Example: cnncalc lppool 28x28x6 --kernel 2 --power 2
    """
    return _print("lppool", "lppool", locals())


def fc(
    input: Input, units: Units, no_bias: NoBias = False,
    format: TableFormat = "table", columns: Columns = None, layout: VolumeLayout = "whd",
    dtype: ByteType = "float32", color: Color = "auto", quiet: Quiet = False,
    ascii: Ascii = False,
) -> int:  # fmt: skip
    """A fully connected layer on INPUT, such as 84 or 7x7x512.

    Example: cnncalc fc 7x7x512 --units 4096
    """
    return _print("fc", "fc", locals())


def maxout(
    input: Input, units: Units, pieces: Pieces = None,
    format: TableFormat = "table", columns: Columns = None, layout: VolumeLayout = "whd",
    dtype: ByteType = "float32", color: Color = "auto", quiet: Quiet = False,
    ascii: Ascii = False,
) -> int:  # fmt: skip
    """A maxout layer on INPUT, such as 84 or 7x7x512.

    Example: cnncalc maxout 784 --units 240 --pieces 5
    """
    return _print("maxout", "maxout", locals())


def rbf(
    input: Input, units: Units,
    format: TableFormat = "table", columns: Columns = None, layout: VolumeLayout = "whd",
    dtype: ByteType = "float32", color: Color = "auto", quiet: Quiet = False,
    ascii: Ascii = False,
) -> int:  # fmt: skip
    """A layer of radial basis functions on INPUT, such as 84 or 7x7x512.

    Example: cnncalc rbf 84 --units 10
    """
    return _print("rbf", "rbf", locals())


_LOOK = ("input", "format", "columns", "layout", "dtype", "color", "quiet", "ascii", "avg")
"""Parameters that are not fields of the layer."""


def line_of(kind: str, command: str, given: Mapping[str, Any]) -> Line:
    """Return the command line of a command whose function was called with these values."""
    words = given["input"]
    if len(words) > 1:
        raise UsageError(f"INPUT {' '.join(words)}: write {'x'.join(words)}")
    options = []
    for name, value in given.items():
        flag = "--power" if name == "p" else f"--{name.replace('_', '-')}"
        if name == "no_bias" and value:
            options.append(Option(flag=flag, field="bias", meant="false"))
        elif name not in _LOOK and value is True:
            options.append(Option(flag=flag, field=name, meant="true"))
        elif name not in _LOOK and value:
            options.append(Option(flag=flag, field=name, typed=value))
    return Line(command=command, kind=kind, input=words[0], options=options)


def _print(kind: str, command: str, given: Mapping[str, Any]) -> int:
    """Print the summary of the layer that the values mean; return the exit code."""
    look = Look(**{name: given[name] for name in ("format", "columns", "layout", "dtype")})
    output = Output(given["color"], quiet=given["quiet"], ascii=given["ascii"])
    line = line_of(kind, command, given)
    loaded = parse_bytes(line.spec().encode(), SOURCE, None)
    if loaded.network is None:
        return print_summary(None, tuple(map(line.located, loaded.problems)), look, output)
    report = infer(replace(loaded.network, name=command), None, loaded.problems)
    problems = tuple(map(line.located, report.problems))
    if None in report.inputs.values():  # INPUT is no volume: there is nothing to show in a table
        return print_summary(None, problems, look, output)
    rows = tuple(replace(row, span=line.span(row.span)) for row in report.rows)
    report = replace(report, rows=rows, problems=problems)
    problems = tuple(problem.at(layer=None) for problem in problems)  # there is but one layer
    for_people = FORMATS[look.format].for_people
    below = arithmetic(report, output.results.terminal).splitlines() if for_people else ()
    return print_summary(report, problems, look, output, below)
