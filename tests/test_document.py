"""Reading YAML and JSON: values and their places."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from support.documents import good, load, place, well_put, written

from cnncalc.spec.document import read
from cnncalc.spec.scalars import OutOfRange, read_value

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
    ("1." + "0" * 5000, "too long"),
    ("1e-9999", "too small"),
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


def test_a_large_file_is_not_decoded() -> None:
    for name in ("net.yaml", "net.json"):
        document, (problem,) = read(b"\xff" * 10_000_001, name)
        assert document is None
        assert (problem.code, place(problem.span)) == ("CNN102", (1, 1, 1, 1))
        assert "more than 10,000,000" in problem.message
    assert good(b"a: 1\n#" + b"x" * (10_000_000 - 6)).data() == {"a": 1}


def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnncalc.spec.findings.MAX_VALUES", 10)
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
