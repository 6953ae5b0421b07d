"""Problems, and the errors that become problems.

A *rule* deep inside raises :class:`RuleError`, which knows fields and not files; the walk
(:mod:`cnncalc.inference`) turns the field into a :class:`~cnncalc.problems.source.Span` and makes a
:class:`Problem` of it. Each code has a page in ``cnncalc/problems/pages/``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from cnncalc.problems.codes import CODES, Severity, severity
from cnncalc.problems.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change of a text: what is at ``span`` becomes ``text``; an empty span is an insertion."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One change that mends the problem: set ``field`` to ``value`` (in the spec's words).

    ``output`` is what comes out then. The field ``input`` means what reaches the layer, not a
    field of it. Without a field, ``value`` is what to write at the place of the problem: the
    right key, kind or name. ``edits`` make the change in the file, all of them together; there
    are none where the text does not show what to change. ``safe``: it is surely what was meant.
    """

    field: str = ""
    value: Any = None
    output: str = ""
    edits: tuple[Edit, ...] = ()
    safe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another place that belongs to a problem."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One located mistake.

    ``note`` is printed after the caret (the arithmetic that fails); ``help`` holds at most three
    lines; ``layer`` is the full path of the layer, ``instances`` how many copies of the place
    (block uses, repetitions) show the same problem. ``as_error``: it counts as one, though its
    code is one of advice. ``exceeds``: of a number that was expected, whether what came out is
    larger, or smaller.
    """

    code: str
    message: str
    span: Span
    note: str = ""
    help: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    layer: str | None = None
    related: tuple[Related, ...] = ()
    instances: int = 1
    as_error: bool = False
    exceeds: bool | None = None

    @property
    def name(self) -> str:
        """The code's name, such as ``stride-does-not-fit``."""
        return CODES[self.code]

    @property
    def severity(self) -> Severity:
        """``error``, or ``warning`` for advice."""
        return "error" if self.as_error else severity(self.code)

    @property
    def headline(self) -> str:
        """What is wrong, without the place in the file: layer, message, how many show it."""
        layer = f"{self.layer}: " if self.layer else ""
        several = f" ({self.instances:,} instances)" if self.instances > 1 else ""
        return f"{layer}{self.message}{several}"

    def at(self, **changes: Any) -> Problem:
        """Return a copy with these attributes changed."""
        return replace(self, **changes)


class RuleError(Exception):
    """A rule that was broken, in terms of fields.

    ``fields`` are at fault (fields of the layer, ``from`` for its inputs): the first of them that
    is stated or, without any, the kind.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | tuple[str, ...] | None = None,
        help: tuple[str, ...] = (),
        note: str = "",
        fixes: tuple[Fix, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields = (field,) if isinstance(field, str) else field or ()
        self.help = help
        self.note = note
        self.fixes = fixes


def located(error: RuleError, span: Span) -> Problem:
    """Return the problem of a broken rule at its place."""
    return Problem(
        code=error.code,
        message=error.message,
        span=span,
        note=error.note,
        help=error.help,
        fixes=error.fixes,
    )


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether there is an error; warnings alone are fine."""
    return any(problem.severity == "error" for problem in problems)
