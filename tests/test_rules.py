"""Every problem code has a page whose failing example has it and whose mended one has not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnncalc.checking.check import Checked, check_text
from cnncalc.checking.settings import Settings
from cnncalc.forward import Options
from cnncalc.forward.verify import verify
from cnncalc.homework.mark import mark_sheet
from cnncalc.homework.own_key import make_own_key
from cnncalc.homework.sheet import read_sheets
from cnncalc.inference.infer import infer
from cnncalc.problems import page_texts as rules
from cnncalc.problems.codes import CODES, ON_REQUEST, severity
from cnncalc.problems.model import Problem
from cnncalc.report.report import Report
from cnncalc.spec.files import Unparsed
from cnncalc.spec.load import parse_bytes
from cnncalc.spec.network import Network

BUILT: dict[str, bytes] = {
    "CNN101": "name: Réseau\ninput: 32x32x3\nlayers: [relu]\n".encode("latin-1"),  # not UTF-8
    "CNN102": b"# " + b"x" * 10_000_000,  # too long for a page
}
DESCRIBED = (
    "CNN121", "CNN411", "CNN412", "CNN501", "CNN502", "CNN503", "CNN506", "CNN507", "CNN508",
    "CNN605", "CNN606", "CNN607",
)  # fmt: skip
"""Codes whose failing examples a page can only describe: they need more than a short spec."""


def problems(spec: bytes) -> tuple[Problem, ...]:
    loaded = parse_bytes(spec, "example.yaml", None)
    every = Settings(select=["CNN", *sorted(ON_REQUEST)])
    checked = check_text(Unparsed(data=spec, name="example.yaml", path=None), every)
    assert isinstance(checked, Checked)
    if loaded.network is None:
        return checked.problems
    report = infer(loaded.network, None, loaded.problems)
    return (
        *checked.problems,
        *verify(report, loaded.network, Options()).problems,
        *(_marked(spec, loaded.network, report) if b"answer:" in spec else ()),
    )


def _marked(spec: bytes, network: Network, report: Report) -> tuple[Problem, ...]:
    """Return the problems of a spec with answers, marked by itself."""
    key = make_own_key(network, report)
    (sheet,) = read_sheets(spec, "example.yaml")
    return (*key.problems, *mark_sheet(key, sheet).problems)


def errors(found: tuple[Problem, ...]) -> set[str]:
    return {problem.code for problem in found if problem.severity == "error"}


@pytest.mark.parametrize("code", [code for code in CODES if code not in DESCRIBED])
def test_fails(code: str) -> None:
    fails, _ = rules.examples(code)
    assert bool(fails) != (code in BUILT)
    found = problems(BUILT.get(code, fails.encode()))
    assert code in {problem.code for problem in found}
    assert errors(found) <= {code}


@pytest.mark.parametrize("code", CODES)
def test_mended(code: str) -> None:
    _, mended = rules.examples(code)
    found = problems(mended.encode())
    assert mended
    assert not errors(found)
    assert code not in {problem.code for problem in found}


@pytest.mark.parametrize(("code", "name"), CODES.items())
def test_page(code: str, name: str) -> None:
    page = rules.page(code)
    assert page == rules.page(name) == rules.page(code.lower())
    assert page.startswith(f"# {code} {name}\n\n")
    assert page.count("\n## ") == 2
    assert page.isprintable() or set(page) - {"\n"} == {c for c in page if c.isprintable()}
    assert (severity(code) == "warning") == rules.meaning(code).startswith("Advice")
    on_request = "Advice, given only where its code is selected. "
    assert (code in ON_REQUEST) == rules.meaning(code).startswith(on_request)
    assert rules.meaning(code).count(".") >= 2


def test_none_left_over() -> None:
    assert {path.stem for path in _pages()} == set(CODES)


@pytest.mark.parametrize("word", ["CNN000", "stride", "", "../problems"])
def test_unknown(word: str) -> None:
    with pytest.raises(KeyError):
        rules.page(word)


def _pages() -> Iterator[Path]:
    assert rules.__file__ is not None
    return Path(rules.__file__).with_name("pages").glob("*.md")
