"""``check --baseline`` and ``--save-baseline``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path, PurePath

from cnncalc.checking.baseline import Before, Entry, baseline_text, file_key, read_baseline
from cnncalc.checking.discovery import Discovery
from cnncalc.checking.files import Unusable
from cnncalc.checking.growth import Change, changes, networks
from cnncalc.cli.failures import UsageError
from cnncalc.cli.writing import result_file, same_file
from cnncalc.render.check.results import Results
from cnncalc.spec.files import CannotRead


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What was asked for: to compare with a baseline, and to write one to ``target``."""

    baseline: str | None
    tolerance: Fraction | None
    target: str | None

    def refuse_what_cannot_be(self) -> None:
        """Refuse a tolerance without a baseline, and a new one without a name.

        Raises:
            UsageError: that was asked for.
        """
        if self.tolerance is not None and self.baseline is None:
            raise UsageError("--tolerance goes with --baseline")
        if self.target in ("", "-"):
            raise UsageError(f"--save-baseline {self.target or 'of no name'}: name a file")

    def attach(self, found: Discovery) -> Mapping[str, Entry] | None:
        """Let every file know what the baseline says of it; return the baseline, if there is one.

        Raises:
            CannotRead: it cannot be opened.
            Unusable: it is none.
        """
        if self.baseline is None:
            return None
        before = read_baseline(self.baseline)
        for place, file in found.files.items():
            entry = before.get(file_key(file.path))
            if entry is not None:
                was = Before(amounts=entry.amounts, tolerance=self.tolerance or Fraction())
                found.files[place] = replace(file, before=was)
        return before

    def changes(
        self, before: Mapping[str, Entry] | None, results: Results
    ) -> tuple[Change, ...] | None:
        """Return what differs from the baseline, if there is one."""
        return None if before is None else changes(before, networks(results.checked))

    def save(self, results: Results, others: Sequence[str]) -> None:
        """Write what every network costs, if that was asked for.

        ``others`` are files that are used, too, but no specs.

        Raises:
            UsageError: the file is in use, or cannot be written; or not everything could be read.
        """
        if self.target is None:
            return
        option = f"--save-baseline {self.target}"
        if results.unreadable:
            raise UsageError(f"{option}: not written, because of what cannot be read")
        files: list[str | Path] = [*others, *filter(None, [self.baseline])]
        for each in results.checked:
            files += (each.file, *each.files)
        files += [each.file for each in results.skipped if not _is_baseline(each.file)]
        is_used = any(same_file(each, self.target) for each in files)
        if is_used or PurePath(self.target).name == ".gitignore":
            raise UsageError(f"{option}: that is used, too: name another file")
        with result_file(self.target) as file:
            file.write(baseline_text(networks(results.checked)).encode())


def _is_baseline(path: str) -> bool:
    """Return whether a file is a baseline, which a new one may replace."""
    try:
        read_baseline(path)
    except (CannotRead, Unusable):
        return False
    return True
