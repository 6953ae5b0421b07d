"""``quiz``: assignments with random layers, a different one for each student."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.cli.problems import print_problems
from cnncalc.cli.writing import result_folder, save_text
from cnncalc.homework.names import file_name
from cnncalc.homework.quiz.questions import LEVELS, Topic
from cnncalc.homework.quiz.quiz import MOST_QUESTIONS, Quiz, TooFew, quiz_spec
from cnncalc.homework.roster import read_roster
from cnncalc.maths.words import plural
from cnncalc.render.quiz.formats import FORMATS, FormatName, writer
from cnncalc.render.quiz.handout import Handout
from cnncalc.render.terminal import Terminal
from cnncalc.spec.files import fetch

_ABOUT_TOPIC = "What is asked: conv, pool, params, receptive-field, transposed or network."


def _student(text: str) -> str:
    """Return the name of a student, which is not empty."""
    if not text.strip():
        raise typer.BadParameter("write the name that is on the student's sheet")
    return text.strip()


def quiz(
    topic: Annotated[Topic, param.option("TOPIC", _ABOUT_TOPIC)] = "conv",
    level: Annotated[
        Any,
        param.option(
            f"{LEVELS[0]}..{LEVELS[-1]}", "How hard it is.", parser=param.whole(1, LEVELS[-1])
        ),
    ] = 1,
    count: Annotated[
        Any,
        param.option("N", "How many questions.", parser=param.whole(1, MOST_QUESTIONS)),
    ] = 5,
    seed: Annotated[
        Any, param.option("S", "Another number gives another quiz.", parser=param.whole(0))
    ] = 0,
    student: Annotated[
        Any, param.option("ID", "Whose quiz it is: each has their own.", parser=_student)
    ] = None,
    students: Annotated[
        str | None,
        param.option("FILE", "A table with a column `student`: a quiz for each, with --save."),
    ] = None,
    answers: Annotated[
        bool, param.output_option("Show right answers and their derivations.", "--answers")
    ] = False,
    format: Annotated[
        FormatName,
        param.output_option(
            "What is printed: markdown, yaml, json, csv or gift.", metavar="FORMAT"
        ),
    ] = "markdown",
    save: Annotated[
        str | None,
        param.output_option("Write to a file instead, or into a folder.", metavar="FILE"),
    ] = None,
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Make a quiz of random layers, with its key.

    The same topic, level, count, seed and student give the same quiz everywhere. markdown are the
    questions, yaml and json the key for `cnncalc grade`, csv an empty sheet, gift
    what Moodle imports.

    Levels: 1 stride 1 without padding; 2 padding and strides; 3 a missing setting, dense
    layers; 4 groups, dilation, axes that differ, 1-D, windows that do not fit; 5 floor, ceil, same,
    branches, depthwise layers.

    Example: cnncalc quiz --topic conv --level 2 --count 5 --seed 1
    """
    output = Output(color, quiet=quiet, ascii=ascii)
    if answers and format != "markdown":
        raise UsageError("--answers goes with --format markdown", "yaml and json hold all answers")
    one = Quiz(topic=topic, level=level, count=count, seed=seed, student=student)
    if students is not None:
        return _save_all(one, students, save, format, answers=answers, output=output)
    if save is None:
        output.results.write(_written(one, format, output.results.terminal, answers=answers))
        return 0
    target = Path(save) / f"quiz{FORMATS[format][1]}" if Path(save).is_dir() else Path(save)
    save_text(str(target), _written(one, format, Terminal(), answers=answers))
    return 0


def _written(one: Quiz, format: FormatName, terminal: Terminal, *, answers: bool) -> str:
    """Return a quiz in a format.

    Raises:
        UsageError: there are not so many different questions.
    """
    try:
        spec = quiz_spec(one)
    except TooFew as error:
        there = plural(error.count, "different question")
        text = f"--count {one.count}: of {one.topic}, level {one.level}, there are {there}"
        raise UsageError(text, f"write --count {error.count}, or another topic or level") from None
    return writer(format)(Handout(spec=spec, answers=answers), terminal)


def _save_all(
    one: Quiz,
    students: str,
    save: str | None,
    format: FormatName,
    *,
    answers: bool,
    output: Output,
) -> int:
    """Write the quiz of each student on a roster into a folder; return the exit code."""
    if one.student is not None:
        raise UsageError("--student and --students do not go together", "keep one of them")
    if save is None:
        raise UsageError("--students needs --save FOLDER", "a file is written for each student")
    file = fetch(students)
    roster, problems = read_roster(file.data, file.name)
    for student in roster.rows if roster else ():
        own = replace(one, student=student)
        target = result_folder(save) / f"{file_name(student)}{FORMATS[format][1]}"
        save_text(str(target), _written(own, format, Terminal(), answers=answers), [students])
    return print_problems(tuple(problems), output)
