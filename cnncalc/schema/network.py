"""The schema of a whole spec: its top level."""

from __future__ import annotations

from cnncalc.layers.registry import KINDS
from cnncalc.schema.entries import entry_definitions, expectations
from cnncalc.schema.homework import homework_definitions, network_homework
from cnncalc.schema.kinds import description, kind_definitions
from cnncalc.schema.types import VARIABLE, Schema, by_name, closed, ref, value_definitions
from cnncalc.spec.network import ABOUT_KEYS

_ABOUT = {
    "paper": "the publication that describes it",
    "source": "where its numbers or code come from",
    "year": "when it was published",
    "task": "what it is for, such as classification",
    "note": "what else a reader should know",
}
_SEVERAL = {"anyOf": [{"required": ["blocks"]}, {"required": ["extends"]}]}


def network_schema() -> Schema:
    """Return the schema of a spec."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cnncalc spec",
        "description": "A convolutional network: its input and its layers.",
        "type": "object",
        "properties": _properties(),
        "additionalProperties": False,
        "anyOf": [
            {"required": ["extends"]},
            {"required": ["layers", "input"]},
            {"required": ["layers", "inputs"]},
        ],
        "not": {"required": ["input", "inputs"]},
        "if": _SEVERAL,
        "then": {"properties": {"layers": ref("layers_or_blocks")}},
        "else": {"properties": {"layers": ref("layers")}},
        "$defs": {
            **value_definitions(),
            **entry_definitions(),
            **_definitions(),
            **homework_definitions(),
            **kind_definitions(),
        },
    }


def _properties() -> dict[str, Schema]:
    return {
        "name": {
            "type": ["string", "number", "boolean", "null"],
            "description": "the network's name; default: the file's",
        },
        "about": ref("about", "where the network comes from; nothing is computed from it"),
        "extends": {
            "type": "string",
            "pattern": "^[^$]+$",
            "description": "the spec that this one changes: a path below its folder, or a zoo name",
        },
        "input": ref("shape", "the input volume: width x height x depth, a number, or named axes"),
        "inputs": {
            **by_name(ref("own_name"), ref("shape")),
            "description": "several inputs by name; the first entry then says `from` which",
        },
        "vars": {
            **by_name({"pattern": VARIABLE}, ref("variable")),
            "description": "values by name, each seeing those above; `--set` overrides them",
        },
        "defaults": {
            "type": ["object", "null"],
            "properties": {kind: _default(kind) for kind in KINDS},
            "additionalProperties": False,
            "description": "fields of every layer of a kind that does not state them itself",
        },
        "rounding": {
            "description": "what happens where windows do not fit, unless a layer says otherwise",
            "anyOf": [{"enum": ["strict", "floor", "ceil"]}, ref("expression")],
            "default": "strict",
        },
        "blocks": {
            **by_name(ref("own_name"), ref("block")),
            "description": "named lists of layers with arguments, used like kinds",
        },
        "layers": {"type": "array", "description": "the layers, from top to bottom"},
        "outputs": {
            "description": "the names of the outputs; default: the last entry",
            "anyOf": [ref("names"), ref("expression")],
        },
        "expect": ref("network_expect", "what should come out; checked"),
        "cases": {
            "type": "array",
            "items": ref("case"),
            "description": "inputs with the outputs that they should give, computed by `verify`",
        },
        **network_homework(),
    }


def _definitions() -> dict[str, Schema]:
    outputs = {"type": "object", "additionalProperties": ref("shape")}
    ends = {"anyOf": [ref("numbers"), {"type": "object", "additionalProperties": ref("numbers")}]}
    return {
        "about": {
            "type": ["object", "null"],
            "properties": {key: _about(key) for key in ABOUT_KEYS},
            "additionalProperties": False,
        },
        "block": _block(),
        "variable": {
            "type": ["string", "number", "boolean", "null", "array", "object"],
            "items": ref("variable"),
            "additionalProperties": ref("variable"),
        },
        "case": closed(
            {
                "input": {**ends, "description": "numbers, laid out [map][row][column]"},
                "output": {**ends, "description": "the numbers that should come out"},
            },
            "input",
            "output",
        ),
        "network_expect": closed(
            {
                **expectations(),
                "outputs": {**outputs, "description": "the volume of each of several outputs"},
            }
        ),
    }


def _block() -> Schema:
    return closed(
        {
            "args": {
                **by_name({"pattern": VARIABLE}, ref("variable")),
                "description": "arguments with their defaults; null: must be given",
            },
            "vars": {
                **by_name({"pattern": VARIABLE}, ref("variable")),
                "description": "values of the block's own, computed from its arguments",
            },
            "inputs": {
                "type": "array",
                "items": {"anyOf": [ref("own_name"), {"const": "input"}]},
                "minItems": 1,
                "description": "names of several inputs, filled by `from` at the use",
            },
            "layers": ref("layers_or_blocks"),
        },
        "layers",
    )


def _about(key: str) -> Schema:
    types = ["integer"] if key == "year" else ["string", "number", "boolean", "null"]
    return {"type": types, "description": _ABOUT[key]}


def _default(kind: str) -> Schema:
    ways = [ref(f"{kind}.fields"), {"type": "null"}]
    return {"description": description(kind).splitlines()[0], "anyOf": ways}
