"""What a sheet gives: the texts of its answers and their places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cnncalc.maths.volume import SPATIAL, format_value
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
from cnncalc.spec.node import Node

MAX_CELLS: Final = 10_000
"""The most answers of one sheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer as it is written, and its place."""

    text: str
    span: Span


@dataclass(slots=True, kw_only=True, eq=False)
class Sheet:
    """The answers of one student, by layer and cell; ``unreadable``: there is nothing to mark."""

    student: str
    file: str
    answers: dict[tuple[str, str], Given] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unreadable: bool = False

    def add(self, layer: str, cell: str, given: Given) -> None:
        """Take an answer; of two to one cell the first counts, and a blank one counts as none."""
        first = self.answers.get((layer, cell))
        if first is None or not first.text:
            self.answers[layer, cell] = given
        elif given.text:
            text = f"{layer}.{cell} is answered twice: the first answer counts"
            related = (Related(message="the first answer is here", span=first.span),)
            self.problems.append(
                Problem(code="CNN603", message=text, span=given.span, related=related)
            )

    def fail(self, *problems: Problem) -> None:
        """Note why the sheet cannot be read."""
        self.problems += problems
        self.unreadable = True

    def limit(self) -> None:
        """Refuse more answers than anybody writes."""
        if len(self.answers) > MAX_CELLS:
            text = f"the sheet has more than {MAX_CELLS:,} answers"
            first = next(iter(self.answers.values()))
            self.fail(Problem(code="CNN102", message=text, span=first.span))


def answer_text(node: Node) -> str:
    """Return the text of an answer: a scalar as it is written, lists and axes as sizes."""
    if isinstance(node.value, list):
        return ", ".join(answer_text(each) for each in node.value)
    if isinstance(node.value, dict):
        return _axes_text(node.value)
    if node.value is None:
        return ""
    return node.value if isinstance(node.value, str) else node.text


def place_of_answer(node: Node, key: Span) -> Span:
    """Return the place of an answer, that of its key where there is none."""
    return node.span if answer_text(node) else key


def _axes_text(axes: dict[str, Node]) -> str:
    """Return a mapping of axes as sizes in the order in which they are printed."""
    order = ("width", "height") if "length" not in axes and "frames" not in axes else SPATIAL
    if not set(axes) <= {*order, "depth"}:
        return format_value({key: each.data() for key, each in axes.items()})
    return "x".join(answer_text(axes[axis]) for axis in (*order, "depth") if axis in axes)
