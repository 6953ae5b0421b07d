"""Fixes made in texts: what they change, what they leave, and that they never make it worse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cnncalc.checking.check import Checked, check_text
from cnncalc.checking.mending import Mended, mend
from cnncalc.spec.files import Unparsed

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("mending.yaml").read_text("utf-8")
)


def checked(data: bytes, name: str = "net.yaml") -> Checked:
    found = check_text(Unparsed(data=data, name=name, path=None))
    assert isinstance(found, Checked)
    return found


def mended(data: bytes, name: str = "net.yaml", *, unsafe: bool = False) -> Mended:
    return mend(data, lambda text: checked(text, name), unsafe=unsafe)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    name, unsafe = case.get("name", "net.yaml"), case.get("unsafe", False)
    found = mended(case["before"].encode(), name, unsafe=unsafe)
    assert found.data.decode() == case.get("after", case["before"])
    assert [problem.code for problem in found.checked.problems] == case.get("left", [])
    assert (found.fixed > 0) == ("after" in case)
    again = mended(found.data, name, unsafe=unsafe)
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
