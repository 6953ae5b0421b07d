"""``solve network``: the sizes of the input that fit, or the fields that are left open."""

from __future__ import annotations

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import FAILED, UsageError
from cnncalc.cli.output import Output
from cnncalc.cli.problems import print_result
from cnncalc.cli.reading import Changes, overrides
from cnncalc.cli.solve_asked import sizes_or_any
from cnncalc.cli.solve_layer import Goals, Most
from cnncalc.homework.solve_fields import solve_fields
from cnncalc.homework.solve_network import sizes_of
from cnncalc.homework.solve_open import hindrances, open_fields
from cnncalc.homework.solve_question import Goal
from cnncalc.inference.infer import infer
from cnncalc.problems.model import has_errors
from cnncalc.render.solve import sizes as sizes_document
from cnncalc.render.solve import solve as fields_document
from cnncalc.render.solve import unread_network
from cnncalc.spec.load import load


def solve_network(
    spec: param.Spec,
    output: Goals = None,
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
        return print_result(unread_network(problems), format, problems, printed)
    changes, goal = overrides(network, Changes(variables=set, rounding=rounding)), _goal(output)
    title = f"solve network {network.name}" + (f" --output {output}" if output else "")
    report = infer(network, changes, problems)
    opened = open_fields(report)
    if opened:
        wrong = hindrances(report, opened)
        if wrong:
            return print_result(unread_network(wrong), format, wrong, printed)
        answer = solve_fields(network, changes, opened, goal, max or {})
        document = fields_document(
            title,
            "network",
            answer.unknown,
            answer,
            answer.nearest,
            answer.equation,
            answer.problems,
        )
        print_result(document, format, answer.problems, printed)
        return 0 if answer.solutions else FAILED
    found = sizes_of(network, changes, report, goal)
    if isinstance(found, tuple):
        return print_result(unread_network(found), format, found, printed)
    if not found.axes:
        raise UsageError(f"the input of {network.name} is a vector: it has no sizes to solve for")
    print_result(sizes_document(title, found), format, (), printed)
    return 0 if found.is_solved else FAILED


def _goal(text: str | None) -> Goal:
    """Return what has to come out, its sizes in array order."""
    if text is None:
        return Goal()
    rank = 1 if "length" in text else 3 if "frames" in text else 2
    wanted = dict(sizes_or_any("--output", text, rank))
    depth = wanted.pop("depth", None)
    axes = [axis for axis in ("length", "frames", "height", "width") if axis in wanted]
    return Goal(sizes=tuple(wanted[axis] for axis in axes), depth=depth)
