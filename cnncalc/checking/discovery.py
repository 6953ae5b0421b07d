"""Which files a check looks at: those that are named, and those found in folders.

In folders these are left out: what is hidden (its name begins with a dot), virtual environments,
folders of packages and caches that are not one's own, linked folders, and what the user excludes.

Files are asked about with :mod:`os.path`, which unlike :mod:`pathlib` never raises.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

ENDINGS = (".yaml", ".yml", ".json")
FOREIGN = frozenset(("node_modules", "__pycache__", "venv", "env", "site-packages"))
"""Folders that hold other people's files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to look at; ``is_named`` when it was stated itself and not found in a folder."""

    path: str
    is_named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file or folder that could not be looked at, and why."""

    file: str
    why: str


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


def shown(path: str) -> str:
    """Return a path as it is printed."""
    return "<stdin>" if path == "-" else path.replace(os.sep, "/")


def discover(paths: Sequence[str], exclude: Sequence[str] = ()) -> Discovery:
    """Return every file to look at, once each: folders are searched, all else is taken as named.

    ``exclude`` are patterns of names or of the last parts of paths, such as ``templates`` or
    ``charts/*.yaml``.
    """
    found = Discovery()
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112
            below = {_absolute(file): file for file in _below(path, exclude, found)}
            found.folders[path] = list(below)
            for place, file in below.items():
                found.files.setdefault(place, File(path=file, is_named=False))
        else:
            found.files[_absolute(path)] = File(path=path, is_named=True)
    return found


def _absolute(path: str) -> str:
    """Return what two names of one file have in common."""
    try:
        return path if path == "-" else os.path.abspath(path)  # noqa: PTH100
    except OSError:  # the current folder was deleted
        return path


def _below(folder: str, exclude: Sequence[str], found: Discovery) -> Iterator[str]:
    """Yield the files below a folder that may be specs, sorted; note what is not searched."""
    waiting = _entries(folder, found)
    while waiting:
        entry = waiting.pop()
        path = entry.path.removeprefix("./")
        if _is_folder(entry):
            if _is_foreign(entry) or _is_excluded(path, exclude):
                found.left_out.append(path)
            else:
                waiting += _entries(entry.path, found)
        elif path.lower().endswith(ENDINGS):
            if _is_device(entry) or _is_excluded(path, exclude):
                found.left_out.append(path)
            else:
                yield path


def _entries(folder: str, found: Discovery) -> list[os.DirEntry[str]]:
    """Return what a folder holds, the last name first; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name, reverse=True)
    except OSError as error:
        name = shown(folder.removeprefix("./"))
        why = f"cannot read {name}: {error.strerror or error}"
        found.unreadable.append(Unreadable(file=name, why=why))
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    if entry.is_symlink():  # it may lead nowhere, or in a circle
        return os.path.isdir(entry.path)  # noqa: PTH112
    return entry.is_dir()


def _is_foreign(entry: os.DirEntry[str]) -> bool:
    """Tell whether a folder is a link, or holds other people's files."""
    if entry.is_symlink() or entry.name in FOREIGN:
        return True
    return os.path.isfile(f"{entry.path}/pyvenv.cfg")  # noqa: PTH113


def _is_device(entry: os.DirEntry[str]) -> bool:
    """Tell whether reading might never end; a link that leads nowhere is for the reader."""
    path = entry.path
    return os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113


def _is_excluded(path: str, exclude: Sequence[str]) -> bool:
    pure = PurePath(path)
    return pure.name.startswith(".") or any(pure.match(pattern) for pattern in exclude)
