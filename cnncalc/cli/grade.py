"""``grade``: sheets of answers, marked by a key."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import FAILED, UsageError
from cnncalc.cli.grade_sheets import (
    STUDENT,
    Keys,
    Sheets,
    files_of,
    no_sheets,
)
from cnncalc.cli.output import Output
from cnncalc.cli.problems import exit_code, print_problems
from cnncalc.cli.reading import Changes
from cnncalc.cli.writing import result_folder, save_text
from cnncalc.homework.course import Results, mark_course
from cnncalc.homework.names import file_name
from cnncalc.homework.roster import Roster, read_roster
from cnncalc.homework.template import TemplateName
from cnncalc.homework.template import template as empty_sheet
from cnncalc.problems.model import Problem, has_errors
from cnncalc.render.grade.formats import HOLDS_PROBLEMS, FormatName, writer
from cnncalc.render.grade.view import Feedback, View, Visibility
from cnncalc.render.terminal import Terminal
from cnncalc.spec.files import fetch

_ENDINGS: dict[FormatName, str] = {
    "table": "grades.txt",
    "json": "grades.json",
    "csv": "grades.csv",
    "markdown": "grades.md",
    "gradescope": "results.json",
}
"""What a format is called in a folder."""


def _pattern(text: str) -> re.Pattern[str]:
    """Return a regular expression with a group."""
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise typer.BadParameter(f"{text}: this is no regular expression: {error}") from None
    if not pattern.groups:
        raise typer.BadParameter(f"{text}: put what names the student in (brackets)")
    return pattern


def _share(text: str) -> Fraction:
    """Return a number from 0 to 1."""
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if not 0 <= share <= 1:
        raise typer.BadParameter(f"{text}: write a share of the points from 0 to 1, such as 0.5")
    return share


def grade(
    sheets: Annotated[list[str] | None, typer.Argument(metavar="SHEET", hidden=True)] = None,
    key: Annotated[
        str | None,
        param.option("KEY", "The assignment; {student} in it stands for each student's name."),
    ] = None,
    template: Annotated[
        TemplateName | None,
        param.option("csv|yaml", "Print the empty sheet of the key instead."),
    ] = None,
    roster: Annotated[
        str | None,
        param.option("FILE", "A table of the students, with a column `student`."),
    ] = None,
    id: Annotated[
        Any,
        param.option(
            "REGEX", "It is searched in a file's path; its group 1 is the student.", parser=_pattern
        ),
    ] = None,
    fail_below: Annotated[
        Any,
        param.option("SHARE", "Exit with 1 when a sheet scores less.", parser=_share),
    ] = None,
    input: param.Inputs = None,
    set: param.Variables = None,
    rounding: param.Rounding = None,
    feedback: Annotated[
        Feedback,
        param.output_option(
            "What is shown: full; mistakes, without right values; or marks.", metavar="HOW"
        ),
    ] = "full",
    summary: Annotated[bool, param.output_option("Show the class, too.", "--summary")] = False,
    visibility: Annotated[
        Visibility,
        param.output_option("Who sees the tests on Gradescope, and when.", metavar="WHEN"),
    ] = "visible",
    format: Annotated[
        FormatName,
        param.output_option(
            "What is printed: table, json, csv, markdown or gradescope.", metavar="FORMAT"
        ),
    ] = "table",
    save: Annotated[
        str | None,
        param.output_option(
            "Write FORMAT to a file instead, or into a folder: markdown a file for each student.",
            metavar="FILE",
        ),
    ] = None,
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Mark sheets of answers by a key.

    SHEET is a file (YAML, JSON, CSV, or a spec with answers), a folder of them, or - for
    standard input. Without --key, a spec with answers is marked by itself.

    Answers may be wrong: the exit code is 1 only for problems in a key or a sheet, or with
    --fail-below.

    Example: cnncalc grade --key assignment.yaml sheets --roster roster.csv --format csv
    """
    output = Output(color, quiet=quiet, ascii=ascii)
    changes = Changes(inputs=input, variables=set, rounding=rounding)
    if key is None and changes != Changes():
        raise UsageError("--input, --set and --rounding change a key", "name it with --key")
    if template is not None:
        return _print_template(key, changes, template, output)
    if not sheets:
        raise UsageError("there is no sheet to mark", "name files or folders of sheets")
    files, left_out = files_of(sheets, [*filter(None, (key, roster))])
    results = _results(Sheets(files, id), key, changes, roster)
    results = replace(results, problems=(*results.problems, *no_sheets(left_out)))
    if format == "gradescope" and len(results.sheets) != 1 and not has_errors(results.problems):
        raise UsageError(f"gradescope takes one sheet, not {len(results.sheets)}")
    view = View(results=results, feedback=feedback, summary=summary, visibility=visibility)
    if save is not None:
        for path, text in _files(view, format, save):
            save_text(path, text, [*files, *filter(None, (key, roster))])
    else:
        output.results.write(writer(format)(view, output.results.terminal))
    problems = results.all_problems
    holds = format in HOLDS_PROBLEMS and save is None
    code = exit_code(problems) if holds else print_problems(problems, output)
    low = [sheet for sheet in results.sheets if sheet.max and fail_below is not None]
    failed = any(sheet.score < fail_below * sheet.max for sheet in low)
    return FAILED if failed else code


def _print_template(key: str | None, changes: Changes, form: TemplateName, output: Output) -> int:
    if key is None or STUDENT in key:
        advice = "name it with --key"
        if key is not None:
            advice = "here each student has one: quiz --students … --format csv writes their sheets"
        raise UsageError("--template needs one key", advice)
    found = Keys(key, changes).called(key)
    if found.ok:
        output.results.write(empty_sheet(found, form))
    return print_problems(found.problems, output)


def _results(sheets: Sheets, key: str | None, changes: Changes, roster: str | None) -> Results:
    """Return sheets, marked; with a key that has problems none is."""
    students, problems = _roster(roster)
    keys = Keys(key or "", changes)
    if key is not None and STUDENT not in key:
        only = keys.called(key)
        if not only.ok:
            return Results(key=key, sheets=(), max=only.points, problems=problems + only.problems)
    if roster is not None and students is None:
        return Results(key=key or "", sheets=(), max=Fraction(0), problems=problems)
    marked = mark_course(sheets, keys.of if key is not None else sheets.own_key, students)
    return Results(
        key=key or (sheets.files[0] if len(sheets.files) == 1 else ""),
        sheets=tuple(marked),
        max=max((sheet.max for sheet in marked), default=Fraction(0)),
        roster=students,
        problems=problems + keys.problems + sheets.problems,
    )


def _roster(name: str | None) -> tuple[Roster | None, tuple[Problem, ...]]:
    if name is None:
        return None, ()
    file = fetch(name)
    found, problems = read_roster(file.data, file.name)
    return found, tuple(problems)


def _files(view: View, format: FormatName, target: str) -> list[tuple[str, str]]:
    """Return the files to write with their texts."""
    write, folder = writer(format), Path(target)
    if not (target.endswith("/") or folder.is_dir()):
        return [(target, write(view, Terminal()))]
    folder = result_folder(target)
    if format != "markdown":
        return [(str(folder / _ENDINGS[format]), write(view, Terminal()))]
    found = []
    for sheet in view.results.of_students:
        alone = replace(view, results=replace(view.results, sheets=(sheet,)), summary=False)
        name = f"{file_name(sheet.student)}.md"
        found.append((str(folder / name), write(alone, Terminal())))
    if view.summary:
        found.append((str(folder / _ENDINGS[format]), write(view, Terminal())))
    return found
