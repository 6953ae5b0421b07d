"""``verify``: networks run on real arrays, predicted against actual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from cnncalc.checking.files import printed_path
from cnncalc.cli import parameters as param
from cnncalc.cli.failures import WRONG_USAGE, UsageError, error_text
from cnncalc.cli.output import Output
from cnncalc.cli.passes import (
    FileLayout,
    InputFiles,
    Seed,
    WeightsFile,
    array_files,
    cores,
    files_by_input,
    leave_threads_to_kernels,
)
from cnncalc.cli.problems import print_result
from cnncalc.cli.progress import progress
from cnncalc.cli.reading import Changes, infer_spec, layers_named
from cnncalc.cli.writing import result_file, same_file
from cnncalc.forward import MOST_THREADS, Options
from cnncalc.render.formats import FORMATS, FormatName
from cnncalc.render.verification import Verified, verification
from cnncalc.report.report import Report
from cnncalc.report.verification import Verification
from cnncalc.spec.files import CannotRead
from cnncalc.spec.load import Loaded, load


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How networks are run and shown; ``options`` are the same for all of them."""

    changes: Changes
    options: Options
    input_files: Sequence[str]
    save: str | None
    show: Sequence[str]
    format: FormatName
    depth: int | None


def verify(
    specs: param.Specs,
    input: param.Inputs = None,
    set: param.Variables = None,
    rounding: param.Rounding = None,
    batch: Annotated[
        int | None, param.option("N", "How many inputs at once; default 1.", parser=param.whole(1))
    ] = None,
    seed: Seed = None,
    threads: Annotated[
        int | None,
        param.option("N", "How many; default: all cores.", parser=param.whole(1, MOST_THREADS)),
    ] = None,
    dtype: Annotated[
        Literal["float32", "float64"], typer.Option(help="The type of the numbers.")
    ] = "float32",
    input_file: InputFiles = None,
    layout: FileLayout = None,
    weights: WeightsFile = None,
    max_memory: Annotated[
        int | None,
        param.option("SIZE", "Refuse to run above this; default: what is free.", parser=param.size),
    ] = None,
    save: Annotated[
        str | None, param.option("FILE", "Write outputs and shown layers to a .npz file.")
    ] = None,
    show: Annotated[
        list[str] | None,
        param.output_option(
            "Print the numbers of a layer, map by map.",
            metavar="LAYER",
            autocompletion=param.complete_layer,
        ),
    ] = None,
    format: param.TableFormat = "table",
    depth: param.Depth = None,
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Run networks on real arrays and compare.

    SPEC is a file, - for standard input, or the name of a network of the zoo.

    Example: cnncalc verify lenet5 --show C1
    """
    run = Run(
        changes=Changes(inputs=input, variables=set, rounding=rounding),
        options=Options(
            batch=batch,
            seed=seed or 0,
            threads=threads or cores(),
            dtype=dtype,
            layout=layout or "chw",
            weights=weights,
            max_memory=max_memory,
        ),
        input_files=input_file or (),
        save=save,
        show=show or (),
        format=format,
        depth=depth,
    )
    _check_files(specs, run)
    leave_threads_to_kernels()
    return _verify_all(specs, run, Output(color, quiet=quiet, ascii=ascii))


def _verify_all(specs: Sequence[str], run: Run, output: Output) -> int:
    """Verify every spec, print what came of it, and return the worst exit code."""
    runs: list[Verified] = []
    worst = 0
    for spec in specs:
        try:
            verified = _verify_one(spec, run, output)
        except CannotRead as error:
            output.messages.write(error_text(str(error)))
            worst = WRONG_USAGE
            continue
        runs.append(verified)
        if FORMATS[run.format].for_people:
            worst = max(worst, _print([verified], run, output))
    if not FORMATS[run.format].for_people:
        worst = max(worst, _print(runs, run, output))
    return worst


def _print(runs: Sequence[Verified], run: Run, output: Output) -> int:
    document = verification(runs, depth=run.depth, quiet=output.quiet, width=output.results.width)
    problems = tuple(problem for one in runs for problem in one.problems)
    return print_result(document, run.format, problems, output)


def _verify_one(spec: str, run: Run, output: Output) -> Verified:
    """Verify one spec: it is run if inference finds no error."""
    loaded = load(spec)
    report = infer_spec(loaded, run.changes)
    problems = loaded.problems if report is None else report.problems
    result: Verification | None = None
    show: tuple[str, ...] = ()
    if report is not None and report.ok and report.rows:
        last = (  # of a block, and of repetitions, the last layer
            name if name in report.inputs else layers_named(name, report)[-1].name
            for name in run.show
        )
        show = tuple(dict.fromkeys(last))
        result = _run(loaded, report, show, run, output)
        problems = result.problems
    name = printed_path(spec) if report is None else report.source.name
    return Verified(file=name, report=report, result=result, problems=problems, show=show)


def _run(
    loaded: Loaded, report: Report, show: Sequence[str], run: Run, output: Output
) -> Verification:
    from cnncalc.forward.files import CannotUse
    from cnncalc.forward.verify import verify as verified

    assert loaded.network is not None
    if run.save is not None:
        _check_target(run.save, loaded, run)
    files = files_by_input(run.input_files, report)
    options = replace(run.options, inputs=files, keep=frozenset(show))
    try:
        with progress(output.messages) as show_progress:
            result = verified(report, loaded.network, options, show_progress)
    except CannotUse as error:
        raise UsageError(str(error)) from None
    if run.save is not None and result.layers:
        _save(run.save, result)
    return result


# files


def _check_files(specs: Sequence[str], run: Run) -> None:
    """Refuse one network's files for several."""
    files = {"--input-file": run.input_files, "--weights": run.options.weights, "--save": run.save}
    for option, value in files.items():
        if value and len(specs) > 1:
            raise UsageError(f"{option} goes with one spec at a time")


def _check_target(target: str, loaded: Loaded, run: Run) -> None:
    """Refuse to write results over anything that they come from."""
    if target in ("", "-") or not Path(target).name:
        raise UsageError(f"cannot write {target or 'a file without a name'}: name a file.npz")
    arrays = array_files(run.input_files, run.options.weights)
    read: list[str | Path] = [*loaded.files, *arrays]
    if any(same_file(path, target) for path in read):
        raise UsageError(f"--save {target}: that is read, too: name another file")


def _save(target: str, result: Verification) -> None:
    """Write outputs and shown layers."""
    from cnncalc.forward.files import write_archive

    with result_file(target) as file:
        write_archive(file, result.arrays)
