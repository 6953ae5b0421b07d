"""``compare``: networks against each other."""

from __future__ import annotations

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.cli.problems import print_result
from cnncalc.cli.reading import Changes, infer_spec
from cnncalc.homework.compare import compare as compare_reports
from cnncalc.render.compare import compare as compare_document
from cnncalc.render.compare import unread
from cnncalc.spec.load import load


def compare(
    specs: param.Specs,
    input: param.Inputs = None,
    set: param.Variables = None,
    rounding: param.Rounding = None,
    format: param.TableFormat = "table",
    depth: param.Depth = 1,
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Put networks next to each other, with the ratios of what they cost.

    Each SPEC is a file, - for standard input, or the name of a network of the zoo; there are at
    least two. Layers of one kind are put next to each other, in order; all ratios are those of
    the first network to each of the others.

    Example: cnncalc compare vgg16 resnet50
    """
    output = Output(color, quiet=quiet, ascii=ascii)
    if len(specs) < 2:
        raise UsageError("compare needs two networks", "such as cnncalc compare vgg16 resnet50")
    changes = Changes(inputs=input, variables=set, rounding=rounding)
    loaded = {spec: load(spec) for spec in specs}  # a spec that is named twice is read once
    inferred = {spec: infer_spec(one, changes) for spec, one in loaded.items()}
    reports = {spec: report for spec, report in inferred.items() if report is not None}
    if len(reports) < len(loaded):
        problems = tuple(problem for one in loaded.values() for problem in one.problems)
        return print_result(unread(problems), format, problems, output)
    problems = tuple(problem for report in reports.values() for problem in report.problems)
    found = compare_reports([reports[spec] for spec in specs], depth)
    return print_result(compare_document(found, problems), format, problems, output)
