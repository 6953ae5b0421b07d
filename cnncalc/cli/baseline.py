"""``check --baseline`` and ``--save-baseline``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path, PurePath

from cnncalc.checking.baseline import Before, Entry, baseline_text, file_key, read_baseline
from cnncalc.checking.discovery import Discovery
from cnncalc.checking.files import Unusable
from cnncalc.checking.growth import networks
from cnncalc.cli.failures import UsageError
from cnncalc.cli.writing import result_file, same_file
from cnncalc.render.check.results import Results
from cnncalc.spec.files import CannotRead


def attach(
    found: Discovery, baseline: str | None, tolerance: Fraction | None
) -> dict[str, Entry] | None:
    """Let every file know what the baseline says of it; return the baseline, if there is one.

    Raises:
        CannotRead: it cannot be opened.
        Unusable: it is none.
        UsageError: there is a tolerance, and no baseline.
    """
    if baseline is None:
        if tolerance is not None:
            raise UsageError("--tolerance goes with --baseline")
        return None
    before = read_baseline(baseline)
    for place, file in found.files.items():
        entry = before.get(file_key(file.path))
        if entry is not None:
            was = Before(amounts=entry.amounts, tolerance=tolerance or Fraction())
            found.files[place] = replace(file, before=was)
    return before


def is_baseline(path: str) -> bool:
    """Return whether a file is a baseline, which a new one may replace."""
    try:
        read_baseline(path)
    except (CannotRead, Unusable):
        return False
    return True


def save(target: str, results: Results, others: Iterable[str]) -> None:
    """Write what every network costs; ``others`` are files that are used, too, but no specs.

    Raises:
        UsageError: the file is in use, or cannot be written; or not everything could be read.
    """
    if target in ("", "-"):
        raise UsageError(f"--save-baseline {target or 'of no name'}: name a file")
    if results.unreadable:
        raise UsageError(f"--save-baseline {target}: not written, because of what cannot be read")
    files: list[str | Path] = [*others]
    for each in results.checked:
        files += (each.file, *each.files)
    files += [each.file for each in results.skipped if not is_baseline(each.file)]
    if PurePath(target).name == ".gitignore" or any(same_file(each, target) for each in files):
        raise UsageError(f"--save-baseline {target}: that is used, too: name another file")
    with result_file(target) as file:
        file.write(baseline_text(networks(results.checked)).encode())
