"""What a forward pass gave, compared with what inference predicted: plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from cnncalc.maths.volume import Volume
from cnncalc.maths.words import number
from cnncalc.problems.collector import Collector, Stop
from cnncalc.problems.model import Problem, has_errors
from cnncalc.report.report import Case, Report
from cnncalc.report.rows import Nested, Row
from cnncalc.report.worked import Worked

TOLERANCE = 1e-6
"""How far a case may be off in float64: absolutely, or relative to a number above 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is not as predicted: its code, a word or two for tables, and a message."""

    code: str
    words: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerResult:
    """One layer: ``row`` is what was predicted; what it really did is ``None`` if it was not run.

    ``error`` is why it could not run.
    """

    row: Row
    actual: Volume | None = None
    params: int | None = None
    non_trainable: int | None = None
    seconds: float | None = None
    finite: bool | None = None
    error: str = ""

    @property
    def ran(self) -> bool:
        """Whether the layer was tried."""
        return self.seconds is not None

    @property
    def words(self) -> str:
        """What is wrong, in a word or two; empty when all is as predicted."""
        if not self.ran:
            return "not run"
        return ", ".join(difference.words for difference in self.differences)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of what is wrong with the layer."""
        return tuple(difference.code for difference in self.differences)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What is not as predicted; nothing where the layer was not tried."""
        row = self.row
        if not self.ran:
            return ()
        if self.error:
            text = f"cannot run: {self.error}"
            return (Difference(code="CNN503", words="cannot run", message=text),)
        found = []
        if self.actual != row.output:
            text = f"the output is {self.actual}, not {row.output} as predicted"
            found.append(Difference(code="CNN501", words="shape differs", message=text))
        if (self.params, self.non_trainable) != (row.params, row.non_trainable):
            text = (
                f"{self.params:,} trainable and {self.non_trainable:,} other numbers were "
                f"allocated, not {row.params:,} and {row.non_trainable:,}"
            )
            found.append(Difference(code="CNN502", words="params differ", message=text))
        if not self.finite:
            text = "some numbers of the output are infinite or not a number"
            found.append(Difference(code="CNN504", words="not finite", message=text))
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case, computed; ``actual`` is ``None`` where a layer could not run."""

    number: int
    case: Case
    actual: dict[str, Nested] | None

    def off(self) -> list[str]:
        """Return the names of the outputs that differ."""
        if self.actual is None:
            return list(self.case.outputs)
        return [
            name
            for name, expected in self.case.outputs.items()
            if not close(expected, self.actual[name])
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """Bytes at the peak of a pass: estimated beforehand, and measured.

    Measured is what the process took above what it held before; ``None`` where the system does
    not say.
    """

    planned: int
    measured: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Verification:
    """A network that was run, or why it was not (``layers`` is empty then)."""

    report: Report
    layers: tuple[LayerResult, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    peak: Peak | None = None
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()
    arrays: Mapping[str, Any] = field(default_factory=dict)
    """Outputs and layers that were asked for, by name: (N, D, *spatial)."""
    inputs: str = ""
    """Whose inputs they were made from."""
    weights: str = ""
    """How much of the weights a file states, where one was given."""
    worked: Worked | None = None
    """The number that was to be worked out."""

    @property
    def ok(self) -> bool:
        """Whether all is as predicted."""
        return bool(self.layers) and not has_errors(self.problems)

    @property
    def verdict(self) -> str:
        """``verified``, ``failed``, or ``not-run``."""
        return "verified" if self.ok else "failed" if self.layers else "not-run"


def close(expected: Nested, actual: Nested) -> bool:
    """Return whether nested numbers are equal within ``TOLERANCE``."""
    if isinstance(expected, list):
        same = isinstance(actual, list) and len(expected) == len(actual)
        return same and all(map(close, expected, actual))
    stated = float(expected)
    return bool(abs(float(actual) - stated) <= TOLERANCE * max(1.0, abs(stated)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FromFiles:
    """What files gave: the weights that one states, and what in them is not finite."""

    weights: frozenset[str] = frozenset()
    not_finite: tuple[str, ...] = ()

    @property
    def why_not_finite(self) -> str:
        """Why numbers of a layer may not be finite, and what helps."""
        if self.not_finite:
            return f"not all numbers are finite in {', '.join(self.not_finite)}"
        return "--dtype float64 reaches further; look at weights and inputs"

    def made_up(self, report: Report) -> list[str]:
        """Return the full names of weights that neither the spec nor a file states."""
        return [
            f"{row.name}.{weight.name}"
            for row in report.rows
            if not row.shared_from
            for weight in row.weights
            if weight.name not in (row.values or ())
            and f"{row.name}.{weight.name}" not in self.weights
        ]


def problems_of(
    report: Report,
    layers: Iterable[LayerResult],
    cases: Iterable[CaseResult],
    files: FromFiles = FromFiles(),
) -> tuple[Problem, ...]:
    """Return the report's own problems and everything that differs, by place."""
    collector = Collector(report.problems)
    with suppress(Stop):  # its problem is reported
        _collect(collector, report, layers, cases, files)
    return collector.sorted()


def _collect(
    collector: Collector,
    report: Report,
    layers: Iterable[LayerResult],
    cases: Iterable[CaseResult],
    files: FromFiles,
) -> None:
    uses = {use.name: use for use in report.uses}
    not_finite: set[str] = set()  # what reads them is not to blame
    for found in layers:
        row = found.row
        use = uses[row.blocks[-1]] if row.blocks else None
        take = collector.at(row.name, (use.name, use.span) if use else None)
        is_to_blame = not_finite.isdisjoint(row.sources)
        if found.finite is False:
            not_finite.add(row.name)
        for each in found.differences:
            if each.code != "CNN504":
                take(Problem(code=each.code, message=each.message, span=row.span, help=(_BUG,)))
            elif is_to_blame:
                why = (files.why_not_finite,)
                take(Problem(code=each.code, message=each.message, span=row.span, help=why))
    made_up = files.made_up(report)
    for case in cases:
        for problem in _case_problems(case, made_up):
            collector.add(problem)


_BUG = "either the rule or the array code is wrong: please report it with the spec"
_LISTED = 4
"""How many names a message lists."""


def _case_problems(result: CaseResult, made_up: list[str]) -> Iterator[Problem]:
    if result.actual is None:
        return  # the layer that could not run is reported
    node = result.case.node.children["output"]
    for name in result.off():
        place = node.children.get(name, node)
        expected, actual = result.case.outputs[name], result.actual[name]
        text = f"case {result.number}: the output is {spec_text(actual)}, not {spec_text(expected)}"
        inputs = ", ".join(spec_text(numbers) for numbers in result.case.inputs.values())
        hints = [f"the input is {inputs}"]
        if made_up:
            more = ", …" if len(made_up) > _LISTED else ""
            hints.append(f"nobody states {', '.join(made_up[:_LISTED])}{more}: generated")
        yield Problem(code="CNN505", message=text, span=place.span, help=tuple(hints))


def spec_text(value: Nested, limit: int = 60) -> str:
    """Return nested numbers as a spec writes them, shortened to ``limit`` characters."""
    text = _written(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _written(value: Nested) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return f"{value:.9g}" if isinstance(value, float) else number(value)
