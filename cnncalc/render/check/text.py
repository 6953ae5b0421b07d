"""``check`` for people: every problem with its frame, or on one line."""

from __future__ import annotations

from cnncalc.render.check.results import Results
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import wrap


def full(results: Results, terminal: Terminal) -> str:
    """Return every problem with its line of the source, and a line that sums up."""
    if not results.problems:
        return _summary(results, terminal)
    from cnncalc.render.problems import problems_text  # it loads rich

    frames = problems_text(results.problems, terminal)
    return f"{frames}\n{_summary(results, terminal)}"


def concise(results: Results, terminal: Terminal) -> str:
    """Return every problem on one line, and a line that sums up."""
    return lines(results, terminal) + _summary(results, terminal)


def lines(results: Results, terminal: Terminal) -> str:
    """Return every problem on one line."""
    if not results.problems:
        return ""
    from cnncalc.render.problems import problems_text

    return problems_text(results.problems, terminal, quiet=True)


def _summary(results: Results, terminal: Terminal) -> str:
    """Return how many specs are fine, and where to read about the first problem."""
    if not (results.checked or results.skipped):
        return ""
    text = results.line
    if results.problems:
        from cnncalc.render.problems import advice

        text += f"; {advice(results.problems)}"
    return "".join(f"{each}\n" for each in wrap(text, terminal.width, 2))
