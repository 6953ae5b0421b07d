"""``zoo list``: the networks that ship with the tool, with their totals."""

from __future__ import annotations

import re
from collections.abc import Callable
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
    if task is not None and task not in _tasks():
        message = f"--task {task}: choose from {', '.join(_tasks())}"
        raise UsageError(message, *did_you_mean(task, _tasks()))
    found = [
        network
        for network in networks
        if _is_between(network.params, min_params, max_params)
        and _is_between(network.macs, min_macs, max_macs)
        and (year is None or _is_between(network.year, *year))
        and (task is None or network.task == task)
        and (pattern is None or _matches(network, pattern))
    ]
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


def _is_between(value: int | None, least: Fraction | None, most: Fraction | None) -> bool:
    """Return whether a number is known, and not outside bounds that are stated."""
    return (
        value is not None and (least is None or value >= least) and (most is None or value <= most)
    )


def _matches(network: Listed, pattern: str) -> bool:
    """Return whether a network has a pattern: in its name if it has ``*``, else in all texts."""
    wanted = catalogue.normal(pattern)
    if any(sign in wanted for sign in "*?["):
        return fnmatchcase(catalogue.normal(network.name), wanted)
    texts = (network.name, network.title, network.paper, network.task)
    return any(wanted in catalogue.normal(text or "") for text in texts)
