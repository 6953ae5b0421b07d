"""The columns of the table: what each is called, and what it says about a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.layers.registry import KINDS, layer_class
from cnncalc.maths.words import in_bytes, short
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.rows import Totals, receptive_field, total

if TYPE_CHECKING:
    from cnncalc.maths.volume import Volume
    from cnncalc.render.folding import Line
    from cnncalc.report.report import Report

Cell = tuple[tuple[str, str], ...]
"""A cell: stretches of text, each with its style."""

BAR = 8
"""Cells of the longest share bar."""


class Sum(NamedTuple):
    """The counts of one line."""

    totals: Totals
    partly: bool

    def shown(self, value: int, words: Callable[[int], str]) -> Cell:
        """Return a count, at least that much where layers are unknown."""
        if self.totals.complete:
            return ((words(value), "dim" if value == 0 else ""),)
        return ((f"≥ {words(value)}", "yellow") if self.partly and value else ("?", "yellow"),)


@dataclass(eq=False)
class View:
    """How a report is shown, and what shares are shares of."""

    report: Report
    lines: list[Line]
    layout: str
    dtype_bytes: int
    ascii: bool

    @cached_property
    def sums(self) -> dict[Line, Sum]:
        """The counts of every line."""
        return {line: Sum(total(line.rows), line.unknown < len(line.rows)) for line in self.lines}

    def default(self) -> tuple[str, ...]:
        """Return the columns that are shown when none are stated: those that say something."""
        silent = set()
        if not self.report.totals.params or not self.report.totals.complete:
            silent.add("share")  # a share of a sum that is not known would be wrong
        if not any(line.fields for line in self.lines):
            silent.add("receptive_field")
        return tuple(name for name in DEFAULT if name not in silent)

    @cached_property
    def largest(self) -> int:
        """The parameters of the largest line: the longest bar."""
        return max((s.totals.params for s in self.sums.values()), default=0)

    def headings(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the heading of each column, all of one height."""
        heads = {name: COLUMNS[name].heading for name in names}
        found = {
            name: (upper, lower.replace("AXES", self.axes))
            if self.axes or lower != "AXES"
            else ("", upper)
            for name, (upper, lower) in heads.items()
        }
        if any(upper for upper, _ in found.values()):
            return dict(found)
        return {name: (lower,) for name, (_, lower) in found.items()}

    def volume(self, volume: Volume | None) -> str:
        """Return a volume as the layout writes it."""
        if volume is None:
            return "?"
        if self.layout == "whd" or not volume.rank:
            return str(volume)
        sizes = (
            (volume.depth, *volume.spatial)
            if self.layout == "chw"
            else (*volume.spatial, volume.depth)
        )
        return "×".join(map(str, sizes))

    @cached_property
    def axes(self) -> str:
        """The letters of a volume's axes, such as ``W×H×D``; none where all are vectors."""
        volumes = [*self.report.inputs.values(), *(row.output for row in self.report.rows)]
        rank = max((volume.rank for volume in volumes if volume is not None), default=2)
        spatial = ("", "L", "H×W", "T×H×W")[rank]
        if not rank:
            return ""
        if self.layout == "whd":
            return "W×H×D" if rank == 2 else f"{spatial}×D"
        return f"C×{spatial}" if self.layout == "chw" else f"{spatial}×C"


def _layer(line: Line, view: View) -> Cell:
    around = line.rows[0].blocks if line.block is None else line.block.blocks
    inside = f"{around[-1]}." if around else ""
    style = "bold red" if line.problem or line.failed else ""
    return (
        (line.place.mark, "dim"),
        (inside, style or "dim"),
        (line.name.removeprefix(inside), style),
    )


def _hyperparameters(line: Line, view: View) -> Cell:
    if line.block is not None:
        times = f"{line.times} × " if line.times > 1 else ""
        arguments = f" ({line.block.arguments})" if line.block.arguments else ""
        parts = [(times, "dim"), (line.kind, "bold"), (arguments, "")]
    else:
        row = line.rows[0]
        words = row.layer.hyperparameters(*row.inputs) if row.layer is not None else ""
        parts = [(line.kind, kind_colour(line.kind)), (f" {words}" if words else "", "")]
        if row.shared_from is not None:
            parts.append((f", weights of {row.shared_from}", ""))
    if line.place.identity:
        parts.append((" with identity", "dim"))
    if line.place.sources:
        parts.append((" from " + ", ".join(line.place.sources), "dim"))
    return tuple(parts)


def kind_colour(kind: str) -> str:
    """Return the colour of a kind's family."""
    return layer_class(kind).family.colour if kind in KINDS else ""


