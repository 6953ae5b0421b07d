"""The parameters that commands share: how each is written, read and completed.

Positional arguments are hidden from the panels of the help, where Typer would print their
Python types: a command's docstring says what they are.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any, Literal

import typer

from cnncalc.maths.numbers import parse_bytes, parse_count
from cnncalc.render.formats import FormatName

_MOST = 10**17


# parsers: from text to what it means


def whole(least: int, most: int = _MOST) -> Callable[[Any], int]:
    """Return a parser of whole numbers."""

    def parse(value: Any) -> int:
        text = str(value)
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 1000 else -1
        if least <= number <= most:
            return number
        end = f" to {most:,}" if number > most or most < _MOST else ""
        raise typer.BadParameter(f"{text}: write a whole number from {least}{end}")

    return parse


def depth(value: Any) -> int | None:
    """Return how many levels of blocks are unfolded, ``None`` for all."""
    if value == "all":
        return None
    try:
        return whole(1)(value)
    except typer.BadParameter as error:
        raise typer.BadParameter(f"{error.message}, or all") from None


def names(text: str) -> tuple[str, ...]:
    """Return names separated by commas, each once, with ``_`` for ``-``."""
    return tuple(dict.fromkeys(name.strip().lower().replace("-", "_") for name in text.split(",")))


def count(text: str) -> Any:
    """Return ``61,706``, ``5M`` or ``1.5G`` as a fraction."""
    try:
        return parse_count(text).value
    except ValueError:
        message = f"{text}: write a number such as 61706, 5M or 1.5G"
        raise typer.BadParameter(message) from None


def size(text: str) -> int:
    """Return ``2G`` or ``500MiB`` in bytes."""
    try:
        return parse_bytes(text)
    except ValueError:
        message = f"{text}: write a size such as 500MiB, 2G or 1.5GiB"
        raise typer.BadParameter(message) from None


def axes(text: str) -> dict[str, int]:
    """Return ``height=1,width=7`` or ``{height: 1, width: 7}`` as a mapping of whole numbers."""
    found: dict[str, int] = {}
    text = text.strip()
    pairs = text[1:-1].replace(":", "=") if text.startswith("{") and text.endswith("}") else text
    for part in pairs.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if not name or not is_whole(value):
            raise typer.BadParameter(f"{text}: write NAME=NUMBER,NAME=NUMBER")
        if name in found:
            raise typer.BadParameter(f"{text}: {name} is given twice")
        found[name] = int(value)
    return found


def names_axes(text: str) -> bool:
    """Return whether text is meant as ``height=1,width=7``, or as a spec writes that."""
    return "=" in text or text.strip().startswith("{")


def is_whole(text: str) -> bool:
    """Return whether text is a whole number that an axis might have."""
    return text.isascii() and text.isdecimal() and len(text) < 18


# completion: what a shell offers for the word that is being typed


def complete_network(incomplete: str) -> list[str]:
    """Return the zoo networks whose names begin with ``incomplete``."""
    from cnncalc.zoo import catalogue

    typed = catalogue.normal(incomplete)
    return [name for name in catalogue.names() if catalogue.normal(name).startswith(typed)]


def complete_code(incomplete: str) -> list[tuple[str, str]]:
    """Return the problem codes that begin with ``incomplete``, and their names."""
    from cnncalc.problems.codes import CODES

    return [(code, name) for code, name in CODES.items() if code.startswith(incomplete.upper())]


def complete_kind(incomplete: str) -> list[str]:
    """Return the layer kinds that begin with ``incomplete``."""
    from cnncalc.layers.registry import KINDS

    return [kind for kind in KINDS if kind.startswith(incomplete)]


def complete_layer(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the layers and block uses, of the specs named before, that begin with a text."""
    from cnncalc.inference.infer import infer
    from cnncalc.spec.files import CannotRead
    from cnncalc.spec.load import load

    stated = ctx.params.get("spec") or ctx.params.get("specs") or ctx.args
    names: dict[str, None] = {}
    for spec in (stated,) if isinstance(stated, str) else stated:
        if spec == "-":  # there is nothing on standard input yet
            continue
        with suppress(CannotRead):
            network = load(spec).network
            report = network and infer(network)
            if report:
                names |= dict.fromkeys(use.name for use in report.uses)
                names |= dict.fromkeys(row.name for row in report.rows)
    return [name for name in names if name.startswith(incomplete)]


