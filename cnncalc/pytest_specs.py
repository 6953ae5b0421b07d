"""Specs as tests of pytest: which files, and what fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cnncalc.checking.check import Checked, check
from cnncalc.checking.configurations import Configurations
from cnncalc.checking.discovery import Discovery, File, discover
from cnncalc.checking.files import Unusable, absolute
from cnncalc.problems.model import Problem
from cnncalc.render.problems import problems_text
from cnncalc.render.terminal import Terminal
from cnncalc.spec.files import CannotRead
from cnncalc.spec.load import load
from cnncalc.zoo.catalogue import ENDINGS


class Wrong(Exception):
    """A spec with errors, or one that cannot be read; the message shows them."""


class Specs:
    """Collects the files that ``cnncalc check`` would look at, below what pytest was given."""

    def __init__(self) -> None:
        self.found = Discovery()

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Look for the files.

        Raises:
            UsageError: a configuration cannot be read, or is none.
        """
        paths = [argument.partition("::")[0] for argument in session.config.args]
        try:
            self.found = discover(paths, Configurations())
        except CannotRead as error:
            raise pytest.UsageError(str(error)) from None
        except Unusable as error:
            raise pytest.UsageError(_shown(error.problems)) from None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Any:
        """Return the collector of a file that is a spec, or should be one."""
        if file_path.suffix.lower() not in ENDINGS:
            return None
        file = self.found.files.get(absolute(str(file_path)))
        if file is None or not (file.is_named or _is_spec(file)):
            return None
        here = Path.cwd()
        if file_path.is_relative_to(here):  # so that problems are short to read, and to click on
            file = replace(file, path=str(file_path.relative_to(here)))
        return SpecFile.from_parent(parent, path=file_path, file=file)


def _is_spec(file: File) -> bool:
    """Return whether a file in a folder is a spec; what cannot be read is wrong, not foreign."""
    try:
        return load(file.path).is_spec
    except CannotRead:
        return True


class SpecFile(pytest.File):
    """A file with one test in it."""

    def __init__(self, *, file: File, **more: Any) -> None:
        super().__init__(**more)
        self.file = file

    def collect(self) -> Iterator[SpecItem]:
        """Yield the test of the file."""
        yield SpecItem.from_parent(self, name="spec", file=self.file)


class SpecItem(pytest.Item):
    """The test that a spec has no errors; advice is a section of the report."""

    def __init__(self, *, file: File, **more: Any) -> None:
        super().__init__(**more)
        self.file = file

    def runtest(self) -> None:
        """Check the file.

        Raises:
            Wrong: it has errors, or cannot be read.
        """
        outcome = check(self.file)
        if not isinstance(outcome, Checked):
            raise Wrong(outcome.why)
        errors = [problem for problem in outcome.problems if problem.severity == "error"]
        advice = [problem for problem in outcome.problems if problem.severity != "error"]
        if advice:
            self.add_report_section("call", "cnncalc", _shown(advice))
        if errors:
            raise Wrong(_shown(errors))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Return the problems without a traceback; only a mistake of the tool has one."""
        if isinstance(excinfo.value, Wrong):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the test is, and what it is called."""
        return self.path, None, self.nodeid


def _shown(problems: Sequence[Problem]) -> str:
    return problems_text(problems, Terminal()).rstrip("\n")
