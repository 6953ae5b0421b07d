"""Which files a check looks at: those that are named, and those found in folders.

In folders these are left out: what is hidden (its name begins with a dot), virtual environments,
folders of packages and caches that are not one's own, linked folders, what a configuration or the
command line excludes or does not include, and what git ignores.

Files are asked about with :mod:`os.path`, which unlike :mod:`pathlib` never raises.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from cnncalc.checking.baseline import Before
from cnncalc.checking.configurations import Configurations, Configured
from cnncalc.checking.files import absolute, printed_path
from cnncalc.checking.gitignore import Rules, is_ignored, rules_above, rules_in
from cnncalc.checking.patterns import Patterns
from cnncalc.checking.settings import USUAL, Settings
from cnncalc.spec.files import CannotRead, Unparsed, fetch, reason
from cnncalc.zoo.catalogue import ENDINGS

FOREIGN = frozenset(("node_modules", "__pycache__", "venv", "env", "site-packages"))
"""Folders that hold other people's files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to look at; ``is_named`` when it was stated itself and not found in a folder."""

    path: str
    is_named: bool
    settings: Settings = USUAL
    before: Before | None = None
    """What the baseline says of it."""
    standard_input: Unparsed | None = None
    """What it held, if it is the file: it can be read only once."""

    def read(self) -> Unparsed:
        """Return what the file holds.

        Raises:
            CannotRead: it cannot be opened.
        """
        return self.standard_input or fetch(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file or folder that could not be looked at, and why."""

    file: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed(Unreadable):
    """A file that could not be checked, by a mistake of the tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """All that was found.

    ``files`` are in the order of the paths, by their absolute path; ``folders`` holds, for each
    folder that was named, which of them are below it.
    """

    files: dict[str, File] = field(default_factory=dict)
    folders: dict[str, list[str]] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def discover(
    paths: Sequence[str],
    configurations: Configurations | None = None,
    *,
    skip_non_specs: bool = False,
) -> Discovery:
    """Return every file to look at, once each: folders are searched, all else is taken as named.

    With ``skip_non_specs``, files that are named are treated as those that are found: some
    program named them, which knows nothing of specs.

    Raises:
        CannotRead: a configuration or a .gitignore file cannot be opened.
        Unusable: a configuration is none.
    """
    configurations = configurations or Configurations()
    found = Discovery()
    for path in dict.fromkeys(paths):
        is_folder = os.path.isdir(path)  # noqa: PTH112
        files = list(_below(path, configurations, found)) if is_folder else [path]
        if skip_non_specs and not is_folder and _is_excluded(path, configurations):
            found.left_out.append(path)
            continue
        places = [absolute(file) for file in files]
        for place, file in zip(places, files, strict=True):
            if not is_folder or place not in found.files:
                settings = configurations.settings(place)
                is_named = not is_folder and not skip_non_specs
                found.files[place] = File(
                    path=file,
                    is_named=is_named,
                    settings=settings,
                    standard_input=_standard_input(file),
                )
        if is_folder:
            found.folders[path] = places
    return found


def _standard_input(path: str) -> Unparsed | None:
    """Return what standard input holds; files are read when it is their turn."""
    if path == "-":
        with suppress(CannotRead):  # the check asks again, and reports it
            return fetch(path)
    return None


def _is_excluded(path: str, configurations: Configurations) -> bool:
    """Return whether a configuration leaves out a file, or a folder above it."""
    place = absolute(path)
    exclude = configurations.of(os.path.dirname(place)).exclude  # noqa: PTH120
    return exclude is not None and bool(exclude.decide(place))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filter:
    """What the user and git leave out of a folder."""

    include: Patterns | None
    exclude: Patterns | None
    rules: Rules
    respects_git: bool

    def leaves_out(self, path: str, *, is_folder: bool) -> bool:
        """Return whether a file or folder, an absolute path, is left out."""
        if self.exclude and self.exclude.decide(path, is_folder=is_folder):
            return True
        if self.include and not is_folder and not self.include.decide(path):
            return True
        return self.respects_git and is_ignored(path, self.rules, is_folder=is_folder)


def _filter(root: str, configured: Configured, rules: Rules) -> _Filter:
    """Return the filter of a folder; patterns that match the named folder itself do not count."""
    return _Filter(
        include=configured.include,
        exclude=configured.exclude and configured.exclude.without(root),
        rules=rules,
        respects_git=configured.respect_gitignore,
    )


def _below(folder: str, configurations: Configurations, found: Discovery) -> Iterator[str]:
    """Yield the files below a folder that may be specs, sorted; note what is left out."""
    root = absolute(folder)
    top = _filter(root, configurations.of(root), rules_above(root))
    waiting = [(entry, top) for entry in _entries(folder, found)]
    while waiting:
        entry, outer = waiting.pop()
        path = entry.path.removeprefix("./")
        is_folder = _is_folder(entry)
        if not is_folder and not path.lower().endswith(ENDINGS):
            continue
        place = absolute(path)
        if _is_foreign(entry, is_folder=is_folder) or outer.leaves_out(place, is_folder=is_folder):
            found.left_out.append(path)
        elif is_folder:
            rules = rules_in(place, outer.rules)
            inner = _filter(root, configurations.of(place), rules)
            waiting += [(each, inner) for each in _entries(entry.path, found)]
        else:
            yield path


def _entries(folder: str, found: Discovery) -> list[os.DirEntry[str]]:
    """Return what a folder holds, the last name first; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name, reverse=True)
    except OSError as error:
        name = printed_path(folder.removeprefix("./"))
        why = f"cannot read {name}: {reason(error)}"
        found.unreadable.append(Unreadable(file=name, why=why))
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    if entry.is_symlink():  # it may lead nowhere, or in a circle
        return os.path.isdir(entry.path)  # noqa: PTH112
    return entry.is_dir()


def _is_foreign(entry: os.DirEntry[str], *, is_folder: bool) -> bool:
    """Return whether an entry is never looked at: hidden, a linked folder, a device, or others'."""
    path = entry.path
    if entry.name.startswith("."):
        return True
    if not is_folder:  # reading a device might never end; a link to nowhere is for the reader
        return os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113
    if entry.is_symlink() or entry.name in FOREIGN:
        return True
    return os.path.isfile(f"{path}/pyvenv.cfg")  # noqa: PTH113
