"""Sheets and answers: how they are spelled, and which files they come in."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import examples

from cnncalc.homework.answers import Unreadable
from cnncalc.homework.cells import COUNTS
from cnncalc.homework.given import Sheet
from cnncalc.homework.sheet import read_sheets
from cnncalc.homework.values import Value, read, sizes_of
from cnncalc.maths.volume import Volume, parse_volume


def cases(name: str) -> list[dict[str, Any]]:
    path = Path(__file__).parent / "cases" / "homework" / f"{name}.yaml"
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return found


SPELLINGS = [
    (part["cell"], part["right"], text, meant)
    for part in cases("reading")
    for text, meant in part["read"].items()
]


def right_of(cell: str, right: Any) -> tuple[Value, Volume | None]:
    if cell == "output":
        volume = parse_volume(right)
        return sizes_of(volume), volume
    if cell == "receptive_field":
        return tuple(map(int, right.split("x"))), None
    return right, None


def outcome(cell: str, right: Any, text: str) -> Any:
    try:
        found = read(cell, text, *right_of(cell, right))
    except Unreadable:
        return "unreadable"
    if found is None:
        return None
    value, written = found
    if any(size.step and isinstance(value, tuple) for size in written):
        return [rounded(Fraction(size)) for size in value] if isinstance(value, tuple) else value
    return list(value) if isinstance(value, tuple) else value


def rounded(value: Fraction) -> Fraction | int:
    """Return what a decimal of the table stands for: 2.33 is 7/3 in it."""
    near = value.limit_denominator(3)
    return near.numerator if near.denominator == 1 else near


def meaning(value: Any) -> Any:
    """Return a value of the table; ``7/3`` is a fraction."""
    if isinstance(value, list):
        return [Fraction(each) if isinstance(each, str) else each for each in value]
    return value


def test_enough_spellings() -> None:
    assert len(SPELLINGS) >= 80


@pytest.mark.parametrize(("cell", "right", "text", "meant"), SPELLINGS)
def test_spelling(cell: str, right: Any, text: str, meant: Any) -> None:
    assert outcome(cell, right, text) == meaning(meant)


@examples(300)
@given(
    st.sampled_from(["output", "padding", "receptive_field", *COUNTS]),
    st.one_of(st.text(), st.text("0123456789x×*+-/^()., _'@=kMG?", max_size=30)),
)
def test_any_text(cell: str, text: str) -> None:
    """Any text is a value, blank, or unreadable."""
    right = {"output": "28x28x6", "receptive_field": "5x5"}.get(cell, 1000)
    outcome(cell, right, text)


def answers(sheet: Sheet) -> dict[str, str]:
    return {f"{layer}.{cell}": each.text for (layer, cell), each in sheet.answers.items()}


def codes(sheet: Sheet) -> list[str]:
    return [problem.code for problem in sheet.problems]


WANTED = {"conv1.output": "28x28x6", "conv1.params": "156", "network.params": "61,706"}
FILES = {
    "yaml": (
        "s042.yaml",
        "student: s042\nanswers:\n  conv1: {output: 28x28x6, params: 156}\n"
        "  network: {params: '61,706'}\n",
    ),
    "json": (
        "x.json",
        '{"student": "s042", "answers": {"conv1": {"volume": "28x28x6", "parameters": 156}, '
        '"network": {"params": "61,706"}}}',
    ),
    "spec": (
        "x.yaml",
        "student: s042\ninput: 3x3\nlayers:\n  - conv: {filters: 1, kernel: 99}\n"
        "    answer: {shape: 28x28x6, params: 156}\n  - nonsense\nanswer: {params: '61,706'}\n",
    ),
    "spec that extends": (
        "x.yaml",
        "student: s042\nextends: /etc/passwd\nlayers:\n  - conv: {}\n"
        "    answer: {output: 28x28x6, params: 156}\nanswer: {params: '61,706'}\n",
    ),
    "long": (
        "s042.csv",
        'layer,output,params\nconv1,28x28x6,156\nnetwork,,"61,706"\n',
    ),
    "long with students": (
        "x.csv",
        "student;layer;volume;params\ns042;conv1;28x28x6;156\ns042;network;;61,706\n",
    ),
    "wide": (
        "x.csv",
        "Timestamp,student,conv1.output,conv1.params,network.params\n"
        '2026-01-01,s042,28x28x6,156,"61,706"\n',
    ),
    "tabs": (
        "x.tsv",
        "student\tconv1.output\tconv1.params\tnetwork.params\ns042\t28x28x6\t156\t61,706\n",
    ),
    "standard input": ("<stdin>", 'student,layer,output,params\ns042,conv1,28x28x6,156\n'
        's042,network,,"61,706"\n'),
}  # fmt: skip


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("written", ["unix", "windows", "mark"])
def test_files(form: str, written: str) -> None:
    name, text = FILES[form]
    data = text.encode("utf-8-sig" if written == "mark" else "utf-8")
    (sheet,) = read_sheets(data.replace(b"\n", b"\r\n") if written == "windows" else data, name)
    assert sheet.student == "s042"
    assert {name: text for name, text in answers(sheet).items() if text} == WANTED
    assert (sheet.problems, sheet.unreadable) == ([], False)


def test_volumes_of_lists_and_axes() -> None:
    text = "answers: {a: {output: [28, 28, 6]}, b: {output: {height: 2, width: 3, depth: 4}}}"
    (sheet,) = read_sheets(text.encode(), "s.yaml")
    assert answers(sheet) == {"a.output": "28, 28, 6", "b.output": "3x2x4"}


def test_students_of_a_table() -> None:
    text = "student,conv1.params\na,1\nb,2\na,3\n"
    sheets = read_sheets(text.encode(), "class.csv")
    assert [(each.student, answers(each)) for each in sheets] == [
        ("a", {"conv1.params": "1"}),
        ("b", {"conv1.params": "2"}),
        ("a", {"conv1.params": "3"}),
    ]


def test_quotes() -> None:
    text = 'layer,params,note\n"conv1"," 156 ","a ""word"", and\na line"\n'
    (sheet,) = read_sheets(text.encode(), "s.csv")
    assert answers(sheet) == {"conv1.params": "156"}


@pytest.mark.parametrize("case", cases("sheets"), ids=lambda case: case["problem"])
def test_problems(case: dict[str, Any]) -> None:
    sheet = read_sheets(case["text"].encode(), case["file"])[0]
    (problem,) = sheet.problems
    line, column = problem.span.start
    assert f"{problem.code} at {line}:{column}" == case["problem"]
    assert sheet.unreadable is not case["marked"]


def test_blank_and_answered() -> None:
    text = "layer,params\nconv1,\nconv1,2\nconv1,\n"
    (sheet,) = read_sheets(text.encode(), "s.csv")
    assert (answers(sheet), sheet.problems) == ({"conv1.params": "2"}, [])


def test_not_utf8_and_too_long() -> None:
    (sheet,) = read_sheets("answers: {ä: 1}".encode("latin-1"), "s.yaml")
    assert (codes(sheet), sheet.unreadable) == (["CNN101"], True)
    for data, name in ((b"#" * 1_000_001, "s.yaml"), (b"a," * 10_001, "s.csv")):
        (sheet,) = read_sheets(data, name)
        assert (codes(sheet), sheet.unreadable) == (["CNN102"], True)


@examples(200)
@given(st.sampled_from(sorted(FILES)), st.integers(0, 10**9))
def test_mutated_files(form: str, seed: int) -> None:
    """Whatever a file holds, it is at least one sheet, unless it has a column of students."""
    name, text = FILES[form]
    draw = random.Random(seed)
    data = bytearray(text.encode())
    for _ in range(draw.randrange(1, 8)):
        at = draw.randrange(len(data))
        data[at : at + draw.randrange(3)] = bytes(draw.choices(b',;"\n\t:{}[]-x0\xff', k=1))
    assert read_sheets(bytes(data), name) or b"student" in data
