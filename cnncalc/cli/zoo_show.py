"""``zoo show``: the spec of a network that ships with the tool."""

from __future__ import annotations

from pathlib import Path

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.zoo import catalogue


def zoo_show(
    name: param.ZooName,
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Print the spec of a network.

    NAME is the network's name; - and _ are alike.

    Example: cnncalc zoo show resnet50
    """
    path, text = network_file(name)
    output = Output(color, quiet=quiet, ascii=ascii)
    output.results.write(text)
    base = catalogue.base_of(text)
    if base is not None and not quiet:
        about = f"{path.stem} extends {base}: see `cnncalc zoo show {base}`\n"
        output.messages.write(about)
    return 0


def network_file(name: str) -> tuple[Path, str]:
    """Return the file of a network, and its text.

    Raises:
        UsageError: there is no such network.
    """
    path = catalogue.find(name)
    if path is None:
        hints = did_you_mean(name, catalogue.names())
        text = f"there is no zoo network called {name}"
        raise UsageError(text, *hints, "`cnncalc zoo list` lists them all")
    return path, path.read_bytes().decode()
