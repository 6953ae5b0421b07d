"""``check`` as workflow commands, which GitHub shows as annotations of a pull request.

The runner reads a line ``::error file=a.yaml,line=4::message``, and undoes ``%25``, ``%0D`` and
``%0A`` in all of it, ``%3A`` and ``%2C`` in its properties. It also takes ``##[error]`` anywhere in
a line for a command.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cnncalc.checking.discovery import Unreadable
from cnncalc.maths.words import plural
from cnncalc.problems.codes import Severity
from cnncalc.problems.model import Problem
from cnncalc.render.check.results import Results, details
from cnncalc.render.terminal import Terminal

_SHOWN = 10
"""How many annotations of each kind GitHub shows for one step."""
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Annotation:
    """A message, its title, and the place that it belongs to."""

    title: str
    lines: list[str]
    place: dict[str, str | int] = field(default_factory=dict)

    @property
    def brief(self) -> str:
        """The annotation on one line."""
        places = (str(self.place[key]) for key in ("file", "line", "col") if key in self.place)
        return f"{':'.join(places)}: {self.title}: {self.lines[0]}"


def github(results: Results, terminal: Terminal) -> str:
    """Return a command for each problem, errors first, and a line that sums up.

    Of more than ten errors, or warnings, the tenth annotation holds all that come after nine.
    """
    problems = results.problems
    errors = [_of_problem(each, results) for each in problems if each.severity == "error"]
    errors += [_of_file(each, results) for each in results.unreadable]
    warnings = [_of_problem(each, results) for each in problems if each.severity == "warning"]
    lines = [*_commands("error", errors, terminal), *_commands("warning", warnings, terminal)]
    lines.append(terminal.spell(results.line).replace("##[", "## ["))  # names are in it
    return "".join(f"{line}\n" for line in lines)


def _of_problem(problem: Problem, results: Results) -> _Annotation:
    span = problem.span
    place: dict[str, str | int] = {
        "file": results.path(span.source.name),
        "line": span.line,
        "endLine": span.end_line,
    }
    if span.line == span.end_line:  # GitHub takes columns within one line only
        place |= {"col": span.column, "endColumn": span.end_column}
    return _Annotation(
        title=f"{problem.code} {problem.name}",
        lines=[problem.headline, *details(problem)],
        place=place,
    )


def _of_file(unreadable: Unreadable, results: Results) -> _Annotation:
    place: dict[str, str | int] = {"file": results.path(unreadable.file)}
    return _Annotation(title="unreadable", lines=[unreadable.why], place=place)


def _commands(kind: Severity, annotations: list[_Annotation], terminal: Terminal) -> Iterator[str]:
    """Yield the commands of one kind, no more than GitHub shows."""
    if len(annotations) > _SHOWN:
        rest = annotations[_SHOWN - 1 :]
        more = _Annotation(
            title=plural(len(rest), f"more {kind}"), lines=[each.brief for each in rest]
        )
        annotations = [*annotations[: _SHOWN - 1], more]
    for each in annotations:
        stated = {**each.place, "title": each.title}
        properties = ",".join(
            f"{name}={terminal.spell(str(value)).translate(_PROPERTY)}"
            for name, value in stated.items()
        )
        message = "\n".join(map(terminal.spell, each.lines)).translate(_DATA)
        yield f"::{kind} {properties}::{message}"
