"""Keys: the cells that an assignment asks for, with their right values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from cnncalc.homework.answers import MISFIT, Unreadable
from cnncalc.homework.cells import ASKED_OF_NETWORK, CELLS, NETWORK
from cnncalc.homework.given import answer_text
from cnncalc.homework.grading import DEFAULT, Grading, Points, Stated, read_grading, read_points
from cnncalc.homework.subjects import (
    MISFITS,
    CannotBeAsked,
    Subject,
    inside,
    right_value,
    subjects,
    whole_network,
)
from cnncalc.homework.values import Value, read
from cnncalc.inference.infer import infer
from cnncalc.layers.base import Family, SameShape
from cnncalc.layers.registry import layer_class
from cnncalc.maths.volume import Volume
from cnncalc.problems.collector import Stop
from cnncalc.problems.model import Problem, has_errors
from cnncalc.problems.source import Source, Span
from cnncalc.report.report import Report
from cnncalc.spec.entries import in_row_order
from cnncalc.spec.findings import Findings
from cnncalc.spec.load import Loaded
from cnncalc.spec.network import Network
from cnncalc.spec.node import Node
from cnncalc.spec.reader import check_keys


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """One cell: what is asked of which layer, for how many points, and what is right.

    ``shape`` is a volume of the rank that is asked for, where it is a volume; ``number`` is the
    place of the cell in the assignment, such as ``3.1``.
    """

    subject: Subject
    cell: str
    points: Fraction
    right: Value
    shape: Volume | None
    accepted: frozenset[Value]
    number: str

    @property
    def layer(self) -> str:
        """The name of the layer, or ``network``."""
        return self.subject.name

    @property
    def name(self) -> str:
        """The cell's name, such as ``conv1.output``."""
        return f"{self.layer}.{self.cell}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Key:
    """An assignment: the cells that it asks for, in file order, and how they are marked.

    Where there are errors among the ``problems``, nothing can be marked with it.
    """

    file: str
    report: Report
    grading: Grading
    asked: tuple[Asked, ...]
    problems: tuple[Problem, ...]

    @property
    def points(self) -> Fraction:
        """The sum of the points of all cells."""
        return sum((cell.points for cell in self.asked), Fraction(0))

    @property
    def ok(self) -> bool:
        """Whether sheets can be marked with it."""
        return not has_errors(self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A cell that is to be asked for, before its right value is known."""

    subject: Subject
    cell: str
    points: Fraction
    place: Span
    accept: Node | None


def read_key(loaded: Loaded, report: Report | None = None) -> Key:
    """Return the key that a spec is; where it has no network, with its problems alone.

    ``report`` is what was inferred of the spec, where something in it was changed for that.
    """
    if loaded.network is None:
        return no_key(loaded.problems[0].span.source, loaded.problems)
    return make_key(loaded.network, report or infer(loaded.network, None, loaded.problems))


def no_key(source: Source, problems: tuple[Problem, ...]) -> Key:
    """Return a key with which nothing can be marked."""
    report = Report(
        name="", source=source, inputs={}, outputs={}, rows=(), uses=(), problems=problems
    )
    return Key(file=source.name, report=report, grading=Grading(), asked=(), problems=problems)


def make_key(network: Network, report: Report) -> Key:
    """Return the key that a spec is, with the cells that have points.

    Without ``grading.points`` each output has a point, and the parameters of layers with weights.
    """
    findings = Findings(report.source)
    grading, wanted = Grading(), list[Wanted]()
    try:
        grading = read_grading(
            findings, stated(network, "grading"), {row.name for row in report.rows}
        )
        if can_be_asked(report):
            wanted = list(_with_points(network, report, grading, findings))
    except Stop:
        pass  # so many problems have one cause
    return key_with(report, grading, wanted, findings)


def can_be_asked(report: Report) -> bool:
    """Return whether nothing is wrong with a network but windows that do not fit."""
    return all(each.code in MISFITS for each in report.errors)


def stated(network: Network, key: str) -> Node | None:
    """Return what the top level of a spec says below a key."""
    items = network.root.value
    return items.get(key) if isinstance(items, dict) else None


def _with_points(
    network: Network, report: Report, grading: Grading, findings: Findings
) -> Iterator[Wanted]:
    """Yield the cells that have points, those of the network last."""
    own: dict[Span, Points] = {}
    covered: set[Span] = set()
    for entry in in_row_order(network.layers):
        node = entry.common.get("points")
        if node is not None:
            own[entry.key] = read_points(findings, node)
            covered |= inside(entry)  # asked about as a whole, or not at all
        if "accept" in entry.common:
            check_keys(findings, entry.common["accept"], "`accept`", CELLS)
    for subject in subjects(network, report):
        owner = subject.entry
        assert owner is not None
        points = own.get(owner.key, {}) if subject.is_entry else {}
        if not subject.is_whole and owner.key not in covered:
            points = _by_kind(subject, grading)
        yield from _wanted(
            subject, points, owner.common.get("accept") if subject.is_entry else None
        )
    accept = stated(network, "accept")
    if accept is not None:
        check_keys(findings, accept, "`accept`", ASKED_OF_NETWORK)
    if grading.points is not None:
        points = grading.points.get(NETWORK, {})
        yield from _wanted(whole_network(report), points, accept)


def _wanted(subject: Subject, points: Points, accept: Node | None) -> Iterator[Wanted]:
    for cell, stated in points.items():
        if stated.points:
            yield Wanted(
                subject=subject,
                cell=cell,
                points=stated.points,
                place=stated.span,
                accept=accept,
            )


def _by_kind(subject: Subject, grading: Grading) -> Points:
    """Return the points that a layer has by its kind; where none are stated, of what is known."""
    row = subject.rows[0]
    if grading.points is None:
        one = Stated(points=Fraction(1), span=row.span)
        return {cell: one for cell in ("output", "params") if _is_known(subject, cell)}
    cls = layer_class(row.kind)
    element_wise = cls.family is Family.ACTIVATION or (
        issubclass(cls, SameShape) and cls.keeps_nothing
    )
    fallback = {} if element_wise else grading.points.get(DEFAULT, {})
    return grading.points.get(row.kind, fallback)


def _is_known(subject: Subject, cell: str) -> bool:
    """Return whether there is a right value, and anything to count."""
    try:
        return right_value(subject, cell)[0] != 0
    except CannotBeAsked:
        return False


def key_with(report: Report, grading: Grading, wanted: list[Wanted], findings: Findings) -> Key:
    """Return the key of cells; what cannot be asked is reported."""
    asked: list[Asked] = []
    numbers: dict[str, int] = {}
    try:
        for each in wanted:
            found = _asked(each, findings, numbers, report)
            if found is not None:
                asked.append(found)
    except Stop:
        pass
    answered = {each.layer for each in asked if each.right == MISFIT}
    own = (
        each for each in report.problems if each.code not in MISFITS or each.layer not in answered
    )
    return Key(
        file=report.source.name,
        report=report,
        grading=grading,
        asked=tuple(asked),
        problems=(*own, *findings.problems),
    )


def _asked(
    wanted: Wanted, findings: Findings, numbers: dict[str, int], report: Report
) -> Asked | None:
    """Return a cell with its right value; ``None`` and a problem where it has none."""
    subject = wanted.subject
    if subject.name == NETWORK and subject.entry is not None:
        text = f"a layer called `{NETWORK}` cannot be asked about: it is the name of the whole"
        findings.report("CNN604", text, wanted.place, "give the layer another name")
        return None
    try:
        right, shape = right_value(subject, wanted.cell)
    except CannotBeAsked as error:
        advice = error.help
        if any(row.output is None for row in subject.rows):
            names = ", ".join(str(each.layer) for each in report.problems if each.code in MISFITS)
            advice = (f"nothing is known behind {names}, where windows do not fit",)
        findings.report("CNN604", f"{subject.name}: {error}", wanted.place, *advice)
        return None
    numbers[subject.name] = numbers.get(subject.name, 0) + 1
    layer = list(numbers).index(subject.name) + 1
    return Asked(
        subject=subject,
        cell=wanted.cell,
        points=wanted.points,
        right=right,
        shape=shape,
        accepted=_accepted(wanted, right, shape, findings),
        number=f"{layer}.{numbers[subject.name]}",
    )


def _accepted(
    wanted: Wanted, right: Value, shape: Volume | None, findings: Findings
) -> frozenset[Value]:
    """Return further right values, as ``accept`` lists them."""
    items = wanted.accept.value if wanted.accept is not None else None
    listed = items.get(wanted.cell) if isinstance(items, dict) else None
    found: set[Value] = set()
    if listed is None:
        return frozenset()
    for each in listed.value if isinstance(listed.value, list) else [listed]:
        try:
            value = _accepted_value(wanted.cell, answer_text(each), right, shape)
        except Unreadable as error:
            text = f"this cannot be accepted as {wanted.cell}: nobody can answer it"
            findings.report("CNN108", text, each.span, str(error))
        else:
            found |= set() if value is None else {value}
    return frozenset(found)


def _accepted_value(cell: str, text: str, right: Value, shape: Volume | None) -> Value | None:
    """Return what a text means as an answer, ``None`` where that is nothing.

    Raises:
        Unreadable: it is no answer, or a size where a volume is asked for.
    """
    answer = read(cell, text, right, shape)
    value = answer[0] if answer is not None else None
    if isinstance(value, tuple) and shape is not None and len(value) != shape.rank + 1:
        raise Unreadable("write a volume in one text, as in 9x7x5")
    return value
