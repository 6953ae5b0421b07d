"""A quiz as Markdown: to be printed or put on a page, with or without its answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cnncalc.render.formats import escape
from cnncalc.render.quiz.handout import Exercise, Handout, asks, right
from cnncalc.render.terminal import Terminal
from cnncalc.report.rows import Row

_READING: Final = (
    "Volumes are width×height×depth, in 1-D length×depth; windows are width×height. Where windows "
    "do not fit, the answer is: does not fit."
)


def markdown(handout: Handout, terminal: Terminal) -> str:
    """Return the questions, each with its cells to fill in, or with their right values."""
    spec = handout.spec
    parts = [f"# Quiz: {spec['name']}"]
    if spec["quiz"]["student"] is not None:
        parts.append(f"Student: {escape(spec['quiz']['student'])}")
    parts.append(_READING)
    for exercise in handout.questions:
        parts += _question(exercise, handout)
    return "\n\n".join(parts) + "\n"


def _question(exercise: Exercise, handout: Handout) -> Iterator[str]:
    """Yield paragraphs: the layer, or a list of layers; then what is asked."""
    number = f"**{exercise.number}.**"
    if len(exercise.rows) == 1:
        (row,) = exercise.rows
        text = f"{exercise.words(row)}, on {exercise.input}. {exercise.given(row)}"
        yield f"{number} {text[0].upper()}{text[1:]}".rstrip()
    else:
        yield f"{number} On {exercise.input}:"
        yield "\n".join(_layer(exercise, row) for row in exercise.rows)
    yield "\n".join(_cells(exercise, handout))


def _layer(exercise: Exercise, row: Row) -> str:
    words = f"{exercise.words(row)}{exercise.sources(row)}. {exercise.given(row)}"
    return f"- `{row.name}`: {words}".rstrip()


def _cells(exercise: Exercise, handout: Handout) -> Iterator[str]:
    for cell in exercise.asked:
        answer = f"**{right(cell)}**" if handout.answers else "______"
        yield f"- `{cell.name}`, {asks(cell)}: {answer}"
        if handout.answers:
            yield from (f"  - {line}" for line in exercise.derivation(cell, handout.sections))
