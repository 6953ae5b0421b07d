"""Fields of an entry → a layer: other names resolved, defaults added, values checked.

The checks are pydantic's (each kind is a model); here their errors get places and codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.scope import Names, Signal
from cnncalc.layers.base import Family, Layer
from cnncalc.layers.fields import choices
from cnncalc.layers.invalid import mistakes
from cnncalc.layers.names import changes_no_shape
from cnncalc.layers.registry import canonical, field_names, joins, kinds_of, layer_class
from cnncalc.maths.volume import format_value
from cnncalc.problems.collector import Reporter
from cnncalc.problems.model import Problem, Related, RuleError, located
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.entries import COMMON_KEYS, Branches, Entry, LayerEntry
from cnncalc.spec.node import Node


@dataclass(slots=True, kw_only=True, eq=False)
class StatedFields:
    """The fields of one entry by canonical name, with their places; not yet evaluated.

    ``written`` holds the names that the spec uses for them. ``ok`` is false when some are wrong;
    ``bad_defaults``: the file's defaults for the kind have a field that it has not.
    """

    kind: str
    nodes: dict[str, Node] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ok: bool = True
    bad_defaults: bool = False

    def place(self, names: str | tuple[str, ...] | None, otherwise: Span) -> Span:
        """Return the place of the first of these fields that is stated."""
        for name in (names,) if isinstance(names, str) else names or ():
            if name in self.nodes:
                return self.nodes[name].span
        return otherwise


def stated_fields(
    kind: str, entry: LayerEntry | Branches, defaults: Mapping[str, Node]
) -> StatedFields:
    """Return the fields that an entry and the file's ``defaults`` state for ``kind``."""
    fields = StatedFields(kind=kind)
    value = entry.fields if isinstance(entry, LayerEntry) else None
    if value is not None and value.value is not None:
        if isinstance(value.value, dict):
            _add(fields, value, entry)
        else:
            main = layer_class(kind).main
            if main is not None:
                fields.nodes[main] = value
                fields.written[main] = main
            else:
                fields.ok = False
                fields.problems.append(_no_main(kind, value))
    default = defaults.get(kind)
    if default is not None and isinstance(default.value, dict):
        known = field_names(kind)
        for key, node in default.value.items():
            name = known.get(key)
            if name is None:  # reported where it is stated
                fields.bad_defaults = True
            elif name not in fields.nodes:
                fields.nodes[name] = node
                fields.written[name] = key
    return fields


def _add(fields: StatedFields, value: Node, entry: Entry) -> None:
    """Take the fields of a mapping; note unknown ones and two names of one field."""
    assert isinstance(value.value, dict)
    known = field_names(fields.kind)
    for key, node in value.value.items():
        name = known.get(key)
        if name is None:
            fields.ok = False
            fields.problems.append(_unknown_field(fields.kind, key, value, entry))
        elif name in fields.nodes:
            other = fields.written[name]
            fields.problems.append(
                Problem(
                    "CNN111",
                    f"`{other}` and `{key}` are two names of one field, {name}",
                    value.keys[key],
                    help=("keep one of them",),
                    related=(Related(f"`{other}` stands here", value.keys[other]),),
                )
            )
        else:
            fields.nodes[name] = node
            fields.written[name] = key


def _unknown_field(kind: str, key: str, value: Node, entry: Entry) -> Problem:
    known = field_names(kind)
    fields = list(dict.fromkeys(field_names(kind).values()))
    if key in COMMON_KEYS:
        hint: tuple[str, ...] = (f"write `{key}` beside `{entry.word}`, not among its fields",)
    elif changes_no_shape(key):
        hint = (f"`{key}` changes no shape: leave it out",)
    else:
        hint = did_you_mean(key, known) or (
            (f"its fields are {', '.join(fields)}",) if fields else (f"`{kind}` has no fields",)
        )
    return Problem("CNN109", f"`{key}` is not a field of {kind}", value.keys[key], help=hint)


