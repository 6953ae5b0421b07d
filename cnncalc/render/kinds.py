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
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import wrap, wrap_markdown
from cnncalc.spec.load import parse_bytes

_HEADS = ("field", "value", "default", "meaning")


def kinds_text(terminal: Terminal) -> str:
    """Return the list of all kinds: the name of each, and what it does."""
    widest = max(map(len, KINDS))
    lines = [f"{kind:<{widest}}  {_about(kind)[0]}" for kind in KINDS]
    return "".join(f"{part}\n" for line in lines for part in wrap(line, terminal.width, widest + 2))


def kind_text(kind: str, terminal: Terminal) -> str:
    """Return the page of a canonical kind: names, fields, and an example.

    It is Markdown; where the terminal has a width, the table of the fields is drawn to fit it.

    Raises:
        KeyError: there is no such kind.
    """
    table = _drawn(kind, terminal) if terminal.width else markdown_fields(kind)
    text = f"# {kind}\n\n" + "\n\n".join(_parts(kind, table)) + "\n"
    return wrap_markdown(text, terminal.width)


def kind_parts(kind: str) -> Iterator[str]:
    """Yield the paragraphs of a kind's page in Markdown, without its heading."""
    return _parts(kind, markdown_fields(kind))


def markdown_fields(kind: str) -> str:
    """Return the table of a kind's fields in Markdown."""
    rows = [_HEADS, ("---",) * len(_HEADS), *_rows(kind)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _drawn(kind: str, terminal: Terminal) -> str:
    """Return the table of a kind's fields, its cells wrapped to the terminal."""
    from rich.box import SIMPLE_HEAD  # not every command draws, and it takes a while
    from rich.table import Table

    table = Table(*_HEADS, box=SIMPLE_HEAD, pad_edge=False)
    for row in _rows(kind):
        table.add_row(*(cell.replace("`", "").replace("*", "") for cell in row))
    return terminal.draw(table).strip("\n")


def _parts(kind: str, table: str) -> Iterator[str]:
    model = layer_class(kind)
    yield "\n".join(_about(kind))
    others = [word for word, (meant, _) in kind_aliases().items() if meant == kind]
    if others:
        yield f"Also called {_listed(others)}."
    if model.main is not None:
        yield f"A single value is its `{model.main}`."
    if model.model_fields:
        yield table
    yield f"```yaml\n{kind_example(kind)}```"
    yield _gives(kind)


def kind_example(kind: str) -> str:
    """Return a spec that uses a kind on an input of 32×32×16."""
    model = layer_class(kind)
    entry = f"{kind}: {model.sample}" if model.sample else kind
    before = "  - relu\n" if model.joins else ""  # a second value to merge
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


def _rows(kind: str) -> list[tuple[str, ...]]:
    return [_field(kind, name, info) for name, info in _fields(layer_class(kind))]


def _field(kind: str, name: str, info: FieldInfo) -> tuple[str, ...]:
    own = layer_class(kind).written(name)
    others = [word for word, field in field_names(kind).items() if field == own and word != own]
    names = f"`{own}`" + (f" (also {_listed(others)})" if others else "")
    return names, _words(info), _default(info), info.description or ""


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
