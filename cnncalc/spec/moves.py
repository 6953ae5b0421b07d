"""Fields that are next to a kind, moved below it: edits of the text, as far as that is plain."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cnncalc.problems.model import Edit, Fix
from cnncalc.problems.source import Source
from cnncalc.spec.edits import FLOW_MARKS, is_flow, written
from cnncalc.spec.node import Node


class _Piece(NamedTuple):
    """Characters of a text, counted from its beginning, and what takes their place."""

    start: int
    end: int
    text: str = ""


def moved_below(entry: Node, kind: str, fields: Sequence[str], main: str | None) -> tuple[Fix, ...]:
    """Return the fix that puts ``fields`` of an entry below its kind, whose main field is given.

    There is none where a comment would lose its place, or the layout is an unusual one.
    """
    edits = _moving(entry, kind, fields, main)
    return (Fix(edits=edits, safe=True),) if edits else ()


def _moving(entry: Node, kind: str, fields: Sequence[str], main: str | None) -> tuple[Edit, ...]:
    keys = list(entry.keys)
    at = keys.index(kind)
    if min(keys.index(field) for field in fields) < at:
        return ()
    if is_flow(entry):
        pieces = _out_of_flow(entry, fields)
    elif _can_be_indented(entry, kind) and keys[at + 1 : at + 1 + len(fields)] == list(fields):
        return _indented(entry, kind, fields)
    else:
        pieces = _lines(entry, fields)
    items = [_item(entry, field) for field in fields]
    if not pieces or any("\n" in item or "#" in item for item in items):
        return ()
    values = [entry.children[field] for field in fields]
    if any(value.plain and not FLOW_MARKS.isdisjoint(value.text) for value in values):
        return ()
    into = _put_below(entry, kind, items, main)
    return _edits(entry.span.source, [into, *pieces]) if into is not None else ()


def _can_be_indented(entry: Node, kind: str) -> bool:
    """Return whether what follows the line of a kind is below it once it is indented."""
    value = entry.children[kind]
    if value.children:
        return not is_flow(value)
    return value.value is None and not value.text


def _indented(entry: Node, kind: str, fields: Sequence[str]) -> tuple[Edit, ...]:
    """Return the edits that indent the lines of fields."""
    value, first = entry.children[kind], entry.keys[fields[0]]
    below = next(iter(value.keys.values())).column if value.keys else first.column + 2
    indent = " " * (below - first.column)
    last = entry.children[fields[-1]].span.end_line
    lines = [line for line in range(first.line, last + 1) if first.source.line(line).strip()]
    return tuple(Edit(span=first.source.point(line, 1), text=indent) for line in lines)


def _item(entry: Node, field: str) -> str:
    """Return a key with its value, as they are written."""
    return entry.span.source.text[slice(*_extent(entry, field))]


def _extent(entry: Node, field: str) -> tuple[int, int]:
    """Return where a key begins, and where its value ends."""
    source = entry.span.source
    return source.offset(*entry.keys[field].start), source.offset(*entry.children[field].span.end)


def _out_of_flow(entry: Node, fields: Sequence[str]) -> list[_Piece]:
    """Return the removal of fields in braces, each with the comma in front of it."""
    before = {key: _extent(entry, other)[1] for other, key in pairwise(entry.keys)}
    pieces = [_Piece(before[field], _extent(entry, field)[1]) for field in fields]
    text = entry.span.source.text
    return [] if any("#" in text[piece.start : piece.end] for piece in pieces) else pieces


def _lines(entry: Node, fields: Sequence[str]) -> list[_Piece]:
    """Return the removal of fields that have a line each; nothing where a line holds more."""
    source = entry.span.source
    pieces = []
    for field in fields:
        start, end = _extent(entry, field)
        key = entry.keys[field]
        line = source.line(key.line)
        if line.strip() != source.text[start:end]:
            return []
        pieces.append(_Piece(start - key.column, end))  # with the line break in front of it
    return pieces


def _put_below(entry: Node, kind: str, items: Sequence[str], main: str | None) -> _Piece | None:
    """Return the addition of items to the value of a kind, ``None`` where there is no room."""
    value, listed = entry.children[kind], ", ".join(items)
    start, end = (entry.span.source.offset(*at) for at in (value.span.start, value.span.end))
    if isinstance(value.value, dict):
        if not is_flow(value):
            *_, last = value.children.values()
            end = entry.span.source.offset(*last.span.end)
            line = entry.span.source.line(last.span.end_line)
            end += len(line) + 1 - last.span.end_column  # behind a comment
            indent = "\n" + " " * (next(iter(value.keys.values())).column - 1)
            return _Piece(end, end, "".join(f"{indent}{item}" for item in items))
        if not value.value:
            return _Piece(start + 1, start + 1, listed)
        last_end = entry.span.source.offset(*list(value.children.values())[-1].span.end)
        return _Piece(last_end, last_end, f", {listed}")
    if value.value is None:
        return _Piece(start, end, f"{{{listed}}}" if value.text else f" {{{listed}}}")
    text, mark = value.span.text, entry.keys[kind].text[:1]
    if main is None or "\n" in text or (value.plain and not FLOW_MARKS.isdisjoint(text)):
        return None
    return _Piece(start, end, f"{{{written(main, mark)}: {text}, {listed}}}")


def _edits(source: Source, pieces: Sequence[_Piece]) -> tuple[Edit, ...]:
    """Return pieces as edits; those that touch are one."""
    joined: list[_Piece] = []
    for piece in sorted(pieces):
        if joined and joined[-1].end == piece.start:
            piece = _Piece(joined[-1].start, piece.end, joined.pop().text + piece.text)
        joined.append(piece)
    return tuple(
        Edit(span=source.span(piece.start, piece.end), text=piece.text) for piece in joined
    )
