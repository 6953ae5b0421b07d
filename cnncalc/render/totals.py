"""What stands above and below the table: the network's name, its totals, what they count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from cnncalc.maths.words import in_bytes, plural, short

if TYPE_CHECKING:
    from cnncalc.render.columns import View

_DTYPES = {1: "int8", 2: "float16", 4: "float32", 8: "float64"}

Part = tuple[str, str]


def heading(view: View, spelled: Callable[[str], str]) -> Text:
    """Return the title: name, input and file."""
    inputs = view.report.inputs
    volumes = [
        view.volume(volume) if len(inputs) == 1 else f"{name} {view.volume(volume)}"
        for name, volume in inputs.items()
    ]
    label = "input" if len(inputs) == 1 else "inputs"
    title = Text(spelled(view.report.name), style="bold")
    for part in (f"{label} {', '.join(volumes)}" if volumes else "", view.report.source.name):
        if part:
            title.append(f"   {spelled(part)}", style="not bold dim")
    return Text.assemble(title, "\n")


def totals(view: View, spelled: Callable[[str], str]) -> Table:
    """Return the lines below the table."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row("", "")
    for label, parts in _lines(view):
        words = Text.assemble(*((spelled(text), style) for text, style in parts))
        grid.add_row(Text(label, style="dim"), words)
    return grid


def _lines(view: View) -> Iterator[tuple[str, list[Part]]]:
    """Yield each line below the table: its label and its words."""
    rows = view.report.rows
    if rows and all(row.output is None for row in rows):
        yield "Totals", [("unknown", "yellow")]
    else:
        yield "Parameters", _params(view)
        yield "MACs", _macs(view)
        yield "Memory", _memory(view)
    yield "Layers", _layers(view)
    outputs = view.report.outputs
    if len(outputs) > 1:
        words = ", ".join(f"{name} {view.volume(volume)}" for name, volume in outputs.items())
        yield "Outputs", [(words, "")]
    if view.report.overridden:
        options = ", ".join(view.report.overridden)
        yield "Note", [(f"expectations not checked ({options})", "yellow")]


def _amount(view: View, known: str, *more: Part) -> list[Part]:
    """Return a sum and what is said about it; at least the sum where layers are unknown."""
    unknown = sum(row.output is None for row in view.report.rows)
    if view.report.totals.complete:
        return [(known, "bold"), *more]
    if not unknown:
        return [("at least ", "yellow"), (known, "bold"), *more, (" (not all layers)", "yellow")]
    without = f" ({plural(unknown, 'layer')} unknown)"
    return [("at least ", "yellow"), (known, "bold"), *more, (without, "yellow")]


def _params(view: View) -> list[Part]:
    found = view.report.totals
    rest = f", {found.non_trainable:,} non-trainable" if found.non_trainable else ""
    return _amount(view, f"{found.params:,}", (f" trainable{rest}", ""))


def _macs(view: View) -> list[Part]:
    found = view.report.totals
    flops = (f", FLOPs = 2 × MACs = {short(found.flops)}", "")
    definition = [(" (one MAC per weight and position)", "dim")] if found.complete else []
    return _amount(view, f"{found.macs:,}", flops, *definition)


def _memory(view: View) -> list[Part]:
    found = view.report.bytes(view.dtype_bytes)
    name = _DTYPES.get(view.dtype_bytes, plural(view.dtype_bytes, "byte"))
    if found.weights is None or found.activations is None or found.peak is None:
        return [("unknown", "yellow")]
    words = (
        f"weights {in_bytes(found.weights)}, activations {in_bytes(found.activations)}, "
        f"peak {in_bytes(found.peak)}"
    )
    return [(words, ""), (f" (one input, {name})", "dim")]


def _layers(view: View) -> list[Part]:
    rows = view.report.rows
    parts: list[Part] = [(f"{len(rows):,}", "")]
    if any(line.block is not None for line in view.lines):
        parts.append((" (--depth all shows those in blocks)", "dim"))
    return parts
