"""A command line with ``any`` as the question that it asks, and what solves it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import FAILED, UsageError
from cnncalc.cli.layers import line_of
from cnncalc.cli.line import SOURCE, Line, Option
from cnncalc.cli.output import Output
from cnncalc.cli.problems import print_result
from cnncalc.homework.solve.nearest import find
from cnncalc.homework.solve.question import LEAST, OF_NUMBERS, Goal, Question, unknowns
from cnncalc.inference.infer import infer
from cnncalc.inference.left_open import with_number
from cnncalc.layers.dense import Dense
from cnncalc.maths.volume import AXES
from cnncalc.maths.words import OPEN_WORDS
from cnncalc.problems.model import Problem
from cnncalc.render.solve import solve as document
from cnncalc.render.solve import unread
from cnncalc.spec.load import parse_bytes

_REQUIRED: Final = {
    "conv": ("filters", "kernel"),
    "depthwise_conv": ("kernel",),
    "conv_transpose": ("filters", "kernel"),
    "maxpool": ("kernel",),
    "avgpool": ("kernel",),
    "fc": ("units",),
}
"""What is unknown where it is left out."""
_GOALS: Final = ("output", "params", "macs")
_GIVEN: Final = (*_GOALS, "max", "format", "color", "quiet", "ascii")
"""Parameters that are not about the layer itself."""


def print_solved(kind: str, command: str, given: Mapping[str, Any]) -> int:
    """Print what solves the question that the values mean; return the exit code."""
    output = Output(given["color"], quiet=given["quiet"], ascii=given["ascii"])
    stated = {name: value for name, value in given.items() if name not in _GIVEN}
    unknown = [
        name
        for name, value in stated.items()
        if value == "any" or (value is None and name in _REQUIRED[kind])
    ]
    line = _with_placeholders(line_of(kind, command, stated), unknown)
    name = command.removeprefix("solve ")
    question, problems = _question(line, unknown, given)
    if question is None:
        return print_result(unread(name, problems), given["format"], problems, output)
    found = find(question, unknown)
    goals = (f"--{goal} {given[goal]}" for goal in _GOALS if given[goal] is not None)
    print_result(document(" ".join((line.words, *goals)), name, found), given["format"], (), output)
    return 0 if found.is_solved else FAILED


def _question(
    line: Line, unknown: list[str], given: Mapping[str, Any]
) -> tuple[Question | None, tuple[Problem, ...]]:
    """Return the question that a command line asks, or the problems of what was typed."""
    loaded = parse_bytes(line.spec().encode(), SOURCE, None)
    report = loaded.network and infer(loaded.network, None, loaded.problems)
    problems = tuple(filter(_is_typed, report.problems if report else loaded.problems))
    layer = report.rows[0].layer if report and report.rows else None
    volume = next(iter(report.inputs.values())) if report else None
    if volume is not None and not volume.rank and not isinstance(layer, Dense):
        raise UsageError(f"INPUT {line.input}: write {_SAMPLES[2]}")
    if problems or layer is None or volume is None:
        return None, tuple(line.located(problem).at(layer=None) for problem in problems)
    axes = [axis for axis, size in _sizes_or_any("INPUT", line.input, volume.rank) if size is None]
    unknown += ["input"] if set(axes) - {"depth"} else []
    unknown += ["depth"] if "depth" in axes else []
    if not unknown:
        flag = _REQUIRED[line.kind][0].replace("_", "-")
        raise UsageError("nothing is unknown", f"write any for a number: --{flag} any")
    goal = goal_of(given["output"], 0 if isinstance(layer, Dense) else volume.rank)
    question = Question(
        layer=layer,
        volume=volume,
        unknown=unknowns(*unknown),
        open_axes=tuple(axis for axis in volume.axes if axis in axes),
        goal=replace(goal, params=given["params"], macs=given["macs"]),
        most=given["max"] or {},
    )
    return question, ()


def _is_typed(problem: Problem) -> bool:
    """Return whether a problem is of what was typed, not of the numbers that stand in for any."""
    return not problem.code.startswith((*OF_NUMBERS, "CNN315", "CNN9"))


def _with_placeholders(line: Line, unknown: list[str]) -> Line:
    """Return the command line with numbers for what is unknown, as a spec must have them."""
    options = [
        replace(option, meant=str(LEAST.get(option.field, 1)))
        if option.field in unknown
        else option
        for option in line.options
    ]
    there = {option.field for option in options}
    missing = [Option(flag="", field=name, meant="1") for name in unknown if name not in there]
    return replace(line, options=[*options, *missing], meant=str(with_number(line.input, 1)))


def goal_of(text: str | None, rank: int, *, may_keep: bool = True) -> Goal:
    """Return what has to come out: an output of this rank, as it was typed.

    ``may_keep``: ``same`` is understood, as the size of the input.
    """
    if text is None:
        return Goal()
    if text.strip().lower() == "same" and rank and may_keep:
        return Goal(keeps_size=True)
    wanted = dict(_sizes_or_any("--output", text, rank))
    depth = wanted.pop("depth", None)
    if rank and not wanted:
        raise UsageError(f"--output {text}: write {_SAMPLES[rank]}{', or same' * may_keep}")
    return Goal(sizes=tuple(map(wanted.get, AXES[rank])), depth=depth)


_SAMPLES: Final = {
    0: "a number such as 10",
    1: "sizes such as length=16,depth=any",
    2: "sizes such as 16x16xany",
    3: "sizes such as frames=4,height=8,width=8,depth=any",
}
"""What to write, by the rank of a volume."""


def _sizes_or_any(what: str, text: str, rank: int) -> list[tuple[str, int | None]]:
    """Return each axis of a volume that may hold ``any``, ``None`` for those that do."""
    if param.names_axes(text):
        pairs = [
            part.partition("=")[::2] for part in text.strip("{} ").replace(":", "=").split(",")
        ]
    else:
        words = re.split("[x×X]", text)
        axes = ("width", "height", "depth", "?") if len(words) > 1 else ("depth",)
        pairs = list(zip(axes, words, strict=False))
    found: list[tuple[str, int | None]] = []
    for axis, word in ((axis.strip(), word.strip().lower()) for axis, word in pairs):
        if axis not in (*AXES[rank], "depth") or not (word in OPEN_WORDS or param.is_whole(word)):
            raise UsageError(f"{what} {text}: write {_SAMPLES[rank]}")
        found.append((axis, None if word in OPEN_WORDS else int(word)))
    return found
