"""Reading YAML and JSON: values, places, and problems in plain words."""

from __future__ import annotations

import json
import random
import re
import string
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.document import Document, read
from cnncalc.problems import CODES, Problem
from cnncalc.reading.scalars import OutOfRange, read_value
from cnncalc.source import Node, Source, Span


def load(text: str | bytes, name: str = "net.yaml") -> tuple[Document | None, list[Problem]]:
    return read(text.encode() if isinstance(text, str) else text, name)


def good(text: str | bytes, name: str = "net.yaml") -> Node:
    document, problems = load(text, name)
    assert problems == []
    assert document is not None
    return document.root


def written(span: Span) -> str:
    """Return what the source holds at a span."""
    lines = span.source.text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def place(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column


SCALARS: list[tuple[str, Any]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("NULL", None),
    ("nULL", "nULL"),
    ("true", True),
    ("True", True),
    ("TRUE", True),
    ("false", False),
    ("False", False),
    ("FALSE", False),
    ("no", "no"),
    ("yes", "yes"),
    ("on", "on"),
    ("Off", "Off"),
    ("y", "y"),
    ("0", 0),
    ("-0", 0),
    ("+12", 12),
    ("-7", -7),
    ("010", 10),
    ("0o17", 15),
    ("0o18", "0o18"),
    ("0x1F", 31),
    ("0X1F", "0X1F"),
    ("-0x1F", "-0x1F"),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("12:30", "12:30"),
    ("1e3", 1000),
    ("1E+3", 1000),
    ("-1.5e1", -15),
    ("1.50", Fraction(3, 2)),
    ("0.1", Fraction(1, 10)),
    (".5", Fraction(1, 2)),
    ("-.5", Fraction(-1, 2)),
    ("5.", 5),
    ("1.0", 1),
    ("1e-3", Fraction(1, 1000)),
    ("0e999999999", 0),
    ("999999999999999999", 10**18 - 1),
    ("-999999999999999999", 1 - 10**18),
    ("1.5.2", "1.5.2"),
    (".", "."),
    ("-", "-"),
    ("+", "+"),
    ("e3", "e3"),
    ("1e", "1e"),
    ("1,000", "1,000"),
    ("60M", "60M"),
    ("32x32x3", "32x32x3"),
    ("٣", "٣"),
    ("1٣", "1٣"),
    ("²", "²"),
    ("inf", "inf"),
    ("nan", "nan"),
    (".Nan", ".Nan"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS, ids=[text or "empty" for text, _ in SCALARS])
def test_scalars_are_those_of_yaml_1_2(text: str, value: Any) -> None:
    result = read_value(text)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize("text", [text for text, _ in SCALARS if text not in ("-", "٣")])
def test_scalars_in_a_file(text: str) -> None:
    values: Any = good(f"key: {text}\nquoted: '{text}'\n").value
    node, quoted = values["key"], values["quoted"]
    assert node.value == read_value(text)
    assert node.plain
    assert node.text == text
    assert written(node.span) == text
    assert (quoted.value, quoted.plain, quoted.text) == (text, False, f"'{text}'")


UNUSABLE = [
    ("1e18", "too large"),
    ("-1e18", "too large"),
    ("1" + "0" * 18, "too large"),
    ("1e999999999", "too large"),
    ("1e" + "9" * 900, "too large"),
    ("0x" + "F" * 16, "too large"),
    ("9" * 5000, "too large"),
    ("0x" + "F" * 5000, "too large"),
    ("1." + "0" * 5000, "5002 characters"),
    ("1e-9999", "too close to 0"),
    (".inf", "infinite"),
    ("-.INF", "infinite"),
    ("+.Inf", "infinite"),
    (".nan", "not a number"),
    (".NaN", "not a number"),
]


@pytest.mark.parametrize(("text", "message"), UNUSABLE, ids=[text[:8] for text, _ in UNUSABLE])
def test_unusable_numbers(text: str, message: str) -> None:
    with pytest.raises(OutOfRange, match=message) as raised:
        read_value(text)
    assert len(str(raised.value)) < 80
    document, problems = load(f"a: 1\nb: {text}\n")
    assert document is None
    (problem,) = problems
    assert problem.code == "CNN112"
    assert place(problem.span) == (2, 4, 2, 4 + len(text))
    assert problem.help


DOCUMENTS: list[tuple[str, str, Any]] = [
    ("block", "a:\n  b: 1\n  c: [2, x]\n", {"a": {"b": 1, "c": [2, "x"]}}),
    ("list-level", "a:\n- b\n- c: 1\n  d:\n", {"a": ["b", {"c": 1, "d": None}]}),
    ("flow", "a: {b: 1, c: , d, 'e': \"f\"}", {"a": {"b": 1, "c": None, "d": None, "e": "f"}}),
    ("empty-mapping", "{}", {}),
    ("bom", "\ufeffa: 1\n", {"a": 1}),
    ("crlf", "a: 1\r\nb: 'x\r\n  y'\r\n", {"a": 1, "b": "x y"}),
    ("cr", "a: 1\rb: 2\r", {"a": 1, "b": 2}),
    ("comments", "# x\na: 1 # y\n\n# z\nb: 1# w\n", {"a": 1, "b": "1# w"}),
    ("markers", "%YAML 1.2\n--- # one\na: 1\n...\n", {"a": 1}),
    ("literal", "a: |\n  x\n   y\n\nb: >-\n  x\n  y\n", {"a": "x\n y\n", "b": "x y"}),
    ("escapes", r'a: "\t\u263A\U0001F600\/"', {"a": "\t☺😀/"}),
    ("quotes", "a: 'it''s'\nb: \"'\"", {"a": "it's", "b": "'"}),
    ("long-key", "? k\n: v\n", {"k": "v"}),
    ("no-space", '{"a":1,"b":[2]}', {"a": 1, "b": [2]}),
    ("expression", "a: ${widths[0]}x3\nb: $x\nc: {d: $x.y}", {
        "a": "${widths[0]}x3", "b": "$x", "c": {"d": "$x.y"}}),
    ("bounds", "a: <= 5M\nb: {c: < 5M, d: '> 3'}", {"a": "<= 5M", "b": {"c": "< 5M", "d": "> 3"}}),
    ("no-breaks", "a: x\u2028y\u2029z\x85w\nb: 1\n", {"a": "x\u2028y\u2029z\x85w", "b": 1}),
    ("quoted-merge", '"<<": 1', {"<<": 1}),
    ("number-key", '"1": {"true": 2}', {"1": {"true": 2}}),
    ("tabs-in-braces", "{\n\tb: 1,\n\tc: 2\n\t}\n", {"b": 1, "c": 2}),
    ("two-numbers", "a: [61,706]\nb: {c: 61, d: 706}", {"a": [61, 706], "b": {"c": 61, "d": 706}}),
    ("continued", "a: x\n  y\n", {"a": "x y"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "data"), [row[1:] for row in DOCUMENTS], ids=[row[0] for row in DOCUMENTS]
)
def test_documents(text: str, data: Any) -> None:
    assert good(text).data() == data


JSON: list[tuple[str, str, Any]] = [
    ("tabs", '{\n\t"a":\t1\r\n}\n\n', {"a": 1}),
    ("space", ' \n\t\r {"a" : [ ] , "b" : { } } \n', {"a": [], "b": {}}),
    ("slash", r'{"a": "\/\b\f\n\r\t\"\\"}', {"a": '/\b\f\n\r\t"\\'}),
    ("surrogates", r'{"\ud83d\ude00": "\uD83D\uDE00"}', {"😀": "😀"}),
    ("delete", '{"a": "\x7f\x9f\ufffe"}', {"a": "\x7f\x9f\ufffe"}),
    ("separators", '{"a": "\u2028\x85"}', {"a": "\u2028\x85"}),
    ("long-key", json.dumps({"k" * 3000: 1}), {"k" * 3000: 1}),
    ("words", '{"a": [null, true, false]}', {"a": [None, True, False]}),
    ("numbers", '{"a": [0, -0, -0.0, 1.50, 1e3, 1E-2, 10]}', {
        "a": [0, 0, 0, Fraction(3, 2), 1000, Fraction(1, 100), 10]}),
    ("texts", '{"a": ["no", "1", "null", "<<", "&x", "${x}", "!t"]}', {
        "a": ["no", "1", "null", "<<", "&x", "${x}", "!t"]}),
    ("deep", '{"a": ' + "[" * 99 + "]" * 99 + "}", None),
]  # fmt: skip


@pytest.mark.parametrize("name", ["net.json", "NET.JSON", "net.yaml", "<stdin>"])
@pytest.mark.parametrize(("text", "data"), [row[1:] for row in JSON], ids=[row[0] for row in JSON])
def test_any_json_is_read(text: str, data: Any, name: str) -> None:
    root = good(text, name).data()
    assert data is None or root == data


def test_places() -> None:
    root = good(
        'é: 😀 # 😀\n"k":\n  - {x: "y z", e\u0301:}\n  - \'a\n    b\'\nz:\n'.replace(":}", ": }")
    )
    value: Any = root.value
    assert place(root.span) == (1, 1, 6, 3)
    assert place(root.keys["é"]) == (1, 1, 1, 2)
    assert place(value["é"].span) == (1, 4, 1, 5)
    assert place(root.keys["k"]) == (2, 1, 2, 4)
    assert place(value["k"].span) == (3, 3, 5, 7)
    first, second = value["k"].value
    assert place(first.span) == (3, 5, 3, 21)
    assert place(first.value["x"].span) == (3, 9, 3, 14)
    assert place(first.keys["e\u0301"]) == (3, 16, 3, 18)
    assert place(first.value["e\u0301"].span) == (3, 20, 3, 20)
    assert place(second.span) == (4, 5, 5, 7)
    assert place(value["z"].span) == (6, 3, 6, 3)


def test_block_scalars_end_with_their_text() -> None:
    value: Any = good("a: |\n  x\n  y\n\n# c\nb: >\n  z").value
    assert written(value["a"].span) == value["a"].text == "|\n  x\n  y"
    assert written(value["b"].span) == ">\n  z"


def test_json_places_and_plainness() -> None:
    value: Any = good('{"a": [1.50,\n "x"],\n "b": {}}', "x.json").value
    assert written(value["a"].span) == '[1.50,\n "x"]'
    number, text = value["a"].value
    assert (number.text, number.plain, written(number.span)) == ("1.50", True, "1.50")
    assert (text.text, text.plain, written(text.span)) == ('"x"', False, '"x"')
    assert place(value["b"].span) == (3, 7, 3, 9)


def _tree(depth: int, left: str = "[", right: str = "]") -> str:
    return "a: " + left * (depth - 1) + right * (depth - 1)


# id, text, code, the text the problem points at, a part of the message, a part of the help
PROBLEMS: list[tuple[str, str | bytes, str, str, str, str]] = [
    # not text
    ("latin-1", b"a: 1\nb: \xe9t\xe9\n", "CNN101", "\ufffd", "0xE9", "UTF-8"),
    ("utf-16", "a: 1".encode("utf-16"), "CNN101", "", "UTF-16", "UTF-8"),
    ("utf-32", "a: 1".encode("utf-32"), "CNN101", "", "UTF-32", "UTF-8"),
    ("nul", b"a: \0", "CNN101", "\ufffd", "NUL", "UTF-8"),
    ("escape-code", b"a: \x1b[31m", "CNN101", "\ufffd", "U+001B", "remove"),
    ("delete", b"a: \x7f", "CNN101", "\ufffd", "U+007F", "remove"),
    ("surrogate", b"a: \xed\xa0\x80", "CNN101", "\ufffd", "0xED", "UTF-8"),
    # empty
    ("empty", "", "CNN104", "", "empty", "layers"),
    ("only-bom", "\ufeff", "CNN104", "", "empty", "layers"),
    ("comments", "# x\n\n", "CNN104", "", "empty", "layers"),
    ("marker", "---\n", "CNN104", "", "empty", "layers"),
    # wrong root, wrong keys
    ("root-list", "- relu\n- tanh\n", "CNN108", "- relu\n- tanh", "a list", "layers:"),
    ("root-text", "relu", "CNN108", "relu", "a single value", "layers:"),
    ("root-null", "null", "CNN108", "null", "a single value", "layers:"),
    ("root-space", "kernel:3", "CNN108", "kernel:3", "a single value", "`kernel: 3`"),
    ("key-number", "a: {1: 2}", "CNN108", "1", "a number", '`"1":`'),
    ("key-decimal", "1.5: 2", "CNN108", "1.5", "a number", '`"1.5":`'),
    ("key-infinite", ".inf: 2", "CNN108", ".inf", "a number", "quote"),
    ("key-null", "~: 2", "CNN108", "~", "null", "quote"),
    ("key-empty", "? \n: 2", "CNN108", "", "missing", "before the colon"),
    ("key-empty-flow", "{: 2}", "CNN103", ":", "missing", "key: value"),
    ("key-true", "true: 2", "CNN108", "true", "a boolean", "quote"),
    ("key-list", "[a]: b", "CNN108", "[a]", "a list", "quote"),
    ("key-template", "a: {b: {{c}}}", "CNN108", "{c}", "a mapping", "${…}"),
    # left out of YAML
    ("anchor", "a: &x 3\n", "CNN106", "&x", "an anchor", "vars:"),
    ("anchor-mapping", "a: &x\n  b: 1\n", "CNN106", "&x", "an anchor", "blocks:"),
    ("anchor-key", "&x a: 1\n", "CNN106", "&x", "an anchor", "vars:"),
    ("alias", "a: *x\n", "CNN106", "*x", "an alias", "vars:"),
    ("alias-key", "*x : 1\n", "CNN106", "*x", "an alias", "vars:"),
    ("star", "a: *\n", "CNN106", "*", "an alias", "quote"),
    ("tag", "a: !!int 3\n", "CNN106", "!!int", "a tag", "leave the tag out"),
    ("tag-own", "a: !x {b: 1}\n", "CNN106", "!x", "a tag", "leave the tag out"),
    ("tag-bare", "a: ! 3\n", "CNN106", "!", "a tag", "leave the tag out"),
    ("tag-handle", "a: !x!y 3\n", "CNN106", "!x!y", "a tag", "leave the tag out"),
    ("merge", "a: {<<: {b: 1}}\n", "CNN106", "<<", "a merge", "blocks:"),
    ("documents", "a: 1\n---\nb: 1\n", "CNN106", "---", "second document", "file of its own"),
    ("yaml-1.1", "# x\n%YAML 1.1\n---\na: 1\n", "CNN106", "%YAML 1.1", "directive", "1.2"),
    ("yaml-2", "%YAML 2.0\n---\na: 1\n", "CNN106", "%YAML 2.0", "directive", "1.2"),
    ("tag-directive", "%TAG ! t:x,1:\n---\na: 1", "CNN106", "%TAG ! t:x,1:", "directive", "remove"),
    ("directive", "%x\n---\na: 1", "CNN106", "%x", "directive", "remove"),
    # nesting
    ("deep-list", _tree(101), "CNN107", "[", "more than 100", "blocks:"),
    ("deep-dashes", "- " * 101, "CNN107", "-", "more than 100", "blocks:"),
    ("very-deep", "[" * 200_000, "CNN107", "[", "more than 100", "blocks:"),
    ("very-deep-mappings", "{a: " * 100_000, "CNN107", "{", "more than 100", "blocks:"),
    # traps
    ("expr", "- conv: {filters: ${widths[0]}, kernel: 3}", "CNN113", "${widths[0]}", "quoted",
     '`"${widths[0]}"`'),
    ("expr-name", "a: {b: ${w}}", "CNN113", "${w}", "quoted", '`"${w}"`, or write `$w`'),
    ("expr-dotted", "a: [${ v.w }]", "CNN113", "${ v.w }", "quoted", "`$v.w`"),
    ("expr-part", "a: {b: ${w}x3}", "CNN113", "${w}", "quoted", '`"${w}x3"`'),
    ("expr-quotes", 'a: {b: ${x == "y"}}', "CNN113", '${x == "y"}', "quoted", "`'${x == \"y\"}'`"),
    ("expr-open", "a: {b: ${w", "CNN113", "${w", "quoted", '`"${w"`'),
    ("thousands", "e: {params: 61,706}", "CNN103", "61,706", "not one number", "`61706`"),
    ("millions", "e: {macs: 4,061,706, p: 1}", "CNN103", "4,061,706", "not one", "`4061706`"),
    ("bound", "e: {\n params: > 0}", "CNN103", "> 0", "begin with `>`", '`"> 0"`'),
    ("bound-block", "e:\n  p: > 0\n", "CNN103", "> 0", "folded", '`"> 0"`'),
    ("bound-equal", "p: >= 5M # x\n", "CNN103", ">= 5M", "folded", '`">= 5M"`'),
    ("bound-digit", "p: >5\nq: 1\n", "CNN103", ">5", "folded", '`">5"`'),
    ("at", "a: @b\n", "CNN103", "@b", "`@`", '`"@b"`'),
    ("backtick", "a: [`b`, c]\n", "CNN103", "`b`", "a backtick", "quote"),
    ("percent", "a: %b\n", "CNN103", "%b", "`%`", '`"%b"`'),
    ("space", "a:\n  b: 4\n  kernel:3\n", "CNN103", "kernel:3", "text", "`kernel: 3`"),
    ("space-first", "a:\n  kernel:3\n  b: 4\n", "CNN103", "kernel:3", "text", "`kernel: 3`"),
    ("space-flow", "a: {kernel:3, b: 4}\n", "CNN103", "kernel:3", "one word", "`kernel: 3`"),
    ("space-brace", "a: {b:}\n", "CNN103", ":", "a space is missing", "key: value"),
    ("item-below", "a:\n- relu\n - conv\n", "CNN103", "-", "continues the text", "indent it"),
    # syntax
    ("tab", "a:\n\tb: 3\n", "CNN103", "\t", "a tab indents", "spaces"),
    ("tabs", "a:\n  b: 3\n\t\tc: 3\n", "CNN103", "\t\t", "a tab indents", "spaces"),
    ("quote", 'a: 1\nb: "x\nc: 3\n', "CNN103", '"', "never closed", "close it"),
    ("quote-later", 'a: "x\nb: "y"\n', "CNN103", '"', "closed only on line 2", "close it"),
    ("brace", "a: {b: 3\nc: 4\nd: {e: 1}\n", "CNN103", "{", "never closed", "`}`"),
    ("bracket", "a: [1, 2\nc: 4\n", "CNN103", "[", "never closed", "`]`"),
    ("brace-end", "a: {b: ", "CNN103", "{", "never closed", "`}`"),
    ("bracket-end", "a: [1,\n\n", "CNN103", "[", "never closed", "`]`"),
    ("mismatch", "a: {b: [1, 2}\n", "CNN103", "}", "`]` should close", "`]`"),
    ("closing", "a: {b: 1}}\n", "CNN103", "}", "closes nothing", "remove"),
    ("closing-line", "a: 1\n]\n", "CNN103", "]", "closes nothing", "remove"),
    ("closing-value", "a: ]\n", "CNN103", "]", "closes nothing", "remove"),
    ("comma", "a: {b: 1 c: 2}\n", "CNN103", "1 c", "comma is missing", "`1, c: …`"),
    ("commas", "a: {b: 1,, c: 2}\n", "CNN103", ",", "nothing stands before", "remove"),
    ("comma-outside", "a: {b: 1},\nc: 2\n", "CNN103", ",", "outside brackets", "remove"),
    ("adjacent", 'a: {b: "x":y}', "CNN103", ":", "expected `,` or `}`", "commas"),
    ("colons", "a: b: c\n", "CNN103", ":", "second key and colon", "braces"),
    ("below", "- conv: 6\n    kernel: 3\n", "CNN103", "kernel", "below `- conv: 6`", "braces"),
    ("indent", "a:\n    b: 1\n  c: 2\n", "CNN103", "c: 2", "2 spaces fits no", "by 0 or 4 spaces"),
    ("indent-item", "- a: 1\n b: 2\n", "CNN103", "b: 2", "1 space fits no", "by 0 or 2 spaces"),
    ("item", "a: 1\n- b\n", "CNN103", "- b", "a list entry", "indent"),
    ("key-in-list", "- a\nb: 1\n", "CNN103", "b: 1", "a key where", "`- `"),
    ("neither", "a: 1\nrelu\n", "CNN103", "relu", "neither a key nor", "key: value"),
    ("inline", "a: - b\n", "CNN103", "-", "on the line of its key", "[a, b]"),
    ("question", "a: ?\n", "CNN103", "?", "begins no value", "quote"),
    ("no-key", "a: 1\n: 2\n", "CNN103", ":", "is missing", "key: value"),
    ("after-quote", "a: 'it's'\n", "CNN103", "s", "follows the closing quote", "whole text"),
    ("after-brace", "a: {b: 1} c\n", "CNN103", "c", "complete", "new line"),
    ("escape", 'a: "\\q"\n', "CNN103", "\\q", "escape", "backslash"),
    ("after-end", "{a: 1}\nb: 2\n", "CNN103", "b", "follows the end", "one mapping"),
    ("dash-in-braces", "a: {b: 3, - c}\n", "CNN103", "-", "begins no value", "inside brackets"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "at", "message", "help"),
    [row[1:] for row in PROBLEMS],
    ids=[row[0] for row in PROBLEMS],
)
def test_problems(text: str | bytes, code: str, at: str, message: str, help: str) -> None:
    document, problems = load(text)
    assert document is None
    (problem,) = problems
    assert (problem.code, written(problem.span)) == (code, at)
    assert message in problem.message
    assert help in "\n".join(problem.help)
    well_put(problem)


JSON_PROBLEMS: list[tuple[str, str, str, str, str, str]] = [
    ("empty", " \n", "CNN104", "", "empty", "layers"),
    ("list", "[1]", "CNN108", "[1]", "a list", "layers"),
    ("null", "null", "CNN108", "null", "a single value", "layers"),
    ("last-comma", '{"a": [1,\n]}', "CNN103", ",", "comma before the end", "remove"),
    ("comma", '{"a": 1 "b": 2}', "CNN103", '"', "expected `,` or `}`", "commas"),
    ("colon", '{"a" 1}', "CNN103", "1", "expected `:`", ""),
    ("single", "{'a': 1}", "CNN103", "'a'", "not quoted", "double quotes"),
    ("bare-key", "{a: 1}", "CNN103", "a", "not quoted", "double quotes"),
    ("bare-value", '{"a": b}', "CNN103", "b", "found `b`", "double quotes"),
    ("python", '{"a": True}', "CNN103", "True", "found `True`", "`true`"),
    ("comment", '{"a": 1 // x\n}', "CNN103", "/", "found `/`", "no comments"),
    ("hash", '{"a": # x\n1}', "CNN103", "#", "found `#`", "no comments"),
    ("octal", '{"a": 010}', "CNN103", "010", "found `010`", "-2.5"),
    ("point", '{"a": .5}', "CNN103", ".5", "found `.5`", "-2.5"),
    ("plus", '{"a": +5}', "CNN103", "+5", "found `+5`", "-2.5"),
    ("line-break", '{"a": "x\n"}', "CNN103", "", "line break", r"\n"),
    ("bad-escape", '{"a": "\\q"}', "CNN103", "\\", "escape", r"\\"),
    ("short-escape", '{"a": "\\u12"}', "CNN103", "u", "escape", "four"),
    ("open-string", '{"a": "x', "CNN103", '"', "never closed", "close"),
    ("open-list", '{"a": [1, 2', "CNN103", "[", "never closed", "`]`"),
    ("open-mapping", '{"a": {"b":', "CNN103", "{", "never closed", "`}`"),
    ("open-key", '{"a": {"b', "CNN103", '"', "never closed", "close"),
    ("mismatch", '{"a": 1]', "CNN103", "]", "expected `,` or `}`", "`]` closes `[`"),
    ("two", '{"a": 1} {}', "CNN103", "{", "follows the end", "one value"),
    ("nan", '{"a": NaN}', "CNN112", "NaN", "not a number", "finite"),
    ("infinity", '{"a": -Infinity}', "CNN112", "-Infinity", "infinite", "finite"),
    ("large", '{"a": 1e400}', "CNN112", "1e400", "too large", "10^18"),
    ("long", '{"a": ' + "9" * 5000 + "}", "CNN112", "9" * 5000, "too large", "10^18"),
    ("surrogate", r'{"a": "\ud800"}', "CNN101", r'"\ud800"', "surrogate", "both halves"),
    ("surrogate-key", r'{"\udc00": 1}', "CNN101", r'"\udc00"', "surrogate", "both halves"),
    ("control", '{"a": 1\x0c}', "CNN101", "\ufffd", "U+000C", "remove"),
    ("deep", '{"a": ' + "[" * 100, "CNN107", "[", "more than 100", "blocks"),
    ("very-deep", "[" * 500_000, "CNN107", "[", "more than 100", "blocks"),
]


@pytest.mark.parametrize(
    ("text", "code", "at", "message", "help"),
    [row[1:] for row in JSON_PROBLEMS],
    ids=[row[0] for row in JSON_PROBLEMS],
)
def test_json_problems(text: str, code: str, at: str, message: str, help: str) -> None:
    document, problems = load(text, "net.json")
    assert document is None
    (problem,) = problems
    assert (problem.code, written(problem.span)) == (code, at)
    assert message in problem.message
    assert help in "\n".join(problem.help)
    well_put(problem)


def well_put(problem: Problem) -> None:
    """Check what holds of every problem."""
    assert problem.code in CODES
    assert problem.message
    assert not problem.message.endswith(".")
    assert not problem.message[0].isupper()
    assert len(problem.help) <= 3
    assert all(line and line.isprintable() for line in (problem.message, *problem.help))
    lines = problem.span.source.text.split("\n")
    assert 1 <= problem.span.line <= problem.span.end_line <= len(lines)
    assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1
    assert 1 <= problem.span.end_column <= len(lines[problem.span.end_line - 1]) + 1
    assert problem.span.start <= (problem.span.end_line, problem.span.end_column)


def test_a_large_file_is_not_decoded() -> None:
    for name in ("net.yaml", "net.json"):
        document, (problem,) = read(b"\xff" * 10_000_001, name)
        assert document is None
        assert (problem.code, place(problem.span)) == ("CNN102", (1, 1, 1, 1))
        assert "10,000,001" in problem.message
    assert good(b"a: 1\n#" + b"x" * (10_000_000 - 6)).data() == {"a": 1}


def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnncalc.reading.findings.MAX_VALUES", 10)
    inner = "[1, 2, 3, 4, 5, 6, 7]"
    for text in (f"a: {inner}\nb: %s", f'{{"a": {inner}, "b": %s}}'):
        assert good(text % "1")
        assert [found.code for found in load(text % "[2, 3]")[1]] == ["CNN102"]


@pytest.mark.parametrize(
    ("text", "name"),
    [("a: 1\nb: 2\n\"a\": 3\nc: {d: 1, d: 2}\n", "x.yaml"),
     ('{"a": 1,\n"b": 2,\n"a": 3,\n"c": {"d": 1, "d": 2}}', "x.json")],
    ids=["yaml", "json"],
)  # fmt: skip
def test_all_duplicate_keys_are_reported(text: str, name: str) -> None:
    document, problems = load(text, name)
    assert document is not None
    assert document.root.data() == {"a": 1, "b": 2, "c": {"d": 1}}
    assert [found.code for found in problems] == ["CNN105", "CNN105"]
    first, second = problems
    assert (first.span.line, written(first.span)) == (3, '"a"')
    assert first.note == "already given on line 1"
    assert [found.span.line for found in first.related] == [1]
    assert second.span.line == 4
    for problem in problems:
        well_put(problem)


def test_messages_hold_no_control_characters() -> None:
    _, (problem,) = load(r'{"\u001b[31m": 1, "\u001b[31m": 2}', "x.json")
    well_put(problem)


def test_independent_problems_are_reported_together() -> None:
    _, problems = load("a: &x 1\nb: *x\nc: .inf\nd: {1: 2, kernel:3}\nd: 1\ne: {p: 61,706}\n")
    assert [(found.span.line, found.code) for found in problems] == [
        (1, "CNN106"), (2, "CNN106"), (3, "CNN112"), (4, "CNN108"), (4, "CNN103"),
        (5, "CNN105"), (6, "CNN103"),
    ]  # fmt: skip


def test_problems_are_limited() -> None:
    assert len(load("a: 1\n" * 5000)[1]) == 100
    assert len(load('{"a": [' + "NaN," * 5000 + "1]}")[1]) == 100


def test_the_slow_parser_does_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    monkeypatch.delattr(yaml, "CSafeLoader")
    for case, text, data in DOCUMENTS:
        if case != "tabs-in-braces":  # refused
            assert good(text).data() == data, case
    for case, source, code, *_ in PROBLEMS:
        if case == "space-brace":  # read as YAML 1.2 has it
            continue
        document, problems = load(source)
        assert document is None, case
        assert [found.code for found in problems] == [code], case
        well_put(problems[0])


# Properties

_BREAKS = re.compile("[\x85\u2028\u2029]")  # PyYAML writes them as line breaks

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_NUMBERS = st.one_of(
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.floats(-1e17, 1e17, allow_nan=False),
)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXT),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


def exact(value: Any) -> Any:
    """Return the value with its floats as the exact numbers that are written for them."""
    if isinstance(value, float):
        return Fraction(repr(value))
    if isinstance(value, list):
        return [exact(entry) for entry in value]
    if isinstance(value, dict):
        return {key: exact(entry) for key, entry in value.items()}
    return value


def each(node: Node) -> list[Node]:
    children: list[Node] = []
    if isinstance(node.value, list):
        children = node.value
    elif isinstance(node.value, dict):
        children = list(node.value.values())
    return [node, *(found for child in children for found in each(child))]


@given(st.dictionaries(_TEXT, _VALUES, max_size=5), st.booleans(), st.sampled_from([None, 1, "\t"]),
       st.sampled_from(["a.json", "a.yaml"]))  # fmt: skip
def test_json_reads_back(value: dict[str, Any], ascii: bool, indent: Any, name: str) -> None:
    root = good(json.dumps(value, ensure_ascii=ascii, indent=indent), name)
    assert root.data() == exact(value)
    for node in each(root):
        slice = written(node.span)
        assert exact(json.loads(slice, parse_float=Fraction)) == node.data()
        if not isinstance(node.value, list | dict):
            assert node.text == slice
        for key, span in node.keys.items():
            assert json.loads(written(span)) == key


@given(st.dictionaries(st.text(string.ascii_letters, min_size=3, max_size=5), _VALUES, max_size=5),
       st.sampled_from([None, False, True]), st.booleans())  # fmt: skip
def test_yaml_reads_back(value: dict[str, Any], flow: bool | None, unicode: bool) -> None:
    import yaml

    def plain(entry: Any) -> Any:
        if isinstance(entry, float):  # PyYAML writes floats as YAML 1.1 does
            return int(entry)
        if isinstance(entry, str):  # and takes some texts for plain which are numbers today
            return f"t {_BREAKS.sub('', entry)}".strip()
        if isinstance(entry, list):
            return [plain(inner) for inner in entry]
        if isinstance(entry, dict):
            return {plain(key): plain(inner) for key, inner in entry.items()}
        return entry

    value = {f"k{key}": plain(entry) for key, entry in value.items()}

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    text = yaml.dump(
        value, Dumper=Dumper, default_flow_style=flow, allow_unicode=unicode, width=9999
    )
    document, problems = load(text)
    if problems:  # long keys and the like
        assert all(found.code in ("CNN101", "CNN103", "CNN108") for found in problems)
        return
    assert document is not None
    assert document.root.data() == value
    for node in each(document.root):
        if not isinstance(node.value, list | dict):
            assert node.text == written(node.span)


@given(st.binary(max_size=60), st.sampled_from(["a.yaml", "a.json"]))
def test_no_bytes_raise(data: bytes, name: str) -> None:
    sound(data, name)


@given(st.text(st.sampled_from("ab1 \n\t:-,.{}[]'\"$#&*!|>%@`?~<=\\\r\ufeff\x85é😀"), max_size=40),
       st.sampled_from(["a.yaml", "a.json"]))  # fmt: skip
def test_no_text_raises(text: str, name: str) -> None:
    sound(text.encode(), name)


SPEC = """\
name: "LeNet-5"   # a comment
vars: {classes: 10, widths: [6, 16]}
input: 32x32x1
blocks:
  basic:
    args: {filters: null, stride: 1}
    layers:
      - branches:
          - - conv: {filters: $filters, kernel: 3, padding: 1}
            - 'relu'
          - []
        merge: add
layers:
- conv: {filters: "${widths[0]}", kernel: [3, 3]}
  when: ${stride != 1 or volume.depth != filters}
- basic: {filters: 16}
  repeat: 2
- fc:
    units: $classes
expect: {params: 61706, macs: "<= 5M", output: 1.5e3}
"""


@given(st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_mutated_specs_are_read_or_refused(random: random.Random) -> None:
    sound(mutate(SPEC, random).encode(), "a.yaml")


def mutate(text: str, random: random.Random) -> str:
    """Return the text with a few characters, or stretches, inserted, deleted or moved."""
    for _ in range(random.randint(1, 4)):
        at, size = random.randrange(len(text) + 1), random.randint(1, 6)
        piece = random.choice(
            ["", random.choice("ab1 \n\t:-,.{}[]'\"$#&*!|>%@`?~<=\\"), text[at : at + size],
             "${x}", "- ", ": ", "\n  ", "---\n", "61,706", "> 0"]
        )  # fmt: skip
        to = random.randrange(len(text) + 1)
        text = text[:to] + piece + text[to + random.choice([0, 0, 1, size]) :]
    return text


def sound(data: bytes, name: str) -> None:
    """Check what holds whatever is read."""
    document, problems = read(data, name)
    assert document is not None or problems
    assert problems == sorted(problems, key=lambda found: found.span.start)
    for problem in problems:
        well_put(problem)
    if document is not None:
        assert isinstance(document.root.value, dict)
        for node in each(document.root):
            written(node.span)
            if not isinstance(node.value, list | dict):
                assert node.text == written(node.span)
            for span in node.keys.values():
                assert isinstance(span.source, Source)
                assert span.start <= (span.end_line, span.end_column)
