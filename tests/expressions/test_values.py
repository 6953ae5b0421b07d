"""What expressions mean, with Python as the reference."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.expressions import names
from support.strategies import examples

from cnncalc.expressions import ExpressionError, Unknown, Value, evaluate, expand

VALUES: dict[str, Value] = {
    "1 + 2 * 3": 7,
    "(1 + 2) * 3": 9,
    "7 - 2 - 1": 4,
    "1 / 3": Fraction(1, 3),
    "1 / 2 + 1 / 2": 1,
    "0.1 + 0.2": Fraction(3, 10),
    "0.1 + 0.2 == 0.3": True,
    "1e-3": Fraction(1, 1000),
    "1E3": 1000,
    ".5": Fraction(1, 2),
    "5.": 5,
    "2.50": Fraction(5, 2),
    "1_000": 1000,
    "-7 // 2": -4,
    "7.5 // 2": 3,
    "-7 % 3": 2,
    "7 % 0.75": Fraction(1, 4),
    "2 ** 10": 1024,
    "2 ** -2": Fraction(1, 4),
    "-2 ** 2": -4,
    "2 ** 3 ** 2": 512,
    "0 ** 0": 1,
    "(-1) ** 170141183460469231731687303715884105727": -1,
    "half ** 2": Fraction(1, 4),
    "- - 3": 3,
    "+a": 3,
    "-half": Fraction(-1, 2),
    "-2 ** 127": -(2**127),
    "2 ** 127 - 1 + 2 ** 127": 2**128 - 1,
    "true": True,
    "False": False,
    "null": None,
    "none == None": True,
    "'a b'": "a b",
    '"it\'s"': "it's",
    "'größe' == \"größe\"": True,
    "kind == 'basic'": True,
    "kind != 'basic'": False,
    "1 == true": False,
    "0 == false": False,
    "0 != false": True,
    "'1' == 1": False,
    "nothing == 0": False,
    "whole == 4": True,
    "whole": 4,
    "[1, true] == [1, 1]": False,
    "[1, [2]] == [1, [2]]": True,
    "[1] == [1, 2]": False,
    "1 < 2 < 3": True,
    "1 < 2 > 5": False,
    "1 < half": False,
    "3 >= a <= 3": True,
    "t and a == 3": True,
    "not t or a > 3": False,
    "not not t": True,
    "1 if a > 2 else 2": 1,
    "1 if a > 3 else 2 if a > 2 else 3": 2,
    "[]": [],
    "[1, 'x', [true],]": [1, "x", [True]],
    "widths[0]": 64,
    "widths[-1]": 256,
    "widths[a - 1]": 256,
    "[5, 6][1]": 6,
    "grid[1][1]": 4,
    "min(3, half)": Fraction(1, 2),
    "max(widths)": 256,
    "max([1])": 1,
    "min(1, 2, 3,)": 1,
    "round(2.5)": 2,
    "round(3.5)": 4,
    "round(-0.5)": 0,
    "round(2.51)": 3,
    "ceil(7 / 2)": 4,
    "floor(-7 / 2)": -4,
    "len(widths)": 3,
    "len('größe')": 5,
    "len(empty)": 0,
    "divisible(32 * 0.75, 8)": 24,
    "divisible(16 * 0.35, 8)": 8,
    "divisible(24 * 0.35, 8)": 8,
    "divisible(96 * 0.35, 8)": 32,
    "divisible(11, 8)": 16,
    "divisible(12, 8)": 16,
    "divisible(-5, 8)": 8,
    "divisible(96 * 0.35, 8, 0)": 32,
    "divisible(28, 8, 0.9)": 32,
    "divisible(35, 16, 0.95)": 48,
    "sum(widths)": 448,
    "sum([])": 0,
    "sum([half, half])": 1,
    "log2(8)": 3,
    "log2(1 / 4)": -2,
    "floor(log2(24))": 4,
    "round(log2(10) * 1000)": 3322,
    "widths[1:]": [128, 256],
    "widths[:-1]": [64, 128],
    "widths[::-1]": [256, 128, 64],
    "widths[5:]": [],
    "grid[1:][0][0]": 3,
    "widths + [1]": [64, 128, 256, 1],
    "[] + []": [],
    "64 in widths": True,
    "a not in widths": True,
    "true in [1]": False,
    "'a' in ['a', 'b'] and t": True,
    "not 1 in [2]": True,
    "volume.depth * 2": 128,
    "volume . depth": 64,
    "größe + 1": 10,
    "  a\n+\n\ta\r\n ": 6,
    "a\u00a0+ a": 6,
    "false and u": False,
    "true or u": True,
    "1 if t else u": 1,
    "u if not t else 1": 1,
    "2 < 1 < u": False,
    "false and 1 / 0 == 1": False,
    "false and missing": False,
    "true == True and not False and null == None and none == null": True,
    "divisible(5, 1)": 5,
    "mapping == mapping": True,
    "mapping == longer or longer == mapping": False,
    "mapping == other": False,  # a number is no boolean
    "null == mapping or mapping == null": False,
    "1 == mapping or mapping == 1": False,
    "[1] == mapping or mapping == [1]": False,
    "[1, 2] == [1] or [1] == [1, 2]": False,
}


@pytest.mark.parametrize(("text", "value"), VALUES.items(), ids=VALUES)
def test_value(text: str, value: Value) -> None:
    """An expression has this value, of this type."""
    result = evaluate(text, names)
    assert (result, type(result)) == (value, type(value))
    assert expand("${" + text + "}", names) == value


UNKNOWN = [
    "u",
    "u + 1",
    "true and u",
    "false or u",
    "u and false",
    "u if t else 1",
    "[u]",
    "max(u)",
]


@pytest.mark.parametrize("text", [*UNKNOWN, "1 if u else 2", "u[0]", "1 < u", "u + 1 / 0"])
def test_unknown(text: str) -> None:
    """An unknown value makes the expression unknown, not wrong."""
    with pytest.raises(Unknown):
        evaluate(text, names)
    with pytest.raises(Unknown):
        expand("a ${" + text + "}", names)


def test_names_are_looked_up_each_time() -> None:
    """The cache keeps the expression, never its value."""
    assert [evaluate("i * 2", {"i": i}.__getitem__) for i in range(3)] == [0, 2, 4]


def test_operands_of_a_chain_are_evaluated_once() -> None:
    """However deep chains of comparisons are nested, each name is looked up where it is written."""
    looked_up: list[str] = []

    def counting(name: str) -> Value:
        looked_up.append(name)
        return True

    text = "x"
    for _ in range(15):
        text = f"x == ({text}) == x"
    assert evaluate(text, counting) is True
    assert len(looked_up) == text.count("x")


# Python as the reference: pairs of our text and Python's, there with fractions for numbers.

Pair = tuple[str, str]
PLAIN = st.integers(0, 30).map(lambda n: (str(n), f"F({n})"))
DECIMAL = st.sampled_from(["0.25", "1.5", "2e-1", "7.0"]).map(lambda d: (d, f"F('{d}')"))
POWERS = st.tuples(PLAIN, st.integers(-2, 3)).map(
    lambda each: (f"{each[0][0]} ** {each[1]}", f"{each[0][1]} ** {each[1]}")
)


def joined(*parts: str | Pair) -> Pair:
    """Join both texts of pairs; a text alone belongs to both."""
    pairs = [(each, each) if isinstance(each, str) else each for each in parts]
    return "".join(each[0] for each in pairs), "".join(each[1] for each in pairs)


def bigger(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    """Return numeric expressions made of smaller ones."""
    sign = st.sampled_from([" + ", " - ", " * ", " / ", " // ", " % ", "-", "*"])
    compare = st.sampled_from([" < ", " <= ", " == ", " != ", " > ", " >= "])
    test = st.builds(joined, inner, compare, inner) | st.builds(
        joined, inner, compare, inner, compare, inner
    )
    logic = st.builds(joined, test, st.sampled_from([" and ", " or ", " and not "]), test)
    function = st.sampled_from(["round(", "ceil(", "floor("])
    several = st.sampled_from(["min(", "max(", "min([", "max(["])
    return st.one_of(
        st.builds(joined, inner, sign, inner),
        inner.map(lambda each: joined("(", each, ")")),
        inner.map(lambda each: joined("-", each)),
        st.builds(joined, function, inner, st.just(")")),
        st.builds(
            lambda f, a, b: joined(f, a, ", ", b, "])" if "[" in f else ")"), several, inner, inner
        ),
        st.builds(
            lambda a, c, b: joined("(", a, " if ", c, " else ", b, ")"), inner, test | logic, inner
        ),
        st.builds(lambda a, b, c: joined("[", a, ", ", b, "][", c, "]"), inner, inner, INDEX),
    )


INDEX = st.sampled_from(["0", "1", "-1", "-2"]).map(lambda i: (i, i))
EXPRESSIONS = st.recursive(PLAIN | DECIMAL | POWERS, bigger, max_leaves=8)


@examples(200)
@given(EXPRESSIONS)
def test_agrees_with_python(pair: Pair) -> None:
    """Every expression has Python's value over fractions, or its division by zero."""
    text, reference = pair
    scope = {"F": Fraction, "ceil": ceil, "floor": floor}
    try:
        expected = eval(reference, scope)
    except ZeroDivisionError:
        expected = None
    try:
        value = evaluate(text, names)
    except ExpressionError as error:
        if error.code == "CNN118":
            assert expected is None
            assert "zero" in error.message
        else:
            assert error.code == "CNN119"
            assert len(text) > 20 or "**" in text
        return
    assert value == expected
    assert isinstance(value, int) is (Fraction(expected).denominator == 1)
