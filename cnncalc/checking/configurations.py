"""Which configuration holds where: the nearest one upwards from each file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from cnncalc.checking.configuration import OWN_FILE, Configuration, read_configuration
from cnncalc.checking.files import absolute
from cnncalc.checking.patterns import Patterns
from cnncalc.checking.settings import USUAL, Settings

_NAMES = (OWN_FILE, "pyproject.toml")
"""What configurations are called; of two in a folder the first is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the command line says; it goes over every configuration.

    ``config`` is a file that is taken instead of the nearest ones, ``None`` searches for those;
    empty patterns are not stated.
    """

    config: str | None = None
    search: bool = True
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    settings: Settings = USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """A configuration, ready to be asked about paths; ``None`` is no patterns."""

    settings: Settings
    include: Patterns | None
    exclude: Patterns | None
    respect_gitignore: bool
    per_path: tuple[tuple[Patterns, Settings], ...]


class Configurations:
    """Finds the configuration of a folder; each file is read once.

    Raises:
        CannotRead: a file cannot be opened.
        Unusable: it is no configuration.
    """

    def __init__(self, stated: Stated | None = None) -> None:
        self.stated = stated or Stated()
        self.files: list[str] = []
        """What was read."""
        self._by_folder: dict[str, Configured] = {}
        self._everywhere: Configured | None = None
        if self.stated.config is not None:
            self._everywhere = self._read(absolute(self.stated.config), is_stated=True)
        elif not self.stated.search:
            self._everywhere = self._configured("", Configuration())

    def of(self, folder: str) -> Configured:
        """Return what holds in a folder, which is stated absolutely."""
        if self._everywhere is not None:
            return self._everywhere
        passed = []
        while folder not in self._by_folder:
            passed.append(folder)
            found = self._in(folder)
            above = os.path.dirname(folder)  # noqa: PTH120
            if found is None and above == folder:
                found = self._configured("", Configuration())
            if found is not None:
                self._by_folder[folder] = found
            else:
                folder = above
        found = self._by_folder[folder]
        self._by_folder.update(dict.fromkeys(passed, found))
        return found

    def settings(self, path: str) -> Settings:
        """Return how a file is checked, which is stated absolutely, or is standard input."""
        path = absolute("stdin") if path == "-" else path
        found = self.of(os.path.dirname(path))  # noqa: PTH120
        local = [each for patterns, each in found.per_path if patterns.decide(path)]
        return Settings.layered([found.settings, *local, self.stated.settings])

    def _in(self, folder: str) -> Configured | None:
        """Return the configuration in a folder itself."""
        for name in _NAMES:
            path = os.path.join(folder, name)  # noqa: PTH118
            found = self._read(path, is_stated=False) if os.path.isfile(path) else None  # noqa: PTH113
            if found is not None:
                return found
        return None

    def _read(self, file: str, *, is_stated: bool) -> Configured | None:
        """Return the configuration in a file, if there is one."""
        self.files.append(file)
        found = read_configuration(file, is_stated=is_stated)
        return None if found is None else self._configured(os.path.dirname(file), found)  # noqa: PTH120

    def _configured(self, folder: str, found: Configuration) -> Configured:
        """Return a configuration with what the command line says instead."""
        stated, here = self.stated, absolute("")
        return Configured(
            settings=found,
            include=_patterns(stated.include, here) or _patterns(found.include, folder),
            exclude=_patterns(stated.exclude, here) or _patterns(found.exclude, folder),
            respect_gitignore=found.respect_gitignore,
            per_path=tuple((Patterns.of([each.path], folder), each) for each in found.per_path),
        )


def _patterns(lines: Sequence[str], folder: str) -> Patterns | None:
    return Patterns.of(lines, folder) if lines else None
