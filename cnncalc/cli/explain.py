"""``explain``: each number of a network with its arithmetic."""

from __future__ import annotations

from typing import Annotated

import typer

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.numbers import NumberOptions, print_numbers
from cnncalc.cli.output import Output
from cnncalc.cli.passes import FileLayout, InputFiles, Seed, WeightsFile, array_files
from cnncalc.cli.problems import print_problems
from cnncalc.cli.reading import Changes, infer_spec, layers_named
from cnncalc.cli.writing import save_text
from cnncalc.render.explain.build import explanation
from cnncalc.render.explain.explanation import Explanation
from cnncalc.render.explain.formats import FormatName, writer
from cnncalc.render.terminal import Terminal
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
    save: Annotated[
        str | None, param.output_option("Write to a file instead.", metavar="FILE")
    ] = None,
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

    def show(explained: Explanation) -> None:
        if save is None:
            output.results.write(write(explained, output.results.terminal))
        else:
            text = write(explained, Terminal(ascii=ascii))
            save_text(save, text, [*loaded.files, *array_files(input_file, weights)])

    if numbers and rows:  # of a block, and of repetitions, the last layer
        return print_numbers(loaded, report, rows[-1], asked, show, output)
    show(explanation(report, rows))
    return print_problems(report.problems, output)
