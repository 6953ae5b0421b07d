"""Fixes made in the text of a spec, as far as they leave it better than it was.

The edits that problems carry are made in the text itself: comments, layout, line breaks and a
byte order mark stay as they are. A fix that would add an error is left out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cnncalc.checking.check import Checked, Skipped, check_text
from cnncalc.checking.discovery import File
from cnncalc.checking.edited import edited, place, place_before
from cnncalc.problems.model import Edit, Fix, Problem
from cnncalc.spec.files import CannotRead

_ROUNDS: Final = 100
"""How often what fixes have brought to light is fixed in its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A file after its fixes: its bytes, what is left to say of it, and how many there were.

    ``was`` are its bytes before.
    """

    was: bytes
    data: bytes
    checked: Checked
    fixed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """A problem, and the edits of the fix that is tried."""

    problem: Problem
    edits: tuple[Edit, ...]
    is_safe: bool


def mend_file(file: File, *, unsafe: bool) -> Mended | None:
    """Return a file with its fixes made, which are not written; ``None`` where it is no spec.

    Networks of the zoo are left as they are. What cannot be read is for the check to report.
    """
    is_there = file.path == "-" or os.path.exists(file.path)  # noqa: PTH110  (may be too long)
    try:
        spec = file.read() if is_there else None
    except CannotRead:
        return None
    if spec is None:
        return None
    settings = file.settings
    if unsafe:  # names from elsewhere are written as they are called here
        settings = settings.model_copy(update={"select": [*settings.select, "CNN918"]})
    if isinstance(check_text(spec, settings, is_named=file.is_named), Skipped):
        return None

    def check(data: bytes) -> Checked:
        found = check_text(replace(spec, data=data), settings)
        assert isinstance(found, Checked)
        return found

    return mend(spec.data, check, unsafe=unsafe)


def mend(data: bytes, check: Callable[[bytes], Checked], *, unsafe: bool) -> Mended:
    """Make every fix that is safe, with ``unsafe`` any, until none is left that helps.

    A problem has the first of its fixes made, or none. ``check`` checks the bytes of the file:
    what comes of a fix is checked before it is kept.
    """
    now = Mended(was=data, data=data, checked=check(data))
    for _ in range(_ROUNDS):
        attempts = _attempts(now.checked, unsafe=unsafe)
        tried = _Round(now, check, unsafe=unsafe)
        tried.keep(attempts)
        if not tried.kept:
            break
        now = tried.best
    return now


def fixable(checked: Checked) -> int:
    """Return how many problems have a fix that is safe and in the file itself, if it is one."""
    return len(_attempts(checked, unsafe=False)) if checked.files else 0


def _attempts(checked: Checked, *, unsafe: bool) -> list[_Attempt]:
    """Return the fixes to try; of those that overlap the first."""
    found: list[_Attempt] = []
    taken: list[Edit] = []
    for problem in checked.problems:
        fix = problem.fixes[0] if problem.fixes else Fix()
        elsewhere = any(edit.span.source.name != checked.file for edit in fix.edits)
        overlaps = any(_overlap(edit, other) for edit in fix.edits for other in taken)
        if fix.edits and (fix.safe or unsafe) and not elsewhere and not overlaps:
            found.append(_Attempt(problem=problem, edits=fix.edits, is_safe=fix.safe))
            taken += fix.edits
    return found


def _overlap(one: Edit, other: Edit) -> bool:
    """Return whether two edits change the same text, or begin at one place."""
    first, second = sorted((one.span, other.span), key=lambda span: (span.start, span.end))
    return second.start < first.end or second.start == first.start


class _Round:
    """Fixes of one text, tried all at once, and by halves where that makes it worse."""

    def __init__(self, before: Mended, check: Callable[[bytes], Checked], *, unsafe: bool) -> None:
        self.before = before
        self.best = before
        self.check = check
        self.unsafe = unsafe
        self.kept: list[_Attempt] = []

    def keep(self, attempts: list[_Attempt]) -> None:
        """Keep those of the fixes that help, together with those that are kept already."""
        if not attempts:
            return
        every = [*self.kept, *attempts]
        data = edited(self.before.data, [edit for each in every for edit in each.edits])
        after = self.check(data)
        if _helps(every, self.before.checked, after, unsafe=self.unsafe):
            self.kept = every
            fixed = self.before.fixed + len(every)
            self.best = replace(self.before, data=data, checked=after, fixed=fixed)
        elif len(attempts) > 1:
            middle = len(attempts) // 2
            self.keep(attempts[:middle])
            self.keep(attempts[middle:])


def _helps(attempts: Sequence[_Attempt], before: Checked, after: Checked, *, unsafe: bool) -> bool:
    """Return whether the problems are gone, and no other has come.

    An error of a layer that could not be computed before has not come of the fix: it has come to
    light. But an expectation that fails after an unsafe fix refutes it.
    """
    edits = [edit for each in attempts for edit in each.edits]
    was = {(problem.code, place(problem.span)) for problem in before.problems}
    now = {(problem.code, place_before(problem.span, edits)): problem for problem in after.problems}
    if any((each.problem.code, place(each.problem.span)) in now for each in attempts):
        return False
    came = {key: each for key, each in now.items() if key not in was and each.severity == "error"}
    if any((code, place(edit.span)) in came for edit in edits for code in _KEY_CLASHES):
        return False
    new = list(came.values())
    if not all(each.is_safe for each in attempts) and any(map(_is_expectation, new)):
        return False
    if before.report is None or after.report is None:
        return after.report is not None or (before.report is None and not new)
    known = {place(row.span) for row in before.report.rows if row.output is not None}
    layers = {row.name: place_before(row.span, edits) for row in after.report.rows}
    layers |= {use.name: place_before(use.span, edits) for use in after.report.uses}
    if before.report.totals.complete:
        known.add(_NETWORK)
    return not any(layers.get(each.layer or "", _NETWORK) in known for each in new)


_KEY_CLASHES: Final = ("CNN105", "CNN109", "CNN111")
"""What is wrong where the right key is there already, or is none here."""
_NETWORK: Final = ("", 0)
"""The place of what is no layer's."""


def _is_expectation(problem: Problem) -> bool:
    return problem.code.startswith("CNN4")
