"""``solve network``: the sizes of the input that fit, or the fields that are left open."""

from __future__ import annotations

from typing import Annotated

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import FAILED, UsageError
from cnncalc.cli.output import Output
from cnncalc.cli.problems import print_result
from cnncalc.cli.reading import Changes, overrides
from cnncalc.cli.solve_asked import goal_of
from cnncalc.cli.solve_layer import Most, given_option
from cnncalc.homework.solve.fields import solve_fields
from cnncalc.homework.solve.left_open import hindrances, open_fields
from cnncalc.homework.solve.network import sizes_of
from cnncalc.inference.infer import infer
from cnncalc.problems.model import has_errors
from cnncalc.render.solve import sizes as sizes_document
from cnncalc.render.solve import solve as fields_document
from cnncalc.render.solve import unread
from cnncalc.spec.load import load

Wanted = Annotated[
    str | None, given_option("SHAPE", "What comes out of the network: 388x388x2.", "--output")
]


def solve_network(
    spec: param.Spec,
    output: Wanted = None,
    max: Most = None,
    set: param.Variables = None,
    rounding: param.Rounding = None,
    format: param.TableFormat = "table",
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Find the sizes of the input that fit a network, or the fields that its file leaves open.

    Sizes are arithmetic progressions, axis by axis; of several inputs the first is asked for, and
    expectations are not checked. A file leaves up to three fields open with any: padding: any.
    They are found so that all windows fit and all expectations hold. SPEC is a file, - for
    standard input, or the name of a network of the zoo.

    Example: cnncalc solve network unet --output 388x388x2
    """
    printed = Output(color, quiet=quiet, ascii=ascii)
    loaded = load(spec)
    network, problems = loaded.network, loaded.problems
    if network is None or has_errors(problems):
        return print_result(unread("network", problems), format, problems, printed)
    changes = overrides(network, Changes(variables=set, rounding=rounding))
    report = infer(network, changes, problems)
    ends = filter(None, (*report.outputs.values(), *report.inputs.values()))
    goal = goal_of(output, next((end.rank for end in ends), 2), may_keep=False)
    title = f"solve network {network.name}" + (f" --output {output}" if output else "")
    opened = open_fields(report)
    if opened:
        wrong = hindrances(report, opened)
        if wrong:
            return print_result(unread("network", wrong), format, wrong, printed)
        found = solve_fields(network, changes, opened, goal, max or {})
        print_result(fields_document(title, "network", found), format, found.problems, printed)
        return 0 if found.solutions else FAILED
    sizes = sizes_of(network, changes, report, goal)
    if isinstance(sizes, tuple):
        return print_result(unread("network", sizes), format, sizes, printed)
    if not sizes.axes:
        raise UsageError(f"the input of {network.name} is a vector: it has no sizes to solve for")
    print_result(sizes_document(title, sizes), format, (), printed)
    return 0 if sizes.is_solved else FAILED
