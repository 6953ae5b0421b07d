"""Changes of a spec's text: words replaced, fields set, each where its span says.

Nothing is written anew: comments and layout are as they were. Where a text does not show what to
change, as with a value that an expression computes, there is no edit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from cnncalc.layers.registry import layer_class
from cnncalc.maths.words import number
from cnncalc.problems.model import Edit, Fix, Problem
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean, surely_meant
from cnncalc.spec.entries import LayerEntry
from cnncalc.spec.node import Node
from cnncalc.spec.scalars import read_value

_PLAIN: Final = re.compile(r"[A-Za-z_][\w.-]*|\d+([x×]\d+)+", re.ASCII)
"""Texts that need no quotes, if they are no word such as ``null``."""
FLOW_MARKS: Final = frozenset("{}[],")
"""What ends a plain text in braces or brackets."""


def respelled(
    span: Span, word: str, words: Iterable[str], meaning: Callable[[str], object] = str
) -> tuple[Fix, ...]:
    """Return the fix of a misspelt word at its place: the one of ``words`` that is surely meant.

    Words of the same ``meaning`` count as one.
    """
    meant = surely_meant(word, words, meaning)
    return () if meant is None else (rewritten(span, meant),)


def misspelt(
    code: str, message: str, span: Span, word: str, known: Iterable[str], otherwise: str = ""
) -> Problem:
    """Return the problem of a word that is none of those that are ``known``, as its help and fix.

    ``otherwise`` is the help where none of them is near.
    """
    known = list(known)
    hints = did_you_mean(word, known) or ((otherwise,) if otherwise else ())
    fixes = respelled(span, word, known)
    return Problem(code=code, message=message, span=span, help=hints, fixes=fixes)


def rewritten(span: Span, value: Any, *, safe: bool = True) -> Fix:
    """Return the fix that writes ``value`` at ``span``."""
    return Fix(value=value, edits=replaced(span, value), safe=safe)


def replaced(span: Span, value: Any) -> tuple[Edit, ...]:
    """Return the edit that writes ``value`` over what is at ``span``."""
    text = span.text
    if "$" in text or "\n" in text:
        return ()
    return (Edit(span=span, text=written(value, text[:1])),)


def with_edits(fix: Fix, stated: Node | None, entry: LayerEntry) -> Fix:
    """Return the fix of a field with the edits that make it; ``stated`` is the field's value.

    A field that the entry does not state itself is added to it.
    """
    if fix.field in ("", "input"):
        return fix
    own = entry.fields is not None and stated is not None and _holds(entry.fields, stated)
    if own and stated is not None:
        return replace(fix, edits=replaced(stated.span, fix.value))
    return replace(fix, edits=_added(entry, fix.field, fix.value))


def _holds(fields: Node, value: Node) -> bool:
    """Return whether a value is that of a field among ``fields``, or all that there is of them."""
    values = fields.value.values() if isinstance(fields.value, dict) else (fields,)
    return any(each is value for each in values)


def _added(entry: LayerEntry, field: str, value: Any) -> tuple[Edit, ...]:
    """Return the edit that states a field at an entry; none where it has no fields so far."""
    fields, mark = entry.fields, entry.key.text[:1]
    if fields is None or not fields.value:
        return ()
    item = f"{written(field, mark)}: {written(value, mark)}"
    if isinstance(fields.value, dict):
        return (put_in(fields, item),)
    main, text = layer_class(entry.kind).main, fields.span.text
    if main is None or "\n" in text or (fields.plain and not FLOW_MARKS.isdisjoint(text)):
        return ()
    return (Edit(span=fields.span, text=f"{{{written(main, mark)}: {text}, {item}}}"),)


def put_in(mapping: Node, item: str) -> Edit:
    """Return the edit that adds ``key: value`` to a mapping that is not empty, as its last."""
    *_, last = mapping.children.values()
    source, (line, column) = mapping.span.source, last.span.end
    if is_flow(mapping):
        return Edit(span=source.point(line, column), text=f", {item}")
    indent = " " * (next(iter(mapping.keys.values())).column - 1)
    behind_comment = source.point(line, len(source.line(line)) + 1)
    return Edit(span=behind_comment, text=f"\n{indent}{item}")


def is_flow(node: Node) -> bool:
    """Return whether a list or a mapping is in brackets, as all of JSON is."""
    return node.span.text[:1] in ("{", "[")


def written(value: Any, mark: str = "") -> str:
    """Return a value as a spec writes it, quoted where ``mark`` is a quotation mark."""
    match value:
        case bool():
            return str(value).lower()
        case int() | Fraction():
            text = number(value)
            return json.dumps(text) if "/" in text else text
        case dict():
            items = (f"{written(key, mark)}: {written(each, mark)}" for key, each in value.items())
            return f"{{{', '.join(items)}}}"
        case list() | tuple():
            return f"[{', '.join(written(each, mark) for each in value)}]"
    if mark == "'":
        return "'" + str(value).replace("'", "''") + "'"
    is_plain = _PLAIN.fullmatch(value) and isinstance(read_value(value), str)
    return value if is_plain and mark != '"' else json.dumps(value, ensure_ascii=False)
