"""The types of layer fields: plain values in, checked plain values out.

Each type is an ``Annotated`` alias that carries its check (:mod:`cnncalc.layers.checks`), its
JSON Schema and the words that ``docs/spec.md`` prints for it.
"""

from fractions import Fraction
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core.core_schema import no_info_plain_validator_function

from cnncalc.layers import checks
from cnncalc.layers.axes import kept_per_axis, per_axis, per_side
from cnncalc.layers.checks import (
    AUTO,
    LINE_SIDES,
    MAX_KERNEL,
    SIDES,
    Padding,
    Sizes,
    one_of,
    out_of_range,
    whole,
    wrong_type,
)
from cnncalc.layers.registry import ACTIVATIONS, KIND_ALIASES
from cnncalc.maths.volume import AXES, MAX_SIZE, SPATIAL, Volume


class Words:
    """What ``docs/spec.md`` says of a field type."""

    def __init__(self, text: str) -> None:
        self.text = text


class Choice(Words):
    """The type of a field with a closed list of words, in any case."""

    def __init__(self, *words: str) -> None:
        super().__init__(" or ".join(f"`{word}`" for word in words))
        self.words = words

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> Any:
        return no_info_plain_validator_function(one_of(*self.words))

    def __get_pydantic_json_schema__(self, _core: Any, _handler: Any) -> dict[str, Any]:
        return {"enum": list(self.words)}


_INT = {"type": "integer"}
_NAT = {"type": "integer", "minimum": 0}
_POS = {"type": "integer", "minimum": 1}


def _named(names: Any, size: dict[str, Any]) -> dict[str, Any]:
    properties = dict.fromkeys(names, size)
    return {"type": "object", "properties": properties, "additionalProperties": False}


_X_TEXT = {"type": "string", "pattern": r"^\s*\d+\s*([xX×]\s*\d+\s*){1,2}$"}


def _sizes_json(size: dict[str, Any], *more: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of sizes per axis: a number, an x-string, a list, or named axes."""
    return {
        "anyOf": [
            size,
            _X_TEXT,
            {"type": "array", "items": size, "minItems": 1, "maxItems": 3},
            {**_named(SPATIAL, size), "minProperties": 1},
            *more,
        ]
    }


SHAPE_JSON = {
    "anyOf": [
        _POS,
        {"type": "string", "pattern": r"^\s*\d+(\s*[xX×]\s*\d+){0,2}\s*$"},
        {**_named(("depth",), _POS), "required": ["depth"]},
        *(
            {**_named((*AXES[rank], "depth"), _POS), "required": list(AXES[rank])}
            for rank in (2, 1, 3)
        ),
    ]
}
_BY_SIDE = {**_named(SIDES, _NAT), "minProperties": 1}

Count = Annotated[
    int,
    PlainValidator(checks.whole_between(1, MAX_SIZE)),
    WithJsonSchema(_POS),
    Words("a whole number from 1"),
]
Size = Annotated[
    int,
    PlainValidator(checks.whole_between(0, MAX_SIZE)),
    WithJsonSchema(_NAT),
    Words("a whole number from 0"),
]
Integer = Annotated[
    int,
    PlainValidator(checks.whole_between(-MAX_SIZE, MAX_SIZE)),
    WithJsonSchema(_INT),
    Words("a whole number"),
]
Flag = Annotated[
    bool,
    PlainValidator(checks.flag),
    WithJsonSchema({"type": "boolean"}),
    Words("`true` or `false`"),
]
Number = Annotated[
    Fraction | int,
    PlainValidator(checks.number),
    WithJsonSchema({"type": "number"}),
    Words("a number"),
]
Positive = Annotated[
    Fraction | int,
    PlainValidator(checks.positive),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
    Words("a number above 0"),
]
Share = Annotated[
    Fraction | int,
    PlainValidator(checks.share),
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": 1}),
    Words("a number from 0 to below 1"),
]
PerAxis = Annotated[
    Sizes,
    PlainValidator(checks.sizes(1)),
    WithJsonSchema(_sizes_json(_POS)),
    Words("sizes per axis, from 1"),
]
PerAxisFrom0 = Annotated[
    Sizes,
    PlainValidator(checks.sizes(0)),
    WithJsonSchema(_sizes_json(_NAT)),
    Words("sizes per axis, from 0"),
]
Extents = Annotated[
    Sizes,
    PlainValidator(checks.sizes(1, MAX_SIZE)),
    WithJsonSchema(_sizes_json(_POS)),
    Words("sizes per axis, from 1"),
]
"""Sizes of a volume, which reach further than those of a window."""
Margins = Annotated[
    Sizes,
    PlainValidator(checks.sides(MAX_SIZE)),
    WithJsonSchema(_sizes_json(_NAT, _BY_SIDE)),
    Words("sizes per axis, or sides"),
]
Pads = Annotated[
    Padding,
    PlainValidator(checks.padding),
    WithJsonSchema(_sizes_json(_NAT, _BY_SIDE, {"enum": ["valid", *AUTO]})),
    Words("sizes per axis, sides, `valid`, `same` or `same_lower`"),
]
Shape = Annotated[
    Volume, PlainValidator(checks.shape), WithJsonSchema(SHAPE_JSON), Words("a volume")
]
Like = Annotated[
    Volume | str,
    PlainValidator(checks.volume_or_name),
    WithJsonSchema({"type": "string", "minLength": 1}),
    Words("the name of a layer"),
]
Rounded = Annotated[str, Choice("strict", "floor", "ceil")]
RoundedDown = Annotated[
    str,
    PlainValidator(checks.rounded_down),
    WithJsonSchema({"enum": ["strict", "floor"]}),
    Words("`strict` or `floor`"),
]
_ACTIVATION_WORDS = [
    *(kind for kind in ACTIVATIONS if kind != "prelu"),
    *(word for word, (kind, _) in KIND_ALIASES.items() if kind in ACTIVATIONS),
    "linear",
]
Activation = Annotated[
    str,
    PlainValidator(checks.activation),
    WithJsonSchema({"enum": _ACTIVATION_WORDS}),
    Words("an activation kind, or `linear` for none"),
]

__all__ = [
    "AUTO",
    "LINE_SIDES",
    "MAX_KERNEL",
    "SHAPE_JSON",
    "SIDES",
    "Activation",
    "Choice",
    "Count",
    "Extents",
    "Flag",
    "Integer",
    "Like",
    "Margins",
    "Number",
    "Padding",
    "Pads",
    "PerAxis",
    "PerAxisFrom0",
    "Positive",
    "Rounded",
    "RoundedDown",
    "Shape",
    "Share",
    "Size",
    "Sizes",
    "Words",
    "kept_per_axis",
    "one_of",
    "out_of_range",
    "per_axis",
    "per_side",
    "whole",
    "wrong_type",
]
