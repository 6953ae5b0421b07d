"""One file, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cnncalc.checking.advice.advise import advise
from cnncalc.checking.advice.vocabulary import names_from_elsewhere
from cnncalc.checking.baseline import Before, larger
from cnncalc.checking.budget import over_budget
from cnncalc.checking.discovery import File, Unreadable
from cnncalc.checking.files import printed_path
from cnncalc.checking.ignore import apply_ignores
from cnncalc.checking.settings import USUAL, Settings
from cnncalc.inference.infer import infer
from cnncalc.problems.model import Problem, has_errors
from cnncalc.report.memory import Bytes
from cnncalc.report.report import Report
from cnncalc.report.rows import Totals
from cnncalc.spec.files import CannotRead, Unparsed
from cnncalc.spec.load import SPEC_KEYS, parse_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A spec, or a file that should be one: what its network takes, if it holds one, and problems.

    ``totals`` and ``memory`` are known where every layer is. ``report`` is ``None`` of many files,
    too: it takes longer to hand over to another process than to make.
    """

    file: str
    problems: tuple[Problem, ...]
    name: str | None = None
    totals: Totals | None = None
    memory: Bytes | None = None
    report: Report | None = None
    files: tuple[Path, ...] = ()
    """The files that were read: the spec's own and those that it extends."""

    @property
    def is_wrong(self) -> bool:
        """Whether there is an error; warnings alone are fine."""
        return has_errors(self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file in a folder that is not a spec, and why."""

    file: str
    why: str


Outcome = Checked | Skipped | Unreadable


def check(file: File) -> Outcome:
    """Check a file; what comes of it has no report.

    Found in a folder, it is passed over only when it is a mapping with no key that is a spec's,
    or nearly one. What cannot be read as a mapping is wrong: nobody can tell what it was meant
    to be.
    """
    try:
        outcome = check_text(file.read(), file.settings, file.before, is_named=file.is_named)
    except CannotRead as error:
        return Unreadable(file=printed_path(file.path), why=str(error))
    return replace(outcome, report=None) if isinstance(outcome, Checked) else outcome


def check_text(
    spec: Unparsed,
    settings: Settings = USUAL,
    before: Before | None = None,
    *,
    is_named: bool = True,
) -> Checked | Skipped:
    """Check what was read of a file."""
    name, loaded = spec.name, parse_bytes(spec.data, spec.name, spec.path)
    if not is_named and not loaded.is_spec:
        keys = ", ".join(SPEC_KEYS[:-1])
        return Skipped(file=name, why=f"it has none of the keys {keys} and {SPEC_KEYS[-1]}")
    report: Report | None = None
    problems: Sequence[Problem] = loaded.problems
    if not is_named and loaded.network is None:
        problems = _perhaps_no_spec(problems)
    if loaded.network is not None:
        report = infer(loaded.network, None, loaded.problems, rounding=settings.rounding)
        budget = over_budget(report, loaded.network, settings.budget)
        names = names_from_elsewhere(loaded.network)
        growth = larger(report, loaded.network, before)
        problems = [*report.problems, *advise(report), *names, *budget, *growth]
    if loaded.source is not None:
        problems = apply_ignores(problems, loaded.source)
    checked = Checked(file=name, problems=settings.judged(problems), files=loaded.files)
    if report is None:
        return checked
    return replace(
        checked,
        name=report.name,
        totals=report.totals if report.totals.complete else None,
        memory=report.bytes(),
        report=report,
    )


def _perhaps_no_spec(problems: Sequence[Problem]) -> Sequence[Problem]:
    """Add to the first problem how to leave out its file, if that does not look like a spec."""
    first, *others = problems
    text = first.span.source.text
    if "layers" in text or "extends" in text or first.fixes:
        return problems
    hint = (
        "if the file is no spec, leave it out with `--exclude`, or `exclude` in the configuration"
    )
    return (first.at(help=(*first.help, hint)), *others)
