"""``explain``: each number of a network with its arithmetic."""

from __future__ import annotations

from typing import Annotated

import typer

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.numbers import NumberOptions, print_numbers
from cnncalc.cli.output import Output
from cnncalc.cli.passes import FileLayout, InputFiles, Seed, WeightsFile
from cnncalc.cli.problems import print_problems
from cnncalc.cli.reading import Changes, infer_spec, layers_named
from cnncalc.render.explain.build import explanation
from cnncalc.render.explain.formats import FormatName, writer
from cnncalc.spec.load import load


def explain(
    spec: param.Spec,
    layer: param.Layer = None,
    input: param.Inputs = None,
    set: param.Variables = None,
    rounding: param.Rounding = None,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Work one output number of LAYER out by hand.")
    ] = False,
    at: Annotated[
        str | None,
        param.option("PLACE", "Which number: MAP,ROW,COLUMN, or a unit; default: the first."),
    ] = None,
    seed: Seed = None,
    input_file: InputFiles = None,
    layout: FileLayout = None,
    weights: WeightsFile = None,
    format: Annotated[
        FormatName,
        param.output_option("What is printed: text, markdown, latex or html.", metavar="FORMAT"),
    ] = "text",
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Show each number with its arithmetic, as on paper.

    SPEC is a file, - for standard input, or the name of a network of the zoo; with LAYER, only
    this layer is explained. With --numbers one of its numbers is worked out from a forward pass,
    the one that `verify --show` prints. Markdown, LaTeX (it needs amsmath) and HTML are fragments.

    Example: cnncalc explain alexnet conv2
    """
    asked = NumberOptions(at=at, seed=seed, input_files=input_file, layout=layout, weights=weights)
    if not numbers:
        asked.refuse()
    elif layer is None:
        raise UsageError(
            "--numbers: of which layer?", f"write cnncalc explain {spec} LAYER --numbers"
        )
    output = Output(color, quiet=quiet, ascii=ascii)
    loaded = load(spec)
    report = infer_spec(loaded, Changes(inputs=input, variables=set, rounding=rounding))
    if report is None:
        return print_problems(loaded.problems, output)
    rows = None if layer is None else layers_named(layer, report)
    write = writer(format)
    if numbers and rows:  # of a block, and of repetitions, the last layer
        return print_numbers(loaded, report, rows[-1], asked, write, output)
    output.results.write(write(explanation(report, rows), output.results.terminal))
    return print_problems(report.problems, output)
