"""A report, verified: the network run on real arrays and compared with what was predicted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

from cnncalc.forward import Options, meter
from cnncalc.forward.arrays import Array
from cnncalc.forward.estimate import estimate
from cnncalc.forward.files import Archive, depth_first
from cnncalc.forward.given import not_finite, read_inputs, weights_problems, weights_words
from cnncalc.forward.run import Pass, Progress, Settings
from cnncalc.forward.weights import floats
from cnncalc.forward.workers import sharing
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import in_bytes
from cnncalc.problems.model import Problem
from cnncalc.report.report import Case, Report
from cnncalc.report.verification import (
    CaseResult,
    FromFiles,
    LayerResult,
    Peak,
    Verification,
    problems_of,
)
from cnncalc.report.worked import Worked
from cnncalc.spec.network import Network


def verify(
    report: Report, network: Network, options: Options, progress: Progress | None = None
) -> Verification:
    """Run a report and compare; one with errors, or that cannot be run, comes back with why.

    Raises:
        cnncalc.forward.files.CannotUse: a file cannot be read.
    """
    if not report.ok or not report.rows:
        return Verification(report=report, problems=report.problems)
    with sharing(options.threads):
        return _verified(report, network, options, progress)


def _verified(
    report: Report, network: Network, options: Options, progress: Progress | None
) -> Verification:
    """Run a report without errors and compare."""
    settings, inputs, problems = _settings(report, network, options)
    measuring = meter.Meter()
    running = Pass(report, settings)
    planned = estimate(
        report,
        running.plan,
        settings.batch,
        np.dtype(options.dtype).itemsize,
        threads=options.threads,
        given=settings.weights,
    )
    if (why := _above_limit(planned, options)) is not None:
        problems.append(_too_large(why, network, settings.batch, options))
    if problems:
        found = sorted((*report.problems, *problems), key=lambda p: p.span.start)
        return Verification(report=report, peak=Peak(planned=planned), problems=tuple(found))
    start = perf_counter()
    try:
        layers = tuple(running.run(progress))
        measured = Peak(planned=planned, measured=measuring.peak())
        numbered = enumerate(() if options.number else report.cases, 1)
        cases = tuple(_case(report, number, case, settings) for number, case in numbered)
    except MemoryError:  # for an input: a layer that finds none is reported itself
        text = f"the system has no memory for a pass of about {in_bytes(planned)}"
        problem = _too_large(text, network, settings.batch, options)
        return Verification(
            report=report, peak=Peak(planned=planned), problems=(*report.problems, problem)
        )
    not_real = not_finite(layers, settings, options.inputs, options.weights)
    from_files = FromFiles(weights=frozenset(settings.weights), not_finite=not_real)
    return Verification(
        report=report,
        layers=layers,
        cases=cases,
        peak=measured,
        seconds=perf_counter() - start,
        problems=problems_of(report, layers, cases, from_files),
        arrays=dict(_arrays(running, options.keep)),
        inputs=inputs,
        weights=weights_words(report, settings.weights, options.weights),
        worked=_worked(running, layers, options),
    )


def _above_limit(planned: int, options: Options) -> str | None:
    """Return that a pass needs more bytes than there are, or than are allowed; ``None`` if not."""
    limit = meter.available() if options.max_memory is None else options.max_memory
    if limit is None or planned <= limit:
        return None
    which = "are available" if options.max_memory is None else "are allowed"
    return f"the pass needs about {in_bytes(planned)} at its peak, but {in_bytes(limit)} {which}"


def _too_large(text: str, network: Network, batch: int, options: Options) -> Problem:
    """Return the problem of a pass that needs more memory than there is."""
    hints = ["a smaller --batch"] if batch > 1 else []
    if options.dtype == "float64":
        hints.append("--dtype float32")
    hints += ["a smaller --input", "a higher --max-memory"]
    first = next(iter(network.inputs.values()))
    return Problem(
        code="CNN508", message=text, span=first.span, help=(f"try {' or '.join(hints)}",)
    )


def _settings(
    report: Report, network: Network, options: Options
) -> tuple[Settings, str, list[Problem]]:
    """Return how to run, whose inputs are used, and what of the files does not fit."""
    inputs, problems = read_inputs(report, network, options.inputs, options.layout, options.batch)
    batch = next((len(array) for array in inputs.values()), options.batch or 1)
    whose = "inputs of the file" if inputs else f"generated inputs, seed {options.seed}"
    if report.cases and not inputs and batch == 1:  # numbers that the spec's author chose
        inputs, whose = _case_inputs(report, report.cases[0]), "inputs of case 1"
    weights: Mapping[str, Array] = {}
    if options.weights is not None:
        weights = archive = Archive(options.weights)
        problems += weights_problems(report, network, archive)
    settings = Settings(
        batch=batch,
        seed=options.seed,
        dtype=options.dtype,
        inputs=inputs,
        weights=weights,
        keep=options.keep,
        until=options.number.layer if options.number else None,
    )
    return settings, whose, problems


def _arrays(running: Pass, keep: frozenset[str]) -> Iterator[tuple[str, Array]]:
    """Yield the outputs by their names, then what was kept."""
    report = running.report
    rows = dict(zip(report.outputs, report.output_rows, strict=False))
    for name, row in (rows | {name: name for name in sorted(keep)}).items():
        array = running.output(row)
        if array is not None:
            yield name, depth_first(array)


def _worked(running: Pass, layers: Sequence[LayerResult], options: Options) -> Worked | None:
    """Return the number that is to be worked out; nothing where its layer is not as predicted."""
    wanted = options.number
    if wanted is None:
        return None
    from cnncalc.forward.parts import parts  # it loads many families

    found = layers[-1]
    if found.words:
        return None
    layer, given = running.given(found.row)
    number, *place = wanted.at
    return Worked(
        row=found.row,
        at=wanted.at,
        parts=parts(layer, given, wanted.at),
        result=float(running.values[wanted.layer][(0, *place, number)]),
    )


def _case_inputs(report: Report, case: Case) -> dict[str, Array]:
    return {
        name: _batch(values, volume)
        for name, values in case.inputs.items()
        if (volume := report.inputs[name]) is not None
    }


def _case(report: Report, number: int, case: Case, settings: Settings) -> CaseResult:
    """Compute a case, in float64."""
    inputs = _case_inputs(report, case)
    wide = replace(settings, batch=1, dtype="float64", inputs=inputs, keep=frozenset())
    running = Pass(report, wide)
    if any(layer.error for layer in running.run()):
        return CaseResult(number=number, case=case, actual=None)
    rows = dict(zip(report.outputs, report.output_rows, strict=False))
    actual = {}
    for name in case.outputs:
        array = running.output(rows[name])
        if array is None:
            return CaseResult(number=number, case=case, actual=None)
        actual[name] = depth_first(array)[0].tolist()
    return CaseResult(number=number, case=case, actual=actual)


def _batch(values: Any, volume: Volume) -> Array:
    """Return nested numbers, depth first, as a batch of one, depth last."""
    array = np.array(floats(values), np.float64).reshape(1, volume.depth, *volume.spatial)
    return np.moveaxis(array, 1, -1)
