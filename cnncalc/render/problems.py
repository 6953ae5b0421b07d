"""Problems as text: place, message, the line of the source, what would mend it.

specs/net.yaml:4:44: error CNN301 stride-does-not-fit: conv1: a 3×3 filter with ...
  4 |   - conv: {filters: 10, kernel: 3, stride: 3}
    |                                            ^ (7 − 3 + 2·0)/3 + 1 = 2⅓ ≈ 2.33
  help: stride 1 → 5×5, 2 → 3×3 or 4 → 2×2
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cnncalc.render.visible import width

if TYPE_CHECKING:
    from cnncalc.problems.model import Problem
    from cnncalc.problems.source import Span
    from cnncalc.render.terminal import Terminal

WINDOW = 100
"""Longer source lines are cut to about this many columns around the caret."""
_BEFORE = 50
"""Columns of a long line that stay in front of what is pointed at."""
_MARKED = 60
"""The longest row of carets in a long line."""


def problem_text(problem: Problem, terminal: Terminal, *, quiet: bool = False) -> str:
    """Return a problem, ending in a line break; ``quiet`` leaves only its first line."""
    lines = [_headline(problem, terminal)]
    if not quiet:
        lines += _frame(problem, terminal)
        lines += _help(problem.help, terminal)
        note = terminal.paint("note", "bold")
        lines += [
            f"  {note}: {_place(related.span, terminal)}: {terminal.spell(related.message)}"
            for related in problem.related
        ]
    return "\n".join(lines) + "\n"


def problems_text(problems: Iterable[Problem], terminal: Terminal, *, quiet: bool = False) -> str:
    """Return all problems, in their order, with an empty line between those with a frame."""
    texts = [problem_text(problem, terminal, quiet=quiet) for problem in problems]
    return ("" if quiet else "\n").join(texts)


def counts(problems: Iterable[Problem]) -> str:
    """Return ``1 error, 2 warnings``, or nothing when there is none."""
    from cnncalc.maths.words import plural

    levels = [problem.severity for problem in problems]
    stated = [(levels.count(level), level) for level in ("error", "warning")]
    return ", ".join(plural(count, level) for count, level in stated if count)


def _place(span: Span, terminal: Terminal) -> str:
    return f"{terminal.spell(span.source.name)}:{span.line}:{span.column}"


def _headline(problem: Problem, terminal: Terminal) -> str:
    layer = f"{terminal.spell(problem.layer)}: " if problem.layer else ""
    several = f" ({problem.instances:,} instances)" if problem.instances > 1 else ""
    return (
        f"{terminal.paint(_place(problem.span, terminal), 'bold')}: "
        f"{terminal.paint(f'{problem.severity} {problem.code}', problem.severity)} "
        f"{problem.name}: {layer}{terminal.spell(problem.message)}{several}"
    )


def _help(lines: tuple[str, ...], terminal: Terminal) -> Iterator[str]:
    label = "help:"
    for line in lines:
        shown = terminal.paint(label, "help") if label.strip() else label
        yield f"  {shown} {terminal.spell(line)}"
        label = " " * len(label)


def _frame(problem: Problem, terminal: Terminal) -> Iterator[str]:
    """Yield the line of the source, and carets below what is pointed at."""
    span = problem.span
    text = span.source.line(span.line)
    if not text.strip() and not problem.note:
        return  # an empty file, or the end of one: nothing to see
    end = span.end_column if span.end_line == span.line else len(text.rstrip()) + 1
    head, marked, tail = _cut(text, span.column - 1, max(end - 1, span.column - 1))
    head, marked, tail = terminal.spell(head), terminal.spell(marked), terminal.spell(tail)
    number = str(span.line)
    carets = "^" * max(width(marked), 1)
    note = f" {terminal.spell(problem.note)}" if problem.note else ""
    bar = terminal.paint("|", "dim")
    yield f"  {terminal.paint(number, 'dim')} {bar} {head}{marked}{tail}".rstrip()
    carets = terminal.paint(carets, problem.severity)
    yield f"  {' ' * len(number)} {bar} {' ' * width(head)}{carets}{note}"


def _cut(text: str, start: int, end: int) -> tuple[str, str, str]:
    """Return the line in front of, at and behind the mark, cut where it is long."""
    head, marked, tail = text[:start], text[start:end], text[end:].rstrip()
    head += " " * (start - len(head))  # a place behind the end of the line
    if len(text) <= WINDOW:
        return head, marked, tail
    if len(marked) > _MARKED:
        marked, tail = marked[: _MARKED - 1] + "…", ""
    before = min(_BEFORE, WINDOW - len(marked))
    if len(head) > before:
        head = "…" + head[-(before - 1) :]
    room = WINDOW - len(head) - len(marked)
    if tail and len(tail) > room:
        tail = tail[: max(room - 1, 0)] + "…"
    return head, marked, tail
