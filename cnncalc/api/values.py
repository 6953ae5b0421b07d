"""Values that calls of the Python API state, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf
from typing import Any

from cnncalc.maths.volume import Volume, parse_volume
from cnncalc.problems.model import RuleError
from cnncalc.problems.suggestions import did_you_mean


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Raise ``ValueError`` where a value is none of these words."""
    if value not in choices:
        hint = nearest(value, choices)
        raise ValueError(f"{name} is {value!r}, not one of {', '.join(choices)}{hint}")


def check_whole(name: str, value: object, *, least: int = 1, most: float = inf) -> None:
    """Raise ``ValueError`` where a value is no whole number, or out of range."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        end = "on" if most == inf else f"to {most}"
        raise ValueError(f"{name} is {value!r}, not a whole number from {least} {end}")


def check_names(what: str, names: Collection[str], known: Collection[str]) -> None:
    """Raise ``ValueError`` where one of the names is not known."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"{what}: the network has no {unknown[0]!r}{nearest(unknown[0], known)}")


def nearest(word: object, known: Collection[str]) -> str:
    """Return the nearest of the words that are known, to be added to a message."""
    return "".join(f": {hint}" for hint in did_you_mean(str(word), known))


def volumes(value: Any, names: list[str]) -> dict[str, Volume]:
    """Return stated volumes by the names of inputs; a volume alone is for the first input.

    Raises:
        ValueError: one of them is no volume.
    """
    if value is None:
        return {}
    by_name = (
        value if isinstance(value, Mapping) and set(value) <= set(names) else {names[0]: value}
    )
    try:
        return {name: parse_volume(shape) for name, shape in by_name.items()}
    except RuleError as error:
        raise ValueError(": ".join((error.message, *error.help[:1]))) from error
