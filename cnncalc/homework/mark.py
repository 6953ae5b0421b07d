"""Marking: each asked cell of a sheet against its right value, own numbers and known mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal, get_args

from pydantic import ValidationError

from cnncalc.homework.answers import Sizes, Unreadable, says_nothing
from cnncalc.homework.cells import CELLS, COUNTS, FIELDS
from cnncalc.homework.given import Given, Sheet
from cnncalc.homework.key import Asked, Key
from cnncalc.homework.mistakes.explainer import Explainer, Found, said
from cnncalc.homework.own import Own
from cnncalc.homework.values import Value, read, setting_value
from cnncalc.problems.model import Problem, RuleError
from cnncalc.problems.suggestions import did_you_mean

Status = Literal["right", "carried", "wrong", "blank", "unreadable"]
STATUSES: Final[tuple[str, ...]] = get_args(Status)
SheetStatus = Literal["marked", "unreadable", "missing", "twice"]
_MOST_REPORTED = 20
"""How many answers that nobody asked for are reported each; the others are counted."""
_NONE = Fraction(0)
_FULL = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One cell, marked.

    ``mistake`` are the codes of the first explanation, ``also`` those of others; ``carried_from``
    are the wrong answers that the value comes from; ``says`` is what a student may read.
    """

    asked: Asked
    status: Status
    points: Fraction
    given: Given | None = None
    mistake: tuple[str, ...] = ()
    also: tuple[tuple[str, ...], ...] = ()
    carried_from: tuple[str, ...] = ()
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """One sheet, marked; without ``cells`` where its ``status`` says that it could not be."""

    student: str
    file: str
    status: SheetStatus
    cells: tuple[Mark, ...]
    max: Fraction
    problems: tuple[Problem, ...]

    @property
    def score(self) -> Fraction:
        """The sum of the points of all cells, at least 0."""
        return max(sum((cell.points for cell in self.cells), _NONE), _NONE)


def mark_sheet(key: Key, sheet: Sheet, explainer: Explainer | None = None) -> Marked:
    """Return a sheet marked by a key; with many sheets they share one ``explainer``."""
    if sheet.unreadable:
        return unmarked(key, sheet, "unreadable")
    return _Marking(key, sheet, explainer or Explainer(key)).marked()


def unmarked(key: Key, sheet: Sheet, status: SheetStatus) -> Marked:
    """Return a sheet that is not marked: its score is 0."""
    return Marked(
        student=sheet.student,
        file=sheet.file,
        status=status,
        cells=(),
        max=key.points,
        problems=tuple(sheet.problems),
    )


