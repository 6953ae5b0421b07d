"""``kinds``: the kinds of layers, and the fields of each."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getdoc
from typing import get_args

from pydantic.fields import FieldInfo

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.layers.fields import Words
from cnncalc.layers.registry import KINDS, canonical, field_names, kind_aliases, layer_class
from cnncalc.problems.suggestions import did_you_mean


def kinds(kind: param.Kind = None, ascii: param.Ascii = False) -> int:
    """List the kinds of layers, or the fields of one.

    KIND is the name of a kind, or one of its other names, such as conv2d.
    """
    results = Output(ascii=ascii).results
    if kind is None:
        results.write("".join(f"{name:<20}{_about(name)}\n" for name in KINDS))
        return 0
    name, _ = canonical(kind)
    if name is None:
        known = [*KINDS, *kind_aliases()]
        text = f"there is no kind `{kind}`"
        raise UsageError(text, *did_you_mean(kind, known), "`cnncalc kinds` lists them all")
    results.write("".join(f"{line}\n" for line in _page(name)))
    return 0


def _about(kind: str) -> str:
    return (getdoc(layer_class(kind)) or "").partition("\n")[0].replace("``", "`")


def _page(kind: str) -> Iterator[str]:
    """Yield the lines that describe a kind."""
    others = [word for word, (meant, _) in kind_aliases().items() if meant == kind]
    yield f"{kind}: {_about(kind)}"
    if others:
        yield f"also called {', '.join(others)}"
    for field, info in layer_class(kind).model_fields.items():
        name = info.alias or field
        others = [word for word, own in field_names(kind).items() if own == name != word]
        meaning, _, default = (info.description or "").partition("; default: ")
        default = default or ("none" if info.default is None else str(info.default))
        needed = "needed" if info.is_required() else f"default: {default}"
        yield ""
        yield f"  {name} ({_words(info)}; {needed})"
        yield f"      {meaning}"
        if others:
            yield f"      also called {', '.join(others)}"


def _words(info: FieldInfo) -> str:
    """Return what a field's type says of itself, in its annotation or in a part of it."""
    notes = [*info.metadata]
    for part in get_args(info.annotation):
        notes += getattr(part, "__metadata__", ())
    return next((note.text for note in notes if isinstance(note, Words)), "text")