def _no_main(kind: str, value: Node) -> Problem:
    fields = list(dict.fromkeys(field_names(kind).values()))
    hint = f"name the field: {kind}: {{{fields[0]}: …}}" if fields else f"write `{kind}` alone"
    return Problem(
        "CNN108",
        f"{kind} takes no single value, but {format_value(value.data())} stands there",
        value.span,
        help=(hint,),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A layer, ``None`` when its fields are wrong (reported) or unknown, and where it is from.

    ``like`` names the row whose size it takes.
    """

    layer: Layer | None
    fields: StatedFields
    like: str | None = None


def build(
    kind: str,
    entry: LayerEntry | Branches,
    *,
    defaults: Mapping[str, Node],
    rounding: str | None,
    names: Names,
    report: Reporter,
    find: Callable[[Any, Node], Signal | None],
) -> Built:
    """Return the layer of an entry, validated; ``find`` returns what a name means, or reports it.

    ``rounding`` is the network's own, for kinds that state none.
    """
    fields = stated_fields(kind, entry, defaults)
    for problem in fields.problems:
        report(problem)
    cls = layer_class(kind)
    values: dict[str, Any] = {}
    like: str | None = None
    for name, node in fields.nodes.items():
        try:
            value = evaluate(node, names, report)
        except Unknown:
            fields.ok = False
            continue
        word = fields.written[name]
        means_words = word in cls.flags and isinstance(value, bool)
        values[name] = cls.flags[word][value] if means_words else value
    if "like" in values:
        signal = find(values["like"], fields.nodes["like"])
        if signal is None or signal.volume is None:
            fields.ok = False
        else:
            values["like"], like = signal.volume, signal.row
    if not fields.ok:
        return Built(layer=None, fields=fields, like=like)
    if rounding and "rounding" in cls.model_fields and "rounding" not in values:
        takes_ceil = "ceil" in choices(cls.model_fields["rounding"])
        values["rounding"] = "floor" if rounding == "ceil" and not takes_ceil else rounding
    return Built(layer=_validated(cls, values, fields, entry, report), fields=fields, like=like)


def _validated(
    cls: type[Layer],
    values: dict[str, Any],
    fields: StatedFields,
    entry: Entry,
    report: Reporter,
) -> Layer | None:
    try:
        return cls.model_validate(values)
    except ValidationError as error:
        for mistake in mistakes(fields.kind, cls, error):
            if mistake.code != "CNN110" or not fields.bad_defaults:  # a default may be misspelt
                report(_invalid(mistake, fields, entry))
        return None


def activation_kind(entry: LayerEntry, names: Names, report: Reporter) -> str | None:
    """Return the kind that ``activation: $act`` names."""
    if entry.value is None:
        text, hint = "`activation` needs a kind", "such as activation: relu"
        report(Problem("CNN110", text, entry.key, help=(hint,)))
        return None
    try:
        word = evaluate(entry.value, names, report)
    except Unknown:
        return None
    if word == "linear":  # Keras: none; elsewhere the word means a fully connected layer
        return "identity"
    kind = canonical(word)[0] if isinstance(word, str) else None
    if kind == "identity" or (kind and layer_class(kind).family is Family.ACTIVATION):
        return kind
    known = kinds_of(Family.ACTIVATION)
    hints = did_you_mean(str(word), known) or (f"kinds: {', '.join(known)}",)
    text = f"{format_value(word)} is not an activation"
    report(Problem("CNN201", text, entry.value.span, help=hints))
    return None


def merge_kind(entry: Branches, names: Names, report: Reporter) -> str | None:
    """Return the kind that joins an entry's branches; ``None`` when it is not known."""
    if entry.merge is None:
        return None
    try:
        word = evaluate(entry.merge, names, report)
    except Unknown:
        return None
    kind = canonical(str(word))[0]
    if kind is not None and joins(kind):
        return kind
    text = f"{format_value(word)} does not join branches"
    hint = "write merge: add, concat or multiply"
    report(Problem("CNN108", text, entry.merge.span, help=(hint,)))
    return None


def _invalid(mistake: RuleError, fields: StatedFields, entry: Entry) -> Problem:
    """Return the located problem of a field, named as it is written, or of several missing."""
    problem = located(mistake, fields.place(mistake.field, entry.key))
    if not isinstance(mistake.field, str):
        return problem
    written = fields.written.get(mistake.field, mistake.field)
    return problem.at(message=f"{written}: {problem.message}")
