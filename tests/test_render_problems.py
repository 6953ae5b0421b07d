from __future__ import annotations

import re
from typing import Any

import pytest
from rich.cells import cell_len

from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Source, Span
from cnncalc.render.problems import counts, problem_text, problems_text
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import visible

PIPE = Terminal()


def problem(
    text: str, line: int, column: int, end: int, *, end_line: int | None = None, **more: Any
) -> Problem:
    span = Span(
        source=Source("net.yaml", text),
        line=line,
        column=column,
        end_line=end_line or line,
        end_column=end,
    )
    return Problem(
        code=more.pop("code", "CNN301"),
        message=more.pop("message", "does not fit"),
        span=span,
        **more,
    )


def frame(found: Problem, terminal: Terminal = PIPE) -> list[str]:
    return problem_text(found, terminal).splitlines()[1:]


def test_long_words() -> None:
    """Of a name of thousands of letters the beginning is shown, wherever it is."""
    name = "n" * 3000
    text = f"layers:\n  - relu:\n    name: {name}\n"
    span = Span(source=Source("net.yaml", text), line=2, column=5, end_line=2, end_column=9)
    found = problem(
        text,
        2,
        5,
        9,
        layer=name,
        message=f"relu after the relu of {name}: nothing changes",
        help=(f"did you mean `{name}`?",),
        related=(Related(message=f"used here as {name}", span=span),),
    )
    lines = problem_text(found, PIPE).splitlines()
    short = "n" * 120 + "…"
    assert lines[0].endswith(f": {short}: relu after the relu of {short}: nothing changes")
    assert lines[-2:] == [
        f"  help: did you mean `{short}`?",
        f"  note: net.yaml:2:5: used here as {short}",
    ]


def test_whole() -> None:
    text = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n"
    found = problem(
        text,
        3,
        44,
        45,
        layer="b1.conv1",
        note="(7 − 3 + 2·0)/3 + 1 = 2⅓ ≈ 2.33",
        help=("stride 1 → 5×5", "rounding: floor → 2×2", "input 6"),
        related=(
            Related(
                message="used here as b1",
                span=Span(
                    source=Source("other.yaml", "- b"), line=1, column=3, end_line=1, end_column=4
                ),
            ),
        ),
        instances=1200,
    )
    assert problem_text(found, PIPE) == (
        "net.yaml:3:44: error CNN301 stride-does-not-fit: b1.conv1: does not fit "
        "(1,200 instances)\n"
        "  3 |   - conv: {filters: 10, kernel: 3, stride: 3}\n"
        "    |                                            ^ (7 − 3 + 2·0)/3 + 1 = 2⅓ ≈ 2.33\n"
        "  help: stride 1 → 5×5\n"
        "        rounding: floor → 2×2\n"
        "        input 6\n"
        "  note: other.yaml:1:3: used here as b1\n"
    )
    quiet = problem_text(found, PIPE, quiet=True)
    assert quiet == problem_text(found, PIPE).splitlines()[0] + "\n"


@pytest.mark.parametrize(
    ("text", "column", "end", "line", "carets"),
    [
        ("a: bcd", 4, 7, "a: bcd", "   ^^^"),
        ("a: bcd", 4, 4, "a: bcd", "   ^"),
        ("a: b", 5, 5, "a: b", "    ^"),
        ("a: b", 9, 9, "a: b", "        ^"),
        ("網路: x", 5, 6, "網路: x", "      ^"),
        ("a: 網路", 4, 6, "a: 網路", "   ^^^^"),
        ("e\u0301e\u0301: x", 7, 8, "e\u0301e\u0301: x", "    ^"),
        ("ｆ: x", 4, 5, "ｆ: x", "    ^"),
        ("\ta:\tx", 5, 6, "    a:    x", "          ^"),
        ("a\u202eb: x", 6, 7, r"a\u202eb: x", "          ^"),
        ("a: b   ", 4, 5, "a: b", "   ^"),
    ],
)
def test_alignment(text: str, column: int, end: int, line: str, carets: str) -> None:
    assert frame(problem(text, 1, column, end)) == [f"  1 | {line}", f"    | {carets}"]


def test_ascii_alignment() -> None:
    found = problem("é網: 2⅓ x", 1, 8, 9)
    shown = frame(found, Terminal(encoding="ascii"))
    assert shown == [r"  1 | \xe9\u7db2: 2 1/3 x", "    |                   ^"]
    assert shown[0].index("x", 20) == shown[1].index("^")


def test_several_lines() -> None:
    text = "a:\n  b: [1,  \n 2]\n"
    assert frame(problem(text, 2, 6, 3, end_line=3)) == ["  2 |   b: [1,", "    |      ^^^"]


def test_number_width() -> None:
    assert frame(problem("\n" * 99 + "x: y", 100, 4, 5)) == ["  100 | x: y", "      |    ^"]


def test_no_frame() -> None:
    assert frame(problem("", 1, 1, 1, help=("begin",))) == ["  help: begin"]
    assert frame(problem("a: 1\n", 2, 1, 1)) == []


