"""Explains wrong answers: on the key's numbers, then on the student's own; one change, then two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from cnncalc.homework.answers import Sizes
from cnncalc.homework.cells import NETWORK
from cnncalc.homework.key import Asked, Key
from cnncalc.homework.mistakes.counts import (
    Around,
    macs_formula,
    neurons_formula,
    weights_formula,
)
from cnncalc.homework.mistakes.formula import MOST_OTHERS, Explanation, Formula, Table
from cnncalc.homework.mistakes.sentences import SENTENCES
from cnncalc.homework.mistakes.sight import sight_formula
from cnncalc.homework.mistakes.windows import output_formula
from cnncalc.homework.own import Own
from cnncalc.homework.subjects import biases_or_weights
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
        self._sums: dict[str, Table] = {}

    def explain(self, cell: Asked, value: Value, written: Sizes, own: Own) -> Found | None:
        """Return the first explanation of a wrong answer, ``None`` where no rule gives it."""
        if cell.layer == NETWORK:
            return _found(cell, value, self._of_network(cell).get(value, []), ())
        row = cell.subject.row
        if row is None or row.layer is None:
            return None
        nothing = _nothing_here(cell, row)
        if nothing is not None:
            return Found(codes=(nothing,), says=said((nothing,), ""))
        known = self._formula(cell, row)
        used = own.around(row) if cell.cell in _OF_OWN_VOLUME else own.above(row)
        mine = self._own_formula(cell, row, own) if used else None
        for size in (1, 2):
            first = known.explained(value, written, size) if known else []
            second = mine.explained(value, written, size) if mine else []
            if first or second:
                return _found(cell, value, [*first, *second], () if first else used)
        return None

    def mistakes(self, cell: Asked) -> Iterator[tuple[Value, Found]]:
        """Yield the wrong values that one mistake gives and no other, in the order of the rule."""
        row = cell.subject.row
        formula = self._formula(cell, row) if row is not None and row.layer is not None else None
        for value, explanations in formula.alone.items() if formula else ():
            found = _found(cell, value, explanations, ())
            if found is not None and not found.also and value not in cell.accepted:
                yield value, found

    def _formula(self, cell: Asked, row: Row) -> Formula | None:
        if cell.name not in self._formulas:
            inputs = tuple(volume for volume in row.inputs if volume is not None)
            output = row.output or row.assumed
            formula = self._made(cell, row, inputs, output, lambda each: each.output)
            self._formulas[cell.name] = formula
        return self._formulas[cell.name]

    def _own_formula(self, cell: Asked, row: Row, own: Own) -> Formula | None:
        """Return the rule on own numbers; sheets with the same own numbers share its tables."""
        inputs, output = own.inputs(row), own.output(row)
        if inputs is None or cell.cell == "receptive_field":
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
            if cell.cell == "receptive_field":
                return sight_formula(row, self.rows, right)
            assert isinstance(right, int)
            if cell.cell in ("params", "weights", "biases") and row.shared_from is None:
                around = self._around(row, volumes)
                return weights_formula(layer, inputs[0], output, right, cell.cell, around)
            if cell.cell in ("macs", "flops"):
                flops = cell.cell == "flops"
                return macs_formula(layer, inputs[0], output, right, flops=flops)
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

    def _of_network(self, cell: Asked) -> Table:
        """Return the wrong values of a total: what it is with something left out."""
        if cell.cell not in self._sums:
            self._sums[cell.cell] = _left_out(cell, self.key.report.rows)
        return self._sums[cell.cell]


def _left_out(cell: Asked, rows: tuple[Row, ...]) -> Table:
    found: Table = {}
    right = cell.right
    if not isinstance(right, int) or cell.cell not in ("params", "macs"):
        return found

    def add(code: str, value: int, words: str) -> None:
        if value > 0 and value != right:
            explanation = Explanation(codes=(code,), arithmetic=words)
            found.setdefault(value, []).append(explanation)

    if cell.cell == "params":
        biases = sum(biases_or_weights(row, "biases") for row in rows)
        add("biases-left-out", right - biases, f"without {biases:,} biases")
    else:
        add("flops-for-macs", 2 * right, "two for each")
    counts = [(getattr(row, cell.cell) or 0, row.name) for row in rows]
    alone = [count for count, _ in counts]
    for count, name in counts:
        if count and alone.count(count) == 1:
            add("layer-left-out", right - count, f"without {name}")
    return found


def _nothing_here(cell: Asked, row: Row) -> str | None:
    """Return the mistake of any number but 0, where a layer has none of what is asked."""
    if cell.right != 0 or row.shared_from is not None:
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
    if isinstance(value, int | Fraction) and cell.layer != NETWORK:
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
