"""How an assignment is marked: the key ``grading`` of a spec."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from cnncalc.homework.cells import ASKED_OF_NETWORK, CELLS, NETWORK
from cnncalc.homework.mistakes.sentences import SENTENCES
from cnncalc.layers.registry import KINDS
from cnncalc.maths.volume import format_value
from cnncalc.problems.source import Span
from cnncalc.spec.findings import Findings
from cnncalc.spec.node import Node
from cnncalc.spec.reader import check_keys, mapping, unknown_key

DEFAULT: Final = "default"
_KEYS: Final = ("points", "credit", "partial", "wrong", "carry", "rounded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Points that a file states for one cell, and the place of the cell's name."""

    points: Fraction
    span: Span


Points = Mapping[str, Stated]
"""Points by cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """How answers are marked.

    ``points`` are stated by canonical kind, ``default`` and ``network``; ``None``: nowhere.
    ``credit`` is the share of the points for a recognised mistake, ``partial`` that for an output
    with all sizes right or the depth; ``wrong`` are points for a wrong answer.
    """

    points: Mapping[str, Points] | None = None
    credit: Mapping[str, Fraction] = field(default_factory=dict)
    partial: Fraction = Fraction(0)
    wrong: Fraction = Fraction(0)
    carry: bool = True
    rounded: bool = False


def read_grading(findings: Findings, node: Node | None, layers: Collection[str]) -> Grading:
    """Return what ``grading`` says of a network of ``layers``; what is wrong is reported."""
    items = mapping(findings, node, "grading", "{points: {conv: {output: 2}}}")
    if node is not None and items:
        check_keys(findings, node, "`grading`", _KEYS)
    shares = mapping(findings, items.get("credit"), "credit", "{bias-forgotten: 0.5}")
    if "credit" in items and shares:
        check_keys(findings, items["credit"], "`credit`", SENTENCES)
    return Grading(
        points=_by_kind(findings, items["points"], layers) if "points" in items else None,
        credit={code: _share(findings, each) for code, each in shares.items()},
        partial=_share(findings, items["partial"]) if "partial" in items else Fraction(0),
        wrong=_number(findings, items["wrong"], most=0) if "wrong" in items else Fraction(0),
        carry=_flag(findings, items.get("carry"), default=True),
        rounded=_flag(findings, items.get("rounded"), default=False),
    )


def read_points(findings: Findings, node: Node, known: tuple[str, ...] = CELLS) -> Points:
    """Return the points by cell that a mapping states; what is wrong with it is reported."""
    items = mapping(findings, node, "points", "{output: 2, params: 1}")
    if items:
        check_keys(findings, node, "`points`", known)
    found = {}
    for cell in known:
        if cell in items:
            points = _number(findings, items[cell], least=0)
            found[cell] = Stated(points=points, span=node.keys[cell])
    return found


def _by_kind(findings: Findings, node: Node, layers: Collection[str]) -> dict[str, Points]:
    items = mapping(findings, node, "points", "{conv: {output: 2, params: 1}}")
    known = (*KINDS, NETWORK, DEFAULT)
    for word in items:
        if word not in known:
            hint = f"write `points` next to the layer `{word}`" if word in layers else ""
            unknown_key(findings, node, word, "`points`", known, hint)
    return {
        kind: read_points(findings, each, ASKED_OF_NETWORK if kind == NETWORK else CELLS)
        for kind, each in items.items()
    }


def _share(findings: Findings, node: Node) -> Fraction:
    return _number(findings, node, least=0, most=1)


def _number(
    findings: Findings, node: Node, *, least: int | None = None, most: int | None = None
) -> Fraction:
    """Return a number within its bounds; report anything else, which counts as 0."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        findings.report("CNN108", f"{format_value(node.data())} is not a number", node.span)
        return Fraction(0)
    if (least is not None and value < least) or (most is not None and value > most):
        bounds = f"from {least}" + ("" if most is None else f" to {most}")
        if least is None:
            bounds = f"{most} or less"
        text = f"{format_value(value)} is out of range: it must be {bounds}"
        findings.report("CNN112", text, node.span)
        return Fraction(0)
    return Fraction(value)


def _flag(findings: Findings, node: Node | None, *, default: bool) -> bool:
    if node is None:
        return default
    if not isinstance(node.value, bool):
        text = f"{format_value(node.data())} is not true or false"
        findings.report("CNN108", text, node.span)
        return default
    return node.value
