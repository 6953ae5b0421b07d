"""Every YAML case below ``tests/cases``, and what all of them together must cover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.cases import Case, cases, differences, read, run

from cnncalc.forward import Options
from cnncalc.forward.verify import verify
from cnncalc.layers.registry import KINDS, canonical, field_names, kind_aliases
from cnncalc.problems.codes import CODES
from cnncalc.spec.load import parse_bytes


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_case(case: Case, tmp_path: Path) -> None:
    report, problems = run(case, tmp_path)
    assert differences(case, report, problems) == []


def test_stated_values(tmp_path: Path) -> None:
    """What the specs of cases state as ``cases``, inputs and outputs, comes out."""
    ran: list[str] = []
    for case in cases():
        if "cases:" not in case.text:
            continue
        spec = read(case, tmp_path)
        network = parse_bytes(spec.data, spec.name, spec.path).network
        report, _ = run(case, tmp_path)
        if report is not None and network is not None and report.ok and report.cases:
            verification = verify(report, network, Options())
            assert [problem.message for problem in verification.problems] == [], case.id
            ran.append(case.id)
    assert len(ran) > 10


def test_ids() -> None:
    counts = Counter(case.id for case in cases())
    assert [name for name, count in counts.items() if count > 1] == []


def test_every_code() -> None:
    stated = {
        problem["code"]
        for case in cases()
        for problem in (*case.data.get("problems", ()), *case.data.get("advice", ()))
    }
    of_other_tests = {code for code in CODES if code[3] in "56"} | {"CNN121", "CNN412"}
    assert stated == CODES.keys() - of_other_tests


def _uses(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every kind below a document with its value, as far as the text tells."""
    if isinstance(value, list):
        for child in value:
            if isinstance(child, str):
                yield child, None
            yield from _uses(child)
    elif isinstance(value, dict):
        for key, child in value.items():
            yield key, child
            yield from _uses(child)


def _stated() -> tuple[set[str], set[tuple[str, str]]]:
    """Return the words for kinds, and the fields of kinds, that cases without errors use."""
    words: set[str] = set()
    fields: set[tuple[str, str]] = set()
    for case in cases():
        if any(problem["code"] < "CNN9" for problem in case.data.get("problems", ())):
            continue  # what is wrong is no example; advice may be there
        for word, value in _uses(yaml.load(case.text, yaml.CSafeLoader)):
            kind = canonical(word)[0] if isinstance(word, str) else None
            if kind is None:
                continue
            words.add(word)
            names = field_names(kind)
            if isinstance(value, dict):
                fields |= {(kind, names[key]) for key in value if key in names}
    return words, fields


def test_every_kind() -> None:
    words, _ = _stated()
    assert set(KINDS) - words == set()
    assert set(kind_aliases()) - words == set()


def test_every_field() -> None:
    _, fields = _stated()
    every = {(kind, field) for kind in KINDS for field in set(field_names(kind).values())}
    assert every - fields == set()
