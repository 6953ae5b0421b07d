"""What every part of the parser does: note problems, and take mappings apart."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Fix, Problem, Related
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.edits import respelled
from cnncalc.spec.node import Node

MAX_PROBLEMS = 500
"""Reading ends after so many problems: each costs time, and so many have one cause."""


def two_names(field: str, first: str, second: str, node: Node) -> Problem:
    """Return CNN111: two keys of a mapping are names of one field."""
    return Problem(
        code="CNN111",
        message=f"`{first}` and `{second}` are two names of one field, {field}",
        span=node.keys[second],
        help=("keep one of them",),
        related=(Related(message=f"`{first}` is stated here", span=node.keys[first]),),
    )


class TooManyProblems(Exception):
    """Reading ends here."""


class Reader:
    """Collects problems while a part of a document is read."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def problem(
        self, code: str, message: str, span: Span, *help_lines: str, fixes: tuple[Fix, ...] = ()
    ) -> None:
        """Note a problem.

        Raises:
            TooManyProblems: there are :data:`MAX_PROBLEMS` of them.
        """
        self.problems.append(
            Problem(code=code, message=message, span=span, help=help_lines, fixes=fixes)
        )
        if len(self.problems) >= MAX_PROBLEMS:
            raise TooManyProblems

    def mapping(self, node: Node | None, key: str, example: str = "") -> dict[str, Node]:
        """Return a mapping's items; report anything else than a mapping or nothing."""
        if node is None or node.value is None:
            return {}
        if isinstance(node.value, dict):
            return node.value
        hint = (f"write {key}: {example}",) if example else ()
        got = format_value(node.data())
        self.problem("CNN108", f"{got} is not a mapping, which `{key}` is", node.span, *hint)
        return {}

    def unknown_key(self, key: str, node: Node, what: str, known: Iterable[str]) -> None:
        """Report a key that ``what`` does not have."""
        known = list(known)
        hint = did_you_mean(key, known)
        self.problem(
            "CNN109",
            f"`{format_value(key)}` is not a key of {what}",
            node.keys[key],
            *hint,
            *(() if hint else (f"it has {', '.join(known)}",)),
            fixes=respelled(node.keys[key], key, known),
        )
