"""Where mistakes of expressions are, and what is said of them."""

from __future__ import annotations

import pytest
from support.expressions import fails, names

from cnncalc.expressions import ExpressionError, evaluate, expand

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
    """A mistake has this code, is at this part, and says so."""
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
    """The note behind the caret says which index is the last."""
    assert fails("widths[3]").note == "the last index is 2"
