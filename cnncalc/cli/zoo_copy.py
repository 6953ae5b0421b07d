"""``zoo copy``: a network that ships with the tool as the start of a spec of one's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from cnncalc.cli import parameters as param
from cnncalc.cli.output import Output
from cnncalc.cli.writing import result_file
from cnncalc.cli.zoo_show import network_file
from cnncalc.zoo import catalogue


def zoo_copy(
    name: param.ZooName,
    file: param.File = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    color: param.Color = "auto",
    quiet: param.Quiet = False,
    ascii: param.Ascii = False,
) -> int:
    """Start a spec of your own from a network's.

    NAME is the network's name; - and _ are alike. FILE is the file to write, or a folder for
    it; without it, NAME.yaml is written here.

    Example: cnncalc zoo copy resnet50 mine.yaml
    """
    path, text = network_file(name)
    network = path.stem
    target = Path(file or f"{network}.yaml")
    if target.is_dir():
        target /= f"{network}.yaml"
    shown = str(target).replace(os.sep, "/")
    with result_file(shown, replace=force) as written:
        written.write(catalogue.on_its_own(text).encode())
    if not quiet:
        base = catalogue.base_of(text)
        extends = f", which extends {base} of the zoo" if base else ""
        messages = Output(color, ascii=ascii).messages
        messages.write(f"wrote {shown}: a copy of {network}{extends}\n")
        messages.write(f"see it with `cnncalc summary {shown}`\n")
    return 0
