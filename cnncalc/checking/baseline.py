"""Baselines: what every network cost when somebody looked last, in a file to be committed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, NoReturn

from cnncalc.checking.budget import largest
from cnncalc.checking.costs import COSTS, Amounts, amounts, place
from cnncalc.checking.files import Unusable, absolute, printed_path, read_source
from cnncalc.maths.words import percent
from cnncalc.problems.collector import Stop
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Span
from cnncalc.report.report import Report
from cnncalc.spec.findings import Findings
from cnncalc.spec.json import read_json
from cnncalc.spec.network import Network
from cnncalc.spec.node import Node

SCHEMA: Final = 1
"""Rises when what a baseline holds means something else."""
_AGAIN: Final = "write one with --save-baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A network in a baseline: its name and what it cost, ``None`` where that was unknown."""

    name: str | None
    amounts: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a network cost before, and by which part it may cost more now."""

    amounts: Amounts
    tolerance: Fraction


def file_key(file: str) -> str:
    """Return what a baseline calls a file: its path from the current folder, as valid text."""
    try:
        path = os.path.relpath(absolute(file))
    except (OSError, ValueError):  # the current folder was deleted, or it is another drive
        path = file
    return printed_path(path).encode("utf-8", "backslashreplace").decode("utf-8")


def read_baseline(path: str) -> dict[str, Entry]:
    """Return the networks of a baseline, by :func:`file_key`.

    Raises:
        CannotRead: it is not there, or cannot be opened.
        Unusable: it is no baseline, or one of another schema.
    """
    source = read_source(path)
    if not source.text.strip():
        _refuse("CNN104", "the file is empty, but a baseline is JSON", source.point(1, 1))
    findings = Findings(source=source)
    try:
        root = read_json(findings)
    except Stop:
        raise Unusable(*findings.problems) from None
    wrong = [each for each in findings.problems if each.code != "CNN112"]  # specs have a limit
    if wrong:
        raise Unusable(*wrong)
    return dict(_entries(json.loads(source.text), root))


def _entries(data: Any, root: Node) -> Iterator[tuple[str, Entry]]:
    """Yield what a baseline holds; ``root`` says where."""
    if not isinstance(data, dict) or "baseline" not in data:
        _refuse("CNN108", "this is no baseline: it has no key `baseline`", root.span)
    if data["baseline"] != SCHEMA or isinstance(data["baseline"], bool):
        written = json.dumps(data["baseline"])
        message = f"the baseline has schema {written}, and this cnncalc reads schema {SCHEMA}"
        _refuse("CNN112", message, root.children["baseline"].span)
    specs = data.get("specs")
    if not isinstance(specs, dict):
        _refuse("CNN108", "a baseline has a mapping `specs`", root.span)
    for file, entry in specs.items():
        node = root.children["specs"].children[file]
        if not isinstance(entry, dict):
            _refuse("CNN108", "an entry of `specs` is a mapping", node.span)
        stated = {cost.name: entry.get(cost.name) for cost in COSTS}
        for key, amount in stated.items():
            is_number = isinstance(amount, int) and not isinstance(amount, bool) and amount >= 0
            if amount is not None and not is_number:
                message = f"`{key}` is a whole number, or null where it is unknown"
                _refuse("CNN108", message, node.children[key].span)
        name = entry.get("name")
        yield file, Entry(name=name if isinstance(name, str) else None, amounts=stated)


def _refuse(code: str, message: str, span: Span) -> NoReturn:
    raise Unusable(Problem(code=code, message=message, span=span, help=(_AGAIN,)))


def baseline_text(networks: Mapping[str, Entry]) -> str:
    """Return a baseline as it is written: sorted, so that a change of one network is one of it."""
    specs = {file: {"name": each.name, **each.amounts} for file, each in networks.items()}
    data = {"baseline": SCHEMA, "specs": specs}
    return json.dumps(data, indent=2, sort_keys=True) + "\n"


def larger(report: Report, network: Network, before: Before | None) -> Iterator[Problem]:
    """Yield a problem for each cost that grew more than it may; what is unknown does not grow."""
    if before is None or not report.totals.complete:
        return
    after = amounts(report.totals, report.bytes())
    for cost in COSTS:
        was, now = before.amounts[cost.name], after[cost.name]
        if was is None or now is None or now <= was * (1 + before.tolerance):
            continue
        share = f" ({percent(now - was, was)})" if was else ""
        more = f"{cost.text(now)} {cost.words} are {cost.text(now - was)}{share} more"
        yield Problem(
            code="CNN412",
            message=f"{more} than the {cost.text(was)} of the baseline",
            span=place(network),
            help=(
                f"the largest layers: {largest(cost, report)}",
                "if that is meant, save the baseline again",
            ),
        )
