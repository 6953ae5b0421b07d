"""The types of layer fields: plain values in, checked plain values out.

Each type is an ``Annotated`` alias: pydantic's own constraints where they say what is meant, a
check of :mod:`cnncalc.layers.checks` elsewhere, and the words that ``cnncalc kinds`` prints.
"""

from fractions import Fraction
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import (
    BeforeValidator,
    Field,
    PlainValidator,
    StrictBool,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo

from cnncalc.layers import checks
from cnncalc.layers.checks import AUTO, SIDE_NAMES, Padding, Sizes
from cnncalc.maths.volume import AXES, MAX_SIZE, SPATIAL, Volume


class Words:
    """What the reference of the kinds says of a field type."""

    def __init__(self, text: str) -> None:
        self.text = text


def choices(info: FieldInfo) -> tuple[str, ...]:
    """Return the words of a field that is a closed list of them."""
    return _literals(info.annotation)


def _literals(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    found = (_literals(part) for part in get_args(annotation))
    return next((words for words in found if words), ())


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
_BY_SIDE = {**_named(SIDE_NAMES, _NAT), "minProperties": 1}

Count = Annotated[int, Field(strict=True, ge=1, le=MAX_SIZE), Words("a whole number from 1")]
Size = Annotated[int, Field(strict=True, ge=0, le=MAX_SIZE), Words("a whole number from 0")]
Integer = Annotated[int, Field(strict=True, ge=-MAX_SIZE, le=MAX_SIZE), Words("a whole number")]
Flag = Annotated[StrictBool, Words("`true` or `false`")]
Number = Annotated[
    Fraction | int,
    PlainValidator(checks.exact),
    WithJsonSchema({"type": "number"}),
    Words("a number"),
]
Positive = Annotated[
    Fraction | int,
    PlainValidator(checks.exact),
    Field(gt=0),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
    Words("a number above 0"),
]
Share = Annotated[
    Fraction | int,
    PlainValidator(checks.exact),
    Field(ge=0, lt=1),
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
AnyCase = BeforeValidator(checks.lowered)
"""For closed lists of words (``Literal``): upper and lower case are one."""
Rounded = Annotated[Literal["strict", "floor", "ceil"], AnyCase]
RoundedDown = Annotated[Literal["strict", "floor"], BeforeValidator(checks.not_ceil), AnyCase]
Sharing = Annotated[Literal["channel", "all"], AnyCase]
Along = Annotated[Literal["depth", "length", "frames", "height", "width"], AnyCase]
