"""``check``: every spec below the paths, for people and for CI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from cnncalc.checking.check import Outcome, Skipped
from cnncalc.checking.configurations import Configurations, Stated
from cnncalc.checking.discovery import Crashed, Discovery, File, discover
from cnncalc.checking.files import printed_path
from cnncalc.checking.many import check_all
from cnncalc.cli import check_options as option
from cnncalc.cli import parameters as param
from cnncalc.cli.baseline import Growth
from cnncalc.cli.check_output import Wanted
from cnncalc.cli.ci import root
from cnncalc.cli.failures import FAILED, INTERNAL_ERROR, WRONG_USAGE, error_text
from cnncalc.cli.mending import Fixes, print_diff
from cnncalc.cli.output import Output
from cnncalc.cli.progress import progress
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
    request = Request(
        paths=paths or ["."],
        skip_non_specs=skip_non_specs,
        jobs=jobs,
        stated=option.stated(
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
        ),
        growth=Growth(baseline=baseline, tolerance=tolerance, target=save_baseline),
        fixes=Fixes(write=fix, diff=diff, unsafe=unsafe_fixes),
        wanted=Wanted(format=format, file=output_file, statistics=statistics),
    )
    request.refuse_what_cannot_be()
    return _run(request, Output(color, quiet=quiet, ascii=ascii))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """All that a command line asks for, but for how it is printed."""

    paths: Sequence[str]
    skip_non_specs: bool
    jobs: int
    stated: Stated
    growth: Growth
    fixes: Fixes
    wanted: Wanted

    def refuse_what_cannot_be(self) -> None:
        """Refuse options that contradict each other, before anything is looked at.

        Raises:
            UsageError: some do.
        """
        self.growth.refuse_what_cannot_be()
        self.fixes.refuse_what_cannot_be(self.paths)
        self.wanted.refuse_what_cannot_be(is_diff=self.fixes.diff)


def _run(request: Request, output: Output) -> int:
    """Find the files, mend and check them, show what came of it; return the exit code."""
    fixes, growth, wanted = request.fixes, request.growth, request.wanted
    configurations = Configurations(request.stated)
    found = discover(request.paths, configurations, skip_non_specs=request.skip_non_specs)
    before = growth.attach(found)
    wanted.leave_out(found)
    files = list(found.files.values())
    all_written = fixes.make(files, output)
    outcomes = dict(zip(found.files, _checked(files, request.jobs, output), strict=True))
    results = Results.of([*found.unreadable, *outcomes.values()], len(found.left_out), root())
    changes, were_mended = growth.changes(before, results), fixes.write and not fixes.diff
    results = replace(results, changes=changes, were_mended=were_mended)
    wanted.write_file(results)
    if fixes.diff:
        is_fine = not print_diff(files, output, unsafe=fixes.unsafe)
    else:
        is_fine = not any(each.is_wrong for each in results.checked)
        wanted.show(results, output)
    all_read = _print_missing(results, found, outcomes, output)
    growth.save(results, [*configurations.files, *filter(None, [wanted.file])])
    if any(isinstance(each, Crashed) for each in results.unreadable):
        return INTERNAL_ERROR
    if not (all_written and all_read):
        return WRONG_USAGE
    return 0 if is_fine else FAILED


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
