"""Names for the expressions of tests, and the mistakes that these make."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from cnncalc.expressions import ExpressionError, Unknown, Value, evaluate
from cnncalc.problems.codes import CODES

NAMES: dict[str, Value] = {
    "a": 3,
    "half": Fraction(1, 2),
    "whole": Fraction(8, 2),
    "t": True,
    "kind": "basic",
    "widths": [64, 128, 256],
    "grid": [[1, 2], [3, Fraction(8, 2)]],
    "nothing": None,
    "empty": [],
    "class": 7,
    "größe": 9,
    "volume.depth": 64,
    "big": 2**200,
    "biglist": [2**200, 1],
    "mapping": {"width": 2, "flag": 1},
    "other": {"width": 2, "flag": True},
    "longer": {"width": 2, "flag": 1, "more": 1},
    "long": [0] * 10_001,
    "many": [0] * 9_000,
    "text": "x" * 10_001,
}


def names(name: str) -> Value:
    """Look up a name of the tests; ``u`` is one whose value is not known."""
    if name == "u":
        raise Unknown
    return NAMES[name]


def fails(text: str, function: Any = evaluate) -> ExpressionError:
    """Return the error of a text."""
    with pytest.raises(ExpressionError) as caught:
        function(text, names, lambda name: NAMES)
    error = caught.value
    assert error.code in CODES
    assert 0 <= error.start <= error.end <= len(text)
    assert len(error.help) <= 3
    assert not error.message.endswith(".")
    return error
