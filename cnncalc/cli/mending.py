"""``check --fix`` and ``--diff``: fixes written into the files, or shown."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from cnncalc.checking.discovery import File
from cnncalc.checking.files import printed_path
from cnncalc.checking.mending import Mended, mend_file
from cnncalc.cli.failures import UsageError, error_text
from cnncalc.cli.output import Output
from cnncalc.cli.writing import whole_file
from cnncalc.maths.words import plural
from cnncalc.render.text import visible
from cnncalc.spec.files import reason

_PASSES = 10
"""How often all files are looked at: a fix in one may allow one in a file that extends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """What was asked for: to write fixes, or, whether that too or not, to show them only."""

    write: bool
    diff: bool
    unsafe: bool

    def refuse_what_cannot_be(self, paths: Sequence[str]) -> None:
        """Refuse options without those that they go with, and to write standard input.

        Raises:
            UsageError: that was asked for.
        """
        if self.unsafe and not (self.write or self.diff):
            raise UsageError("--unsafe-fixes goes with --fix or --diff")
        if self.write and not self.diff and "-" in paths:
            raise UsageError("--fix: standard input is no file", "--diff prints what would change")

    def make(self, files: Sequence[File], output: Output) -> bool:
        """Write the fixes, if that was asked for; return whether all could be written."""
        if not self.write or self.diff:
            return True
        return _write_fixes(files, output, unsafe=self.unsafe)


def _write_fixes(files: Sequence[File], output: Output, *, unsafe: bool) -> bool:
    """Make every fix in its file, and say how many; return whether all could be written."""
    fixed: dict[str, int] = {}
    failed: set[str] = set()
    for _ in range(_PASSES):
        changed = False
        for file, mended in _mended(files, unsafe=unsafe):
            if file.path in failed:
                continue
            try:
                _write(file.path, mended.data)
            except OSError as error:
                failed.add(file.path)
                why = f"cannot write {printed_path(file.path)}: {reason(error)}"
                output.messages.write(error_text(why))
                continue
            fixed[file.path] = fixed.get(file.path, 0) + mended.fixed
            changed = True
        if not changed:
            break
    if fixed and not output.quiet:
        count = f"{plural(sum(fixed.values()), 'problem')} in {plural(len(fixed), 'file')}"
        output.messages.write(f"fixed {count}\n")
    return not failed


def print_diff(files: Iterable[File], output: Output, *, unsafe: bool) -> bool:
    """Print what fixes would change; return whether that is anything."""
    changed = False
    for file, mended in _mended(files, unsafe=unsafe):
        changed = True
        lines = _diff(visible(printed_path(file.path)), mended)
        if output.results.is_terminal:
            lines = (f"{visible(line.rstrip())}\n" for line in lines)
        output.results.write("".join(lines))
    return changed


def _mended(files: Iterable[File], *, unsafe: bool) -> Iterator[tuple[File, Mended]]:
    """Yield the files that fixes change."""
    for file in files:
        mended = mend_file(file, unsafe=unsafe)
        if mended is not None and mended.data != mended.was:
            yield file, mended


def _write(path: str, data: bytes) -> None:
    """Write a file that is there, whole or not at all."""
    if not os.access(path, os.W_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))
    with whole_file(path, replace=True) as file:
        file.write(data)


def _diff(name: str, mended: Mended) -> Iterator[str]:
    """Return the lines of a unified diff."""
    return unified_diff(_lines(mended.was), _lines(mended.data), name, name)


def _lines(data: bytes) -> list[str]:
    """Return the lines of a text as diffs write them."""
    *lines, last = data.decode("utf-8").split("\n")
    whole = [f"{line}\n" for line in lines]
    return [*whole, f"{last}\n\\ No newline at end of file\n"] if last else whole