def _argument(metavar: str, complete: Callable[..., Any] | None = None) -> Any:
    return typer.Argument(metavar=metavar, hidden=True, autocompletion=complete)


def _change(help: str, *flags: str, metavar: str | None = None) -> Any:
    panel = "Changes to the network"
    return typer.Option(*flags, metavar=metavar, help=help, rich_help_panel=panel)


def option(metavar: str, help: str, *flags: str, **more: Any) -> Any:
    """Return an option that takes a value."""
    return typer.Option(*flags, metavar=metavar, help=help, **more)


def output_option(help: str, *flags: str, **more: Any) -> Any:
    """Return an option that says how results are shown."""
    return typer.Option(*flags, help=help, rich_help_panel="Output", **more)


# which network, and what is changed in it

Spec = Annotated[str, _argument("SPEC", complete_network)]
Specs = Annotated[list[str], _argument("SPEC", complete_network)]
ZooName = Annotated[str, _argument("NAME", complete_network)]
Layer = Annotated[str | None, _argument("LAYER", complete_layer)]
Codes = Annotated[list[str] | None, _argument("CODE", complete_code)]
Kind = Annotated[str | None, _argument("KIND", complete_kind)]
Paths = Annotated[list[str] | None, _argument("PATH")]
File = Annotated[str | None, _argument("FILE")]
Pattern = Annotated[str | None, _argument("PATTERN", complete_network)]

Inputs = Annotated[
    list[str] | None,
    _change("Another input: 256x256x3, or NAME=256x256x3.", "--input", metavar="SHAPE"),
]
Variables = Annotated[
    list[str] | None,
    _change("Another value of one of vars: classes=10.", "--set", metavar="NAME=VALUE"),
]
RoundingName = Literal["strict", "floor", "ceil"]
Rounding = Annotated[RoundingName | None, _change("Another rounding.")]

# what is changed in files


def _mending(help: str, flag: str) -> Any:
    return typer.Option(flag, help=help, rich_help_panel="Fixes")


WriteFixes = Annotated[bool, _mending("Mend what surely was meant otherwise.", "--fix")]
UnsafeFixes = Annotated[
    bool, _mending("Make fixes, too, that change what comes out.", "--unsafe-fixes")
]
ShowDiff = Annotated[bool, _mending("Print what would change; exit with 1 if anything.", "--diff")]

# how results are shown

TableFormat = Annotated[
    FormatName, output_option("What is printed: table, json, csv or markdown.", metavar="FORMAT")
]
Depth = Annotated[
    int | None,
    output_option("How many levels of blocks are unfolded.", parser=depth, metavar="N|all"),
]
Columns = Annotated[
    Any, output_option("Which columns, separated by commas.", parser=names, metavar="NAMES")
]
VolumeLayout = Annotated[
    Literal["whd", "chw", "hwc"], output_option("The order of a volume's axes.")
]
ByteType = Annotated[
    Literal[
        "float64", "float32", "float16", "bfloat16", "float8",
        "int64", "int32", "int16", "int8", "uint8",
    ],
    output_option("The type of the numbers, for bytes: float32, bfloat16 or int8", metavar="TYPE"),
]  # fmt: skip
Color = Annotated[
    Literal["auto", "always", "never"],
    output_option(
        "Whether to colour: auto, always or never; NO_COLOR and FORCE_COLOR count too.",
        metavar="WHEN",
    ),
]
Quiet = Annotated[bool, output_option("Print results, and one line for each problem.", "--quiet")]
Ascii = Annotated[bool, output_option("Print ASCII only.", "--ascii")]
