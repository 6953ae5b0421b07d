"""The table of problem codes: each has a name and, in ``pages/``, a page."""

from __future__ import annotations

from typing import Literal

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
    "CNN120": "bad-ignore",
    "CNN121": "too-many-errors",
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
    # 4xx expectations and budgets
    "CNN401": "output-not-as-expected",
    "CNN402": "params-not-as-expected",
    "CNN403": "non-trainable-not-as-expected",
    "CNN404": "macs-not-as-expected",
    "CNN405": "neurons-not-as-expected",
    "CNN406": "connections-not-as-expected",
    "CNN407": "receptive-field-not-as-expected",
    "CNN408": "activations-not-as-expected",
    "CNN411": "over-budget",
    "CNN412": "larger-than-baseline",
    # 5xx verification
    "CNN501": "output-shape-differs",
    "CNN502": "params-differ",
    "CNN503": "cannot-run",
    "CNN504": "not-finite",
    "CNN505": "case-differs",
    "CNN506": "input-file-does-not-fit",
    "CNN507": "weights-file-does-not-fit",
    "CNN508": "needs-too-much-memory",
    # 6xx homework
    "CNN601": "not-asked",
    "CNN602": "unreadable-answer",
    "CNN603": "answered-twice",
    "CNN604": "cannot-be-asked",
    "CNN605": "not-on-roster",
    "CNN606": "student-twice",
    "CNN607": "bad-table",
    "CNN608": "left-open",
    # 9xx advice
    "CNN901": "stride-with-dilation",
    "CNN902": "block-shadows-kind",
    "CNN903": "centres-not-aligned",
    "CNN904": "depth-first-input",
    "CNN905": "layer-not-used",
    "CNN906": "unused-ignore",
    "CNN907": "pixels-not-read",
    "CNN908": "bias-before-batchnorm",
    "CNN909": "even-kernel-same",
    "CNN910": "padding-not-below-kernel",
    "CNN911": "stride-above-kernel",
    "CNN912": "frameworks-differ",
    "CNN913": "activation-twice",
    "CNN914": "softmax-inside",
    "CNN915": "fc-holds-most",
    "CNN916": "receptive-field-small",
    "CNN917": "depth-not-multiple-of-8",
    "CNN918": "name-from-elsewhere",
}
"""Every problem code with its name; a code never changes its meaning."""

_WARNINGS = frozenset(("CNN601", "CNN605"))
"""Warnings among the codes of homework: all that is asked is marked as if they were not there."""

ON_REQUEST = frozenset(("CNN915", "CNN916", "CNN917", "CNN918"))
"""Advice that is given only where its code is selected by itself."""

WHEN_ASKED = frozenset(("CNN411", "CNN412"))
"""What a spec has only under the budget of a configuration, or next to a baseline."""


def matching(word: str) -> tuple[str, ...]:
    """Return the codes that a word is about: one, those that begin with it (``CNN9``), or a name.

    There may be none.
    """
    if word.upper().startswith("CNN"):
        return tuple(code for code in CODES if code.startswith(word.upper()))
    return tuple(code for code, name in CODES.items() if name == word.lower())


def is_reading(code: str) -> bool:
    """Return whether a problem of this code is one of reading, which nobody can ignore."""
    return code.startswith("CNN1")


def severity(code: str) -> Severity:
    """Return how bad a problem of this code is: 9xx is advice, and what a sheet has too much."""
    return "warning" if code.startswith("CNN9") or code in _WARNINGS else "error"
