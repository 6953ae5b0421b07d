"""``--output-file``: results in a file, written whole, never over what was read."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from cnncalc.checking.discovery import Discovery
from cnncalc.cli.failures import UsageError
from cnncalc.cli.writing import result_file, same_file
from cnncalc.render.check.formats import Writer
from cnncalc.render.check.results import Results
from cnncalc.render.terminal import Terminal
from cnncalc.spec.load import SPEC_KEYS


def leave_out(report: str, found: Discovery) -> None:
    """Leave the report of an earlier run out of what is checked, if it lies in a folder that is."""
    for place, file in found.files.items():
        if not file.is_named and same_file(place, report) and _is_report(place):
            del found.files[place]
            found.left_out.append(file.path)
            for below in found.folders.values():
                below[:] = [each for each in below if each != place]
            return


def write_report(path: str, results: Results, write: Writer) -> None:
    """Write results in a format, as UTF-8.

    Raises:
        UsageError: the file was read, or cannot be written.
    """
    for each in results.checked:
        read: list[str | Path] = [each.file, *each.files]
        if any(same_file(file, path) for file in read):
            raise UsageError(f"--output-file {path}: that is read, too: name another file")
    text = write(results, Terminal())
    with result_file(path) as file:
        file.write(text.encode("utf-8", "backslashreplace"))


def _is_report(path: str) -> bool:
    """Return whether a file may be a report: JSON that cannot be meant as a spec."""
    with suppress(OSError, ValueError, RecursionError):
        data = json.loads(Path(path).read_bytes())
        return not isinstance(data, dict) or data.keys().isdisjoint(SPEC_KEYS)
    return False
