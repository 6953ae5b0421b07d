"""Specs with answers as their own keys: a student's check of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import PurePath

from cnncalc.homework.cells import ASKED_OF_NETWORK, CELLS, cell_called
from cnncalc.homework.given import place_of_answer
from cnncalc.homework.grading import Grading
from cnncalc.homework.key import Key, Wanted, can_be_asked, key_with, stated
from cnncalc.homework.sheet import TABLES
from cnncalc.homework.subjects import Subject, subjects, whole_network
from cnncalc.inference.infer import infer
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source
from cnncalc.report.report import Report
from cnncalc.spec.document import read as read_document
from cnncalc.spec.findings import Findings
from cnncalc.spec.network import Network
from cnncalc.spec.node import Node
from cnncalc.spec.parse import parse


def read_own_key(data: bytes, name: str) -> tuple[Key | None, tuple[Problem, ...]]:
    """Return the key that a spec with answers is for itself; ``None`` where there is no network.

    Other files are never read for it, as they are for specs that ``extends`` others.
    """
    document, problems = read_document(data, name)
    if document is not None and "extends" in document.root.keys:
        text = "a sheet that is marked by itself cannot extend another spec"
        span, advice = document.root.keys["extends"], "state the layers, or name a key with --key"
        return None, (Problem(code="CNN210", message=text, span=span, help=(advice,)),)
    is_table = PurePath(name).suffix.lower() in TABLES
    if is_table or (document is not None and "layers" not in document.root.keys):
        text = "without a key a sheet is a spec with answers, and this has no `layers`"
        source = Source(name, "") if document is None else document.source
        advice = "name the assignment with --key"
        return None, (
            Problem(code="CNN110", message=text, span=source.point(1, 1), help=(advice,)),
        )
    if document is None:
        return None, tuple(problems)
    network, found = parse(document.root, PurePath(name).stem or name)
    if network is None:
        return None, (*problems, *found)
    report = infer(network, None, (*problems, *found))
    return make_own_key(network, report), ()


def make_own_key(network: Network, report: Report) -> Key:
    """Return the key that a spec with answers is for itself: each answered cell has a point."""
    wanted: list[Wanted] = []
    if not can_be_asked(report):
        return key_with(report, Grading(), wanted, Findings(report.source))
    for subject in subjects(network, report):
        assert subject.entry is not None
        if subject.is_entry:
            common = subject.entry.common
            wanted += _answered(subject, common.get("answer"), common.get("accept"), CELLS)
    answer, accept = stated(network, "answer"), stated(network, "accept")
    wanted += _answered(whole_network(report), answer, accept, ASKED_OF_NETWORK)
    return key_with(report, Grading(), wanted, Findings(report.source))


def _answered(
    subject: Subject, answer: Node | None, accept: Node | None, known: tuple[str, ...]
) -> Iterator[Wanted]:
    """Yield the cells that an entry answers; a word for none is the sheet's mistake."""
    items = answer.children if answer is not None else {}
    words = {cell_called(word): word for word in items}
    for cell in known:
        if cell in words:
            assert answer is not None
            place = place_of_answer(items[words[cell]], answer.keys[words[cell]])
            yield Wanted(subject=subject, cell=cell, points=Fraction(1), place=place, accept=accept)
