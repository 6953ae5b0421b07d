"""The document of ``zoo list``: the networks that ship with the tool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cnncalc.maths.volume import parse_volume
from cnncalc.maths.words import plural, typed
from cnncalc.render.document import Document
from cnncalc.render.formats import markdown_table
from cnncalc.render.grid import Column, Grid
from cnncalc.render.json import version_data
from cnncalc.zoo.catalogue import Listed


def _inputs(network: Listed) -> str:
    found = {name: str(parse_volume(shape)) for name, shape in network.inputs.items()}
    if len(found) == 1:
        return next(iter(found.values()))
    return ", ".join(f"{name} {shape}" for name, shape in found.items())


_ALL: tuple[Column[Listed], ...] = (
    Column(
        name="name",
        heading="Network",
        value=lambda network: network.name,
    ),
    Column(name="title", heading="Title", value=lambda network: network.title),
    Column(
        name="year",
        heading="Year",
        value=lambda network: network.year,
        cell=lambda network: ((str(network.year or ""), ""),),
    ),
    Column(
        name="paper",
        heading="Paper",
        value=lambda network: network.paper,
        cell=lambda network: ((network.paper or network.source or "", ""),),
        readable=24,
        shortest=24,
    ),
    Column(name="task", heading="Task", value=lambda network: network.task),
    Column(name="source", heading="Source", value=lambda network: network.source),
    Column(name="extends", heading="Extends", value=lambda network: network.extends),
    Column(
        name="input",
        heading="Input",
        value=lambda network: typed(_inputs(network)),
        cell=lambda network: ((_inputs(network), ""),),
        right=True,
    ),
    Column(name="params", heading="Parameters", value=lambda network: network.params, right=True),
    Column(
        name="non_trainable",
        heading="Non-trainable",
        value=lambda network: network.non_trainable,
        right=True,
    ),
    Column(name="macs", heading="MACs", value=lambda network: network.macs, right=True),
)
COLUMNS = {column.name: column for column in _ALL}
"""Every column by its name."""

SHOWN = ("name", "year", "paper", "task", "input", "params", "macs")
"""The columns that people see; programs get all."""
DROPPED = ("paper", "task", "year", "input", "macs")
"""Which columns go where there is no room, the first first; never name and parameters."""


def zoo_list(networks: Sequence[Listed], total: int) -> Document:
    """Return what ``zoo list`` prints about networks, of ``total`` that there are."""
    of_all = plural(total, "network")
    count = of_all if len(networks) == total else f"{len(networks):,} of {of_all}"
    return Document(
        lines=_grid(networks, SHOWN),
        records=_grid(networks, tuple(COLUMNS)),
        notes=(("Zoo", ((count, ""),)),),
        data=lambda: _data(networks),
    )


def _grid(networks: Sequence[Listed], names: tuple[str, ...]) -> Grid[Listed]:
    columns = tuple(COLUMNS[name] for name in names)
    return Grid(columns=columns, items=networks, dropped=DROPPED)


def linked_table(networks: Sequence[Listed], folder: str) -> str:
    """Return a Markdown table in which each name leads to its spec in ``folder``."""
    grid = _grid(networks, SHOWN)
    name = replace(COLUMNS["name"], link=lambda network: f"{folder}{network.name}.yaml")
    return "\n".join(markdown_table(replace(grid, columns=(name, *grid.columns[1:])))) + "\n"


def _data(networks: Sequence[Listed]) -> dict[str, Any]:
    """Return the networks for JSON, shapes and totals named as ``summary`` names them."""
    data = [
        {
            "name": network.name,
            "title": network.title,
            "year": network.year,
            "paper": network.paper,
            "task": network.task,
            "source": network.source,
            "extends": network.extends,
            "inputs": network.inputs,
            "totals": {
                "params": {"trainable": network.params, "non_trainable": network.non_trainable},
                "macs": network.macs,
            },
        }
        for network in networks
    ]
    return version_data() | {"networks": data}
