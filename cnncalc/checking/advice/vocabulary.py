"""Advice about names that come from elsewhere: those of PyTorch, Keras, Caffe, lecture notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cnncalc.layers.registry import field_names, layer_class
from cnncalc.problems.model import Edit, Fix, Problem
from cnncalc.problems.source import Span
from cnncalc.spec.edits import replaced, rewritten
from cnncalc.spec.entries import Entry, LayerEntry, in_row_order
from cnncalc.spec.network import Network
from cnncalc.spec.node import Node


def names_from_elsewhere(network: Network) -> Iterator[Problem]:
    """Yield CNN918 for each kind and field with another name than its own in specs.

    They mean the same; a file that has one name for each thing is read more easily. Only the
    network's own file is looked at.
    """
    lists = (network.layers, *(block.body for block in network.blocks.values()))
    found = [problem for entries in lists for problem in _of_entries(entries)]
    for kind, fields in network.defaults.items():
        found += _of_fields(kind, fields)
    yield from (each for each in found if each.span.source is network.root.span.source)


def _of_entries(entries: tuple[Entry, ...]) -> Iterator[Problem]:
    for entry in in_row_order(entries):
        if not isinstance(entry, LayerEntry) or entry.word == "activation":
            continue
        if entry.word != entry.kind:
            yield _problem(entry.word, entry.kind, entry.key, rewritten(entry.key, entry.kind))
        if entry.fields is not None:
            yield from _of_fields(entry.kind, entry.fields)


def _of_fields(kind: str, fields: Node) -> Iterator[Problem]:
    """Yield what there is to say of the names of fields that are stated in a mapping."""
    names, flags = field_names(kind), layer_class(kind).flags
    for word, value in fields.children.items():
        name, key = names.get(word, word), fields.keys[word]
        if name == word:
            continue
        edits = replaced(key, name)
        if word in flags:  # it takes another value, too
            edits = _flag(edits, value, flags[word])
        yield _problem(word, name, key, Fix(value=name, edits=edits))


def _flag(edits: tuple[Edit, ...], value: Node, words: tuple[str, str]) -> tuple[Edit, ...]:
    """Return edits with that of a boolean, which is written as one of two words."""
    if not isinstance(value.value, bool):
        return ()
    return (*edits, *replaced(value.span, words[value.value]))


def _problem(word: str, name: str, span: Span, fix: Fix) -> Problem:
    return Problem(
        code="CNN918",
        message=f"`{word}` is called `{name}` here",
        span=span,
        help=(f"write `{name}`",),
        fixes=(replace(fix, safe=False),),
    )
