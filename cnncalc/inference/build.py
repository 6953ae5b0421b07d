"""Fields of an entry → a layer: other names resolved, defaults added, values checked.

The checks are pydantic's (each kind is a model); here their errors get places and codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.left_open import is_left_open, left_open
from cnncalc.inference.visit import Visit
from cnncalc.layers.base import Family, Layer
from cnncalc.layers.fields import choices
from cnncalc.layers.invalid import mistakes
from cnncalc.layers.names import changes_no_shape
from cnncalc.layers.registry import (
    activation_called,
    canonical,
    field_names,
    joins,
    kinds_of,
    layer_class,
    merges,
)
from cnncalc.maths.volume import SPATIAL, format_value
from cnncalc.problems.collector import Reporter
from cnncalc.problems.model import Problem, RuleError, located
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.edits import misspelt, respelled, with_edits
from cnncalc.spec.entries import COMMON_KEYS, Branches, Entry, LayerEntry
from cnncalc.spec.node import Node
from cnncalc.spec.reader import two_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One field as a spec states it: the name that it uses, and the value."""

    word: str
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A layer, ``None`` when its fields are wrong (reported) or unknown, and what states it.

    ``fields`` are by canonical name. ``like`` names the row whose size the layer takes.
    """

    layer: Layer | None
    fields: Mapping[str, Stated]
    like: str | None = None

    @property
    def places(self) -> dict[str, Span]:
        """The place of the value of each field."""
        return {name: stated.node.span for name, stated in self.fields.items()}

    def place(self, names: tuple[str, ...], entry: Entry) -> Span:
        """Return the place of the first of these fields that is stated, or of the entry."""
        for name in names:
            if name in self.fields:
                return self.fields[name].node.span
            if name == "from" and entry.sources is not None:
                return entry.sources.span
        return entry.place

    def problem(self, error: RuleError, entry: Entry) -> Problem:
        """Return the problem of a rule that the layer of ``entry`` breaks, at its place."""
        fixes = error.fixes
        if isinstance(entry, LayerEntry):
            fixes = tuple(with_edits(fix, self._node(fix.field), entry) for fix in fixes)
        return located(error, self.place(error.fields, entry)).at(fixes=fixes)

    def _node(self, field: str) -> Node | None:
        stated = self.fields.get(field)
        return stated.node if stated else None


def build(
    kind: str,
    entry: LayerEntry | Branches,
    visit: Visit,
    defaults: Mapping[str, Node],
    rounding: str | None,
) -> Built:
    """Return the layer of an entry, validated; ``rounding`` is for kinds that state none."""
    fields, complete = stated_fields(kind, entry, defaults, visit.report)
    cls = layer_class(kind)
    values: dict[str, Any] = {}
    for name, stated in fields.items():
        try:
            value = evaluate(stated.node, visit.names, visit.report)
        except Unknown:
            complete = False
            continue
        if name != "like" and is_left_open(value):
            visit.report(left_open(stated.word, stated.node))
            complete = False
            continue
        is_flag = stated.word in cls.flags and isinstance(value, bool)
        values[name] = cls.flags[stated.word][value] if is_flag else value
    like = None
    if "like" in values:
        signal = visit.find(values["like"], fields["like"].node)
        values["like"] = signal.volume if signal else None
        like = signal.row if signal else None
        complete = complete and values["like"] is not None
    layer = None
    if complete:
        takes_rounding = "rounding" in cls.model_fields and "rounding" not in values
        if rounding is not None and takes_rounding:
            takes_ceil = "ceil" in choices(cls.model_fields["rounding"])
            values["rounding"] = "floor" if rounding == "ceil" and not takes_ceil else rounding
        layer = _validated(kind, values, fields, entry, visit.report)
    return Built(layer=layer, fields=fields, like=like)


def stated_fields(
    kind: str, entry: LayerEntry | Branches, defaults: Mapping[str, Node], report: Reporter
) -> tuple[dict[str, Stated], bool]:
    """Return the fields that an entry and the file's ``defaults`` state for ``kind``.

    Also return whether they are all: what is no field of the kind is left out.
    """
    node = entry.fields if isinstance(entry, LayerEntry) else None
    fields: dict[str, Stated] = {}
    complete = True
    if node is not None and isinstance(node.value, dict) and not _is_volume(kind, node.value):
        fields, complete = _mapped(kind, node, entry, report)
    elif node is not None and node.value is not None:
        main = layer_class(kind).main
        if main is not None:
            fields[main] = Stated(word=main, node=node)
        else:
            complete = False
            report(_no_main(kind, node))
    default = defaults.get(kind)
    if default is not None:
        known = field_names(kind)
        for word, value in default.children.items():
            if word in known:
                fields.setdefault(known[word], Stated(word=word, node=value))
            else:
                complete = False  # reported where it is stated
    return fields, complete


def _is_volume(kind: str, value: Mapping[str, Node]) -> bool:
    """Return whether a mapping below ``kind`` is a volume by its axes, and holds no fields."""
    has_axes = any(axis in value for axis in (*SPATIAL, "depth"))
    return layer_class(kind).main_is_volume and has_axes and not value.keys() & field_names(kind)


def _mapped(
    kind: str, node: Node, entry: Entry, report: Reporter
) -> tuple[dict[str, Stated], bool]:
    """Return the fields of a mapping; report unknown ones and two names of one field."""
    known = field_names(kind)
    fields: dict[str, Stated] = {}
    complete = True
    for word, value in node.children.items():
        name = known.get(word)
        if name is None:
            complete = False
            report(_unknown_field(kind, word, node, entry))
        elif name in fields:
            report(two_names(name, fields[name].word, word, node))
        else:
            fields[name] = Stated(word=word, node=value)
    return fields, complete


def _unknown_field(kind: str, word: str, node: Node, entry: Entry) -> Problem:
    known, key = field_names(kind), node.keys[word]
    fields = list(dict.fromkeys(known.values()))
    is_slip = False
    if word in COMMON_KEYS:
        hint: tuple[str, ...] = (f"write `{word}` next to `{entry.word}`, not among its fields",)
    elif word in layer_class(kind).not_fields:
        hint = (layer_class(kind).not_fields[word],)
    elif changes_no_shape(word):
        hint = (f"`{word}` changes no shape: leave it out",)
    else:
        is_slip = True
        hint = did_you_mean(word, known) or (
            (f"its fields are {', '.join(fields)}",) if fields else (f"`{kind}` has no fields",)
        )
    text = f"`{format_value(word)}` is not a field of {kind}"
    fixes = respelled(key, word, known, known.get) if is_slip else ()
    return Problem(code="CNN109", message=text, span=key, help=hint, fixes=fixes)


def _no_main(kind: str, node: Node) -> Problem:
    fields = list(dict.fromkeys(field_names(kind).values()))
    hint = f"name the field: {kind}: {{{fields[0]}: …}}" if fields else f"write `{kind}` alone"
    text = f"{kind} takes no single value, but {format_value(node.data())} is given"
    return Problem(code="CNN108", message=text, span=node.span, help=(hint,))


def _validated(
    kind: str,
    values: dict[str, Any],
    fields: Mapping[str, Stated],
    entry: Entry,
    report: Reporter,
) -> Layer | None:
    """Return the layer of these values; report those that are wrong, named as they are written."""
    cls = layer_class(kind)
    try:
        return cls.model_validate(values)
    except ValidationError as error:
        built = Built(layer=None, fields=fields)
        for mistake in mistakes(kind, cls, error):
            problem = built.problem(mistake, entry)
            for field in mistake.fields:  # one, or none where some are missing
                word = fields[field].word if field in fields else field
                problem = problem.at(message=f"{word}: {problem.message}")
            report(problem)
        return None


def activation_kind(entry: LayerEntry, visit: Visit) -> str | None:
    """Return the kind that ``activation: $act`` names."""
    if entry.value is None:
        text, hint = "`activation` needs a kind", "such as activation: relu"
        visit.report(Problem(code="CNN110", message=text, span=entry.key, help=(hint,)))
        return None
    try:
        word = evaluate(entry.value, visit.names, visit.report)
    except Unknown:
        return None
    kind = activation_called(word) if isinstance(word, str) else None
    if kind is not None:
        return kind
    known = kinds_of(Family.ACTIVATION)
    text, listed = f"{format_value(word)} is not an activation", f"kinds: {', '.join(known)}"
    visit.report(misspelt("CNN201", text, entry.value.span, str(word), known, listed))
    return None


def merge_kind(entry: Branches, visit: Visit) -> str | None:
    """Return the kind that joins an entry's branches; ``None`` when it is not known."""
    if entry.merge is None:
        return None
    try:
        word = evaluate(entry.merge, visit.names, visit.report)
    except Unknown:
        return None
    kind = canonical(str(word))[0]
    if kind is not None and joins(kind):
        return kind
    text = f"{format_value(word)} does not join branches"
    hint = f"write merge: {merges()}"
    visit.report(Problem(code="CNN108", message=text, span=entry.merge.span, help=(hint,)))
    return None
