"""Explains wrong answers: on the key's numbers, then on the student's own; one change, then two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from cnncalc.homework.answers import Sizes
from cnncalc.homework.cells import FIELDS
from cnncalc.homework.key import Asked, Key
from cnncalc.homework.mistakes.counts import (
    Around,
    macs_formula,
    neurons_formula,
    weights_formula,
)
from cnncalc.homework.mistakes.formula import MOST_OTHERS, Explanation, Formula
from cnncalc.homework.mistakes.outputs import output_formula
from cnncalc.homework.mistakes.receptive import receptive_field_formula
from cnncalc.homework.mistakes.sentences import SENTENCES
from cnncalc.homework.mistakes.settings import setting_formula
from cnncalc.homework.mistakes.totals import total_formula
from cnncalc.homework.own import Own
from cnncalc.homework.subjects import count_of
from cnncalc.homework.values import Value, shown
from cnncalc.layers.base import Family, SameShape
from cnncalc.layers.dense import Flatten
from cnncalc.maths.volume import Volume
from cnncalc.problems.model import RuleError
from cnncalc.report.rows import Row

_OF_OWN_VOLUME = ("macs", "flops", "neurons")
"""Cells that depend on the layer's own volume, which may be answered."""
_MOST_KEPT = 4096
"""Rules on own numbers whose tables are kept for the next sheets."""
_Volumes = Callable[[Row], Volume | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How an answer came about: the mistakes, other explanations, and the answers it rests on."""

    codes: tuple[str, ...]
    also: tuple[tuple[str, ...], ...] = ()
    says: str = ""
    used: tuple[str, ...] = ()


class Explainer:
    """The tables of wrong values of one key, each made when it is first needed."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.rows = {row.name: row for row in key.report.rows}
        self._formulas: dict[str, Formula | None] = {}
        self._own_formulas: dict[object, Formula | None] = {}

    def explain(self, cell: Asked, value: Value, written: Sizes, own: Own) -> Found | None:
        """Return the first explanation of a wrong answer, ``None`` where no rule gives it."""
        nothing = _nothing_here(cell)
        if nothing is not None:
            return Found(codes=(nothing,), says=said((nothing,), ""))
        known = self._formula(cell)
        mine, used = self._own_formula(cell, own)
        for size in (1, 2):
            first = known.explained(value, written, size) if known else []
            second = mine.explained(value, written, size) if mine else []
            if first or second:
                return _found(cell, value, [*first, *second], () if first else used)
        return None

    def mistakes(self, cell: Asked) -> Iterator[tuple[Value, Found]]:
        """Yield the wrong values that one mistake gives and no other, in the order of the rule."""
        formula = self._formula(cell)
        for value, explanations in formula.alone.items() if formula else ():
            found = _found(cell, value, explanations, ())
            if found is not None and not found.also and value not in cell.accepted:
                yield value, found

    def _formula(self, cell: Asked) -> Formula | None:
        """Return the rule on the key's numbers."""
        if cell.name not in self._formulas:
            self._formulas[cell.name] = self._of_key(cell)
        return self._formulas[cell.name]

    def _of_key(self, cell: Asked) -> Formula | None:
        row = cell.subject.row
        if row is None:
            return _of_whole(cell, {}, cell.right)
        if cell.cell == "receptive_field":
            return receptive_field_formula(row, self.rows, cell.right, None)
        inputs = tuple(volume for volume in row.inputs if volume is not None)
        return self._made(cell, row, inputs, row.output or row.assumed, lambda each: each.output)

    def _own_formula(self, cell: Asked, own: Own) -> tuple[Formula | None, tuple[str, ...]]:
        """Return the rule on own numbers, and the wrong answers that these are."""
        row = cell.subject.row
        if row is None:
            carried = own.carried(cell)
            if carried is None:
                return None, ()
            return _of_whole(cell, own.answered, carried.value), carried.used
        if cell.cell == "receptive_field":
            above = own.field_above(row.sources)
            if above is None:
                return None, ()
            return receptive_field_formula(row, self.rows, cell.right, above), above.used
        used = own.around(row) if cell.cell in _OF_OWN_VOLUME else own.above(row)
        return (self._on_own_volumes(cell, row, own) if used else None), used

    def _on_own_volumes(self, cell: Asked, row: Row, own: Own) -> Formula | None:
        """Return the rule on own volumes; sheets with the same ones share its tables."""
        inputs, output = own.inputs(row), own.output(row)
        if inputs is None:
            return None
        around = self._around(row, own.output)
        place = (cell.name, inputs, output, around)
        if place not in self._own_formulas:
            if len(self._own_formulas) >= _MOST_KEPT:
                self._own_formulas.clear()
            self._own_formulas[place] = self._made(cell, row, inputs, output, own.output)
        return self._own_formulas[place]

    def _made(
        self,
        cell: Asked,
        row: Row,
        inputs: tuple[Volume, ...],
        output: Volume | None,
        volumes: _Volumes,
    ) -> Formula | None:
        layer, right = row.layer, cell.right
        if layer is None or not inputs or len(inputs) < len(row.inputs):
            return None
        try:
            if cell.cell == "output":
                return output_formula(layer, inputs, right)
            if output is None:
                return None
            if cell.cell in FIELDS:
                return setting_formula(row, inputs[0], cell.cell, right)
            assert isinstance(right, int)
            around = self._around(row, volumes)
            if cell.cell in ("params", "weights", "biases") and row.shared_from is None:
                return weights_formula(layer, inputs[0], output, right, cell.cell, around)
            if cell.cell in ("macs", "flops"):
                flops = cell.cell == "flops"
                return macs_formula(layer, inputs[0], output, right, around, flops=flops)
            if cell.cell == "neurons":
                return neurons_formula(inputs, output, right)
        except RuleError:  # own numbers do not fit: nothing follows from them
            return None
        return None

    def _around(self, row: Row, volumes: _Volumes) -> Around:
        """Return what came before a dense layer's input was stretched, and before pooling."""
        stretched = pooled = None
        at = self.rows.get(row.sources[0]) if len(row.sources) == 1 else None
        while at is not None and len(at.sources) == 1 and at.layer is not None:
            volume = volumes(at)
            if volume is not None and volume.rank and stretched is None:
                stretched = volume
            if at.layer.family is Family.POOLING:
                before = self.rows.get(at.sources[0])
                entered = volumes(before) if before is not None else at.inputs[0]
                pooled = entered.size if entered is not None else None
                break
            if not isinstance(at.layer, SameShape | Flatten):
                break
            at = self.rows.get(at.sources[0])
        if stretched is None and row.inputs[0] is not None and row.inputs[0].rank:
            stretched = row.inputs[0]
        return Around(stretched=stretched, before_pooling=pooled)


def _of_whole(cell: Asked, answered: Mapping[str, Value], total: Value) -> Formula | None:
    """Return the rule of a total, with the answers in it that there are."""
    if not isinstance(cell.right, int) or not isinstance(total, int):
        return None
    counts: dict[str, int] = {}
    for row in cell.subject.rows:
        known = count_of(row, cell.cell)
        own = answered.get(f"{row.name}.{cell.cell}", known)
        counts[row.name] = own if isinstance(own, int) else known
    biases = sum(count_of(row, "biases") for row in cell.subject.rows)
    return total_formula(cell.cell, cell.right, total, counts, biases)


def _nothing_here(cell: Asked) -> str | None:
    """Return the mistake of any number but 0, where a layer has none of what is asked."""
    row = cell.subject.row
    if cell.right != 0 or row is None or row.shared_from is not None:
        return None
    if cell.cell in ("params", "weights") and not row.weights:
        return "no-parameters-here"
    return "no-macs-here" if cell.cell in ("macs", "flops") else None


def _found(
    cell: Asked, value: Value, explanations: list[Explanation], used: tuple[str, ...]
) -> Found | None:
    """Return the first of some explanations, which are all of one size; the others are listed."""
    if not explanations:
        return None
    first, *others = explanations
    also = dict.fromkeys(each.codes for each in others if each.codes != first.codes)
    words = first.arithmetic
    if isinstance(value, int | Fraction) and cell.subject.row is not None:
        words = f"{words} = {shown(cell.cell, value)}"
    return Found(
        codes=first.codes,
        also=tuple(also)[:MOST_OTHERS],
        says=said(first.codes, words),
        used=used,
    )


def said(codes: tuple[str, ...], arithmetic: str) -> str:
    """Return what is said of mistakes: ``as if there were no bias: (5·5·3)·10 = 750``."""
    sentence = ", and ".join(f"as if {SENTENCES[code]}" for code in codes)
    return f"{sentence}: {arithmetic}" if arithmetic else sentence
