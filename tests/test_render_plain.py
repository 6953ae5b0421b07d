from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import cnncalc
from cnncalc.render.text import escape_json, needs_ascii, to_ascii, translate

PACKAGE = Path(cnncalc.__file__).parent


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("plain", "plain"),
        ("5×5, 6 filters", "5x5, 6 filters"),
        ("(7 − 3 + 2·0)/3 + 1 = 2⅓ ≈ 2.33", "(7 - 3 + 2*0)/3 + 1 = 2 1/3 ~ 2.33"),
        ("½ or 54 1/7", "1/2 or 54 1/7"),
        ("stride 1 → 5×5 …", "stride 1 -> 5x5 ..."),
        ("R₁ + (F − 1)·J₁₂", "R1 + (F - 1)*J12"),
        ("10⁹, 2⁻¹⁰, xᵖ", "10^9, 2^-10, x^p"),
        ("⌈W/S⌉ − ⌊i·W/out⌋", "ceil(W/S) - floor(i*W/out)"),
        ("┌─┬─┐│└┴┘", "+-+-+|+++"),
        ("█▏", "##"),
        ("≤ 5 ≥ 3 ≠", "<= 5 >= 3 !="),
        ("F′ “x”", 'F\' "x"'),
        ("網路 é", "網路 é"),
    ],
)
def test_to_ascii(text: str, spelled: str) -> None:
    assert to_ascii(text) == spelled


def test_every_sign_has_a_spelling() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    text += "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.md"))
    left = {char for char in to_ascii(text) if not char.isascii()}
    assert not [char for char in left if not char.isalpha()]  # é of Géron is a name


@pytest.mark.parametrize(
    ("encoding", "ascii", "expected"),
    [
        ("utf-8", False, "2⅓ × é 網"),
        ("utf-8", True, r"2 1/3 x \xe9 \u7db2"),
        ("ascii", False, r"2 1/3 x \xe9 \u7db2"),
        ("cp1252", False, r"2 1/3 x é \u7db2"),
        (None, False, r"2 1/3 x \xe9 \u7db2"),
        ("no-such-encoding", False, r"2 1/3 x \xe9 \u7db2"),
    ],
)
def test_translation(encoding: str | None, ascii: bool, expected: str) -> None:
    assert translate("2⅓ × é 網", encoding, ascii=ascii) == expected


def test_surrogates() -> None:
    assert translate("a\udc80", "utf-8") == r"a\udc80"


@pytest.mark.parametrize(
    ("encoding", "needed"),
    [("utf-8", False), ("utf-16", False), ("gb18030", False), ("cp1252", True), ("cp437", True)],
)
def test_needs_ascii(encoding: str, needed: bool) -> None:
    assert needs_ascii(encoding) == needed


@pytest.mark.parametrize("text", ["plain", "2⅓ é 網", "\U0001f600", "a\udc80"])
def test_escape_json(text: str) -> None:
    escaped = escape_json(json.dumps({"key": text}, ensure_ascii=False))
    assert escaped.isascii()
    assert json.loads(escaped) == {"key": text}
    assert bool(re.search(r"\\u[0-9a-f]{4}", escaped)) == (not text.isascii())
