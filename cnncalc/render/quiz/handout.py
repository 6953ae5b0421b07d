"""A quiz to be shown: its questions, and the words for them, which come from their layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from cnncalc.homework.cells import FIELDS
from cnncalc.homework.key import Asked, Key
from cnncalc.homework.quiz.quiz import question_number, quiz_key
from cnncalc.homework.values import shown
from cnncalc.layers.window import size_words
from cnncalc.maths.words import plural
from cnncalc.render.explain.build import explanation
from cnncalc.render.explain.explanation import Section
from cnncalc.report.rows import Row

_KINDS: Final = {
    "conv": "convolution",
    "depthwise_conv": "depthwise convolution",
    "separable_conv": "separable convolution",
    "conv_transpose": "transposed convolution",
    "maxpool": "max pooling",
    "avgpool": "average pooling",
    "fc": "fully connected layer",
    "batchnorm": "batch normalisation",
    "add": "element-wise sum",
    "concat": "concatenation along the depth",
}
"""What kinds are called in a sentence, where that is not their name."""
_CELLS: Final = {
    "output": "output volume",
    "kernel": "size of the windows",
    "filters": "number of filters",
    "params": "number of parameters",
    "weights": "number of weights, without biases",
    "biases": "number of biases",
    "macs": "number of multiply-accumulates",
    "receptive_field": "receptive field, in pixels of the input",
}
"""What is asked for, where that is not the name of the cell."""
_SIGHT: Final = ("R", "J")
"""What the lines of a receptive field begin with: its size, and the stride up to there."""


@dataclass(frozen=True, kw_only=True)
class Handout:
    """A quiz as the data of a spec, and whether its right answers are shown."""

    spec: Mapping[str, Any]
    answers: bool = False

    @cached_property
    def key(self) -> Key:
        """The key that the quiz is."""
        return quiz_key(self.spec)

    @property
    def questions(self) -> list[Exercise]:
        """The questions in order."""
        rows = groupby(self.key.report.rows, key=lambda row: question_number(row.name))
        asked: dict[int, list[Asked]] = {}
        for cell in self.key.asked:
            asked.setdefault(question_number(cell.layer), []).append(cell)
        return [
            Exercise(number=number, rows=tuple(found), asked=tuple(asked[number]))
            for number, found in rows
        ]

    @cached_property
    def sections(self) -> dict[str, Section]:
        """The arithmetic of each layer, as on paper, by its name."""
        report = self.key.report
        explained = explanation(report, report.rows).sections
        return {row.name: each for row, each in zip(report.rows, explained, strict=True)}


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One question of a quiz: its layers and what is asked of them."""

    number: int
    rows: tuple[Row, ...]
    asked: tuple[Asked, ...]

    @property
    def input(self) -> str:
        """The volume that the first layer reads."""
        return str(self.rows[0].inputs[0])

    def words(self, row: Row) -> str:
        """Return what a layer is, with a question mark for what is asked of its settings."""
        hidden = {cell.cell for cell in self.asked if cell.layer == row.name}
        kind = _KINDS.get(row.kind, row.kind)
        settings = ", ".join(_settings(row, hidden))
        return f"{kind}: {settings}" if settings else kind

    def derivation(self, cell: Asked, sections: Mapping[str, Section]) -> Iterator[str]:
        """Yield the arithmetic of a right value, from that of the layers."""
        row = cell.subject.row
        if row is None:  # the parameters of all layers
            counts = [f"{each.params:,}" for each in self.rows if each.params]
            yield f"params = {' + '.join(counts)} = {right(cell)}"
        elif cell.cell == "receptive_field":
            for each in self.rows[: self.rows.index(row) + 1]:
                name = f"{each.name}: " if len(self.rows) > 1 else ""
                steps = sections[each.name].steps
                yield from (f"{name}{step}" for step in steps if step.what.split()[0] in _SIGHT)
        elif row.output is None:
            yield from sections[row.name].remarks[:1]
        else:
            steps = sections[row.name].steps
            wanted = "macs" if cell.cell == "macs" else "params"
            is_size = cell.cell == "output" or (cell.cell in FIELDS and cell.cell != "filters")
            yield from (
                str(step) for step in steps if (step.axes if is_size else step.counts == wanted)
            )

    def sources(self, row: Row) -> str:
        """Return which layers a layer reads, where that is not the one before it."""
        names = [each.name for each in self.rows]
        before = ["the input", *names][names.index(row.name)]
        own = [name if name in names else "the input" for name in row.sources]
        return f", on {' and '.join(own)}" if own != [before] else ""

    def given(self, row: Row) -> str:
        """Return what else is known of a layer whose setting is asked for."""
        cells = {cell.cell for cell in self.asked if cell.layer == row.name}
        if cells.isdisjoint(FIELDS):
            return ""
        if "filters" in cells:
            return f"It has {plural(row.params or 0, 'parameter')}."
        return f"Its output is {row.output}."


def asks(cell: Asked) -> str:
    """Return what a cell asks for, in words."""
    words = _CELLS.get(cell.cell, cell.cell)
    return words if cell.subject.row else f"{words}, all layers together"


def right(cell: Asked) -> str:
    """Return the right value of a cell as it is printed."""
    return shown(cell.cell, cell.right)


def _settings(row: Row, hidden: set[str]) -> list[str]:
    """Return the settings of a layer: ``10 filters of 5×5``, ``stride 1``, ``padding 2``."""
    assert row.layer is not None and row.inputs[0] is not None
    fields, rank = row.layer.as_stated(), row.inputs[0].rank
    values = {name: "?" if name in hidden else size_words(fields[name], rank) for name in fields}
    if "kernel" in fields and "kernel" not in hidden:
        values["kernel"] = size_words(fields["kernel"], rank, repeat=True)
    return [
        *_things(values),
        *(f"{name} {values[name]}" for name in ("stride", "padding") if name in values),
        *_unusual(fields, values),
    ]


def _things(values: Mapping[str, str]) -> Sequence[str]:
    """Return what a layer slides or holds."""
    if "units" in values:
        return [f"{values['units']} units"]
    if "kernel" not in values:
        return []
    what = f"{values['filters']} filters" if "filters" in values else "windows"
    return [f"{what} of {values['kernel']}"]


def _unusual(fields: Mapping[str, Any], values: Mapping[str, str]) -> list[str]:
    """Return settings that are said only where they are not the usual ones."""
    named = [
        f"{name.replace('_', ' ')} {values[name]}"
        for name, usual in (("dilation", 1), ("output_padding", 0), ("groups", 1))
        if fields.get(name, usual) != usual
    ]
    rounding = fields.get("rounding", "strict")
    rounded = {"floor": ["rounded down"], "ceil": ["rounded up"]}.get(rounding, [])
    return [*named, *rounded, *(["without biases"] if fields.get("bias") is False else [])]
