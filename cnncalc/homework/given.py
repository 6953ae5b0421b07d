"""What a sheet gives: the text of an answer and its place."""

from __future__ import annotations

from dataclasses import dataclass

from cnncalc.maths.volume import SPATIAL, format_value
from cnncalc.problems.source import Span
from cnncalc.spec.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer as it is written, and its place."""

    text: str
    span: Span


def answer_text(node: Node) -> str:
    """Return the text of an answer: a scalar as it is written, lists and axes as sizes."""
    if isinstance(node.value, list):
        return ", ".join(answer_text(each) for each in node.value)
    if isinstance(node.value, dict):
        return _axes_text(node.value)
    if node.value is None:
        return ""
    return node.value if isinstance(node.value, str) else node.text


def _axes_text(axes: dict[str, Node]) -> str:
    """Return a mapping of axes as sizes in the order in which they are printed."""
    order = ("width", "height") if "length" not in axes and "frames" not in axes else SPATIAL
    if not set(axes) <= {*order, "depth"}:
        return format_value({key: each.data() for key, each in axes.items()})
    return "x".join(answer_text(axes[axis]) for axis in (*order, "depth") if axis in axes)
