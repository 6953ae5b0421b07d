"""Fields of an entry → a layer: other names resolved, defaults added, values checked.

The checks are pydantic's (each kind is a model); here their errors get places and codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.scope import Names
from cnncalc.layers.base import Layer
from cnncalc.layers.fields import choices
from cnncalc.layers.invalid import mistakes
from cnncalc.layers.registry import field_names, layer_class
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem, Related, RuleError, located
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.network import COMMON_KEYS, Entry
from cnncalc.spec.node import Node

_CEIL_MODE = {True: "ceil", False: "floor"}


@dataclass(slots=True, eq=False)
class Fields:
    """The fields of one entry by canonical name, with their places; not yet evaluated."""

    kind: str
    nodes: dict[str, Node] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Span] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ok: bool = True

    def place(self, names: str | tuple[str, ...] | None, otherwise: Span) -> Span:
        """Return the place of the first of these fields that is stated."""
        for name in (names,) if isinstance(names, str) else names or ():
            if name in self.nodes:
                return self.nodes[name].span
        return otherwise


def stated_fields(kind: str, entry: Entry, defaults: Mapping[str, Node]) -> Fields:
    """Return the fields that an entry and the file's ``defaults`` state for ``kind``."""
    fields = Fields(kind)
    value = entry.fields
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
            if name is not None and name not in fields.nodes:
                fields.nodes[name] = node
                fields.written[name] = key
    return fields


def _add(fields: Fields, value: Node, entry: Entry) -> None:
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
            fields.keys[name] = value.keys[key]


def _unknown_field(kind: str, key: str, value: Node, entry: Entry) -> Problem:
    known = field_names(kind)
    fields = list(dict.fromkeys(field_names(kind).values()))
    if key in COMMON_KEYS:
        hint: tuple[str, ...] = (f"write `{key}` beside `{entry.word}`, not among its fields",)
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


class Builder:
    """Makes layers of entries."""

    def __init__(self, defaults: Mapping[str, Node], rounding: str | None) -> None:
        self.defaults = defaults
        self.rounding = rounding
        self._fields: dict[tuple[int, str], Fields] = {}

    def fields(self, kind: str, entry: Entry) -> Fields:
        """Return the (unevaluated) fields of an entry; read and checked once."""
        key = (id(entry), kind)
        if key not in self._fields:
            self._fields[key] = stated_fields(kind, entry, self.defaults)
        return self._fields[key]

    def layer(
        self,
        kind: str,
        entry: Entry,
        names: Names,
        report: Callable[[Problem], None],
        resolve: Mapping[str, Callable[[Any], Any]],
    ) -> Layer | None:
        """Return the layer, or ``None`` when its fields are wrong (reported) or unknown.

        ``resolve`` maps fields that name other layers to functions that look them up.
        """
        fields = self.fields(kind, entry)
        for problem in fields.problems:
            report(problem)
        values = self._evaluate(fields, names, report, resolve)
        if values is None:
            return None
        if not fields.ok:
            return None
        cls = layer_class(kind)
        if self.rounding and "rounding" in cls.model_fields and "rounding" not in values:
            takes_ceil = "ceil" in choices(cls.model_fields["rounding"])
            only_floor = self.rounding == "ceil" and not takes_ceil
            values["rounding"] = "floor" if only_floor else self.rounding
        return self._validate(cls, values, fields, entry, report)

    def _evaluate(
        self,
        fields: Fields,
        names: Names,
        report: Callable[[Problem], None],
        resolve: Mapping[str, Callable[[Any], Any]],
    ) -> dict[str, Any] | None:
        values: dict[str, Any] = {}
        unknown = False
        for name, node in fields.nodes.items():
            try:
                value = evaluate(node, names, report)
                if fields.written[name] == "ceil_mode":
                    value = _CEIL_MODE.get(value, value) if isinstance(value, bool) else value
                values[name] = resolve[name](value) if name in resolve else value
            except Unknown:
                unknown = True
            except RuleError as error:
                unknown = True
                report(located(error, node.span))
        return None if unknown else values

    def _validate(
        self,
        cls: type[Layer],
        values: dict[str, Any],
        fields: Fields,
        entry: Entry,
        report: Callable[[Problem], None],
    ) -> Layer | None:
        from pydantic import ValidationError

        try:
            return cls.model_validate(values)
        except ValidationError as error:
            for mistake in mistakes(fields.kind, cls, error):
                report(_invalid(mistake, fields, entry))
            return None


def _invalid(mistake: RuleError, fields: Fields, entry: Entry) -> Problem:
    """Return the located problem of a field, named as it is written, or of several missing."""
    problem = located(mistake, fields.place(mistake.field, entry.key))
    if not isinstance(mistake.field, str):
        return problem
    written = fields.written.get(mistake.field, mistake.field)
    return problem.at(message=f"{written}: {problem.message}")
