"""Finding specs in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ENDINGS = (".yaml", ".yml", ".json")
_FOREIGN = frozenset(("node_modules", "__pycache__", "venv", "env", "site-packages"))
"""Folders that hold other people's files."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file to check; ``named`` when it was given itself and not found in a folder.

    ``trouble`` tells why a folder could not be searched.
    """

    path: str
    named: bool
    trouble: str = ""

    @property
    def shown(self) -> str:
        """The path as it is printed."""
        return "<stdin>" if self.path == "-" else self.path.replace(os.sep, "/")


def find(paths: Iterable[str]) -> list[Found]:
    """Return every file to check, each once: folders are searched, all else is taken as given."""
    found: dict[str, Found] = {}
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112  (unlike Path.is_dir never raises)
            for file in below(path):
                found.setdefault(os.path.abspath(file.path), file)  # noqa: PTH100
        else:
            place = path if path == "-" else os.path.abspath(path)  # noqa: PTH100
            found[place] = Found(path, named=True)
    return list(found.values())


def below(folder: str) -> Iterator[Found]:
    """Yield the files below a folder that may be specs, sorted.

    Hidden files and folders, environments and caches are skipped, links to folders not followed.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Found(folder, named=True, trouble=error.strerror or str(error))
        return
    for entry in entries:
        path = entry.name if folder in (".", "./") else f"{folder.rstrip('/')}/{entry.name}"
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if not _is_foreign(entry):
                yield from below(path)
        elif entry.name.lower().endswith(ENDINGS) and _is_file(entry):
            yield Found(path, named=False)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Tell whether to read an entry: a link that leads nowhere too, as that is a mistake."""
    return entry.is_file() or (entry.is_symlink() and not Path(entry.path).exists())


def _is_foreign(entry: os.DirEntry[str]) -> bool:
    return entry.name in _FOREIGN or Path(entry.path, "pyvenv.cfg").is_file()
