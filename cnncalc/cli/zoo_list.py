"""``zoo list``: the networks that ship with the tool, with their totals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Annotated, Any, Literal

import typer

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.cli.problems import print_result
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.render.formats import FORMATS
from cnncalc.render.zoo import zoo_list as zoo_document
from cnncalc.zoo import catalogue
from cnncalc.zoo.catalogue import Listed

Test = Callable[[Listed], bool]

_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?", re.ASCII)
_SORTS: dict[str, Callable[[Listed], Any]] = {
    "name": lambda network: 0,  # the order of the list
    "year": lambda network: network.year or 9999,
    "params": lambda network: network.params,
    "macs": lambda network: network.macs,
}


def _parse_years(text: str) -> tuple[int, int]:
    """Return the first and the last of the years that are meant."""
    match = _YEARS.fullmatch(text.strip())
    if match is None or int(match[2] or match[1]) < int(match[1]):
        raise typer.BadParameter(f"{text}: write a year such as 2015, or years such as 2014-2016")
    return int(match[1]), int(match[2] or match[1])


def _bound(help: str) -> Any:
    return typer.Option(parser=param.count, metavar="N", help=help)


def _tasks() -> list[str]:
    return sorted({network.task for network in catalogue.listed() if network.task})


def _complete_task(incomplete: str) -> list[str]:
    return [task for task in _tasks() if task.startswith(incomplete)]


def zoo_list(
    pattern: param.Pattern = None,
    max_params: Annotated[Fraction | None, _bound("At most so many parameters: 5M.")] = None,
    min_params: Annotated[Fraction | None, _bound("At least so many parameters.")] = None,
    max_macs: Annotated[
        Fraction | None, _bound("At most so many multiply-accumulates: 1.5G.")
    ] = None,
    min_macs: Annotated[Fraction | None, _bound("At least so many multiply-accumulates.")] = None,
    task: Annotated[
        str | None,
        typer.Option(
            metavar="TASK", help="Only networks for this task.", autocompletion=_complete_task
        ),
    ] = None,
    year: Annotated[
        Any,
        typer.Option(
            parser=_parse_years,
            metavar="YEAR",
            help="Only of this year, or of years such as 2014-2016.",
        ),
    ] = None,
    sort: Annotated[
        Literal["name", "year", "params", "macs"], typer.Option(help="What they are sorted by.")
    ] = "name",
    format: param.TableFormat = "table",
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """List the networks, with their totals.

    With PATTERN, only those with it in name, paper or task, or with a name like resnet*.

    Example: cnncalc zoo list --max-params 5M --sort macs
    """
    networks = catalogue.listed()
    tests = [
        *_bounds("params", min_params, max_params),
        *_bounds("macs", min_macs, max_macs),
        *_facts(task, year),
        *([_matches(pattern)] if pattern is not None else []),
    ]
    found = [network for network in networks if all(test(network) for test in tests)]
    found.sort(key=_SORTS[sort])
    output = Output(color, quiet=quiet, ascii=ascii)
    if found or not FORMATS[format].for_people:  # a table without rows says nothing
        document = zoo_document(found, len(networks))
        print_result(document, format, (), output)
    if not found and not quiet:
        hints = did_you_mean(pattern, [network.name for network in networks]) if pattern else ()
        lines = ["no network of the zoo is as asked for", *(f"  {hint}" for hint in hints)]
        output.messages.write("".join(f"{line}\n" for line in lines))
    return 0


def _bounds(fact: str, least: Fraction | None, most: Fraction | None) -> Iterator[Test]:
    """Yield what asks for a total between two bounds."""
    if least is not None:
        yield lambda network: getattr(network, fact) >= least
    if most is not None:
        yield lambda network: getattr(network, fact) <= most


def _facts(task: str | None, years: tuple[int, int] | None) -> Iterator[Test]:
    """Yield what asks for a task, and for the year of the paper."""
    if task is not None:
        tasks = _tasks()
        if task not in tasks:
            message = f"--task {task}: choose from {', '.join(tasks)}"
            raise UsageError(message, *did_you_mean(task, tasks))
        yield lambda network: network.task == task
    if years is not None:
        first, last = years
        yield lambda network: network.year is not None and first <= network.year <= last


def _matches(pattern: str) -> Test:
    """Return what looks for a pattern: in names where it has ``*``, else in all that is said."""
    wanted = catalogue.normal(pattern)
    if any(sign in wanted for sign in "*?["):
        return lambda network: fnmatchcase(catalogue.normal(network.name), wanted)
    return lambda network: any(
        wanted in catalogue.normal(text or "")
        for text in (network.name, network.title, network.paper, network.task)
    )
