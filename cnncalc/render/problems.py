"""Problems as text: place, message, the line of the source, what would mend it.

specs/net.yaml:4:44: error CNN301 stride-does-not-fit: conv1: a 3×3 filter with ...
  4 |   - conv: {filters: 10, kernel: 3, stride: 3}
    |                                            ^ (7 − 3 + 2·0)/3 + 1 = 2⅓ ≈ 2.33
  help: stride 1 → 5×5, 2 → 3×3 or 4 → 2×2
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from cnncalc.maths.words import plurals

if TYPE_CHECKING:
    from cnncalc.problems.model import Problem
    from cnncalc.problems.source import Span
    from cnncalc.render.terminal import Terminal

WINDOW = 100
"""Of a source line at most this many columns are shown, in front of and behind the caret."""
_STYLES = {"error": "bold red", "warning": "bold yellow"}
_INDENT = "  "
_LONG_WORD = re.compile(r"([^\s:,;`]{120})[^\s:,;`]+")
"""Of a longer word, such as a name, the beginning is shown."""


def problem_text(problem: Problem, terminal: Terminal, *, quiet: bool = False) -> str:
    """Return a problem, ending in a line break; ``quiet`` leaves one line, however long."""
    terminal = replace(terminal, width=0) if quiet else terminal
    lines = list(_wrapped("", _headline(problem, terminal), terminal))
    if not quiet:
        lines += _frame(problem, terminal)
        for number, line in enumerate(problem.help):
            label = Text("help:", "cyan") if number == 0 else Text(" " * len("help:"))
            lines += _wrapped(
                Text.assemble(_INDENT, label, " "), Text(_spelt(line, terminal)), terminal
            )
        for related in problem.related:
            label = Text.assemble(_INDENT, ("note", "bold"), ": ")
            text = f"{_place(related.span, terminal)}: {_spelt(related.message, terminal)}"
            lines += _wrapped(label, Text(text), terminal)
    return terminal.draw(*lines)


def problems_text(problems: Iterable[Problem], terminal: Terminal, *, quiet: bool = False) -> str:
    """Return all problems, in their order, with an empty line between those with a frame."""
    texts = [problem_text(problem, terminal, quiet=quiet) for problem in problems]
    return ("" if quiet else "\n").join(texts)


def counts(problems: Iterable[Problem]) -> str:
    """Return ``1 error, 2 warnings``, or nothing when there is none."""
    levels = [problem.severity for problem in problems]
    return plurals({level: levels.count(level) for level in ("error", "warning")})


def advice(problems: Iterable[Problem]) -> str:
    """Return where to read about the first problem; errors come before warnings."""
    first = min(problems, key=lambda problem: problem.severity != "error")
    return f"see `cnncalc rule {first.code}`"


def _wrapped(label: Text | str, text: Text, terminal: Terminal) -> Iterator[Text]:
    """Yield text behind a label, its further lines below its first one."""
    before = Text.assemble(label)
    indent = Text(" " * (before.cell_len or len(_INDENT)))
    room = terminal.width - indent.cell_len
    if room < WINDOW // 10:  # unlimited, or too narrow for any text
        yield before + text
        return
    for number, line in enumerate(text.wrap(terminal.console(), room)):
        line.rstrip()
        yield (indent if number else before) + line


def _spelt(text: str, terminal: Terminal) -> str:
    return terminal.spell(_LONG_WORD.sub(r"\1…", text))


def _place(span: Span, terminal: Terminal) -> str:
    return f"{terminal.spell(span.source.name)}:{span.line}:{span.column}"


def _headline(problem: Problem, terminal: Terminal) -> Text:
    return Text.assemble(
        (_place(problem.span, terminal), "bold"),
        ": ",
        (f"{problem.severity} {problem.code}", _STYLES[problem.severity]),
        f" {problem.name}: {_spelt(problem.headline, terminal)}",
    )


def _frame(problem: Problem, terminal: Terminal) -> Iterator[Text]:
    """Yield the line of the source, and carets below what is pointed at."""
    span = problem.span
    source = span.source.line(span.line)
    if not source.strip() and not problem.note:
        return  # an empty file, or the end of one: nothing to see
    number = str(span.line)
    bar = Text.assemble(_INDENT, " " * len(number), (" | ", "dim"))
    room = terminal.width - bar.cell_len if terminal.width else WINDOW
    end = span.end_column if span.end_line == span.line else len(source.rstrip()) + 1
    head, marked, tail = _window(source, span.column - 1, end - 1, max(room, 8), terminal)
    yield Text.assemble(_INDENT, (f"{number} | ", "dim"), head, marked, tail)
    carets = "^" * max(cell_len(marked), 1)
    below = Text.assemble(bar, " " * cell_len(head), (carets, _STYLES[problem.severity]))
    note = terminal.spell(problem.note)
    if not terminal.width or below.cell_len + 1 + cell_len(note) <= terminal.width:
        yield below + Text(f" {note}" if note else "")
        return
    yield below
    left = max(min(cell_len(head), room - cell_len(note)), 0)  # as near to the caret as it fits
    yield from _wrapped(bar + Text(" " * left), Text(note), terminal)


def _window(
    source: str, start: int, end: int, room: int, terminal: Terminal
) -> tuple[str, str, str]:
    """Return the line in front of, at and behind the mark, cut where it is wider than ``room``.

    Of each part no more than ``room`` characters are looked at: a line may have millions.
    """
    dots = terminal.translate("…")
    head = source[max(start - room, 0) : start] + " " * (start - len(source))
    head = terminal.spell(head)
    marked = terminal.spell(source[start : min(end, start + room + 1)])
    tail = terminal.spell(source[max(start, end) : end + room].rstrip())
    if cell_len(head) + cell_len(marked) + cell_len(tail) <= room:
        return head, marked, tail
    most = room * 6 // 10
    if cell_len(marked) > most:
        marked, tail = set_cell_size(marked, most - len(dots)) + dots, ""
    left = room - cell_len(marked)
    before = max(room // 2, left - cell_len(tail))
    if cell_len(head) > min(before, left):
        head = dots + set_cell_size(head[::-1], min(before, left) - len(dots))[::-1]
    left -= cell_len(head)
    if cell_len(tail) > left:
        tail = set_cell_size(tail, max(left - len(dots), 0)) + dots[:left]
    return head, marked, tail
