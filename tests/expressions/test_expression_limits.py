"""Expressions that are hostile or absurd: an error after little work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.expressions import NAMES, fails, names
from support.strategies import examples
from support.work import at_most

from cnncalc.expressions import ExpressionError, Unknown, Value, evaluate, expand
from cnncalc.expressions.functions import FUNCTIONS
from cnncalc.expressions.values import MAX_DEPTH, MAX_SIZE
from cnncalc.problems.codes import CODES


def test_depth_is_exact() -> None:
    assert evaluate("-" * (MAX_DEPTH - 1) + "1", names) == -1
    with pytest.raises(ExpressionError, match="nested more than 50 deep"):
        evaluate("-" * MAX_DEPTH + "1", names)


def test_a_list_of_the_largest_size() -> None:
    lists: dict[str, Value] = {"v": [0] * MAX_SIZE, "more": [0] * (MAX_SIZE + 1)}
    assert evaluate("len(v)", lists.__getitem__) == MAX_SIZE
    with pytest.raises(ExpressionError, match="more than 10,000 items"):
        evaluate("len(more)", lists.__getitem__)


def test_lists_within_lists_are_bounded() -> None:
    """Values that name each other cannot grow beyond the limits."""
    wide: list[Value] = [1, 2]
    for _ in range(40):
        wide = [wide, wide]
    deep: list[Value] = []
    for _ in range(5000):
        deep = [deep]
    for value in (wide, deep):
        for text in ("v == v", "[v]"):
            with pytest.raises(ExpressionError) as caught:
                evaluate(text, {"v": value}.__getitem__)
            assert caught.value.code == "CNN119"


HOSTILE = [
    "(" * 999,
    "(" * 499 + "1" + ")" * 499,
    "[" * 60 + "]" * 60,
    "max(" * 40 + "1 if a" + ")" * 40,
    "max(" * 40 + "1 + not a" + ")" * 40,
    "-" * 999 + "1",
    "not " * 249 + "t",
    "2**" * 300 + "2",
    "1 if not t else " * 60 + "1",
    "9" * 1000,
    "1e" + "9" * 900,
    "0." + "0" * 900 + "1",
    "'" * 999,
    "\"'" * 499,
    "1" * 1001,
    "${" * 400,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:8])
def test_hostile(text: str) -> None:
    """What is built to break a parser is an error like any other."""
    assert fails(text).code in ("CNN117", "CNN119")


WORDS = st.sampled_from(
    [
        *FUNCTIONS,
        *NAMES,
        *("u", "if", "else", "and", "or", "not", "in", "lambda", "true", "1", "0.5"),
        *("()[]{},.:+-*/%<>=!&|'\"#$ \n\\"),
        *("**", "//", "==", "<=", "${", "}", "1e9", "²", "é", "\0"),
    ]
)
CALLS = 500_000
"""Calls that a text of a few dozen words may cost."""
TEXTS = st.text(max_size=60) | st.lists(WORDS, max_size=25).map(" ".join)
TEXTS |= st.lists(WORDS, max_size=25).map("".join)


@examples(200)
@given(TEXTS)
def test_random_text(text: str) -> None:
    """Any text has a value, is unknown, or is a located mistake; nothing else happens."""
    for function, each in ((evaluate, text), (expand, text), (expand, "${" + text + "}")):
        try:
            with at_most(CALLS):
                function(each, names, lambda name: NAMES)
        except ExpressionError as error:
            assert error.code in CODES
            assert 0 <= error.start <= error.end <= len(each)
            assert error.message
        except Unknown:
            pass
