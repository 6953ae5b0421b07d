"""Schemas of values: those of the field types, opened to expressions and to other spellings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from cnncalc.expressions import RESERVED_NAMES
from cnncalc.layers import fields

Schema = dict[str, Any]

VARIABLE = rf"^(?!({'|'.join(RESERVED_NAMES)})$)[^\W\d]\w*$"
"""The pattern of names that expressions can use."""


def ref(name: str, description: str = "") -> Schema:
    """Return a reference to a definition, with words of its own where it has some."""
    found = {"$ref": f"#/$defs/{name}"}
    return {**found, "description": description} if description else found


def closed(properties: Schema, *required: str) -> Schema:
    """Return the schema of a mapping that has no other keys than these."""
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": properties, **needed, "additionalProperties": False}


def by_name(names: Schema, values: Schema) -> Schema:
    """Return the schema of a mapping from names to values, which may be empty."""
    return {"type": ["object", "null"], "propertyNames": names, "additionalProperties": values}


def any_case(words: Iterable[str]) -> str:
    """Return the pattern of these words in any case; JSON Schema has no flag for it."""
    return f"^({'|'.join(''.join(map(_letter, word)) for word in words)})$"


def _letter(char: str) -> str:
    return f"[{char.lower()}{char.upper()}]" if char.isalpha() else char


def opened(schema: Schema) -> Schema:
    """Return the schema of a value that may be an expression, as a whole or in any part."""
    name = _named().get(_key(schema))
    return ref(name) if name else _opened(schema)


def value_definitions() -> dict[str, Schema]:
    """Return the definitions of expressions and of the field types."""
    types = {
        name: {"description": words, **_opened(schema)} for name, words, schema in _field_types()
    }
    return {"expression": _EXPRESSION, "unknown": _UNKNOWN, **types}


_EXPRESSION: Schema = {
    "type": "string",
    "pattern": r"\$\{|^\s*\$[^\s\d.${}][^\s${}]*\s*$",
    "description": "an expression: `$name`, `$volume.depth`, or a text with `${…}` in it",
}


_UNKNOWN: Schema = {
    "anyOf": [ref("expression"), {"type": "string", "pattern": any_case(("any", r"\?"))}],
    "description": "an expression; or `any`: a number that `cnncalc solve network` finds",
}


def _opened(schema: Schema) -> Schema:
    return {"anyOf": [*map(_inside, _ways(schema)), ref("unknown")]}


def _ways(schema: Schema) -> list[Schema]:
    """Return the alternatives of a schema; closed lists of words also fit in any case."""
    ways = schema.get("anyOf") or [
        {key: value for key, value in schema.items() if key not in ("default", "title")}
    ]
    spelled = [
        {"type": "string", "pattern": any_case(way["enum"])} for way in ways if "enum" in way
    ]
    return [*ways, *spelled]


def _inside(schema: Schema) -> Schema:
    """Return the schema with its parts opened."""
    found = dict(schema)
    if "items" in found:
        found["items"] = opened(found["items"])
    if "properties" in found:
        found["properties"] = {key: opened(part) for key, part in found["properties"].items()}
    return found


def _field_types() -> list[tuple[str, str, Schema]]:
    """Return (name, words, schema) of the types in :mod:`cnncalc.layers.fields`, each once."""
    found: dict[str, tuple[str, str, Schema]] = {}
    for name, alias in vars(fields).items():
        words = [part for part in getattr(alias, "__metadata__", ()) if hasattr(part, "text")]
        if words:
            schema = {k: v for k, v in TypeAdapter(alias).json_schema().items() if k != "examples"}
            snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
            found.setdefault(_key(schema), (snake, words[0].text, schema))
    return list(found.values())


@cache
def _named() -> dict[str, str]:
    """Return schema → name of its definition."""
    return {_key(schema): name for name, _, schema in _field_types()}


def _key(schema: Schema) -> str:
    return json.dumps(schema, sort_keys=True)