class _Marking:
    """The marking of one sheet."""

    def __init__(self, key: Key, sheet: Sheet, explainer: Explainer) -> None:
        self.key = key
        self.sheet = sheet
        self.explainer = explainer
        self.layers = list(dict.fromkeys(cell.layer for cell in key.asked))
        self.problems = list(sheet.problems)
        self.given: dict[str, Given] = {}
        self.read: dict[str, tuple[Value, Sizes] | None] = {}

    def marked(self) -> Marked:
        """Return the sheet, marked."""
        self._match()
        for cell in self.key.asked:
            self._read(cell)
        answered = {name: found[0] for name, found in self.read.items() if found is not None}
        own = Own(self.key, answered if self.key.grading.carry else {})
        cells = tuple(self._mark(cell, own) for cell in self.key.asked)
        return Marked(
            student=self.sheet.student,
            file=self.sheet.file,
            status="marked",
            cells=cells,
            max=self.key.points,
            problems=tuple(sorted(self.problems, key=lambda each: each.span.start)),
        )

    def _match(self) -> None:
        """Find the answers to what is asked; report the others."""
        asked = {(cell.layer.lower(), cell.cell): cell.name for cell in self.key.asked}
        asked |= {(cell.layer, cell.cell): cell.name for cell in self.key.asked}
        strange: list[tuple[str, str, Given]] = []
        for (layer, cell), given in self.sheet.answers.items():
            name = asked.get((layer, cell)) or asked.get((layer.lower(), cell))
            if name is not None:
                self.given.setdefault(name, given)
            elif not says_nothing(given.text):
                strange.append((layer, cell, given))
        layers = {layer for layer, _, _ in strange}
        if strange and not self.given and layers.isdisjoint(self.layers):
            layer, cell, given = strange[0]
            text = "no answer of this sheet is asked for: is it one of another assignment?"
            near = self._near(layer, cell)
            self.problems.append(Problem(code="CNN601", message=text, span=given.span, help=near))
            return
        for layer, cell, given in strange[:_MOST_REPORTED]:
            text, near = f"{layer}.{cell} is not asked", self._near(layer, cell)
            self.problems.append(Problem(code="CNN601", message=text, span=given.span, help=near))
        if len(strange) > _MOST_REPORTED:
            more = f"{len(strange) - _MOST_REPORTED:,} more answers are not asked"
            span = strange[_MOST_REPORTED][2].span
            self.problems.append(Problem(code="CNN601", message=more, span=span))

    def _near(self, layer: str, cell: str) -> tuple[str, ...]:
        """Return what may be meant: another cell, of those asked of the layer, or another layer."""
        cells = [each.cell for each in self.key.asked if each.layer == layer]
        if cells or cell not in CELLS:
            return did_you_mean(cell, cells or CELLS)
        return did_you_mean(layer, self.layers)

    def _read(self, cell: Asked) -> None:
        """Read the answer to a cell; where that is not possible, report why."""
        given = self.given.get(cell.name)
        if given is None:
            return
        try:
            self.read[cell.name] = read(cell.cell, given.text, cell.right, cell.shape)
        except Unreadable as error:
            shortened = given.text if len(given.text) <= 60 else f"{given.text[:59]}…"
            text = f"{cell.name}: {shortened} cannot be read"
            self.problems.append(
                Problem(code="CNN602", message=text, span=given.span, help=(str(error),))
            )

    def _mark(self, cell: Asked, own: Own) -> Mark:
        given = self.given.get(cell.name)
        if given is not None and cell.name not in self.read:
            return Mark(asked=cell, status="unreadable", points=_NONE, given=given)
        found = self.read.get(cell.name)
        if found is None:
            return Mark(asked=cell, status="blank", points=_NONE, given=given)
        value, written = found
        grading = self.key.grading
        rounded = _is_rounded(cell, written)
        if is_right(cell, value) or (rounded and grading.rounded):
            return Mark(asked=cell, status="right", points=cell.points, given=given)
        if rounded:
            why = Found(codes=("rounded",), says=said(("rounded",), ""))
            return self._wrong(cell, value, given, why)
        carried = own.carried(cell)
        if carried is not None and carried.value == value:
            share = grading.credit.get("carried", _FULL)
            return Mark(
                asked=cell,
                status="carried",
                points=share * cell.points,
                given=given,
                carried_from=carried.used,
                says=f"follows from {', '.join(carried.used)}",
            )
        return self._wrong(cell, value, given, self.explainer.explain(cell, value, written, own))

    def _wrong(self, cell: Asked, value: Value, given: Given | None, why: Found | None) -> Mark:
        """Return the mark of a wrong answer: its share, or the points for wrong answers."""
        grading = self.key.grading
        share = _NONE
        if why is not None and all(code in grading.credit for code in why.codes):
            share = _FULL
            for code in why.codes:
                share *= grading.credit[code]
        if cell.cell == "output" and _is_half_right(cell.right, value):
            share = max(share, grading.partial)
        return Mark(
            asked=cell,
            status="wrong",
            points=share * cell.points if share else grading.wrong,
            given=given,
            mistake=why.codes if why else (),
            also=why.also if why else (),
            carried_from=why.used if why else (),
            says=why.says if why else "",
        )


def is_right(cell: Asked, value: Value) -> bool:
    """Return whether a value is the right one, an accepted one, or a setting that does the same."""
    if value == cell.right or value in cell.accepted:
        return True
    return cell.cell in FIELDS and _does_the_same(cell, value)


def _does_the_same(cell: Asked, value: Value) -> bool:
    """Return whether a layer with this setting gives the same volume and parameters."""
    row = cell.subject.row
    assert row is not None and row.layer is not None
    inputs = tuple(volume for volume in row.inputs if volume is not None)
    stated: dict[str, Any] = {
        name: list(each) if isinstance(each, tuple) else each
        for name, each in row.layer.as_stated().items()
    }
    stated[cell.cell] = setting_value(value, inputs[0].rank)
    try:
        layer = type(row.layer).model_validate(stated)
        weights = sum(array.count for array in layer.weights(*inputs) if array.trainable)
        return layer.output(*inputs) == row.output and weights == row.params
    except (ValidationError, RuleError):
        return False


def _is_rounded(cell: Asked, written: Sizes) -> bool:
    """Return whether a count is the right one, rounded to the digits that are written."""
    if cell.cell not in COUNTS or not written or not isinstance(cell.right, int):
        return False
    (count,) = written
    return bool(count.step) and abs(cell.right - count.value) * 2 <= count.step


def _is_half_right(right: Value, value: Value) -> bool:
    """Return whether all sizes of a volume are right, or its depth is."""
    if not (isinstance(right, tuple) and isinstance(value, tuple) and len(right) == len(value)):
        return False
    return len(right) > 1 and (right[:-1] == value[:-1] or right[-1] == value[-1])
