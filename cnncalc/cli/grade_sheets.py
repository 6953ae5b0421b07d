"""Sheets and keys as the command line names them: files, folders, and a key for each student."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from cnncalc.checking.files import absolute
from cnncalc.cli.failures import UsageError
from cnncalc.cli.reading import Changes, infer_spec
from cnncalc.cli.writing import same_file
from cnncalc.homework.given import Sheet
from cnncalc.homework.key import Key, no_key, read_key
from cnncalc.homework.names import file_name
from cnncalc.homework.own_key import read_own_key
from cnncalc.homework.sheet import TABLES, read_sheets, unopened
from cnncalc.maths.words import plural
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source
from cnncalc.spec.files import CannotRead, Unparsed, fetch
from cnncalc.spec.load import load
from cnncalc.zoo.catalogue import ENDINGS

MOST_SHEETS: Final = 20_000
"""Sheets that one call marks."""
_MOST_NAMED: Final = 20
"""Files that are no sheets, by name."""
STUDENT: Final = "{student}"
"""What stands for the student in the name of a key."""


def files_of(paths: Sequence[str], others: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the files of sheets: those that are named, and those in folders but for ``others``.

    A file that is named twice, or is in a folder that is named too, is one. The second list are
    the files in the folders that are no sheets.

    Raises:
        UsageError: there is none, or too many, or standard input is to be read twice.
        CannotRead: one that is named is not there.
    """
    found: dict[str, str] = {}
    left_out: list[str] = []
    for path in paths:
        if path != "-" and not Path(path).exists():
            raise CannotRead(f"there is no file or folder called {path}")
        names = [path]
        if path != "-" and Path(path).is_dir():
            files = _in_folder(Path(path), others)
            names = [name for name in files if name.lower().endswith(_ALL)]
            left_out += [name for name in files if not name.lower().endswith(_ALL)]
        if not names:
            raise UsageError(f"there are no sheets in {path}", _ENDS)
        found |= {absolute(name): name for name in names}
        if len(found) > MOST_SHEETS:
            raise UsageError(f"there are more than {MOST_SHEETS:,} sheets")
    if [*found, *others].count("-") > 1:
        raise UsageError("standard input can be read once", "name a file of the others")
    return list(found.values()), [name for name in left_out if absolute(name) not in found]


_ALL: Final = (*ENDINGS, *TABLES)
_ENDS: Final = f"sheets end in {', '.join(_ALL)}: save tables as CSV"


def no_sheets(files: Sequence[str]) -> tuple[Problem, ...]:
    """Return the warning that names files of folders that are no sheets."""
    if not files:
        return ()
    names = ", ".join(Path(name).name for name in files[:_MOST_NAMED])
    more = ", …" if len(files) > _MOST_NAMED else ""
    count = plural(len(files), "file")
    text = f"{count} {'is no sheet' if len(files) == 1 else 'are no sheets'}: {names}{more}"
    span = Source(files[0], "").point(1, 1)
    return (Problem(code="CNN601", message=text, span=span, help=(_ENDS,)),)


def _in_folder(folder: Path, others: Sequence[str]) -> list[str]:
    """Return the files in a folder and those below it but for ``others``, and what is hidden."""
    names: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = str(Path(place) / name)
            if not name.startswith(".") and not any(same_file(path, other) for other in others):
                names.append(path)
    return names


class Sheets:
    """The sheets in files, each file read when its turn comes; ``at`` is the one being read.

    ``problems`` are those of files read so far that hold no sheet.
    """

    def __init__(self, files: Sequence[str], id: re.Pattern[str] | None) -> None:
        self.files = files
        self.id = id
        self.at = Unparsed(data=b"", name="", path=None)
        self.problems: tuple[Problem, ...] = ()

    def __iter__(self) -> Iterator[Sheet]:
        """Yield the sheets.

        Raises:
            UsageError: there are too many.
        """
        count = 0
        for name in self.files:
            for sheet in self._read(name):
                count += 1
                if count > MOST_SHEETS:
                    raise UsageError(f"there are more than {MOST_SHEETS:,} sheets")
                yield sheet

    def _read(self, name: str) -> list[Sheet]:
        """Return the sheets of a file; of one that cannot be opened one that is not marked."""
        try:
            self.at = fetch(name)
        except CannotRead as error:
            self.at = Unparsed(data=b"", name=name, path=None)
            return [unopened(name, str(error), self.id)]
        found = read_sheets(self.at.data, self.at.name, self.id)
        if not found:
            text, start = "the table has no rows below its header", Source(name, "").point(1, 1)
            self.problems += (Problem(code="CNN601", message=text, span=start),)
        return found

    def own_key(self, sheet: Sheet) -> Key:
        """Return the key that a sheet is for itself, a spec with answers, when it is read."""
        key, problems = read_own_key(self.at.data, sheet.file)
        return key or no_key(Source(sheet.file, ""), problems)


class Keys:
    """The keys of sheets: one file, or with ``{student}`` in its name one for each student."""

    def __init__(self, name: str, changes: Changes) -> None:
        self.name = name
        self.changes = changes
        self.read: dict[str, Key] = {}

    def called(self, name: str) -> Key:
        """Return the key of a file or a zoo network, which is read once.

        Raises:
            CannotRead: there is no such file or name.
            UsageError: the network has nothing to change by such a name, or not to such a value.
        """
        if name not in self.read:
            loaded = load(name)
            self.read[name] = read_key(loaded, infer_spec(loaded, self.changes))
        return self.read[name]

    def of(self, sheet: Sheet) -> Key:
        """Return the key of a sheet; where its student has none, one that has this problem."""
        name = self.name.replace(STUDENT, file_name(sheet.student))
        try:
            return self.called(name)
        except CannotRead as error:
            source = Source(name, "")
            problem = Problem(code="CNN604", message=str(error), span=source.point(1, 1))
            return self.read.setdefault(name, no_key(source, (problem,)))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of all keys that were read."""
        return tuple(problem for key in self.read.values() for problem in key.problems)
