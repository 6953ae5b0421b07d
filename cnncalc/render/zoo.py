"""The list of shipped networks: as a table, JSON, CSV or Markdown.

The table is laid out here and not by rich, whose import takes as long as all else that the list
does; names and papers are the tool's own, so that each character is known to take one cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from cnncalc.maths.volume import parse_volume
from cnncalc.maths.words import plural
from cnncalc.render.terminal import Terminal
from cnncalc.zoo.catalogue import Listed

_GAP = "  "
_SHORT = 24
"""A paper is shortened to this before columns go."""


class Column(NamedTuple):
    """A column: its heading, what it says of a network, and on which side its text stands."""

    heading: str
    text: Callable[[Listed], str]
    right: bool = False


def _inputs(network: Listed) -> str:
    found = {name: str(parse_volume(shape)) for name, shape in network.inputs.items()}
    if len(found) == 1:
        return next(iter(found.values()))
    return ", ".join(f"{name} {shape}" for name, shape in found.items())


COLUMNS = {
    "name": Column("Network", lambda network: network.name),
    "year": Column("Year", lambda network: str(network.year or "")),
    "paper": Column("Paper", lambda network: network.paper or network.source or ""),
    "task": Column("Task", lambda network: network.task or ""),
    "input": Column("Input", _inputs, right=True),
    "params": Column("Parameters", lambda network: f"{network.params:,}", right=True),
    "macs": Column("MACs", lambda network: f"{network.macs:,}", right=True),
}
"""Every column of the table and of Markdown, in order."""
DROPPED = ("paper", "task", "year", "input", "macs")
"""Which columns go where there is no room, the first first; never name and parameters."""


def table(networks: Sequence[Listed], total: int, terminal: Terminal) -> str:
    """Return the table of networks, of ``total`` that there are."""
    spelled = terminal.spell
    cells = {
        name: [spelled(column.text(network)) for network in networks]
        for name, column in COLUMNS.items()
    }
    widths = {name: max(map(len, [COLUMNS[name].heading, *cells[name]])) for name in COLUMNS}
    shown = _fit(widths, terminal.width)

    def line(texts: dict[str, str]) -> str:
        padded = (
            text.rjust(shown[name]) if COLUMNS[name].right else text.ljust(shown[name])
            for name, text in texts.items()
        )
        return _GAP.join(padded).rstrip()

    dots = spelled("…")
    heading = line({name: COLUMNS[name].heading for name in shown})
    rule = line({name: spelled("─") * size for name, size in shown.items()})
    lines = [terminal.paint(heading, "bold"), terminal.paint(rule, "dim")]
    lines += [
        line({name: _cut(cells[name][row], size, dots) for name, size in shown.items()})
        for row in range(len(networks))
    ]
    of_all = plural(total, "network")
    lines += ["", of_all if len(networks) == total else f"{len(networks):,} of {of_all}"]
    return "\n".join(lines) + "\n"


def _fit(widths: dict[str, int], room: int) -> dict[str, int]:
    """Return the columns that are shown, with the width of each."""
    shown = dict(widths)
    for name in ("", *DROPPED):
        shown.pop(name, None)
        missing = sum(shown.values()) + len(_GAP) * (len(shown) - 1) - room
        if not room or missing <= 0:
            return shown
        paper = shown.get("paper", 0)
        if paper - missing >= _SHORT:
            return shown | {"paper": paper - missing}
    return shown


def _cut(text: str, width: int, dots: str) -> str:
    return text if len(text) <= width else text[: width - len(dots)].rstrip(" ,") + dots


def json_text(networks: Iterable[Listed]) -> str:
    """Return the networks as JSON, shapes and totals named as ``summary`` names them."""
    from cnncalc import __version__
    from cnncalc.render.json import SCHEMA, document

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
    return document({"cnncalc": __version__, "schema": SCHEMA, "networks": data})


CSV_COLUMNS: dict[str, Callable[[Listed], str | int | None]] = {
    "name": lambda network: network.name,
    "title": lambda network: network.title,
    "year": lambda network: network.year,
    "paper": lambda network: network.paper,
    "task": lambda network: network.task,
    "source": lambda network: network.source,
    "extends": lambda network: network.extends,
    "input": lambda network: _inputs(network).replace("×", "x"),
    "params": lambda network: network.params,
    "non_trainable": lambda network: network.non_trainable,
    "macs": lambda network: network.macs,
}


def csv_text(networks: Iterable[Listed]) -> str:
    """Return a row for each network, numbers without separators."""
    import csv
    from io import StringIO

    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows([fact(network) for fact in CSV_COLUMNS.values()] for network in networks)
    return text.getvalue()


def markdown(networks: Iterable[Listed], links: str = "") -> str:
    """Return a Markdown table; ``links`` is the folder that holds the specs, to link to them."""
    from cnncalc.render.markdown import escape

    def row(network: Listed) -> list[str]:
        texts = [escape(column.text(network)) for column in COLUMNS.values()]
        if links:
            texts[0] = f"[{texts[0]}]({links}{network.name}.yaml)"
        return texts

    rows = [
        [column.heading for column in COLUMNS.values()],
        ["---:" if column.right else "---" for column in COLUMNS.values()],
        *map(row, networks),
    ]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
