"""Where keys and values of TOML are: the walk for the places agrees with the standard library."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import assume, given
from support.toml_texts import paths, texts

from cnncalc.checking.toml import Place, places, read_toml
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source, Span


def written(span: Span) -> str:
    lines = span.source.lines[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def check(path: tuple[str | int, ...], value: Any, place: Place) -> None:
    key, text = written(place.key), written(place.value)
    if key.startswith("[") and isinstance(path[-1], str) and text == key:  # a header
        names = list(paths(tomllib.loads(key)))[-1]
        assert [name for name in names if name != 0][: len(path)] or isinstance(value, (dict, list))
        return
    if isinstance(path[-1], str):
        assert next(iter(tomllib.loads(f"{key} = 0"))) == path[-1]
    if text == key and isinstance(value, (dict, list)):
        return  # implied by a dotted key, or the entry of a list of tables
    found = tomllib.loads(f"value = {text}")["value"]
    assert found == value or found != found


@given(texts())
def test_every_place(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except ValueError:
        assume(False)
    found = places(Source("a.toml", text))
    values = paths(data)
    assert found.keys() == values.keys()
    for path, value in values.items():
        check(path, value, found[path])


TEXT = """\
top = 1 # "no" = 2
a.b."c.d" = [1, {x = 'y', "z" = [2]}, '''
]''']
'' = ""

[tool."cnn calc".x]  # [tool.no]
key = '''
[tool.fake]
key = 1'''
[[list]]
n = 1
[list.sub]
n = 2
[[list]]
[[list.deep]]
n = 3
[[list.deep]]
n = { m.k = 4 }
[tool]
late = "é" # é = 1
after = 07:32:00
"""


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("top",), "1:1", "1:7 1"),
        (("a",), "2:1", "2:1 a"),
        (("a", "b"), "2:3", "2:3 b"),
        (("a", "b", "c.d"), "2:5", "2:13 [1, {x = 'y', \"z\" = [2]}, '''\n]''']"),
        (("a", "b", "c.d", 1, "z", 0), "2:34", "2:34 2"),
        (("a", "b", "c.d", 2), "2:39", "2:39 '''\n]'''"),
        (("",), "4:1", '4:6 ""'),
        (("tool", "cnn calc"), "6:1", '6:1 [tool."cnn calc".x]'),
        (("tool", "cnn calc", "x", "key"), "7:1", "7:7 '''\n[tool.fake]\nkey = 1'''"),
        (("list",), "10:1", "10:1 [[list]]"),
        (("list", 0, "n"), "11:1", "11:5 1"),
        (("list", 0, "sub", "n"), "13:1", "13:5 2"),
        (("list", 1), "14:1", "14:1 [[list]]"),
        (("list", 1, "deep", 0, "n"), "16:1", "16:5 3"),
        (("list", 1, "deep", 1, "n", "m", "k"), "18:9", "18:13 4"),
        (("tool",), "19:1", "19:1 [tool]"),
        (("tool", "late"), "20:1", '20:8 "é"'),
        (("tool", "after"), "21:1", "21:9 07:32:00"),
    ],
)
def test_place(path: tuple[str | int, ...], key: str, value: str) -> None:
    source = Source("a.toml", TEXT)
    assert isinstance(read_toml(source), dict)
    place = places(source)[path]
    assert f"{place.key.line}:{place.key.column}" == key
    assert f"{place.value.line}:{place.value.column} {written(place.value)}" == value


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a = 1\nb = no\n", 2, 5, "invalid value"),
        ("a = 1\na = 2\n", 2, 6, "cannot overwrite a value"),
        ("a = [1,\n", 1, 8, "invalid value"),
        ("[a\n", 1, 3, "expected ']' at the end of a table declaration"),
        ("é = 1\n", 1, 1, "invalid statement"),
        ('a = "é" b\n', 1, 9, "expected newline or end of document after a statement"),
        (f"# long\na = {'1' * 5000}\n", 2, 5, "4300 digits"),
        (f"a = {'[' * 20_000}", 1, 1, "nested too deeply"),
        ("a = '", 1, 6, "expected"),
    ],
)
def test_syntax(text: str, line: int, column: int, words: str) -> None:
    problem = read_toml(Source("a.toml", text))
    assert isinstance(problem, Problem)
    assert (problem.code, problem.span.line, problem.span.column) == ("CNN103", line, column)
    assert words in problem.message and " (at " not in problem.message
