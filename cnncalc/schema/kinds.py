"""Schemas of layer kinds: from their models and the tables of other names."""

from __future__ import annotations

from fractions import Fraction
from inspect import getdoc
from typing import Any

from pydantic.fields import FieldInfo

from cnncalc.layers.base import Layer
from cnncalc.layers.registry import KINDS, field_names, joins, kind_aliases, layer_class
from cnncalc.schema.types import Schema, closed, opened, ref

_ABOUT = ("title", "description", "default", "examples")
_NOT_A_MAPPING = ["array", "boolean", "integer", "number", "string"]
"""A mapping below a kind holds its fields, unless its main field is a volume."""


def kind_definitions() -> dict[str, Schema]:
    """Return two definitions for each kind: its fields, and what may be below it."""
    found: dict[str, Schema] = {}
    for kind in KINDS:
        found[f"{kind}.fields"] = _fields(kind)
        found[kind] = _value(kind)
    return found


def kind_properties() -> dict[str, Schema]:
    """Return every name of a kind → its schema, kinds first."""
    others = sorted(kind_aliases().items())
    return {
        **{kind: ref(kind) for kind in KINDS},
        **{word: ref(kind, _other_name(kind, rank)) for word, (kind, rank) in others},
    }


def description(kind: str) -> str:
    """Return what a kind does, in Markdown: the docstring of its class."""
    return (getdoc(layer_class(kind)) or "").replace("``", "`")


def default(info: FieldInfo) -> Any:
    """Return a field's default as plain data, ``None`` where it has none."""
    value = None if info.is_required() else info.default
    return float(value) if isinstance(value, Fraction) else value


def _other_name(kind: str, rank: int | None) -> str:
    of = f"another name of `{kind}`" + (f", for {rank}-D volumes" if rank else "")
    return f"{of}: {description(kind).splitlines()[0]}"


def _value(kind: str) -> Schema:
    """Return what may be below a kind: its fields, its main field's value, or nothing."""
    ways = [ref(f"{kind}.fields")]
    main = layer_class(kind).main
    if main is not None:
        field = _properties(layer_class(kind))[main]
        text = f"`{main}`: {field['description']}"
        only = {} if layer_class(kind).main_is_volume else {"type": _NOT_A_MAPPING}
        ways.append({**_type(field), **only, "description": text})
    if joins(kind):
        ways += [ref("names", "the inputs, by name"), ref("name_of_layer")]
    return {"description": description(kind), "anyOf": [*ways, {"type": "null"}]}


def _fields(kind: str) -> Schema:
    model = layer_class(kind)
    defaults = {model.written(name): default(info) for name, info in model.model_fields.items()}
    found = _properties(model)
    properties: dict[str, Schema] = {}
    for word, field in field_names(kind).items():
        text = found[field]["description"]
        if word != field:
            text = f"another name of `{field}`: {text}"
        properties[word] = {**_type(found[field]), "description": text}
        if defaults[field] is not None:
            properties[word]["default"] = defaults[field]
    for word, (no, yes) in model.flags.items():
        field = field_names(kind)[word]
        properties[word] = {
            "description": f"`true` is `{field}: {yes}`, `false` is `{field}: {no}`",
            "anyOf": [{"type": "boolean"}, _type(found[field])],
        }
    return closed(properties)


def _properties(model: type[Layer]) -> dict[str, Schema]:
    found: dict[str, Schema] = model.model_json_schema(by_alias=True).get("properties", {})
    return found


def _type(field: Schema) -> Schema:
    """Return the schema of a field's values, without the words and the default."""
    schema = {k: v for k, v in field.items() if k not in _ABOUT}
    if schema.get("anyOf", [])[-1:] != [{"type": "null"}]:
        return opened(schema)
    *ways, null = schema["anyOf"]
    return {"anyOf": [opened(ways[0] if len(ways) == 1 else {"anyOf": ways}), null]}
