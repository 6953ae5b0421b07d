"""Reference of the layer kinds, from their classes: for ``cnncalc kinds`` and docs/kinds.md."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from inspect import getdoc
from typing import Any, get_args

from pydantic.fields import FieldInfo

from cnncalc.inference.infer import infer
from cnncalc.layers.base import Layer
from cnncalc.layers.fields import Words, choices
from cnncalc.layers.registry import KINDS, field_names, kind_aliases, layer_class
from cnncalc.maths.words import number, plural
from cnncalc.spec.load import parse_bytes


def kinds_text() -> str:
    """Return the list of all kinds, a line for each: its name and what it does."""
    widest = max(map(len, KINDS))
    return "".join(f"{kind:<{widest}}  {_about(kind)[0]}\n" for kind in KINDS)


def kind_text(kind: str) -> str:
    """Return the page of a canonical kind, in Markdown: names, fields, and an example.

    Raises:
        KeyError: there is no such kind.
    """
    return f"# {kind}\n\n" + "\n\n".join(kind_parts(kind)) + "\n"


def kind_parts(kind: str) -> Iterator[str]:
    """Yield the paragraphs of a kind's page, without its heading."""
    model = layer_class(kind)
    yield "\n".join(_about(kind))
    others = [word for word, (meant, _) in kind_aliases().items() if meant == kind]
    if others:
        yield f"Also called {_listed(others)}."
    if model.main is not None:
        yield f"A single value is its `{model.main}`."
    if model.model_fields:
        rows = [_field(kind, name, info) for name, info in _fields(model)]
        yield "\n".join(
            ["| field | value | default | meaning |", "| --- | --- | --- | --- |", *rows]
        )
    yield f"```yaml\n{kind_example(kind)}```"
    yield _gives(kind)


def kind_example(kind: str) -> str:
    """Return a spec that uses a kind on an input of 32×32×16."""
    model = layer_class(kind)
    entry = f"{kind}: {model.sample}" if model.sample else kind
    before = "  - relu\n" if model.inputs is None else ""  # a second value to merge
    return f"input: 32x32x16\nlayers:\n{before}  - {entry}\n"


def _gives(kind: str) -> str:
    """Return what comes out of the example."""
    network = parse_bytes(kind_example(kind).encode(), "example.yaml", None).network
    assert network is not None
    row = infer(network).rows[-1]
    counts = [plural(row.params, "parameter")] if row.params else []
    if row.non_trainable:
        counts.append(f"{row.non_trainable:,} numbers that training does not change by gradient")
    return f"The output is {row.output}" + (f", with {' and '.join(counts)}." if counts else ".")


def _about(kind: str) -> list[str]:
    return (getdoc(layer_class(kind)) or "").replace("``", "`").split("\n")


def _fields(model: type[Layer]) -> list[tuple[str, FieldInfo]]:
    """Return a kind's fields: the main one first, what all layers with weights have last."""

    def order(item: tuple[str, FieldInfo]) -> int:
        return -1 if item[0] == model.main else int(item[0] in ("in_channels", "activation"))

    return sorted(model.model_fields.items(), key=order)


def _field(kind: str, name: str, info: FieldInfo) -> str:
    own = layer_class(kind).written(name)
    others = [word for word, field in field_names(kind).items() if field == own and word != own]
    names = f"`{own}`" + (f" (also {_listed(others)})" if others else "")
    meaning, _, default = (info.description or "").partition("; default: ")
    return f"| {names} | {_words(info)} | {default or _default(info)} | {meaning} |"


def _words(info: FieldInfo) -> str:
    """Return what a field's type says of itself, in its annotation or in a part of it."""
    notes = [*info.metadata]
    for part in get_args(info.annotation):
        notes += getattr(part, "__metadata__", ())
    words = next((note.text for note in notes if isinstance(note, Words)), "")
    return words or " or ".join(f"`{word}`" for word in choices(info))


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "*needed*"
    value: Any = info.default
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{number(value)}`" if isinstance(value, (int, Fraction)) else f"`{value}`"


def _listed(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
