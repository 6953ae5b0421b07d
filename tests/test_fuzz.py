"""Random and damaged documents: each ends in located problems or a result, never a traceback.

800 documents by default; ``CNNCALC_EFFORT=125`` tries 100,000. A document is the same in
every run.
"""

from __future__ import annotations

import json
import random
from functools import lru_cache
from unicodedata import category

import pytest
from support.fuzz_documents import MAKERS, SPECS
from support.strategies import effort
from support.work import at_most

from cnncalc.inference.infer import infer
from cnncalc.problems.codes import CODES
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Span
from cnncalc.render.json import document, summary_data, unread_data
from cnncalc.render.problems import problems_text
from cnncalc.render.terminal import Terminal
from cnncalc.report.report import Report
from cnncalc.spec.load import parse_bytes

CALLS = 8_000_000
"""Calls that a document may cost, networks of thousands of layers among them."""
AT_KIND = {
    "CNN110": "what is missing has no place of its own: the start of the file, or the kind",
    "CNN208": "likewise: an entry without `from`",
    "CNN203": "a name that cannot be one may be there twice, too",
    "CNN106": "an anchor on an empty key leaves the key missing",
}
"""Errors that may point where another one points."""

# --- the chain ----------------------------------------------------------------------------------


def run(data: bytes) -> Report | None:
    """Put a document through the whole chain, and check what comes out."""
    name = "spec.json" if data[:1] == b"{" and len(data) % 2 else "spec.yaml"
    loaded = parse_bytes(data, name, SPECS / name)
    if loaded.network is None:
        assert any(p.severity == "error" for p in loaded.problems)
        check(loaded.problems)
        json.loads(document(unread_data(loaded.problems)))
        return None
    report = infer(loaded.network, None, loaded.problems)
    check(report.problems)
    assert len(report.problems) >= len({(p.code, p.span) for p in loaded.problems})
    found = json.loads(document(summary_data(report, 4)))
    assert len(found["problems"]) == len(report.problems)
    assert len(found["layers"]) == len(report.rows)
    return report


def check(problems: tuple[Problem, ...]) -> None:
    """Check what holds for every problem of every document."""
    for problem in problems:
        assert problem.code in CODES
        assert problem.message.strip()
        assert len(problem.message) < 600
        assert len(problem.help) <= 3 and all(line.strip() for line in problem.help)
        for span in (problem.span, *(other.span for other in problem.related)):
            within(span)
    by_place: dict[object, list[Problem]] = {}
    for problem in problems:
        if problem.severity == "error" and problem.code not in AT_KIND:
            by_place.setdefault((problem.span.source.name, problem.span.start), []).append(problem)
    for found in by_place.values():
        assert len({(p.code if p.layer else "", p.layer) for p in found}) == len(found), found
    text = problems_text(problems, Terminal())
    assert text.count("CNN") >= len(problems)
    assert not {category(char) for char in text if char != "\n"} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def within(span: Span) -> None:
    """A span lies in its source: columns may be behind the last character."""
    lines = _lines(span.source.text)
    assert 1 <= span.line <= span.end_line <= len(lines)
    for line, column in ((span.line, span.column), (span.end_line, span.end_column)):
        assert 1 <= column <= len(lines[line - 1]) + 1
    assert span.start <= (span.end_line, span.end_column)


def consistent(report: Report) -> None:
    """Check what holds for every report, whatever is wrong with its network."""
    assert report.ok is not any(p.severity == "error" for p in report.problems)
    unknown = [row for row in report.rows if row.output is None]
    assert not (report.ok and unknown)
    stopped = not report.rows or any(p.code in ("CNN107", "CNN116") for p in report.problems)
    assert report.totals.complete is not (bool(unknown) or stopped)
    names = [row.name for row in report.rows]
    assert len(set(names)) == len(names) or not report.ok
    for row in report.rows:
        assert not (row.failed and report.ok)
        if row.layer is not None:
            assert isinstance(row.layer.hyperparameters(*row.inputs), str)
        if row.output is not None and row.layer is not None:
            inputs = tuple(volume for volume in row.inputs if volume is not None)
            row.layer.derivation(inputs, row.output)
            assert min(row.output.named().values()) >= 1
            assert row.params is not None and row.macs is not None


@pytest.mark.parametrize("kind", MAKERS)
def test_documents(kind: str) -> None:
    make, count = MAKERS[kind]
    for number in range(effort(count)):
        data = make(random.Random(f"{kind}-{number}"))
        try:
            with at_most(CALLS):
                report = run(data)
            if report is not None:
                consistent(report)
        except Exception as error:
            error.add_note(f"document {kind}-{number}: {data!r}")
            raise
