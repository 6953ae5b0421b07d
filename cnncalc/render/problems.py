"""Problems as text: place, message, the line of the source, what would mend it.

specs/net.yaml:4:44: error CNN301 stride-does-not-fit: conv1: a 3×3 filter with ...
  4 |   - conv: {filters: 10, kernel: 3, stride: 3}
    |                                            ^ (7 − 3 + 2·0)/3 + 1 = 2⅓ ≈ 2.33
  help: stride 1 → 5×5, 2 → 3×3 or 4 → 2×2
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from cnncalc.render.visible import visible, width

if TYPE_CHECKING:
    from cnncalc.problems.model import Problem
    from cnncalc.problems.source import Span
    from cnncalc.render.plain import Translate

WINDOW = 100
"""Longer source lines are cut to about this many columns around the caret."""
_BEFORE = 50
"""Columns of a long line that stay in front of what is pointed at."""
_MARKED = 60
"""The longest row of carets in a long line."""
_STYLES = {"error": "1;31", "warning": "1;33", "bold": "1", "dim": "2", "help": "36"}

Style = Callable[[str, str], str]


def _same(text: str) -> str:
    return text


def style(color: bool) -> Style:
    """Return what colours text by a style's name, or leaves it alone."""
    if not color:
        return lambda text, name: text
    return lambda text, name: f"\x1b[{_STYLES[name]}m{text}\x1b[0m" if text else ""


def problem_text(
    problem: Problem,
    *,
    color: bool = False,
    quiet: bool = False,
    translate: Translate = _same,
) -> str:
    """Return a problem, ending in a line break; ``quiet`` leaves only its first line."""
    paint = style(color)

    def fit(text: str) -> str:
        return translate(visible(text))

    lines = [_headline(problem, fit, paint)]
    if not quiet:
        lines += _frame(problem, fit, paint)
        lines += _help(problem.help, fit, paint)
        lines += [
            f"  {paint('note', 'bold')}: {_place(related.span, fit)}: {fit(related.message)}"
            for related in problem.related
        ]
    return "\n".join(lines) + "\n"


def problems_text(
    problems: Iterable[Problem],
    *,
    color: bool = False,
    quiet: bool = False,
    translate: Translate = _same,
) -> str:
    """Return all problems, in their order, with an empty line between those with a frame."""
    texts = [
        problem_text(problem, color=color, quiet=quiet, translate=translate) for problem in problems
    ]
    return ("" if quiet else "\n").join(texts)


def counts(problems: Iterable[Problem]) -> str:
    """Return ``1 error, 2 warnings``, or nothing when there is none."""
    from cnncalc.maths.words import plural

    levels = [problem.severity for problem in problems]
    stated = [(levels.count(level), level) for level in ("error", "warning")]
    return ", ".join(plural(count, level) for count, level in stated if count)


def _place(span: Span, fit: Translate) -> str:
    return f"{fit(span.source.name)}:{span.line}:{span.column}"


def _headline(problem: Problem, fit: Translate, paint: Style) -> str:
    layer = f"{fit(problem.layer)}: " if problem.layer else ""
    several = f" ({problem.instances:,} instances)" if problem.instances > 1 else ""
    return (
        f"{paint(_place(problem.span, fit), 'bold')}: "
        f"{paint(f'{problem.severity} {problem.code}', problem.severity)} "
        f"{problem.name}: {layer}{fit(problem.message)}{several}"
    )


def _help(lines: tuple[str, ...], fit: Translate, paint: Style) -> Iterator[str]:
    label = "help:"
    for line in lines:
        yield f"  {paint(label, 'help') if label.strip() else label} {fit(line)}"
        label = " " * len(label)


def _frame(problem: Problem, fit: Translate, paint: Style) -> Iterator[str]:
    """Yield the line of the source, and carets below what is pointed at."""
    span = problem.span
    text = span.source.line(span.line)
    if not text.strip() and not problem.note:
        return  # an empty file, or the end of one: nothing to see
    end = span.end_column if span.end_line == span.line else len(text.rstrip()) + 1
    head, marked, tail = _cut(text, span.column - 1, max(end - 1, span.column - 1))
    head, marked, tail = fit(head), fit(marked), fit(tail)
    number = str(span.line)
    carets = "^" * max(width(marked), 1)
    note = f" {fit(problem.note)}" if problem.note else ""
    bar = paint("|", "dim")
    yield f"  {paint(number, 'dim')} {bar} {head}{marked}{tail}".rstrip()
    yield (
        f"  {' ' * len(number)} {bar} {' ' * width(head)}{paint(carets, problem.severity)}{note}"
    )


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
