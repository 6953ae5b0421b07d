"""Specs as the command line names them, and what its options change in a network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

import typer

from cnncalc.cli.failures import UsageError
from cnncalc.cli.parameters import RoundingName, axes, is_whole, names_axes
from cnncalc.inference.infer import Overrides, infer
from cnncalc.maths.volume import SPATIAL, Volume, parse_volume
from cnncalc.maths.words import number
from cnncalc.problems.model import RuleError
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.report import Report
from cnncalc.report.rows import Row
from cnncalc.spec.load import Loaded
from cnncalc.spec.network import Network

_AXES = (*SPATIAL, "depth")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """``--input``, ``--set`` and ``--rounding`` as they are given."""

    inputs: Sequence[str] | None = None
    variables: Sequence[str] | None = None
    rounding: RoundingName | None = None


def infer_spec(loaded: Loaded, changes: Changes) -> Report | None:
    """Return the report of what was read, ``None`` where it holds no network.

    Raises:
        UsageError: the network has nothing to change by such a name, or not to such a value.
    """
    network = loaded.network
    if network is None:
        return None
    changed = overrides(network, changes)
    report = infer(network, changed, loaded.problems)
    if any(problem.code == "CNN108" for problem in report.errors):
        _check_words(changed.variables, network)
    return report


def overrides(network: Network, changes: Changes) -> Overrides:
    """Return what the options change in a network.

    Raises:
        UsageError: the network has nothing to change by such a name, or not to such a value.
    """
    inputs = once("--input", changes.inputs, lambda text: _input(text, list(network.inputs)))
    variables = once("--set", changes.variables, lambda text: _variable(text, network))
    return Overrides(inputs=inputs, variables=variables, rounding=changes.rounding)


def layers_named(name: str, report: Report) -> tuple[Row, ...]:
    """Return the layer of a name, or the layers of a block use or of repetitions.

    Raises:
        UsageError: nothing has the name, or all its layers are left out.
    """
    rows = report.rows_named(name)
    if rows:
        return rows
    if rows is not None:
        raise UsageError(f"`{name}` has no layers: all of them are left out")
    known = [*(row.name for row in report.rows), *(use.name for use in report.uses)]
    listed = f"its layers are {', '.join(known[:8])}{', …' if len(known) > 8 else ''}"
    hints = did_you_mean(name, known) or (listed,)
    raise UsageError(f"{report.name} has no layer `{name}`", *hints)


def once(
    option: str, texts: Iterable[str] | None, read: Callable[[str], tuple[str, _Value]]
) -> dict[str, _Value]:
    """Return the names and values that ``read`` finds in an option that may be repeated.

    Raises:
        UsageError: a name is given twice.
    """
    found: dict[str, _Value] = {}
    for text in texts or ():
        name, value = read(text)
        if name in found:
            raise UsageError(f"{option} {text}: {name} is given twice")
        found[name] = value
    return found


def _input(text: str, names: list[str]) -> tuple[str, Volume]:
    """Return the name of an input and its volume; the name of an only input may be left out."""
    name, equals, rest = text.partition("=")
    if equals and name in names:
        return name, _volume(rest, f"--input {name}")
    if equals and name not in _AXES:
        listed = f"inputs: {', '.join(names)}"
        message = f"--input {text}: the spec has no input `{name}`"
        raise UsageError(message, *did_you_mean(name, names), listed)
    if len(names) > 1:
        message = f"--input {text}: which of {', '.join(names)}?"
        raise UsageError(message, f"write --input {names[0]}={text}")
    return names[0], _volume(text, "--input")


def _volume(text: str, option: str) -> Volume:
    """Return the volume that is meant by ``32x32x3`` or ``length=16000,depth=1``."""
    try:
        stated = axes(text) if names_axes(text) else int(text) if is_whole(text) else text
        return parse_volume(stated)
    except typer.BadParameter as error:
        raise UsageError(f"{option} {error.message}") from None
    except RuleError as error:
        raise UsageError(f"{option}: {error.message}", *error.help) from None


def _variable(text: str, network: Network) -> tuple[str, Any]:
    """Return one of ``vars`` and its value, read as a spec reads it."""
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals:
        raise UsageError(f"--set {text}: write NAME=VALUE")
    known = list(network.variables)
    if name not in known:
        listed = f"vars: {', '.join(known)}" if known else "it has no vars"
        message = f"--set {text}: the spec has no variable `{name}`"
        raise UsageError(message, *did_you_mean(name, known), listed)
    return name, _spec_value(value.strip(), f"--set {name}")


def _check_words(variables: Mapping[str, Any], network: Network) -> None:
    """Refuse a word given for a number, in a network where a field then has a wrong type."""
    for name, value in variables.items():
        usual = network.variables[name].data()
        if isinstance(value, str) and isinstance(usual, int | Fraction):
            raise UsageError(f"--set {name}={value}: write a number, such as {number(usual)}")


def _spec_value(text: str, option: str) -> Any:
    """Return what a value means in a spec: a number, a word, or a list such as ``[64, 128]``."""
    if text.startswith(("[", '"', "'")):
        from cnncalc.spec.document import read

        document, problems = read(f"value: {text}\n".encode(), "<arguments>")
        if problems or document is None or "\n" in text:
            message = problems[0].message if problems else "write it on one line"
            raise UsageError(f"{option}={text}: {message}")
        return document.root.data()["value"]
    from cnncalc.spec.scalars import OutOfRange, read_value

    try:
        return read_value(text)
    except OutOfRange as error:
        raise UsageError(f"{option}: {error}", error.help) from None
