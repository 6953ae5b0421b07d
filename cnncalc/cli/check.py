"""``check``: every spec below the paths, for people and for CI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from cnncalc.checking.check import Outcome, Skipped
from cnncalc.checking.configurations import Configurations
from cnncalc.checking.discovery import Crashed, Discovery, File, discover
from cnncalc.checking.files import printed_path
from cnncalc.checking.growth import changes, networks
from cnncalc.checking.many import check_all
from cnncalc.cli import check_options as option
from cnncalc.cli import parameters as param
from cnncalc.cli.baseline import attach, save
from cnncalc.cli.check_output import Wanted
from cnncalc.cli.ci import root
from cnncalc.cli.failures import INTERNAL_ERROR, WRONG_USAGE, UsageError, error_text
from cnncalc.cli.mending import print_diff, write_fixes
from cnncalc.cli.output import Output
from cnncalc.cli.progress import progress
from cnncalc.cli.report_file import leave_out
from cnncalc.cli.writing import unwinding
from cnncalc.maths.words import plural
from cnncalc.render.check.formats import FormatName
from cnncalc.render.check.results import Results


def check(
    paths: param.Paths = None,
    config: option.Config = None,
    no_config: option.NoConfig = False,
    include: option.Include = None,
    exclude: option.Exclude = None,
    skip_non_specs: option.SkipNonSpecs = False,
    select: option.Select = None,
    ignore: option.Ignore = None,
    warnings_as_errors: option.WarningsAsErrors = False,
    max_params: option.MaxParams = None,
    max_macs: option.MaxMacs = None,
    max_memory: option.MaxMemory = None,
    baseline: option.Baseline = None,
    tolerance: option.Tolerance = None,
    save_baseline: option.SaveBaseline = None,
    fix: param.WriteFixes = False,
    unsafe_fixes: param.UnsafeFixes = False,
    diff: param.ShowDiff = False,
    jobs: Annotated[
        int,
        param.option("N", "Check on so many processes.", "-j", "--jobs", parser=param.whole(1)),
    ] = 1,
    format: Annotated[
        FormatName | None,
        param.output_option(
            "What is printed: full, concise, table, json, json-lines, csv, markdown, github, "
            "gitlab, junit or sarif.",
            metavar="FORMAT",
        ),
    ] = None,
    output_file: Annotated[
        str | None,
        param.output_option("Write FORMAT to a file, and print as without it.", metavar="FILE"),
    ] = None,
    statistics: Annotated[
        bool, param.output_option("Print how many problems of each code there are.", "--statistics")
    ] = False,
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Check specs, and all specs in folders.

    PATH is a file, a folder, or - for standard input; without it, the current folder. In
    folders, files with none of a spec's keys are named at the end, and what is hidden, linked
    folders, environments, node_modules and what git ignores are left out.

    --fix changes no meaning: it mends slips that leave one word or place to be meant. With
    --unsafe-fixes, volumes and expectations change, too.

    Where GitHub Actions run it, github is the FORMAT unless another is stated.

    Example: cnncalc check . --quiet
    """
    output, paths = Output(color, quiet=quiet, ascii=ascii), paths or ["."]
    wanted = Wanted(format=format, file=output_file, statistics=statistics)
    wanted.refuse_what_cannot_be()
    stated = option.stated(
        config=config,
        no_config=no_config,
        include=include,
        exclude=exclude,
        select=select,
        ignore=ignore,
        warnings_as_errors=warnings_as_errors,
        max_params=max_params,
        max_macs=max_macs,
        max_memory=max_memory,
    )
    if unsafe_fixes and not (fix or diff):
        raise UsageError("--unsafe-fixes goes with --fix or --diff")
    configurations = Configurations(stated)
    found = discover(paths, configurations, skip_non_specs=skip_non_specs)
    before = attach(found, baseline, tolerance)
    if output_file is not None:
        leave_out(output_file, found)
    files, changed = list(found.files.values()), False
    all_written = diff or not fix or write_fixes(files, output, unsafe=unsafe_fixes)
    outcomes = dict(zip(found.files, _checked(files, jobs, output), strict=True))
    results = Results.of([*found.unreadable, *outcomes.values()], len(found.left_out), root())
    if before is not None:
        results = replace(results, changes=changes(before, networks(results.checked)))
    wanted.write_file(results)
    if diff:
        changed = print_diff(files, output, unsafe=unsafe_fixes)
    else:
        wanted.show(results, output)
    is_complete = _print_missing(results, found, outcomes, output) and all_written
    if save_baseline is not None:
        others = [*configurations.files, *filter(None, (baseline, output_file))]
        save(save_baseline, results, others)
    if any(isinstance(each, Crashed) for each in results.unreadable):
        return INTERNAL_ERROR
    if not is_complete:
        return WRONG_USAGE
    return int(changed if diff else any(each.is_wrong for each in results.checked))


def _print_missing(
    results: Results, found: Discovery, outcomes: Mapping[str, Outcome], output: Output
) -> bool:
    """Print what could not be read, and the folders without a spec; return whether none is."""
    for trouble in results.unreadable:
        output.messages.write(error_text(trouble.why))
    empty = [
        folder
        for folder, places in found.folders.items()
        if all(isinstance(outcomes[place], Skipped) for place in places)
    ]
    for folder in empty:
        seen = len(found.folders[folder])
        others = f" ({plural(seen, 'file')} looked at)" if seen else ""
        output.messages.write(error_text(f"there is no spec in {printed_path(folder)}{others}"))
    return not results.unreadable and not empty


def _checked(files: Sequence[File], jobs: int, output: Output) -> list[Outcome]:
    """Return what comes of each file; where that takes time, show how far it is."""
    outcomes: list[Outcome] = []
    with unwinding(), progress(output.messages) as show:
        for outcome in check_all(files, jobs):
            show(len(outcomes), len(files), outcome.file)
            outcomes.append(outcome)
    return outcomes