@pytest.mark.parametrize(
    ("start", "size"), [(0, 1), (30, 5), (5000, 3), (9990, 10), (9999, 1), (2000, 3000), (0, 10000)]
)
def test_long_line(start: int, size: int) -> None:
    text = "x" * start + "y" * size + "x" * (10_000 - start - size)
    line, carets = frame(problem(text, 1, start + 1, start + size + 1))
    assert len(line) <= 100 + len("  1 | ")
    marked = line[carets.index("^") : carets.rindex("^") + 1]
    assert set(marked) <= {"y", "…"}
    assert marked.startswith("y")
    assert len(marked) == min(size, 60)
    before, after = line[6 : carets.index("^")], line[carets.rindex("^") + 1 :]
    assert before.startswith("…") == (start > 50)
    assert size > 60 or after.endswith("…") == (start + size + len(after) < 10_000)


def test_long_line_is_fast() -> None:
    text = "[" + "1, " * 1_000_000 + "]"
    found = problem(text, 1, 1_500_000, 1_500_001)
    assert len(problem_text(found, PIPE)) < 400


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ×", "plain ×"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\nb", r"a\nb"),
        ("a\u2028b\u200b", r"a\u2028b\u200b"),
        ("a\udc80", r"a\udc80"),
        ("a\u3000b", "a\u3000b"),
        ("a\tb", "a    b"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_nothing_reaches_the_terminal() -> None:
    evil = "\x1b[2J"
    span = Span(
        source=Source(f"{evil}.yaml", f"a: {evil}"), line=1, column=4, end_line=1, end_column=8
    )
    found = Problem(
        code="CNN108",
        message=evil,
        span=span,
        note=evil,
        help=(evil,),
        layer=evil,
        related=(Related(message=evil, span=span),),
    )
    assert "\x1b" not in problem_text(found, PIPE)


def test_color() -> None:
    found = problem("a: b", 1, 4, 5, note="n", help=("h", "i"))
    colored = problem_text(found, Terminal(color=True))
    assert "\x1b[1;31merror CNN301\x1b[0m" in colored
    assert "\x1b[1;33mwarning" in problem_text(
        problem("a", 1, 1, 2, code="CNN901"), Terminal(color=True)
    )
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == problem_text(found, PIPE)


def test_several() -> None:
    first, second = problem("a: b", 1, 4, 5), problem("a: b", 1, 1, 2, code="CNN901")
    assert (
        problems_text([first, second], PIPE)
        == f"{problem_text(first, PIPE)}\n{problem_text(second, PIPE)}"
    )
    assert problems_text([first, second], PIPE, quiet=True).count("\n") == 2
    assert counts([first, second, second]) == "1 error, 2 warnings"
    assert counts([second]) == "1 warning"
    assert counts([]) == ""


LINES = {
    "short": ("  - conv: {filters: 10, kernel: ", "3", "}"),
    "long": (
        "  - conv: {" + "filters: 10, " * 30 + "kernel: ",
        "3",
        ", " + "stride: 3, " * 30 + "}",
    ),
    "at the end": ("x" * 300 + ": ", "yz", ""),
    "wide": ("網路" * 70 + ": ", "卷积", "网" * 90),
    "tabs": ("\ta:\t" * 40, "x", "\ty" * 50),
    "wide mark": ("a: ", "卷" * 200, " b"),
    "combining": ("e\u0301" * 90 + ": ", "e\u0301x", " e\u0301" * 90),
    "escapes": ("\x1b\u202e" * 50, "\x07b", "\u009b" * 50),
}
"""Source lines: what is in front of the mark, what is marked, what is behind it."""


@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("ascii", [False, True])
def test_caret_is_below_what_it_means(line: str, width: int, ascii: bool) -> None:
    before, marked, after = LINES[line]
    start = len(before) + 1
    found = problem(before + marked + after, 1, start, start + len(marked), note="the note · 3")
    terminal = Terminal(width=width, ascii=ascii)
    lines = problem_text(found, terminal).splitlines()
    first = next(number for number, text in enumerate(lines) if text.startswith("  1 |"))
    source, below, *more = lines[first:]
    assert max(map(cell_len, (source, below, *more))) <= width
    carets = re.search(r"\^+", below)
    assert carets is not None
    shown = terminal.spell(marked)
    place = next(
        source[at:] for at in range(len(source)) if cell_len(source[:at]) == carets.start()
    )
    if len(carets[0]) == cell_len(shown):
        assert place.startswith(shown)
    else:  # a long mark is shown in part
        assert shown.startswith(place[:10])
        assert cell_len(place) <= len(carets[0])
    assert "the note" in "\n".join([below, *more])


@pytest.mark.parametrize("width", [60, 80, 100])
def test_wraps(width: int) -> None:
    words = "a sentence of several words that goes on for longer than any line, 網路, " * 4
    span = Span(source=Source("net.yaml", "a: b"), line=1, column=4, end_line=1, end_column=5)
    found = Problem(
        code="CNN301",
        message=words,
        span=span,
        help=(words, "short"),
        related=(Related(message=words, span=span),),
    )
    lines = problem_text(found, Terminal(width=width)).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert " ".join("".join(lines).split()).count("several") == 12
    whole = problem_text(found, PIPE).splitlines()
    assert [line.strip() for line in whole[4:6]] == [
        "short",
        f"note: net.yaml:1:4: {words}".strip(),
    ]
