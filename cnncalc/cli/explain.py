"""``explain``: each number of a network with its arithmetic."""

from __future__ import annotations

from typing import Annotated

from cnncalc.cli import parameters as param
from cnncalc.cli.output import Output
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
    this layer is explained. Markdown, LaTeX (it needs amsmath) and HTML are fragments.

    Example: cnncalc explain alexnet conv2
    """
    output = Output(color, quiet=quiet, ascii=ascii)
    loaded = load(spec)
    report = infer_spec(loaded, Changes(inputs=input, variables=set, rounding=rounding))
    if report is None:
        return print_problems(loaded.problems, output)
    rows = None if layer is None else layers_named(layer, report)
    write = writer(format)
    output.results.write(write(explanation(report, rows), output.results.terminal))
    return print_problems(report.problems, output)
