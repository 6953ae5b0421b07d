"""Valid TOML of every way to write it, for the tests that look for places in it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

_BARE = st.text("abcXYZ019_-", min_size=1, max_size=4)
_TEXTS = st.text("ab .#=[]{}'\",\\é\n\t", max_size=8)
_BLANKS = st.sampled_from(["", "", " ", "\t", "  "])
_ENDS = st.sampled_from(["\n", "\n", "\n\n", " # a = 1 [b]\n", '\t# "\n  \n'])
_SCALARS = st.sampled_from([
    "0", "-17", "+1_000", "0xFF", "1.5e3", "inf", "true", "false", "1979-05-27",
    "1979-05-27 07:32:00", "1979-05-27T07:32:00.5Z", "07:32:00", "''", '""', "'a]#b'",
    '"""a""b"""', '""""a"""""', "'''\n'a' # [b]'''", '"""\n\\"x = 1\n[a]"""', '"""\\\n  a"""',
])  # fmt: skip


@st.composite
def keys(draw: st.DrawFn) -> tuple[str, str]:
    """Return a key, and how it is written."""
    name = draw(_BARE)
    style = draw(st.sampled_from(["bare", "bare", "basic", "literal", "odd"]))
    if style == "odd":
        name = draw(_TEXTS)
    if style in ("basic", "odd"):
        return name, json.dumps(name).replace("\\/", "/")
    return name, name if style == "bare" else f"'{name}'"


@st.composite
def values(draw: st.DrawFn, depth: int = 2) -> str:
    """Return a value as it is written."""
    kind = draw(st.sampled_from(["scalar", "scalar", "text", "list", "table"]))
    if kind == "text":
        return json.dumps(draw(_TEXTS), ensure_ascii=False)
    if kind == "scalar" or depth == 0:
        return draw(_SCALARS)
    if kind == "list":
        items = draw(st.lists(values(depth - 1), max_size=3))
        gap = draw(st.sampled_from(["", " ", "\n", " # ]\n"]))
        comma = draw(st.sampled_from(["", ",", " ,"])) if items else ""
        return f"[{gap}{f'{gap},{gap}'.join(items)}{gap}{comma}{gap}]"
    pairs = draw(st.lists(st.tuples(keys(), values(0)), max_size=3, unique_by=lambda p: p[0][0]))
    space = draw(st.sampled_from(["", " "]))
    return "{" + ", ".join(f"{key[1]}{space}={space}{value}" for key, value in pairs) + "}"


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Return a document; it may use a key twice, which is no TOML."""
    lines = [draw(_ENDS)]
    for _ in range(draw(st.integers(0, 7))):
        kind = draw(st.sampled_from(["pair", "pair", "pair", "table", "tables"]))
        path = [key[1] for key in draw(st.lists(keys(), min_size=1, max_size=3))]
        gap = draw(_BLANKS)
        dotted = f"{gap}.{gap}".join(path)
        if kind == "pair":
            line = f"{gap}{dotted}{gap}={gap}{draw(values())}"
        elif kind == "table":
            line = f"{gap}[{gap}{dotted}{gap}]"
        else:
            line = f"{gap}[[{gap}{dotted}{gap}]]"
        lines.append(line + draw(_ENDS))
    return "".join(lines)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], Any]:
    """Return every value in a document by its path."""
    found = {path: value} if path else {}
    below = dict(enumerate(value)) if isinstance(value, list) else value
    for key, child in below.items() if isinstance(below, dict) else ():
        found |= paths(child, (*path, key))
    return found
