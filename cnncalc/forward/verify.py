"""A report, verified: the network run on real arrays and compared with what was predicted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import numpy as np

from cnncalc.forward import meter
from cnncalc.forward.arrays import Array
from cnncalc.forward.estimate import estimate
from cnncalc.forward.files import Archive, depth_first, depth_last, fault, read_array
from cnncalc.forward.given import not_finite, weights_problems, weights_words
from cnncalc.forward.run import Pass, Settings
from cnncalc.forward.weights import floats
from cnncalc.forward.workers import sharing
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import in_bytes
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Span
from cnncalc.report.report import Case, Report
from cnncalc.report.verification import (
    CaseResult,
    Given,
    LayerResult,
    Peak,
    Verification,
    compared,
    problems_of,
)
from cnncalc.spec.network import Network

Progress = Callable[[int, int, str], object]
"""Called before every layer: how many are done, of how many, and its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to verify.

    ``inputs`` are ``.npy`` files by the input's name, ``weights`` a ``.npz`` file; ``keep`` names
    layers whose arrays are returned with the outputs.
    """

    batch: int | None = None
    seed: int = 0
    dtype: str = "float32"
    threads: int = 1
    inputs: Mapping[str, str] = field(default_factory=dict)
    layout: str = "chw"
    weights: str | None = None
    keep: frozenset[str] = frozenset()
    max_memory: int | None = None


def verify(
    report: Report, network: Network, options: Options, progress: Progress | None = None
) -> Verification:
    """Run a report and compare; one with errors, or that cannot be run, comes back with why.

    Raises:
        cnncalc.forward.files.CannotUse: a file cannot be read.
    """
    if not report.ok or not report.rows:
        return Verification(report, problems=report.problems)
    with sharing(options.threads):
        return _verified(report, network, options, progress)


def _verified(
    report: Report, network: Network, options: Options, progress: Progress | None
) -> Verification:
    """Run a report without errors and compare."""
    settings, given, problems = _settings(report, network, options)
    measuring = meter.Meter()
    running = Pass(report, settings)
    planned, too_much = _planned(running, network, options)
    problems += too_much
    if problems:
        found = sorted((*report.problems, *problems), key=lambda p: p.span.start)
        return Verification(report, peak=Peak(planned=planned), problems=tuple(found))
    start = perf_counter()
    try:
        layers = _layers(running, progress)
        measured = Peak(planned=planned, measured=measuring.peak())
        numbered = enumerate(report.cases, 1)
        cases = tuple(_case(report, number, case, settings) for number, case in numbered)
    except MemoryError:  # for an input: a layer that finds none is reported itself
        text = f"the system has no memory for a pass of about {in_bytes(planned)}"
        span = _input_span(network, next(iter(network.inputs)))
        problem = Problem(
            code="CNN508", message=text, span=span, help=(_smaller(settings.batch, options),)
        )
        return Verification(
            report, peak=Peak(planned=planned), problems=(*report.problems, problem)
        )
    not_real = not_finite(layers, settings, options.inputs, options.weights)
    stated = Given(weights=frozenset(settings.weights), not_finite=not_real)
    return Verification(
        report,
        layers,
        cases,
        measured,
        perf_counter() - start,
        problems_of(report, layers, cases, stated),
        dict(_arrays(running, options.keep)),
        given,
        weights_words(report, settings.weights, options.weights),
    )


def _settings(
    report: Report, network: Network, options: Options
) -> tuple[Settings, str, tuple[Problem, ...]]:
    """Return how to run, whose inputs are used, and what of the files does not fit."""
    inputs, batch, problems = _inputs(report, network, options)
    given = "inputs of the file" if inputs else f"generated inputs, seed {options.seed}"
    if report.cases and not inputs and batch == 1:  # numbers that the spec's author chose
        inputs, given = _case_inputs(report, report.cases[0]), "inputs of case 1"
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
    )
    return settings, given, problems


def _planned(running: Pass, network: Network, options: Options) -> tuple[int, tuple[Problem, ...]]:
    """Return the bytes that a pass needs, and a problem when there are not so many."""
    settings, width = running.settings, np.dtype(options.dtype).itemsize
    limit = meter.available() if options.max_memory is None else options.max_memory
    about = "at least"  # one array alone: far too large to be cut into tiles
    planned = max(running.plan.sizes.values()) * settings.batch * width
    if limit is None or planned <= limit:
        about, plan = "about", running.plan
        planned = estimate(
            running.report,
            plan,
            settings.batch,
            width,
            threads=options.threads,
            given=settings.weights,
        )
    return planned, _memory_problems(network, (about, planned), limit, settings.batch, options)


def _layers(running: Pass, progress: Progress | None) -> tuple[LayerResult, ...]:
    """Run the layers; those behind one that cannot run are there, too."""
    unsound: set[str] = set()
    rows = running.report.rows
    done: dict[str, LayerResult] = {}
    passing = running.run()
    while True:
        if progress is not None and len(done) < len(rows):
            progress(len(done), len(rows), rows[len(done)].name)
        ran = next(passing, None)
        if ran is None:
            break
        done[ran.row.name] = compared(ran, unsound)
        del ran  # it holds the array, which the plan may free now
    return tuple(done.get(row.name, LayerResult(row=row)) for row in rows)


def _arrays(running: Pass, keep: frozenset[str]) -> Iterator[tuple[str, Array]]:
    """Yield the outputs by their names, then what was kept."""
    report = running.report
    rows = dict(zip(report.outputs, report.output_rows, strict=False))
    for name, row in (rows | {name: name for name in sorted(keep)}).items():
        array = running.output(row)
        if array is not None:
            yield name, depth_first(array)


def _inputs(
    report: Report, network: Network, options: Options
) -> tuple[dict[str, Array], int, tuple[Problem, ...]]:
    """Return the arrays of the input files, the batch, and what does not fit."""
    arrays: dict[str, Array] = {}
    problems = []
    batch = options.batch
    for name, path in options.inputs.items():
        volume, array = report.inputs[name], read_array(path)
        assert volume is not None
        text, hint = fault(array, volume, options.layout)
        if not text and batch is not None and len(array) != batch:
            text = f"it holds a batch of {len(array)}, not of {batch}"
            hint = "all inputs have the same batch, and --batch is not needed"
        if text:
            message = f"{path} does not fit the input `{name}` ({volume}): {text}"
            problems.append(
                Problem(
                    code="CNN506", message=message, span=_input_span(network, name), help=(hint,)
                )
            )
            continue
        batch = len(array)
        arrays[name] = depth_last(array, options.layout)
    return arrays, batch or 1, tuple(problems)


def _input_span(network: Network, name: str) -> Span:
    return network.inputs[name].span


def _memory_problems(
    network: Network, need: tuple[str, int], limit: int | None, batch: int, options: Options
) -> tuple[Problem, ...]:
    about, planned = need
    if limit is None or planned <= limit:
        return ()
    what = "are available" if options.max_memory is None else "are allowed"
    text = f"the pass needs {about} {in_bytes(planned)} at its peak, but {in_bytes(limit)} {what}"
    span = _input_span(network, next(iter(network.inputs)))
    return (Problem(code="CNN508", message=text, span=span, help=(_smaller(batch, options),)),)


def _smaller(batch: int, options: Options) -> str:
    """Return what makes a pass take less memory."""
    hints = ["a smaller --batch"] if batch > 1 else []
    hints += ["--dtype float32"] if options.dtype == "float64" else []
    hints += ["a smaller --input", "a higher --max-memory"]
    return f"try {' or '.join(hints)}"


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
    sound = all(not ran.error for ran in running.run())
    rows = dict(zip(report.outputs, report.output_rows, strict=False))
    outputs = {name: running.output(rows[name]) for name in case.outputs}
    if not sound or any(array is None for array in outputs.values()):
        return CaseResult(number=number, case=case, actual=None)
    return CaseResult(
        number=number,
        case=case,
        actual={name: depth_first(array)[0].tolist() for name, array in outputs.items()},  # type: ignore[arg-type]
    )


def _batch(values: Any, volume: Volume) -> Array:
    """Return nested numbers, depth first, as a batch of one, depth last."""
    array = np.array(floats(values), np.float64).reshape(1, volume.depth, *volume.spatial)
    return np.moveaxis(array, 1, -1)
