"""``zoo list``, ``zoo show`` and ``zoo copy``: the networks that ship with the tool."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnncalc.cli import options
from cnncalc.cli.dispatch import UsageError
from cnncalc.cli.streams import Stream, error_stream, standard_output
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.zoo import catalogue as zoo

if TYPE_CHECKING:
    from cnncalc.cli.table import Command

Values = Mapping[str, Any]
Test = Callable[[zoo.Listed], bool]

_COUNT = re.compile(r"(\d[\d,_]*)(\.\d+)?\s*([kmgbt]?)", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
_SORTS: dict[str, Callable[[zoo.Listed], Any]] = {
    "name": lambda network: 0,  # they are
    "year": lambda network: network.year or 9999,
    "params": lambda network: network.params,
    "macs": lambda network: network.macs,
}


def list_networks(command: Command, values: Values) -> int:
    """Run ``zoo list`` and return its exit code."""
    options.choice(values, "color", options.COLORS)
    form = options.choice(values, "format", options.FORMATS)
    sort = options.choice(values, "sort", _SORTS)
    networks = zoo.listed()
    tests = list(_tests(values, networks))
    found = [network for network in networks if all(test(network) for test in tests)]
    found.sort(key=_SORTS[sort])
    output = standard_output(values)
    if form == "json":
        from cnncalc.render.zoo import json_text

        output.write_json(json_text(found))
    elif found or form != "table":
        output.write(_FORMATS[form](found, len(networks), output))
    if not found and not values["quiet"]:
        error_stream(values).write("".join(f"{line}\n" for line in _nothing(values, networks)))
    return 0


def _table(found: list[zoo.Listed], total: int, output: Stream) -> str:
    from cnncalc.render.zoo import table

    return table(found, total, output.terminal)


def _csv(found: list[zoo.Listed], total: int, output: Stream) -> str:
    from cnncalc.render.zoo import csv_text

    return csv_text(found)


def _markdown(found: list[zoo.Listed], total: int, output: Stream) -> str:
    from cnncalc.render.zoo import markdown

    return markdown(found)


_FORMATS: dict[str, Callable[[list[zoo.Listed], int, Stream], str]] = {
    "table": _table,
    "csv": _csv,
    "markdown": _markdown,
}


def _nothing(values: Values, networks: list[zoo.Listed]) -> Iterator[str]:
    """Yield what to say where no network is as wanted."""
    yield "no network is as asked for"
    if values["pattern"]:
        names = [network.name for network in networks]
        yield from (f"  {hint}" for hint in did_you_mean(values["pattern"], names))


def _tests(values: Values, networks: list[zoo.Listed]) -> Iterator[Test]:
    """Yield what the options ask of a network."""
    for option, fact, sign in (
        ("max_params", "params", 1),
        ("min_params", "params", -1),
        ("max_macs", "macs", 1),
        ("min_macs", "macs", -1),
    ):
        if values[option] is not None:
            yield _bound(fact, sign, _count(values[option], option))
    if values["task"] is not None:
        tasks = dict.fromkeys(network.task for network in networks if network.task)
        task = options.choice(values, "task", sorted(tasks))
        yield lambda network: network.task == task
    if values["year"] is not None:
        first, last = _years(values["year"])
        yield lambda network: network.year is not None and first <= network.year <= last
    if values["pattern"] is not None:
        yield _matches(values["pattern"])


def _bound(fact: str, sign: int, bound: Fraction) -> Test:
    return lambda network: (bound - getattr(network, fact)) * sign >= 0


def _count(text: str, option: str) -> Fraction:
    """Return ``5M`` or ``61,706`` as a number.

    Expectations read more (bounds, rounding), and with them all of inference would be loaded.
    """
    match = _COUNT.fullmatch(text.strip())
    if match is None:
        flag = f"--{option.replace('_', '-')}"
        raise UsageError(f"{flag} {text}: write a number such as 61706, 5M or 1.5G")
    whole = match[1].replace(",", "").replace("_", "")
    return Fraction(whole + (match[2] or "")) * _UNITS[match[3].lower()]


def _years(text: str) -> tuple[int, int]:
    match = _YEARS.fullmatch(text.strip())
    if match is None or int(match[2] or match[1]) < int(match[1]):
        raise UsageError(f"--year {text}: write a year such as 2015, or years such as 2014-2016")
    return int(match[1]), int(match[2] or match[1])


def _matches(pattern: str) -> Test:
    """Return what looks for a pattern: in names where it has ``*``, else in all that is said."""
    wanted = zoo.normal(pattern)
    if any(sign in wanted for sign in "*?["):
        return lambda network: fnmatchcase(zoo.normal(network.name), wanted)
    return lambda network: any(
        wanted in zoo.normal(text or "")
        for text in (network.name, network.title, network.paper, network.task)
    )


def show(command: Command, values: Values) -> int:
    """Run ``zoo show`` and return its exit code: the spec on standard output, as it ships."""
    options.choice(values, "color", options.COLORS)
    path, text = _spec(values["name"])
    standard_output(values).write(text)
    base = zoo.base_of(text)
    if base is not None and not values["quiet"]:
        about = f"{zoo.name_of(path)} extends {base}: see `cnncalc zoo show {base}`\n"
        error_stream(values).write(about)
    return 0


def copy(command: Command, values: Values) -> int:
    """Run ``zoo copy`` and return its exit code."""
    options.choice(values, "color", options.COLORS)
    path, text = _spec(values["name"])
    name = zoo.name_of(path)
    target = Path(values["file"] or f"{name}.yaml")
    if target.is_dir():
        target /= f"{name}.yaml"
    shown = str(target).replace(os.sep, "/")
    try:
        _write(target, zoo.on_its_own(text).encode(), force=values["force"])
    except FileExistsError:
        hint = "name another file" if values["force"] else "name another file, or use --force"
        raise UsageError(f"{shown} exists already", hint) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"cannot write {shown}: {reason}") from None
    if not values["quiet"]:
        base = zoo.base_of(text)
        extends = f", which extends {base} of the zoo" if base else ""
        error_stream(values).write(f"wrote {shown}: a copy of {name}{extends}\n")
    return 0


def _spec(name: str) -> tuple[Path, str]:
    """Return the file of a network, and its text."""
    path = zoo.find(name)
    if path is None:
        hints = did_you_mean(name, zoo.names())
        text = f"there is no zoo network called {name}"
        raise UsageError(text, *hints, "`cnncalc zoo list` lists them all")
    return path, path.read_bytes().decode()


def _write(target: Path, data: bytes, *, force: bool) -> None:
    """Write a file whole or not at all.

    Raises:
        FileExistsError: it exists, and it is not to be written over, or is no plain file.
        OSError: it cannot be written.
    """
    if target.exists() and not (force and target.is_file()):
        raise FileExistsError
    target = Path(os.path.realpath(target)) if force else target
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with beside.open("xb") as file:
            file.write(data)
        if force:
            beside.replace(target)
        else:
            _put(beside, target)
    finally:
        with suppress(OSError):
            beside.unlink()


def _put(file: Path, target: Path) -> None:
    """Give a file its name unless somebody else was quicker."""
    try:
        os.link(file, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: claim the name first
        with target.open("xb"):
            pass
        file.replace(target)
