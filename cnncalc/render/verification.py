"""The document of ``verify``: what was predicted, and what really came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cnncalc.maths.volume import Volume
from cnncalc.maths.words import in_bytes, plural, typed
from cnncalc.problems.model import Problem
from cnncalc.render.activations import activation_lines
from cnncalc.render.document import EMPTY, Document
from cnncalc.render.folding import lines
from cnncalc.render.grid import Cell, Column, Grid, Value
from cnncalc.render.json import problem_data, version_data
from cnncalc.render.verification_json import file_data
from cnncalc.render.view import Line, View
from cnncalc.report.report import Report
from cnncalc.report.verification import TOLERANCE, CaseResult, LayerResult, Verification, spec_text

_CASES = 32
"""The most cases that are printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What came of one spec: no report where nothing could be read, no result where not run.

    ``show`` names layers whose numbers are printed.
    """

    file: str
    report: Report | None
    result: Verification | None
    problems: tuple[Problem, ...]
    show: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The network's name, as far as it is known."""
        return self.file if self.report is None else self.report.name


@dataclass(frozen=True, slots=True, kw_only=True)
class RanLine:
    """A line of the table, and what its layers did."""

    network: str
    line: Line
    layers: tuple[LayerResult, ...]

    @property
    def name(self) -> str:
        """The name, and how many layers a folded line sums."""
        count = len(self.line.rows)
        return self.line.name if count < 2 else f"{self.line.name} ({plural(count, 'layer')})"

    @property
    def actual(self) -> Volume | None:
        """What left the last layer."""
        return self.layers[-1].actual if self.layers else None

    @property
    def wrong(self) -> str:
        """What is wrong with the first layer that is not as predicted."""
        return next((layer.words for layer in self.layers if layer.words), "")

    @property
    def seconds(self) -> float:
        """The time of all layers."""
        return sum(layer.seconds or 0 for layer in self.layers)


def _volume(volume: Volume | None) -> Cell:
    return (("?" if volume is None else str(volume), ""),)


def _shape(volume: Volume | None) -> str | None:
    return None if volume is None else typed(str(volume))


def _counts(pairs: list[tuple[int | None, int | None]]) -> Cell:
    """Return ``64 + 64``: trainable, and what is not where there is any."""
    if any(None in pair for pair in pairs):
        return (("?", ""),)
    trainable, others = (sum(number or 0 for number in side) for side in zip(*pairs, strict=True))
    return ((f"{trainable:,} + {others:,}" if others else f"{trainable:,}", ""),)


def _sum(of: Callable[[LayerResult], int | None]) -> Callable[[RanLine], Value]:
    def value(ran: RanLine) -> Value:
        counts = [of(layer) for layer in ran.layers]
        return None if None in counts else sum(count or 0 for count in counts)

    return value


_ALL: tuple[Column[RanLine], ...] = (
    Column(name="network", heading="Network", value=lambda ran: ran.network),
    Column(
        name="layer",
        heading="Layer",
        value=lambda ran: ran.line.name,
        cell=lambda ran: ((ran.name, ""),),
        readable=16,
        shortest=10,
        cut_start=True,  # of a name the end says more
    ),
    Column(name="kind", heading="Kind", value=lambda ran: ran.line.kind),
    Column(
        name="output",
        heading="Predicted\noutput",
        value=lambda ran: _shape(ran.line.output),
        cell=lambda ran: _volume(ran.line.output),
    ),
    Column(
        name="actual_output",
        heading="Actual\noutput",
        value=lambda ran: _shape(ran.actual),
        cell=lambda ran: _volume(ran.actual),
    ),
    Column(
        name="params",
        heading="Predicted\nparameters",
        value=_sum(lambda layer: layer.row.params),
        cell=lambda ran: _counts([(one.row.params, one.row.non_trainable) for one in ran.layers]),
        right=True,
    ),
    Column(
        name="actual_params",
        heading="Actual\nparameters",
        value=_sum(lambda layer: layer.params),
        cell=lambda ran: _counts([(one.params, one.non_trainable) for one in ran.layers]),
        right=True,
    ),
    Column(
        name="non_trainable",
        heading="Predicted\nnon-trainable",
        value=_sum(lambda layer: layer.row.non_trainable),
        right=True,
    ),
    Column(
        name="actual_non_trainable",
        heading="Actual\nnon-trainable",
        value=_sum(lambda layer: layer.non_trainable),
        right=True,
    ),
    Column(
        name="time",
        heading="Time",
        value=lambda ran: round(ran.seconds, 6),
        cell=lambda ran: ((f"{ran.seconds * 1000:,.1f} ms", ""),),
        right=True,
    ),
    Column(name="wrong", heading="Wrong", value=lambda ran: ran.wrong),
)
_SHOWN = ("layer", "output", "actual_output", "params", "actual_params", "time")
_DROPPED = ("time", "actual_params", "actual_output")
"""Which columns go first in a narrow terminal: what differs is marked, and a problem says how."""


