"""What the text of options means: choices, numbers, volumes, values of ``vars``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.cli.dispatch import UsageError
from cnncalc.maths.volume import SPATIAL, Volume, parse_volume
from cnncalc.problems.model import RuleError
from cnncalc.problems.suggestions import did_you_mean

if TYPE_CHECKING:
    from cnncalc.inference.infer import Overrides
    from cnncalc.spec.network import Network

DTYPES = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8": 1,
    "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint8": 1,
}  # fmt: skip
"""Type of numbers → its bytes."""
COLORS = ("auto", "always", "never")
LAYOUTS = ("whd", "chw", "hwc")
ROUNDINGS = ("strict", "floor", "ceil")
FORMATS = ("table", "json", "csv", "markdown")
_AXES = (*SPATIAL, "depth")


def choice(values: Mapping[str, Any], option: str, words: Iterable[str]) -> str:
    """Return the option's word.

    Raises:
        UsageError: it is not one of ``words``.
    """
    words = list(words)
    value = str(values[option])
    if value not in words:
        raise UsageError(
            f"--{option} {value}: choose from {', '.join(words)}", *did_you_mean(value, words)
        )
    return value


def depth(values: Mapping[str, Any]) -> int | None:
    """Return how many levels ``--depth`` unfolds, ``None`` for all."""
    text = values["depth"]
    if text == "all":
        return None
    if text.isdecimal() and text.isascii() and int(text[:6]) > 0:
        return int(text[:6])  # no network is deeper
    raise UsageError(f"--depth {text}: write a number from 1, or all")


def columns(values: Mapping[str, Any], known: Iterable[str]) -> tuple[str, ...] | None:
    """Return the names of ``--columns``, ``None`` where it is not given."""
    text = values["columns"]
    if text is None:
        return None
    known = list(known)
    names = tuple(name.strip().lower().replace("-", "_") for name in text.split(","))
    for name in names:
        if name not in known:
            listed = f"columns: {', '.join(known)}"
            text = f"--columns: there is no column `{name}`"
            raise UsageError(text, *did_you_mean(name, known), listed)
    return names


def volume(text: str, option: str) -> Volume:
    """Return the volume that a command line states: ``32x32x3`` or ``length=16000,depth=1``."""
    try:
        return parse_volume(volume_value(text, option))
    except RuleError as error:
        raise UsageError(f"{option}: {error.message}", *error.help) from None


def volume_value(text: str, option: str) -> Any:
    """Return a volume as a spec states it: a number, text, or a mapping of axes."""
    if "=" in text:
        return pairs(text, option)
    return int(text) if _is_whole(text) else text


def pairs(text: str, option: str) -> dict[str, Any]:
    """Return ``height=1,width=7`` as a mapping of whole numbers."""
    found: dict[str, Any] = {}
    for part in text.split(","):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not name or not _is_whole(value):
            raise UsageError(f"{option} {text}: write NAME=NUMBER,NAME=NUMBER")
        if name in found:
            raise UsageError(f"{option} {text}: {name} is given twice")
        found[name] = int(value)
    return found


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18


def overrides(values: Mapping[str, Any], network: Network) -> Overrides:
    """Return what ``--input``, ``--set`` and ``--rounding`` change in a network."""
    from cnncalc.inference.infer import Overrides

    rounding = values["rounding"] and choice(values, "rounding", ROUNDINGS)
    return Overrides(
        dict(_input(text, list(network.inputs)) for text in values["input"]),
        dict(_variable(text, network) for text in values["set"]),
        rounding,
    )


def _input(text: str, names: list[str]) -> tuple[str, Volume]:
    """Return the name of an input and its volume; of one input the name may be left out."""
    name, equals, rest = text.partition("=")
    if equals and name in names:
        return name, volume(rest, f"--input {name}")
    if equals and name not in _AXES:
        listed = f"inputs: {', '.join(names)}"
        raise UsageError(
            f"--input {text}: the spec has no input `{name}`", *did_you_mean(name, names), listed
        )
    if len(names) > 1:
        raise UsageError(
            f"--input {text}: which of {', '.join(names)}?", f"write --input {names[0]}={text}"
        )
    return names[0], volume(text, "--input")


def _variable(text: str, network: Network) -> tuple[str, Any]:
    """Return one of ``vars`` and its value, read as a spec reads it."""
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals:
        raise UsageError(f"--set {text}: write NAME=VALUE")
    known = list(network.variables)
    if name not in known:
        listed = f"vars: {', '.join(known)}" if known else "it has no vars"
        raise UsageError(
            f"--set {text}: the spec has no variable `{name}`", *did_you_mean(name, known), listed
        )
    return name, spec_value(value.strip(), f"--set {name}")


def spec_value(text: str, option: str) -> Any:
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


def whole(values: Mapping[str, Any], option: str, least: int = 1, most: int = 10**17) -> int | None:
    """Return the option's whole number, ``None`` where it is not given."""
    text = values[option]
    if text is None:
        return None
    if not _is_whole(text) or not least <= int(text) <= most:
        large = text.isascii() and text.isdecimal() and int(text) > most
        end = f" to {most:,}" if large else ""
        raise UsageError(f"--{option} {text}: write a whole number from {least}{end}")
    return int(text)


_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12,
          "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}  # fmt: skip


def size(values: Mapping[str, Any], option: str) -> int | None:
    """Return the option's bytes (``2G``, ``500MiB``), ``None`` where it is not given."""
    text = values[option]
    if text is None:
        return None
    import re

    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,6})?) *([kmgt]i?)?b?", text.lower(), re.ASCII)
    if found is None:
        shown = f"--{option.replace('_', '-')}"
        raise UsageError(f"{shown} {text}: write a size such as 500MiB, 2G or 1.5GiB")
    return int(float(found[1]) * _UNITS[found[2] or ""])