def _output(line: Line, view: View) -> Cell:
    if line.problem is None and not line.failed:
        if line.output is None:
            return (("unknown", "yellow"),)
        same = line.output in line.inputs
        return ((view.volume(line.output), "dim" if same else ""),)
    code = line.problem.code if line.problem else ""
    words = line.problem.name if line.problem else "failed"
    if line.output is None:
        return ((f"✗ {code} {words}".replace("  ", " "), "bold red"),)
    if code.startswith("CNN4"):
        words = "not as expected"  # the code tells which number, the problem how it differs
    return ((view.volume(line.output), ""), (f" ✗ {code} {words}", "bold red"))


def _share(line: Line, view: View) -> Cell:
    params = view.sums[line].totals.params
    whole = view.report.totals.params
    if not params or not whole:
        return (("", ""),)
    bar = _bar(params, view.largest, view.ascii)
    percent = 100 * params / whole
    words = "<0.1%" if percent < 0.1 else "100%" if params == whole else f"{percent:.1f}%"
    return ((bar.ljust(BAR), "cyan"), (f"{words:>6}", "dim"))


def _bar(value: int, largest: int, ascii_only: bool) -> str:
    """Return a bar, drawn in eighths of a cell; what is not 0 shows at least one."""
    if ascii_only:
        return "#" * max(round(value * BAR / largest), 1)
    eighths = max(round(value * BAR * 8 / largest), 1)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def _receptive_field(line: Line, view: View) -> Cell:
    if line.output is None:
        return (("?", "yellow"),)
    found = receptive_field(line.fields, line.output)
    if found is None:
        return (("", ""),)
    sizes = list(found.size.values())
    if view.layout == "whd" and len(sizes) == 2:
        sizes.reverse()
    bound = "" if found.is_exact else "≤"
    return ((bound + "×".join(map(str, sizes)), ""),)


def _bytes(line: Line, view: View) -> Cell:
    kept = (
        row.output.size
        for row in line.rows
        if row.output is not None and row.layer is not None and not row.layer.keeps_nothing
    )
    return view.sums[line].shown(sum(kept) * view.dtype_bytes, in_bytes)


def _count(name: str, words: Callable[[int], str]) -> Callable[[Line, View], Cell]:
    def cell(line: Line, view: View) -> Cell:
        found = view.sums[line]
        return found.shown(getattr(found.totals, name), words)

    return cell


def _exact(value: int) -> str:
    return f"{value:,}"


def _sources(line: Line, view: View) -> Cell:
    sources = line.block.sources if line.block is not None else line.rows[0].sources
    return ((", ".join(sources), ""),)


class Column(NamedTuple):
    """One column: its heading (in two lines), its side, and its cells."""

    heading: tuple[str, str]
    cell: Callable[[Line, View], Cell]
    right: bool = False


COLUMNS: dict[str, Column] = {
    "layer": Column(("", "Layer"), _layer),
    "kind": Column(("", "Kind"), lambda line, view: ((line.kind, kind_colour(line.kind)),)),
    "hyperparameters": Column(("", "Hyperparameters"), _hyperparameters),
    "from": Column(("", "From"), _sources),
    "input": Column(
        ("Input", "AXES"), lambda line, view: ((", ".join(map(view.volume, line.inputs)), ""),)
    ),
    "output": Column(("Output", "AXES"), _output),
    "params": Column(("", "Parameters"), _count("params", _exact), right=True),
    "share": Column(("Share of", "parameters"), _share),
    "non_trainable": Column(("Non-", "trainable"), _count("non_trainable", _exact), right=True),
    "macs": Column(("", "MACs"), _count("macs", short), right=True),
    "neurons": Column(("", "Neurons"), _count("neurons", _exact), right=True),
    "connections": Column(("", "Connections"), _count("connections", _exact), right=True),
    "bytes": Column(("", "Activations"), _bytes, right=True),
    "receptive_field": Column(("Receptive", "field"), _receptive_field, right=True),
    "line": Column(("", "Line"), lambda line, view: ((str(line.line), "dim"),), right=True),
}
"""Every column by the name that ``--columns`` takes."""

DEFAULT = ("layer", "hyperparameters", "output", "params", "share", "macs", "receptive_field")
DROPPED = ("share", "receptive_field", "macs", "hyperparameters")
"""Which columns go first when the terminal is too narrow."""


def check_columns(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of columns; raise ``ValueError`` for one that does not exist."""
    found = tuple(name.strip().lower().replace("-", "_") for name in names)
    for name in found:
        if name not in COLUMNS:
            hint = did_you_mean(name, COLUMNS) or (f"columns: {', '.join(COLUMNS)}",)
            raise ValueError(f"there is no column `{name}`: {hint[0]}")
    return found
