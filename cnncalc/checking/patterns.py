"""Patterns of paths, in the syntax of ``.gitignore``."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cnncalc.checking.files import printed_path

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Patterns that are relative to a folder.

    Outside of it only those match that are meant for any depth, such as ``*.draft.yaml``.
    """

    folder: str
    spec: GitIgnoreSpec

    @staticmethod
    def of(lines: Iterable[str], folder: str) -> Patterns:
        """Return the patterns in some lines; what is no pattern matches nothing, as in git."""
        from pathspec import GitIgnoreSpec

        found = filter(None, map(_compiled, lines))
        return Patterns(folder=printed_path(folder).rstrip("/") + "/", spec=GitIgnoreSpec(found))

    def decide(self, path: str, *, is_folder: bool = False) -> bool | None:
        """Return whether an absolute path matches; ``None`` where no pattern is about it.

        The last pattern that fits decides, to ``False`` where it begins with ``!``.
        """
        return self.spec.check_file(self._relative(path, is_folder=is_folder)).include

    def without(self, folder: str) -> Patterns:
        """Return all patterns but those that match a folder itself, which somebody asked for."""
        place = self._relative(folder, is_folder=True)
        left = [each for each in self.spec.patterns if each.match_file(place) is None]
        return replace(self, spec=type(self.spec)(left))

    def _relative(self, path: str, *, is_folder: bool) -> str:
        text = printed_path(path) + "/" * is_folder
        return text.removeprefix(self.folder).lstrip("/")


def check_pattern(text: str) -> str:
    """Return a pattern.

    Raises:
        ValueError: it can match nothing.
    """
    if text.startswith("../"):
        raise ValueError(f"{text} is outside of the folder that patterns are relative to")
    if _compiled(text) is None:
        raise ValueError(f"{text}: write a name or a pattern, such as drafts/ or *.json")
    return text


def _compiled(line: str) -> GitIgnoreSpecPattern | None:
    """Return what a line means; nothing for comments, and for what is no pattern."""
    from pathspec import GitIgnoreSpec  # only where there are patterns at all

    try:
        with warnings.catch_warnings(action="error", category=FutureWarning):
            [found] = GitIgnoreSpec.from_lines([line]).patterns
    except (ValueError, re.error, FutureWarning):  # not all of its errors are one kind
        return None
    return None if found.include is None else found
