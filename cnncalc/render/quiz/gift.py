"""A quiz in Moodle's GIFT: a question for each cell, with recognised mistakes as feedback.

Source: Moodle's documentation, "GIFT format" (https://docs.moodle.org/en/GIFT_format). Of several
answers that match, Moodle takes the first: the right one comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from cnncalc.homework.answers import MISFIT
from cnncalc.homework.key import Asked
from cnncalc.homework.mistakes.explainer import Explainer
from cnncalc.homework.values import Value, shown, typed
from cnncalc.render.quiz.handout import Exercise, Handout, asks
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import visible

_MEANS_SOMETHING: Final = re.compile(r"[\\~=#{}:]")
_MISFITS: Final = (MISFIT, "doesn't fit", "no fit")
_ADVICE: Final = {
    3: "Write width x height x depth; or, where the windows do not fit: does not fit.",
    2: "Write length x depth; or, where the windows do not fit: does not fit.",
}
"""How a volume of so many sizes is written."""


def gift(handout: Handout, terminal: Terminal) -> str:
    """Return the questions with a blank line between them, and none inside.

    Questions of several students may be imported into one bank: the student is in their names.
    """
    return "\n".join(_questions(handout))


def _questions(handout: Handout) -> Iterator[str]:
    explainer = Explainer(handout.key)
    quiz = ", ".join(filter(None, (handout.spec["name"], handout.spec["quiz"]["student"])))
    for exercise in handout.questions:
        layers = _layers(exercise)
        for cell in exercise.asked:
            text = f"{layers} Asked of {cell.layer}: {asks(cell)}. {_advice(cell)}".rstrip()
            title = visible(f"{quiz}, {cell.name}")
            derivation = "; ".join(exercise.derivation(cell, handout.sections))
            mistakes = [(value, 0, found.says) for value, found in explainer.mistakes(cell)]
            answers = [(cell.right, 100, derivation), *mistakes]
            yield _question(title, text, cell, answers)


def _question(title: str, text: str, cell: Asked, answers: Iterable[tuple[Value, int, str]]) -> str:
    """Return a question with its answers: each a value, what it is worth, and its feedback."""
    is_number = len(_spellings(cell, cell.right)) == 1 and cell.cell != "output"
    lines = [f"::{_escaped(title)}::{_escaped(text)} {{{'#' if is_number else ''}"]
    for value, percent, feedback in answers:
        lines += _answers(cell, value, percent, feedback, is_number=is_number)
    return "".join(f"{line}\n" for line in [*lines, "}"])


def _layers(exercise: Exercise) -> str:
    """Return the input and every layer in one paragraph."""
    layers = [
        f"{row.name}: {exercise.words(row)}{exercise.sources(row)}. {exercise.given(row)}".rstrip()
        for row in exercise.rows
    ]
    return " ".join([f"On {exercise.input}.", *layers])


def _advice(cell: Asked) -> str:
    """Return how an answer of several sizes is written."""
    if cell.cell == "output" and cell.shape is not None:
        return _ADVICE.get(cell.shape.rank + 1, "")
    is_uneven = cell.cell == "receptive_field" and len(_spellings(cell, cell.right)) > 1
    return "Write width x height." if is_uneven else ""


def _answers(
    cell: Asked, value: Value, percent: int, feedback: str, *, is_number: bool
) -> Iterator[str]:
    """Yield the lines of an answer, one for each spelling; a number has one, or is none."""
    spellings = _spellings(cell, value)
    if is_number and len(spellings) > 1:
        return
    for spelling in spellings:
        answer = f"{spelling}:0" if is_number else _escaped(spelling)
        yield f"=%{percent}%{answer}#{_escaped(feedback)}"


def _spellings(cell: Asked, value: Value) -> list[str]:
    """Return the ways to write a value that Moodle compares with an answer; a number has one."""
    if value == MISFIT:
        return list(_MISFITS)
    if isinstance(value, tuple):  # parts of a window to two digits, as in 2.33
        value = tuple(round(Fraction(size), 2) for size in value)
    plain = typed(cell.cell, value)
    if "x" not in plain:
        return [plain]
    return [plain, plain.replace("x", " x "), shown(cell.cell, value)]


def _escaped(text: str) -> str:
    return _MEANS_SOMETHING.sub(r"\\\g<0>", text)
