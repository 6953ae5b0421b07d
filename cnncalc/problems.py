"""The table of problem codes, and the problems themselves.

A *rule* deep inside raises :class:`RuleError`, which knows fields and not files; the walk
(:mod:`cnncalc.inference`) turns the field into a :class:`~cnncalc.source.Span` and makes a
:class:`Problem` of it. Each code has a page in ``cnncalc/rules/``.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from cnncalc.source import Span

Severity = Literal["error", "warning"]

CODES: dict[str, str] = {
    # 1xx reading and types
    "CNN101": "not-text",
    "CNN102": "file-too-large",
    "CNN103": "syntax",
    "CNN104": "empty-file",
    "CNN105": "duplicate-key",
    "CNN106": "unsupported-yaml",
    "CNN107": "nesting-too-deep",
    "CNN108": "wrong-type",
    "CNN109": "unknown-key",
    "CNN110": "missing-key",
    "CNN111": "conflicting-keys",
    "CNN112": "out-of-range",
    "CNN113": "unquoted-expression",
    "CNN114": "field-beside-kind",
    "CNN115": "bad-shape",
    "CNN116": "too-many-layers",
    "CNN117": "expression-syntax",
    "CNN118": "expression-value",
    "CNN119": "expression-too-large",
    # 2xx names, blocks, inputs
    "CNN201": "unknown-kind",
    "CNN202": "unknown-name",
    "CNN203": "duplicate-name",
    "CNN204": "invalid-name",
    "CNN205": "recursive-block",
    "CNN206": "missing-argument",
    "CNN207": "unknown-argument",
    "CNN208": "missing-from",
    "CNN209": "wrong-number-of-inputs",
    "CNN210": "bad-extends",
    "CNN211": "name-used-before",
    # 3xx shapes
    "CNN301": "stride-does-not-fit",
    "CNN302": "kernel-larger-than-input",
    "CNN303": "window-in-padding",
    "CNN304": "groups-do-not-divide",
    "CNN305": "shapes-differ",
    "CNN306": "wrong-axes",
    "CNN307": "depth-differs",
    "CNN308": "reshape-size-differs",
    "CNN309": "outside-the-volume",
    "CNN310": "ceil-not-allowed",
    "CNN311": "weights-do-not-fit",
    "CNN312": "does-not-divide",
    "CNN313": "output-padding-too-large",
    "CNN314": "bad-connection-table",
    "CNN315": "volume-too-large",
    "CNN316": "case-does-not-fit",
    # 4xx expectations
    "CNN401": "output-not-as-expected",
    "CNN402": "params-not-as-expected",
    "CNN403": "non-trainable-not-as-expected",
    "CNN404": "macs-not-as-expected",
    "CNN405": "neurons-not-as-expected",
    "CNN406": "connections-not-as-expected",
    "CNN407": "receptive-field-not-as-expected",
    # 5xx verification
    "CNN501": "output-shape-differs",
    "CNN502": "params-differ",
    "CNN503": "cannot-run",
    "CNN504": "not-finite",
    "CNN505": "case-differs",
    "CNN506": "input-file-does-not-fit",
    "CNN507": "weights-file-does-not-fit",
    "CNN508": "needs-too-much-memory",
    # 9xx advice
    "CNN901": "stride-with-dilation",
    "CNN902": "block-shadows-kind",
    "CNN903": "centres-not-aligned",
    "CNN904": "depth-first-input",
}
"""Every problem code with its name; a code never changes its meaning."""


def severity(code: str) -> Severity:
    """Return how bad a problem of this code is: 9xx is advice."""
    return "warning" if code.startswith("CNN9") else "error"


class Fix(NamedTuple):
    """One change that mends the problem: set ``field`` to ``value`` (in the spec's words).

    ``output`` tells what comes out then. The field ``input`` stands for what reaches the
    layer, not for a field of it.
    """

    field: str
    value: Any
    output: str = ""


class Related(NamedTuple):
    """Another place that belongs to a problem."""

    message: str
    span: Span


class Problem(NamedTuple):
    """One located mistake.

    ``note`` stands beside the caret (the arithmetic that fails); ``help`` holds at most three
    lines; ``layer`` is the full path of the layer, ``instances`` how many copies of the place
    (block uses, repetitions) show the same problem.
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

    @property
    def name(self) -> str:
        """The code's name, such as ``stride-does-not-fit``."""
        return CODES[self.code]

    @property
    def severity(self) -> Severity:
        """``error``, or ``warning`` for advice."""
        return severity(self.code)

    def at(self, **changes: Any) -> Problem:
        """Return a copy with these attributes changed."""
        return self._replace(**changes)


class RuleError(Exception):
    """A rule that was broken, told in terms of fields.

    ``field`` names the field at fault (a field of the layer, ``from`` for its inputs; of
    several the first that is stated), or ``None`` for the kind key.
    """

    def __init__(
        self,
        code: str,
        message: str,
        field: str | tuple[str, ...] | None = None,
        help: tuple[str, ...] = (),
        note: str = "",
        fixes: tuple[Fix, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.help = help
        self.note = note
        self.fixes = fixes


def located(error: RuleError, span: Span) -> Problem:
    """Return the problem of a broken rule at its place."""
    return Problem(error.code, error.message, span, error.note, error.help, error.fixes)


_COMPARED = 500
"""How many words a suggestion is looked for in: the latest, where there are more."""


def did_you_mean(word: str, words: Any) -> tuple[str, ...]:
    """Return one help line that names the nearest of ``words``, or nothing."""
    from difflib import get_close_matches  # only where something is wrong already

    some = list(words)[-_COMPARED:]
    near = get_close_matches(word, some, n=1, cutoff=0.6) or get_close_matches(
        word.lower(), some, n=1, cutoff=0.6
    )
    return (f"did you mean `{near[0]}`?",) if near else ()
