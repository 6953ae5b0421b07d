"""What ``check`` shows of its results: on standard output, in a file, as a summary of a step."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnncalc.checking.discovery import Discovery
from cnncalc.cli.ci import append_summary, on_github
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.cli.writing import result_file, same_file
from cnncalc.render.check.formats import (
    FOR_PEOPLE,
    STATISTICS,
    FormatName,
    Writer,
    statistics_writer,
    writer,
)
from cnncalc.render.check.results import Results
from cnncalc.render.check.text import lines
from cnncalc.render.terminal import Terminal
from cnncalc.spec.load import SPEC_KEYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for: ``file`` gets the format, and what is printed is then the usual."""

    format: FormatName | None
    file: str | None
    statistics: bool

    def refuse_what_cannot_be(self, *, is_diff: bool) -> None:
        """Refuse a format that has no statistics, and one where what is printed is a diff.

        Raises:
            UsageError: that was asked for.
        """
        if self.statistics and self.format is not None and self.format not in STATISTICS:
            listed = ", ".join(STATISTICS)
            raise UsageError(f"--statistics: {self.format} has none", f"choose from {listed}")
        if is_diff and self.file is None and (self.statistics or self.format is not None):
            option = "--statistics" if self.format is None else f"--format {self.format}"
            raise UsageError(f"--diff prints a diff: {option} needs an --output-file there")

    def leave_out(self, found: Discovery) -> None:
        """Leave the file out of what is checked, if an earlier run wrote it in a folder that is."""
        if self.file is None:
            return
        for place, file in found.files.items():
            if not file.is_named and same_file(place, self.file) and _is_report(place):
                del found.files[place]
                found.left_out.append(file.path)
                for below in found.folders.values():
                    below[:] = [each for each in below if each != place]
                return

    def write_file(self, results: Results) -> None:
        """Write the file as UTF-8, whole, if there is to be one.

        Raises:
            UsageError: the file was read, or cannot be written.
        """
        if self.file is None:
            return
        for each in results.checked:
            read: list[str | Path] = [each.file, *each.files]
            if any(same_file(file, self.file) for file in read):
                option = f"--output-file {self.file}"
                raise UsageError(f"{option}: that is read, too: name another file")
        text = self._writer(self.format or "full")(results, Terminal())
        with result_file(self.file) as target:
            target.write(text.encode("utf-8", "backslashreplace"))

    def show(self, results: Results, output: Output) -> None:
        """Print the results; on GitHub, where no other format is asked for, in two places."""
        stated = self.format if self.file is None else None
        usual: FormatName = "github" if on_github() and not self.statistics else "full"
        chosen = stated or usual
        is_brief = output.quiet and chosen in FOR_PEOPLE and not self.statistics
        write = lines if is_brief else self._writer(chosen)
        output.results.write(write(results, output.results.terminal))
        if stated is None and on_github():
            append_summary(results, output.messages)

    def _writer(self, format: FormatName) -> Writer:
        return statistics_writer(format) if self.statistics else writer(format)


def _is_report(path: str) -> bool:
    """Return whether a file may be a report: JSON that cannot be meant as a spec."""
    with suppress(OSError, ValueError, RecursionError):
        data = json.loads(Path(path).read_bytes())
        return not isinstance(data, dict) or data.keys().isdisjoint(SPEC_KEYS)
    return False
