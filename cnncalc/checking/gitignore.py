"""What git ignores: the ``.gitignore`` files of a repository."""

from __future__ import annotations

import os
from pathlib import Path

from cnncalc.checking.files import near
from cnncalc.checking.patterns import Patterns
from cnncalc.spec.files import read_bytes

Rules = tuple[Patterns, ...]
"""The patterns that hold in a folder, those of outer folders first."""


def rules_above(folder: str) -> Rules:
    """Return the patterns that hold in a folder: its own and, up to the repository's root, others.

    Outside of a repository only its own count. Patterns that match the folder itself do not.

    Raises:
        CannotRead: such a file cannot be opened.
    """
    above, place = [folder], folder
    while not _is_root(place):
        outer = os.path.dirname(place)  # noqa: PTH120
        if outer == place:
            above = [folder]
            break
        above.append(outer)
        place = outer
    found: Rules = ()
    for each in reversed(above):
        found = rules_in(each, found)
    return tuple(each.without(folder) for each in found)


def rules_in(folder: str, above: Rules) -> Rules:
    """Return the patterns that hold in a folder, ``above`` which these hold.

    Raises:
        CannotRead: its file cannot be opened.
    """
    path = os.path.join(folder, ".gitignore")  # noqa: PTH118
    outer = () if _is_root(folder) else above
    if not os.path.isfile(path):  # noqa: PTH113
        return outer
    lines = read_bytes(Path(path), near(path)).decode("utf-8", "replace").splitlines()
    return (*outer, Patterns.of(lines, folder))


def is_ignored(path: str, rules: Rules, *, is_folder: bool) -> bool:
    """Return whether an absolute path is ignored; the innermost file that is about it decides."""
    for each in reversed(rules):
        verdict = each.decide(path, is_folder=is_folder)
        if verdict is not None:
            return verdict
    return False


def _is_root(folder: str) -> bool:
    """Return whether a folder is the root of a repository; a worktree's ``.git`` is a file."""
    return os.path.exists(os.path.join(folder, ".git"))  # noqa: PTH110, PTH118
