"""Texts with expressions in them: ``${…}`` and ``$name``."""

from __future__ import annotations

import pytest
from support.expressions import fails, names

from cnncalc.expressions import ExpressionError, Value, expand, has_expression

HAS = ["${a}", "x${a}", "$a", "$volume.depth", " $a\n", "${", "$größe"]
HAS_NOT = ["", "a", "$", "$5", "$a b", "x$a", "$a.", "$a.1", "$a-b", "$$a", "{a}", "US$ {a}"]


@pytest.mark.parametrize(("text", "has"), [(t, True) for t in HAS] + [(t, False) for t in HAS_NOT])
def test_has_expression(text: str, has: bool) -> None:
    """Only ``${`` and a whole ``$name`` count."""
    assert has_expression(text) is has
    if not has:
        assert expand(text, names) == text


EXPANSIONS: dict[str, Value] = {
    "$a": 3,
    "$volume.depth": 64,
    "$class": 7,
    "$true": True,
    "$True": True,
    "$False": False,
    "$None": None,
    "$widths": [64, 128, 256],
    "${a}": 3,
    " ${a\n + 1}\n": 4,
    "${t}": True,
    "${nothing}": None,
    "${a}x${a + 1}x3": "3x4x3",
    "x ${half} y": "x 1/2 y",
    "${t}!": "true!",
    "is ${not t}": "is false",
    "${kind}1": "basic1",
    "${1 / 2 + 1 / 2}.": "1.",
    "$a ${a}": "$a 3",
    "$$a ${a}": "$$a 3",
    "${'}'}": "}",
    "${'{'}{${\"}\"}": "{{}",
    "${a}${a}": "33",
    "${''}x": "x",
}


@pytest.mark.parametrize(("text", "value"), EXPANSIONS.items(), ids=EXPANSIONS)
def test_expand(text: str, value: Value) -> None:
    """One expression keeps its type, several become text."""
    for _ in range(2):  # compiled, then from the cache
        result = expand(text, names)
        assert (result, type(result)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("${", "CNN117", "${"),
        ("x ${a", "CNN117", "${"),
        ("${a} ${'}", "CNN117", "'"),
        ("x${}", "CNN117", "${}"),
        ("${ \n}", "CNN117", "${ \n}"),
        ("größe ${a +}", "CNN117", "+"),
        ("${a} ${b}", "CNN202", "b"),
        ("$b", "CNN202", "$b"),
        (" $volume.dep\n", "CNN202", "$volume.dep"),
        ("x ${widths}", "CNN118", "${widths}"),
        ("x ${nothing}", "CNN118", "${nothing}"),
        ("${a}${1 / (a - 3)}", "CNN118", "a - 3"),
        ("$big", "CNN119", "$big"),
        ("${" + "1+" * 500 + "1}", "CNN119", "1+" * 500 + "1"),
        ("${a}" * 2501, "CNN119", "${a}" * 2501),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_expand_mistake(text: str, code: str, part: str) -> None:
    """The place is that within the whole scalar, first and from the cache."""
    for _ in range(2):
        error = fails(text, expand)
        assert (error.code, text[error.start : error.end]) == (code, part)


def test_inserted_text_is_bounded() -> None:
    """Short expressions cannot make a long text."""
    with pytest.raises(ExpressionError, match="more than 10,000 characters"):
        expand("${s}" * 20, lambda _: "x" * 1000)
