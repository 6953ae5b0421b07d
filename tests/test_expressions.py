"""The expression language: values, places of mistakes, limits, and Python as the reference."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import examples
from support.work import at_most

from cnncalc.expressions import ExpressionError, Unknown, Value, evaluate, expand, has_expression
from cnncalc.expressions.functions import FUNCTIONS
from cnncalc.expressions.values import MAX_DEPTH, MAX_SIZE
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


MISTAKES = [
    # text, code, the part at fault, message
    ("", "CNN117", "", "the expression is empty"),
    ("1 2", "CNN117", "2", "`2` is not expected here"),
    ("a (", "CNN117", "(", "'(' was never closed"),
    ("1 +", "CNN117", "+", "a value is missing after `+`"),
    ("* 2", "CNN117", "*", "`*` is not expected here"),
    ("1 + * 2", "CNN117", "*", "`*` is not expected here"),
    ("[1,,2]", "CNN117", ",", None),
    ("(1", "CNN117", "(", "'(' was never closed"),
    ("1)", "CNN117", ")", "unmatched ')'"),
    ("[1)", "CNN117", ")", "closing parenthesis ')' does not match opening parenthesis '['"),
    ("1 if t", "CNN117", "1", "expected 'else' after 'if' expression"),
    ("[1 if t, 2]", "CNN117", "1", "expected 'else' after 'if' expression"),
    ("1 else 2", "CNN117", "else", "`else` is not expected here"),
    ("1, 2", "CNN117", "1, 2", "`1, 2` is not part of an expression"),
    ("a + (1, 2)", "CNN117", "(1, 2)", "`(1, 2)` is not part of an expression"),
    ("max(*widths)", "CNN117", "*widths", "`*widths` is not part of an expression"),
    ("max(**widths)", "CNN117", "max(**widths)", "`max(**widths)` is not part of an expression"),
    ("max(a=1)", "CNN117", "max(a=1)", "`max(a=1)` is not part of an expression"),
    ("(b := 1)", "CNN117", "b := 1", "`b := 1` is not part of an expression"),
    ("lambda: 1", "CNN117", "lambda: 1", "`lambda: 1` is not part of an expression"),
    ("a is none", "CNN117", "a is none", "`a is none` is not part of an expression"),
    (
        "[x for x in widths]",
        "CNN117",
        "[x for x in widths]",
        "`[x for x in widths]` is not part of an expression",
    ),
    ("010", "CNN117", "010", None),
    (r"'a\n'", "CNN117", "\\", "`\\` is not part of an expression"),
    ("1if t else 2", "CNN117", "1if", None),
    ("await a", "CNN117", "await a", "`await a` is not part of an expression"),
    ("class + 1", "CNN117", "class", "`class` is a word of Python's, not a name here"),
    ("a && t", "CNN117", "&", "`&` is not expected here"),
    ("a | t", "CNN117", "a | t", "`a | t` is not part of an expression"),
    ("a << 1", "CNN117", "a << 1", None),
    ("a @ a", "CNN117", "a @ a", "`a @ a` is not part of an expression"),
    ("~a", "CNN117", "~a", "`~a` is not part of an expression"),
    ("{1: 2}", "CNN117", "{1: 2}", "`{1: 2}` is not part of an expression"),
    ("$a", "CNN117", "$", "`$` is not expected here"),
    ("größe × 3", "CNN117", "×", "invalid character '×' (U+00D7)"),
    ("1 # one", "CNN117", "#", "`#` is not part of an expression"),
    ("a; a", "CNN117", ";", "`;` is not expected here"),
    ("a\0", "CNN117", "\0", r"`\x00` is not part of an expression"),
    ("\ud800", "CNN117", "\ud800", r"`\ud800` is not part of an expression"),
    ("f'a'", "CNN117", "f'a'", "`f'a'` is not part of an expression"),
    ("b'a'", "CNN117", "b'a'", "`b'a'` is not part of an expression"),
    ("'a' 'b'", "CNN117", "'a' 'b'", "`'a' 'b'` is not part of an expression"),
    ("'abc", "CNN117", "'", "unterminated string literal"),
    ("0x10", "CNN117", "0x10", "`0x10` is not part of an expression"),
    ("3x3", "CNN117", "3x3", "`3x3`: invalid decimal literal"),
    ("1j", "CNN117", "1j", "`1j` is not part of an expression"),
    ("1.2.3", "CNN117", "1.2.3", "`1.2.3` is not expected here"),
    ("x²", "CNN117", "x²", "invalid character '²' (U+00B2)"),
    ("...", "CNN117", "...", None),
    ("(a).depth", "CNN117", "(a).depth", "`(a).depth` is not part of an expression"),
    ("'a'.join", "CNN117", "'a'.join", "`'a'.join` is not part of an expression"),
    ("kind.upper()", "CNN117", "kind.upper", "`kind.upper` is not part of an expression"),
    ("max()", "CNN117", "max()", "`max` takes 1 value or more, not 0"),
    ("round(1, 2)", "CNN117", "round(1, 2)", "`round` takes 1 value, not 2"),
    ("divisible(1)", "CNN117", "divisible(1)", "`divisible` takes 2 to 3 values, not 1"),
    ("a + b", "CNN202", "b", "unknown name `b`"),
    ("größe + (volume.dep)", "CNN202", "volume.dep", "unknown name `volume.dep`"),
    ("a.__class__", "CNN202", "a.__class__", "unknown name `a.__class__`"),
    ("mox(1)", "CNN202", "mox", "unknown function `mox`"),
    ("__import__('os')", "CNN202", "__import__", "unknown function `__import__`"),
    ("true + 1", "CNN118", "true", "`+` needs a number, not the boolean true"),
    ("1 - t", "CNN118", "t", "`-` needs a number, not the boolean true"),
    ("-t", "CNN118", "t", "`-` needs a number, not the boolean true"),
    ("1 + 1 + null", "CNN118", "null", "`+` needs a number, not null"),
    ("kind + 'x'", "CNN118", "kind", "`+` needs a number, not the string 'basic'"),
    ("1 + [1]", "CNN118", "[1]", "`+` needs a number, not a list of 1 item"),
    ("[1] + 1", "CNN118", "1", "`+` of a list needs a list, not 1"),
    ("1 in a", "CNN118", "a", "`in` needs a list, not 3"),
    ("'b' in kind", "CNN118", "kind", "`in` needs a list, not the string 'basic'"),
    ("a[1:]", "CNN118", "a", "only a list has parts, not 3"),
    ("widths[half:]", "CNN118", "half", "a bound of a part must be a whole number, not 1/2"),
    ("widths[::0]", "CNN118", "0", "the step of a part is 0"),
    ("sum(a)", "CNN118", "a", "`sum` needs a list, not 3"),
    ("sum([t])", "CNN118", "[t]", "`sum` needs a number, not the boolean true"),
    ("sum(biglist)", "CNN119", "sum(biglist)", "the number takes more than 128 bits"),
    ("log2(0)", "CNN118", "0", "`log2` needs a number above 0, not 0"),
    ("many + many", "CNN119", "many + many", "the list has more than 10,000 items"),
    ("2 * 'x'", "CNN118", "'x'", "`*` needs a number, not the string 'x'"),
    ("'a' < 'b'", "CNN118", "'a'", "`<` needs a number, not the string 'a'"),
    ("1 < 2 < t", "CNN118", "t", "`<` needs a number, not the boolean true"),
    ("a and t", "CNN118", "a", "`and` needs true or false, not 3"),
    ("t and a", "CNN118", "a", "`and` needs true or false, not 3"),
    ("not half", "CNN118", "half", "`not` needs true or false, not 1/2"),
    ("1 if kind else 2", "CNN118", "kind", "`if` needs true or false, not the string 'basic'"),
    ("1 / 0", "CNN118", "0", "`/` divides 1 by zero"),
    ("a // (1 - 1)", "CNN118", "1 - 1", "`//` divides 3 by zero"),
    ("a % 0.0", "CNN118", "0.0", "`%` divides 3 by zero"),
    ("0 ** -1", "CNN118", "0", "0 to the power -1 divides by zero"),
    ("2 ** 0.5", "CNN118", "0.5", "the exponent of `**` must be a whole number, not 1/2"),
    ("widths[3]", "CNN118", "3", "index 3 is outside a list of 3 items"),
    ("widths[-4]", "CNN118", "-4", "index -4 is outside a list of 3 items"),
    ("empty[0]", "CNN118", "0", "index 0 is outside a list of 0 items"),
    ("widths[half]", "CNN118", "half", "an index must be a whole number, not 1/2"),
    ("kind[0]", "CNN118", "kind", "only a list has items, not the string 'basic'"),
    ("max(1)", "CNN118", "1", "`max` of one value needs a list, not 1"),
    ("min(empty)", "CNN118", "empty", "`min` of an empty list has no value"),
    ("min(1, t)", "CNN118", "t", "`min` needs a number, not the boolean true"),
    ("len(a)", "CNN118", "a", "`len` needs a list or string, not 3"),
    ("divisible(8, 0)", "CNN118", "0", "the divisor of `divisible` is 0, not above 0"),
    ("9 ** 9 ** 9", "CNN119", "9 ** 9 ** 9", "the number takes more than 128 bits"),
    ("2 ** 100000", "CNN119", "2 ** 100000", "the number takes more than 128 bits"),
    ("half ** 1000000000", "CNN119", "half ** 1000000000", "the number takes more than 128 bits"),
    ("1 + 2 ** 128", "CNN119", "2 ** 128", "the number takes more than 128 bits"),
    ("1e400", "CNN119", "1e400", "the number takes more than 128 bits"),
    ("1e-999999999999", "CNN119", "1e-999999999999", "the number takes more than 128 bits"),
    ("1 + big", "CNN119", "big", "the number takes more than 128 bits"),
    ("biglist[0]", "CNN119", "biglist[0]", "the number takes more than 128 bits"),
    ("max(biglist)", "CNN119", "max(biglist)", "the number takes more than 128 bits"),
    ("len(long)", "CNN119", "long", "the list has more than 10,000 items"),
    ("[many, many]", "CNN119", "[many, many]", "the list has more than 10,000 items"),
    ("'' == text", "CNN119", "text", "the value has 10,001 characters, more than 10,000"),
]


@pytest.mark.parametrize(
    ("text", "code", "part", "message"), MISTAKES, ids=[ascii(each[0]) for each in MISTAKES]
)
def test_mistake(text: str, code: str, part: str, message: str | None) -> None:
    """A mistake has this code, stands at this part, and says so."""
    error = fails(text)
    assert (error.code, text[error.start : error.end]) == (code, part)
    assert message is None or error.message == message
    if part:
        inside = fails("${" + text + "}", expand) if "{" not in text else error
        moved = 2 if inside is not error else 0
        assert (inside.start, inside.end) == (error.start + moved, error.end + moved)


@pytest.mark.parametrize(
    ("text", "help_line"),
    [
        ("widht + 1", "did you mean `widths`?"),
        ("depth", "did you mean `volume.depth`?"),
        ("mox(1)", "did you mean `max`?"),
        ("a and t", "compare the number, for example `… != 0`"),
        ("a = 3", "compare with `==`"),
        ("(1, 2)", "a list is written in square brackets: `[1, 2]`"),
        ("class", "a value of this name can only be used alone: `$class`"),
        ("3x3", "multiply with `*`"),
        ("0xff", "write numbers in decimal, and text in 'quotes'"),
        ("a ^ 2", "a power is written `**`"),
        ("1 2", "an operator or a comma is missing before it"),
        ("1 if t", "a choice is written `a if condition else b`"),
        ("“a”", "put strings in straight quotes: 'text'"),
        ("`a`", "put strings in straight quotes: 'text'"),
        ("'a", "close it with the quote that it begins with"),
        ("1 # one", "an expression has no comments"),
        (r"'a\n'", "a string has no escapes"),
        ("$a", "inside `${…}` a name has no `$`"),
        ("t ? 1", "a choice is written `a if condition else b`"),
        ("t & t", "write `and`"),
        ("t | t", "write `or`"),
        ("!t", "write `not`"),
        ("~a", "write `not`"),
        ("a is t", "compare with `==`"),
        ("a is not t", "compare with `!=`"),
        ("2 × 3", "multiply with `*`"),
        ("4 ÷ 2", "divide with `/`"),
        ("a − 1", "subtract with `-`"),
        ("a ≤ 3", "write `<=`"),
        ("a ≥ 3", "write `>=`"),
        ("a ≠ 3", "write `!=`"),
        ("{1, 2}", "a list is written in square brackets: `[1, 2]`"),
        ("{1: 2}", "a list is written in square brackets: `[1, 2]`"),
        ("[1].depth", "only a name has a `.`, as in `volume.depth`"),
        ("012", "write the number without them"),
    ],
)
def test_help(text: str, help_line: str) -> None:
    """The help says what to write instead."""
    assert fails(text).help == (help_line,)


def test_known_names_are_listed_where_none_is_near() -> None:
    """A few known names are counted up; none are invented."""
    with pytest.raises(ExpressionError) as caught:
        evaluate("zzz", names, lambda name: ["b", "a"])
    assert caught.value.help == ("known here: `a`, `b`",)
    with pytest.raises(ExpressionError) as caught:
        evaluate("zzz", names, lambda name: ["a"])
    assert caught.value.help == ("known here: `a`",)
    with pytest.raises(ExpressionError) as caught:
        evaluate("zzz", names)
    assert caught.value.help == ()


def test_note_of_an_index() -> None:
    """The note beside the caret tells the last index."""
    assert fails("widths[3]").note == "the last index is 2"


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
