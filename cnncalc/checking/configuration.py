"""Configurations: ``[tool.cnncalc]`` of a pyproject.toml, or a cnncalc.toml with the same keys."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from cnncalc.checking.budget import Budget
from cnncalc.checking.files import Unusable, read_source
from cnncalc.checking.patterns import check_pattern
from cnncalc.checking.settings import Settings
from cnncalc.checking.table import Table, Unfit
from cnncalc.checking.toml import Path, Place, places, read_toml
from cnncalc.inference.infer import ROUNDINGS
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source, Span
from cnncalc.problems.suggestions import did_you_mean

OWN_FILE: Final = "cnncalc.toml"
"""A file of this name holds nothing else; any other has the keys below ``[tool.cnncalc]``."""
_BELOW: Final = ("tool", "cnncalc")


def _pattern(text: str) -> str:
    try:
        return check_pattern(text)
    except ValueError as error:
        raise Unfit("CNN112", str(error)) from None


Pattern = Annotated[str, AfterValidator(_pattern)]


class PathSettings(Settings):
    """The settings of the files that match a pattern."""

    path: Pattern = Field(
        description="a pattern like those of `include`: which files these settings are for",
        examples=["mobile/**"],
    )


class Configuration(Settings):
    """All keys of a configuration."""

    include: list[Pattern] = Field(
        default=[],
        description="which files in folders are checked: patterns in the syntax of .gitignore, "
        "relative to the configuration; without any, all `*.yaml`, `*.yml` and `*.json`",
        examples=[["models/", "!models/drafts/"]],
    )
    exclude: list[Pattern] = Field(
        default=[],
        description="which files and folders are left out, as patterns like those of `include`",
        examples=[["templates/", "*.draft.yaml"]],
    )
    respect_gitignore: bool = Field(
        default=True,
        description="whether what .gitignore files name is left out, too",
        examples=[False],
    )
    per_path: list[PathSettings] = Field(
        default=[],
        description="settings for some of the files: `path`, a pattern like those of `include`, "
        "and any of `select`, `ignore`, `warnings-as-errors`, `rounding` and `budget`; of several "
        "that a file matches, the later ones win",
    )


def read_configuration(path: str, *, is_stated: bool) -> Configuration | None:
    """Return the configuration in a file, ``None`` where a pyproject.toml holds none.

    A file that ``is_stated`` by name has one, or that is a problem.

    Raises:
        CannotRead: it cannot be opened.
        Unusable: it is no TOML, or no configuration.
    """
    source = read_source(path)
    table: Any = read_toml(source)
    if isinstance(table, Problem):
        raise Unusable(table)
    below = () if PurePath(path).name == OWN_FILE else _BELOW
    for key in below:
        table = table.get(key) if isinstance(table, dict) else None
    if table is None and not is_stated:
        return None
    if table is None:
        raise Unusable(_nothing(source))
    try:
        return Configuration.model_validate(table)
    except ValidationError as error:
        where = places(source)
        found = [_problem(details, where, below) for details in error.errors()]
        raise Unusable(*sorted(found, key=lambda problem: problem.span.start)) from None


def _nothing(source: Source) -> Problem:
    """Return the problem of a file that was named and holds no configuration."""
    return Problem(
        code="CNN110",
        message="there is no table [tool.cnncalc]",
        span=source.point(1, 1),
        help=(f"a file called {OWN_FILE} has the same keys at its top",),
    )


def _problem(details: ErrorDetails, where: dict[Path, Place], below: Path) -> Problem:
    """Return what pydantic found, at its place."""
    path = (*below, *details["loc"])
    if details["type"] == "missing":
        text = f"`{path[-1]}` is missing: which files are these settings for?"
        span = where[path[:-1]].key
        return Problem(code="CNN110", message=text, span=span, help=('write path = "mobile/**"',))
    place = where[path]
    if details["type"] == "extra_forbidden":
        return _unknown(path[len(below) :], place)
    if details["type"] == "value_error":
        unfit = details["ctx"]["error"]
        assert isinstance(unfit, Unfit)
        return Problem(code=unfit.code, message=str(unfit), span=place.value, help=unfit.help)
    return _wrong_type(details, path, place.value)


def _unknown(path: Path, place: Place) -> Problem:
    """Return the problem of a key that does not exist."""
    key = str(path[-1])
    inside: str = "the configuration"
    table: type[Table] = Configuration
    if len(path) > 1:
        is_budget = path[-2] == "budget"
        inside, table = ("budget", Budget) if is_budget else ("per-path", PathSettings)
    known = [field.alias or "" for field in table.model_fields.values()]
    advice = did_you_mean(key, known) or (f"it has {', '.join(known)}",)
    if path == ("tool",):
        advice = (f"in {OWN_FILE} keys are at the top: without [tool.cnncalc] above them",)
    elif inside == "per-path" and key in Configuration.model_fields:
        advice = ("which files are checked is said once for all of them, above per-path",)
    text = f"`{format_value(key)}` is not a key of {inside}"
    return Problem(code="CNN109", message=text, span=place.key, help=advice)


_TYPES = {
    "bool_type": "true or false",
    "list_type": "a list",
    "literal_error": "one of strict, floor and ceil",
    "model_type": "a table",
    "string_type": "a text",
}
"""What a value should be, by pydantic's type of error; all that the types of fields can raise."""


def _wrong_type(details: ErrorDetails, path: Path, span: Span) -> Problem:
    """Return the problem of a value that is no such thing."""
    value = details["input"]
    key = next(str(part) for part in reversed(path) if isinstance(part, str))
    entry = "an entry of " if isinstance(path[-1], int) else ""
    text = f"{entry}`{key}` is {_TYPES[details['type']]}, not {_shown(value)}"
    advice: tuple[str, ...] = ()
    if details["type"] == "list_type" and isinstance(value, str):
        advice = (f"write {key} = [{_shown(value)}]",)
    elif path[-1] == "per-path" and isinstance(value, dict):
        header = ".".join(map(str, path))
        advice = (f"write [[{header}]]: two brackets begin an entry of a list",)
    elif details["type"] == "bool_type" and str(value).lower() in ("true", "false"):
        advice = (f"write {key} = {str(value).lower()}",)
    elif details["type"] == "literal_error":
        advice = did_you_mean(str(value), ROUNDINGS)
    return Problem(code="CNN108", message=text, span=span, help=advice)


def _shown(value: Any) -> str:
    """Return a value as TOML writes it; of a list or a table only that it is one."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a table"
    return format_value(json.dumps(value, ensure_ascii=False) if isinstance(value, str) else value)
