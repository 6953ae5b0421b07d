"""A course: many sheets marked in one call, in the order of the roster, and where none is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from cnncalc.homework.given import Sheet
from cnncalc.homework.key import Key, can_be_asked
from cnncalc.homework.mark import Marked, mark_sheet, unmarked
from cnncalc.homework.mistakes.explainer import Explainer
from cnncalc.homework.roster import Roster
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source
from cnncalc.problems.suggestions import did_you_mean

KeyOf = Callable[[Sheet], Key]
"""From a sheet to the key that it is marked by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The sheets of a course, marked: ``key`` is what the key is called.

    ``problems`` are those of the keys, the roster and the folders, not those of the sheets.
    """

    key: str
    sheets: tuple[Marked, ...]
    max: Fraction
    roster: Roster | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def of_students(self) -> tuple[Marked, ...]:
        """One sheet for each student: all but second ones."""
        return tuple(sheet for sheet in self.sheets if sheet.status != "twice")

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """The problems of the keys, the roster, the folders and all sheets."""
        return (*self.problems, *(each for sheet in self.sheets for each in sheet.problems))


def mark_course(sheets: Iterable[Sheet], key_of: KeyOf, roster: Roster | None) -> list[Marked]:
    """Return sheets marked, one for each student: those of the roster first, in its order."""
    marked: dict[str, Marked] = {}
    again: list[Marked] = []
    explainers: dict[Key, Explainer] = {}
    for sheet in sheets:
        key = key_of(sheet)
        if roster is not None and sheet.student not in roster.rows:
            text = f"{sheet.student} is not on the roster"
            near = did_you_mean(sheet.student, roster.rows)
            sheet.problems.append(_at_start(sheet, "CNN605", text, *near))
        if sheet.student in marked:
            first = marked[sheet.student].file
            text = f"this is a second sheet of {sheet.student}: {first} is marked"
            sheet.problems.append(_at_start(sheet, "CNN606", text))
            again.append(unmarked(key, sheet, "twice"))
            continue
        if not key.ok and not sheet.unreadable:
            _refuse(sheet, key)
        explainer = explainers.setdefault(key, Explainer(key))
        marked[sheet.student] = mark_sheet(key, sheet, explainer)
    return [*_ordered(marked, roster), *again]


def _ordered(marked: dict[str, Marked], roster: Roster | None) -> Iterator[Marked]:
    """Yield sheets in the order of the roster, with those that are missing; others last."""
    if roster is None:
        yield from marked.values()
        return
    most = max((sheet.max for sheet in marked.values()), default=Fraction(0))
    for student in roster.rows:
        missing = Marked(
            student=student, file="", status="missing", cells=(), max=most, problems=()
        )
        yield marked.pop(student, missing)
    yield from marked.values()


def _refuse(sheet: Sheet, key: Key) -> None:
    """Note why a sheet is not marked by a key that has problems, or of its own key what is not."""
    if key.file != sheet.file:  # its problems are not the student's
        sheet.fail(_at_start(sheet, "CNN604", f"its key {key.file} has problems"))
    elif can_be_asked(key.report):
        sheet.problems += key.problems
        unknown = {each.span.start for each in key.problems}
        kept = {
            name: each for name, each in sheet.answers.items() if each.span.start not in unknown
        }
        sheet.answers = kept
    else:
        sheet.fail(*key.problems)


def _at_start(sheet: Sheet, code: str, message: str, *advice: str) -> Problem:
    """Return a problem of a whole sheet, at the beginning of its file."""
    start = Source(sheet.file, "").point(1, 1)
    return Problem(code=code, message=message, span=start, help=advice)
