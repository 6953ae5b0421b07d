"""The options of ``check`` that go over the keys of a configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Annotated, Any

import typer

from cnncalc.checking.budget import Budget
from cnncalc.checking.configurations import Stated
from cnncalc.checking.patterns import check_pattern
from cnncalc.checking.settings import Settings, codes, ignorable
from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError

Words = tuple[str, ...]


def _listed(check: Callable[[str], str]) -> Callable[[str], Words]:
    """Return a parser of words between commas, each of which is checked."""

    def parse(text: str) -> Words:
        try:
            return tuple(check(word.strip()) for word in text.split(","))
        except ValueError as error:
            lines = "; ".join((str(error), *getattr(error, "help", ())))
            raise typer.BadParameter(f"{text}: {lines}") from None

    return parse


def _complete_codes(incomplete: str) -> list[tuple[str, str]]:
    """Return the codes that the last of the words between commas may become."""
    before, comma, last = incomplete.rpartition(",")
    return [(f"{before}{comma}{code}", name) for code, name in param.complete_code(last)]


def _pattern(text: str) -> str:
    try:
        return check_pattern(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _percent(text: str) -> Fraction:
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)%", text, re.ASCII)
    if found is None:
        raise typer.BadParameter(f"{text}: write a percentage such as 0% or 2.5%")
    return Fraction(found[1]) / 100


def _option(metavar: str, help: str, *flags: str, **more: Any) -> Any:
    panel = "What is checked, over the configuration"
    return typer.Option(*flags, metavar=metavar, help=help, rich_help_panel=panel, **more)


def _codes(help: str, check: Callable[[str], str]) -> Any:
    return _option("CODES", help, parser=_listed(check), autocompletion=_complete_codes)


Config = Annotated[
    str | None, _option("FILE", "The configuration; default: the nearest one upwards.", "--config")
]
NoConfig = Annotated[bool, _option("", "Use no configuration.", "--no-config")]
Include = Annotated[
    list[str] | None,
    _option("PATTERN", "Of files in folders check those of such a name.", parser=_pattern),
]
Exclude = Annotated[
    list[str] | None,
    _option("PATTERN", "Leave out files and folders of such a name.", parser=_pattern),
]
SkipNonSpecs = Annotated[
    bool,
    _option("", "Treat files that are named like those in folders.", "--skip-non-specs"),
]
Select = Annotated[
    list[Any] | None, _codes("Report these problems only, such as CNN3,CNN9.", codes)
]
Ignore = Annotated[list[Any] | None, _codes("Do not report these problems.", ignorable)]
MaxParams = Annotated[
    Any, _option("COUNT", "The most parameters of a network: 5M.", parser=param.count)
]
MaxMacs = Annotated[Any, _option("COUNT", "The most MACs of a network: 600M.", parser=param.count)]
MaxMemory = Annotated[
    int | None, _option("SIZE", "The most memory for inference: 512MB.", parser=param.size)
]
Baseline = Annotated[
    str | None, _option("FILE", "Fail what costs more than in this baseline.", "--baseline")
]
SaveBaseline = Annotated[
    str | None, _option("FILE", "Write what every network costs.", "--save-baseline")
]
Tolerance = Annotated[
    Any, _option("PERCENT", "How much more than the baseline is fine: 0%.", parser=_percent)
]
WarningsAsErrors = Annotated[
    bool, _option("", "Let advice count as errors.", "--warnings-as-errors")
]


def stated(
    *,
    config: str | None,
    no_config: bool,
    include: Sequence[str] | None,
    exclude: Sequence[str] | None,
    select: Sequence[Words] | None,
    ignore: Sequence[Words] | None,
    warnings_as_errors: bool,
    max_params: Any,
    max_macs: Any,
    max_memory: int | None,
) -> Stated:
    """Return what the command line says of how files are checked.

    Raises:
        UsageError: there is to be one configuration, and none.
    """
    if config is not None and no_config:
        raise UsageError(f"--config {config}: --no-config says that there is none")
    settings: dict[str, Any] = {}
    if select:
        settings["select"] = [word for words in select for word in words]
    if ignore:
        settings["ignore"] = [word for words in ignore for word in words]
    if warnings_as_errors:
        settings["warnings-as-errors"] = True
    limits = {"max-params": max_params, "max-macs": max_macs, "max-memory": max_memory}
    settings["budget"] = Budget(
        **{key: int(value) for key, value in limits.items() if value is not None}
    )
    return Stated(
        config=config,
        search=not no_config,
        include=include or (),
        exclude=exclude or (),
        settings=Settings(**settings),
    )
