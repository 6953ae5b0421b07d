"""Schemas of entries: layers, blocks, groups and branches, and the keys next to them.

There are two: in a file without ``blocks`` and ``extends`` every entry is of a known kind, so
that a misspelt one shows in the editor; in the others an unknown word may be a block's name.
"""

from __future__ import annotations

from cnncalc.layers.base import Family
from cnncalc.layers.registry import KINDS, kind_aliases, kinds_of, layer_class
from cnncalc.maths.volume import SPATIAL
from cnncalc.schema.homework import entry_homework
from cnncalc.schema.kinds import kind_properties
from cnncalc.schema.types import VARIABLE, Schema, closed, opened, ref
from cnncalc.spec.entries import COMMON_KEYS

_COUNT = r"^\s*(<=|>=|<|>)?\s*\d[\d,_]*((\.\d+)?\s*[kKmMgGbBtT])?\s*$"
_OWN_NAME = r"^(?!\d+$|previous$|input$)[^.$]*[^.$\s][^.$]*$"


def entry_definitions() -> dict[str, Schema]:
    """Return the definitions of entries and of what is next to their kinds."""
    return {
        "layers": _list("entry"),
        "layers_or_blocks": _list("entry_or_block"),
        "entry": _entry({"enum": [*KINDS, *sorted(kind_aliases())]}, blocks=False),
        "entry_or_block": _entry(ref("name_of_block"), blocks=True),
        "name_of_block": {
            "type": "string",
            "pattern": _OWN_NAME,
            "description": "a kind of layer, or the name of a block",
            "anyOf": [{"enum": [*KINDS, *sorted(kind_aliases())]}, {}],
        },
        "name_of_layer": {"type": "string", "description": "the name of a layer above"},
        "names": {"type": "array", "items": ref("name_of_layer"), "minItems": 1},
        "own_name": {"type": "string", "pattern": _OWN_NAME},
        "activation_kind": opened({"enum": _words(Family.ACTIVATION, "identity")}),
        "merge": {
            "description": "how the branches are joined",
            "anyOf": [{"enum": _words(Family.MERGE)}, ref("expression")],
        },
        "numbers": {
            "description": "a number, or lists of equal length",
            "anyOf": [
                {"type": "number"},
                {"type": "array", "items": ref("numbers")},
                ref("expression"),
            ],
        },
        "weights": closed(dict.fromkeys(_weight_names(), ref("numbers"))),
        "expected_count": {
            "description": 'a number, a rounded one (`60M`, `4.09G`), or a bound (`"<= 5M"`)',
            "anyOf": [
                {"type": "integer"},
                {"type": "string", "pattern": _COUNT},
                ref("expression"),
            ],
        },
        "expect": closed(expectations()),
    }


def expectations() -> dict[str, Schema]:
    """Return what can be expected of an entry."""
    by_axis = closed(dict.fromkeys(SPATIAL, ref("expected_count")))
    size = {"anyOf": [ref("expected_count"), by_axis]}
    exact = {"type": ["number", "string"]}
    step = {"anyOf": [exact, closed(dict.fromkeys(SPATIAL, exact))]}
    parts = closed({"size": size, "stride": step, "padding": step})
    return {
        "output": ref("shape", "the output volume, such as 28x28x6"),
        "params": ref("expected_count", "trainable weights and biases"),
        "non_trainable": ref("expected_count", "running statistics and fixed centres"),
        "macs": ref("expected_count", "multiply-accumulates for one input"),
        "neurons": ref("expected_count", "numbers in the output volume"),
        "connections": ref("expected_count", "inputs read, plus one for a bias, per neuron"),
        "activations": ref("expected_count", "numbers that convolutions and dense layers give"),
        "receptive_field": {
            "description": "pixels of the input that one output position sees, along every axis; "
            "or {size, stride, padding}",
            "anyOf": [ref("expected_count"), by_axis, parts],
        },
    }