def verification(
    runs: Sequence[Verified],
    *,
    depth: int | None = None,
    quiet: bool = False,
    width: int = 0,
) -> Document:
    """Return what ``verify`` prints about specs: of one of them, or of all at once.

    ``depth`` levels of layers are shown to people (``None``: all); ``quiet`` leaves them the
    verdicts, and rows of numbers are no longer than ``width`` columns (0: no limit).
    """
    names = _SHOWN if len(runs) == 1 else ("network", *_SHOWN)
    items = [] if quiet else [item for run in runs for item in _items(run, depth)]
    shown = Grid(
        columns=tuple(column for column in _ALL if column.name in names),
        items=items,
        dropped=_DROPPED,
        wrong=lambda ran: ran.wrong,
    )
    return Document(
        title=runs[0].name if items and len(runs) == 1 else "",
        lines=shown if items else EMPTY,
        records=Grid(columns=_ALL, items=[item for run in runs for item in _items(run, None)]),
        details=tuple(line for run in runs for line in _details(run, quiet=quiet, width=width))[
            :-1
        ],
        data=lambda: _data(runs),
    )


def _items(run: Verified, depth: int | None) -> Iterator[RanLine]:
    if run.result is None or not run.result.layers:
        return
    found = {layer.row.name: layer for layer in run.result.layers}
    for line in lines(View(report=run.result.report), depth):
        layers = tuple(found[row.name] for row in line.rows)
        yield RanLine(network=run.name, line=line, layers=layers)


def _data(runs: Sequence[Verified]) -> dict[str, Any]:
    return version_data() | {
        "files": [file_data(run.file, run.report, run.result) for run in runs],
        "problems": [problem_data(problem) for run in runs for problem in run.problems],
    }


def _details(run: Verified, *, quiet: bool, width: int) -> Iterator[Cell]:
    """Yield cases, numbers of layers and the verdict, an empty line after each of them."""
    if run.result is None:
        if run.report is not None and run.report.ok:
            yield ((f"nothing to run: every layer of {run.file} is left out", ""),)
            yield ()
        return
    if not quiet:
        if run.result.cases:
            yield from _cases(run.result.cases)
            yield ()
        for name in run.show:
            if name in run.result.arrays:
                array = run.result.arrays[name]
                yield from activation_lines(name, array, run.result.inputs, width)
                yield ()
    yield _verdict(run.result)
    yield ()


def _verdict(result: Verification) -> Cell:
    words = [result.report.name]
    if result.layers:
        words[0] += f": {_counted(result)}"
    if result.peak is not None:
        measured = result.peak.measured
        more = "" if measured is None else f", measured {in_bytes(measured)}"
        words.append(f"peak at most {in_bytes(result.peak.planned)}{more}")
    if result.layers:
        words += [result.weights] if result.weights else []
        words.append(f"{result.seconds:.2f} s")
    verdict = (result.verdict.replace("-", " "), "cyan" if result.ok else "bold red")
    return (verdict, (f": {'; '.join(words)}", ""))


def _counted(result: Verification) -> str:
    """Return how many layers and cases are as predicted, or are not."""
    layers = plural(len(result.layers), "layer")
    cases = plural(len(result.cases), "case")
    if result.ok:
        both = f"{layers} and {cases}" if result.cases else layers
        return f"{both}, every shape and count as predicted"
    wrong = sum(bool(found.words) for found in result.layers)
    off = sum(bool(case.off()) for case in result.cases)
    parts = [f"{wrong:,} of {layers}"] if wrong else []
    return " and ".join([*parts, f"{off:,} of {cases}"] if off else parts)


def _cases(cases: tuple[CaseResult, ...]) -> Iterator[Cell]:
    yield ((f"Cases (float64, to within {TOLERANCE:g})", "bold"),)
    for case in cases[:_CASES]:
        yield _case(case)
    if len(cases) > _CASES:
        yield ((f"  … and {len(cases) - _CASES:,} more", ""),)


def _case(case: CaseResult) -> Cell:
    given = ", ".join(spec_text(value) for value in case.case.inputs.values())
    if case.actual is None:
        return ((f"  ✗ {given} → ? not run", "bold red"),)
    outputs = ", ".join(spec_text(_rounded(value)) for value in case.actual.values())
    if not case.off():
        return ((f"  ✓ {given} → {outputs}", ""),)
    wanted = ", ".join(spec_text(value) for value in case.case.outputs.values())
    return ((f"  ✗ {given} → {outputs} differs from {wanted}", "bold red"),)


def _rounded(value: Any) -> Any:
    """Return numbers without the last digits, in which −0 and rounding errors show."""
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 9) + 0.0
