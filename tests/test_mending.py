"""Fixes made in texts: what they change, what they leave, and that they never make it worse."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.fuzz_documents import MAKERS
from support.strategies import effort, examples

from cnncalc.checking.check import Checked, check_text
from cnncalc.checking.mending import Mended, mend
from cnncalc.checking.settings import USUAL, Settings
from cnncalc.problems.codes import ON_REQUEST
from cnncalc.spec.files import Unparsed

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("mending.yaml").read_text("utf-8")
)


def checked(data: bytes, name: str = "net.yaml", settings: Settings = USUAL) -> Checked:
    found = check_text(Unparsed(data=data, name=name, path=None), settings)
    assert isinstance(found, Checked)
    return found


def mended(
    data: bytes, name: str = "net.yaml", settings: Settings = USUAL, *, unsafe: bool = False
) -> Mended:
    return mend(data, lambda text: checked(text, name, settings), unsafe=unsafe)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    name, unsafe = case.get("name", "net.yaml"), case.get("unsafe", False)
    settings = Settings(select=["CNN", "CNN918"]) if unsafe else Settings()
    found = mended(case["before"].encode(), name, settings, unsafe=unsafe)
    assert found.data.decode() == case.get("after", case["before"])
    assert [problem.code for problem in found.checked.problems] == case.get("left", [])
    assert (found.fixed > 0) == ("after" in case)
    again = mended(found.data, name, settings, unsafe=unsafe)
    assert (again.data, again.fixed) == (found.data, 0)


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_bytes(line_break: str, mark: str) -> None:
    """Line breaks and a byte order mark stay; a new line ends as the others do."""
    text = f"{mark}# Größe 8×8\ninput: 8x8x3\nlayers:\n  - maxpool:\n      kernel: 3 # ½\n  - rleu"
    found = mended(text.replace("\n", line_break).encode(), unsafe=True)
    right = text.replace("# ½", "# ½\n      stride: 1").replace("rleu", "relu")
    assert found.data.decode() == right.replace("\n", line_break)
    assert found.fixed == 2


SPECS = (
    """\
input: 16x16x3            # a picture
vars: {classes: 10}
defaults: {conv: {bias: false}}
blocks:
  unit:                   # keeps the size
    args: {filters: null, kernel: 3}
    layers:
      - conv: {filters: $filters, kernel: $kernel, padding: "${kernel // 2}"}
      - batchnorm
      - relu
layers:
  - unit: 8
    name: stem
  - unit: {filters: 8, kernel: 1}   # narrow
    repeat: 2
  - add: [previous, stem]
  - maxpool:
      kernel: 2           # halves
      stride: 2
    expect: {output: 8x8x8}
  - branches:
      - - conv: {filters: 4, kernel: 3, padding: same}
      - []
    merge: concat
  - fc: {units: $classes, activation: softmax}
expect: {output: 10}      # that many
""",
    """\
{"input": "9x9x1", "layers": [
  {"conv": {"filters": 4, "kernel": 3, "stride": 2}, "name": "first"},
  {"avgpool": 2, "from": "first"},
  "tanh", {"fc": 3}], "expect": {"params": 91}}
""",
)
"""Specs without problems, to make mistakes in."""
_WORD = re.compile(r"[a-z_]{3,}|[0-9]+")


@st.composite
def mistakes(draw: st.DrawFn) -> str:
    """Return a spec with a few slips: words misspelt, numbers in quotes, lines moved left."""
    text = draw(st.sampled_from(SPECS))
    for _ in range(draw(st.integers(1, 3))):
        words = list(_WORD.finditer(text))
        word = draw(st.sampled_from(words))
        start, end = word.span()
        at = draw(st.integers(start, end - 1))
        slip = draw(st.sampled_from(("drop", "double", "swap", "quote", "other", "dedent")))
        if slip == "drop":
            text = text[:at] + text[at + 1 :]
        elif slip == "double":
            text = text[:at] + text[at] + text[at:]
        elif slip == "swap":
            text = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
        elif slip == "quote":
            text = f'{text[:start]}"{text[start:end]}"{text[end:]}'
        elif slip == "other":
            text = text[:start] + draw(st.sampled_from(words))[0] + text[end:]
        else:
            lines = text.split("\n")
            row = draw(st.integers(0, len(lines) - 1))
            lines[row] = lines[row].removeprefix("  ")
            text = "\n".join(lines)
    return text


def errors(found: Checked) -> int:
    return sum(problem.severity == "error" for problem in found.problems)


@given(text=mistakes(), unsafe=st.booleans())
@example(text=SPECS[0].replace("inpu", "inup"), unsafe=False)
@settings(examples(60), derandomize=True)
def test_never_worse(text: str, unsafe: bool) -> None:
    """What was computed has no more errors than before, and no comment is lost; twice is once."""
    name = "net.json" if text.startswith("{") else "net.yaml"
    before, found = checked(text.encode(), name), mended(text.encode(), name, unsafe=unsafe)
    again = mended(found.data, name, unsafe=unsafe)
    assert (again.data, again.fixed) == (found.data, 0)
    assert re.findall("#.*", found.data.decode()) == re.findall("#.*", text)
    assert (found.fixed == 0) == (found.data == text.encode())
    if before.report is not None:
        assert found.checked.report is not None
        if before.report.totals.complete:
            assert errors(found.checked) <= errors(before)


@pytest.mark.parametrize("spec", SPECS)
def test_slips_of_each_word(spec: str) -> None:
    """A word with a letter too many is what it was, or stays, or leaves less to mend."""
    name = "net.json" if spec.startswith("{") else "net.yaml"
    restored = 0
    for word in _WORD.finditer(spec):
        at = word.start() + 1
        wrong = spec[:at] + spec[at - 1] + spec[at:]
        found = mended(wrong.encode(), name)
        text = found.data.decode()
        left = errors(found.checked)
        assert text in (spec, wrong) or left < errors(checked(wrong.encode(), name))
        restored += text == spec
    assert restored > len(_WORD.findall(spec)) // 3


@pytest.mark.parametrize("kind", MAKERS)
def test_any_document(kind: str) -> None:
    """Whatever is wrong with a document, fixing it ends, and a second run changes nothing."""
    make, _ = MAKERS[kind]
    every = Settings(select=["CNN", *sorted(ON_REQUEST)])
    for number in range(effort(40)):
        data = make(random.Random(f"{kind}-{number}"))
        found = mended(data, "net.yaml", every, unsafe=True)
        again = mended(found.data, "net.yaml", every, unsafe=True)
        assert (again.data, again.fixed) == (found.data, 0), f"{kind}-{number}"
