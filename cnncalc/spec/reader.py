"""Mappings of a spec, taken apart: what is none, and keys that do not belong there."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem, Related
from cnncalc.spec.edits import misspelt
from cnncalc.spec.findings import Findings
from cnncalc.spec.node import Node


def mapping(findings: Findings, node: Node | None, key: str, example: str = "") -> dict[str, Node]:
    """Return the items of the mapping below ``key``; report what is neither one nor nothing."""
    if node is None or node.value is None:
        return {}
    if isinstance(node.value, dict):
        return node.value
    advice = (f"write {key}: {example}",) if example else ()
    got = format_value(node.data())
    findings.report("CNN108", f"{got} is not a mapping, which `{key}` is", node.span, *advice)
    return {}


def check_keys(findings: Findings, node: Node, what: str, known: Iterable[str]) -> None:
    """Report the keys of a mapping that ``what`` does not have."""
    known = list(known)
    for key in node.keys:
        if key not in known:
            unknown_key(findings, node, key, what, known)


def unknown_key(
    findings: Findings, node: Node, key: str, what: str, known: Iterable[str], hint: str = ""
) -> None:
    """Report a key that ``what`` does not have; ``hint`` says what to write, if that is sure."""
    known, text = list(known), f"`{format_value(key)}` is not a key of {what}"
    if hint:
        findings.report("CNN109", text, node.keys[key], hint)
    else:
        listed = f"it has {', '.join(known)}"
        findings.add(misspelt("CNN109", text, node.keys[key], key, known, listed))


def two_names(field: str, first: str, second: str, node: Node) -> Problem:
    """Return CNN111: two keys of a mapping are names of one field."""
    return Problem(
        code="CNN111",
        message=f"`{first}` and `{second}` are two names of one field, {field}",
        span=node.keys[second],
        help=("keep one of them",),
        related=(Related(message=f"`{first}` is stated here", span=node.keys[first]),),
    )