def _list(entry: str) -> Schema:
    text = "one layer, block, group or branches after the other, from top to bottom"
    return {"type": "array", "items": ref(entry), "description": text}


def _entry(bare: Schema, *, blocks: bool) -> Schema:
    layers = "layers_or_blocks" if blocks else "layers"
    branch = closed(
        {
            "layers": ref(layers),
            "when": {**_CONDITION, "description": "where it is false, the branch is not there"},
            "repeat": {**_REPEAT, "description": "how many of it run side by side"},
        },
        "layers",
    )
    several = {"type": "array", "items": {"anyOf": [ref(layers), branch]}, "minItems": 1}
    use = {"description": "the arguments of a block, or the value of its first one"}
    return {
        "anyOf": [
            {**bare, "description": "a kind without fields, such as `relu`"},
            {
                "type": "object",
                "properties": {
                    **kind_properties(),
                    "activation": ref("activation_kind", "an activation by name: `$act`"),
                    "layers": ref(layers, "a group: layers that are left out or repeated together"),
                    "branches": {
                        "anyOf": [several, branch],
                        "description": "lists of layers side by side; `[]` is the identity",
                    },
                    "merge": ref("merge"),
                    "else": ref(layers, "the layers in its place where `when` is false"),
                    **_common(),
                },
                "additionalProperties": use if blocks else False,
                **_ONE_KIND,
            },
        ]
    }


_CONDITION = opened({"type": "boolean"})
_TIMES = opened({"type": "integer", "minimum": 0})
_REPEAT: Schema = {
    "anyOf": [
        _TIMES,
        closed(
            {
                "times": _TIMES,
                "as": {
                    "type": "string",
                    "pattern": VARIABLE,
                    "description": "the name of the counter, from 0, for every level below",
                },
            },
            "times",
        ),
    ]
}
_NEXT_TO_STRUCTURES = [key for key in COMMON_KEYS if not key.startswith("weights")]
_ONE_KIND: Schema = {
    "not": {"propertyNames": {"enum": [*COMMON_KEYS, "merge"]}},
    "if": {"propertyNames": {"not": {"enum": [*COMMON_KEYS, "merge", "branches", "layers"]}}},
    "then": {"maxProperties": 1},
    "dependentRequired": {"branches": ["merge"], "merge": ["branches"], "else": ["when"]},
    "dependentSchemas": {
        "branches": {"propertyNames": {"enum": ["branches", "merge", *_NEXT_TO_STRUCTURES]}},
        "layers": {"propertyNames": {"enum": ["layers", *_NEXT_TO_STRUCTURES]}},
    },
}
"""One kind in an entry, as far as keys can be counted: not where common keys are next to two."""


def _common() -> dict[str, Schema]:
    """Return the keys that may be next to every kind."""
    return {
        "name": ref("own_name", "what this entry is called; without it, kind and number"),
        "from": {
            "description": "the entry that it takes as input (default: the one before), or a list; "
            "`NAME.*` is every repetition so far",
            "anyOf": [ref("name_of_layer"), ref("names")],
        },
        "expect": ref("expect", "what should come out; checked"),
        "when": {
            **_CONDITION,
            "description": "a condition: where it is false, the entry is left out",
        },
        "repeat": {
            **_REPEAT,
            "description": "how often the entry is there, each time on the one before",
        },
        "weights": ref("weights", "values of the weights, laid out as in PyTorch"),
        "weights_from": ref("name_of_layer", "the layer or block use whose weights it shares"),
        **entry_homework(),
    }


def _weight_names() -> list[str]:
    """Return what the weight arrays of the kinds are called."""
    return list(dict.fromkeys(name for kind in KINDS for name in layer_class(kind).weight_names))


def _words(family: Family, *more: str) -> list[str]:
    """Return every name of the kinds of a family."""
    kinds = kinds_of(family)
    others = (word for word, (kind, _) in kind_aliases().items() if kind in kinds)
    return [*kinds, *more, *sorted(others)]
