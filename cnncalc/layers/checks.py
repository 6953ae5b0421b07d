"""The checks of layer fields: a spec's plain value in, the checked value out.

A check raises ``PydanticCustomError`` whose type is a problem code, so that one place can turn
it into a located problem.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from pydantic_core import PydanticCustomError

from cnncalc.layers.registry import ACTIVATIONS, canonical
from cnncalc.maths.volume import SPATIAL, Volume, format_value, parse_volume
from cnncalc.maths.words import number as number_text
from cnncalc.problems.model import RuleError
from cnncalc.problems.suggestions import did_you_mean

MAX_KERNEL = 100_000
"""The largest kernel, stride, dilation or padding: real ones stay far below."""

Sizes = int | tuple[int, ...] | dict[str, int]
Padding = str | int | tuple[int, ...] | dict[str, int]

SIDES: dict[str, tuple[str, int]] = {
    "left": ("width", 0),
    "right": ("width", 1),
    "top": ("height", 0),
    "bottom": ("height", 1),
    "front": ("frames", 0),
    "back": ("frames", 1),
}
"""Names of padding sides: their axis, and 0 for before the input, 1 for after it."""
LINE_SIDES: dict[str, tuple[str, int]] = {"left": ("length", 0), "right": ("length", 1)}
"""The sides of a 1-D volume."""
AUTO = ("same", "same_lower")


def _shown(value: Any) -> str:
    return number_text(value) if isinstance(value, Fraction) else format_value(value)


def wrong_type(value: Any, expected: str, *help_lines: str) -> PydanticCustomError:
    """Return the error for a value of another type than ``expected``."""
    return PydanticCustomError(
        "CNN108",
        "{text}",
        {"text": f"{_shown(value)} is not {expected}", "help": help_lines},
    )


def out_of_range(value: Any, expected: str, *help_lines: str) -> PydanticCustomError:
    """Return the error for a number outside its range."""
    return PydanticCustomError(
        "CNN112",
        "{text}",
        {"text": f"{_shown(value)} is out of range: {expected}", "help": help_lines},
    )


def whole(value: Any, low: int, high: int) -> int:
    """Return ``value`` when it is a whole number in ``low`` … ``high``."""
    if isinstance(value, bool) or not isinstance(value, int):
        hints: tuple[str, ...] = ()
        if isinstance(value, str) and value.strip().isdecimal():
            hints = (f"write it without quotes: {value.strip()}",)
        elif isinstance(value, str) and value.replace(".", "").isidentifier():
            hints = (f"a variable is written with a dollar sign: ${value}",)
        elif isinstance(value, Fraction):
            hints = (f"round it: ${{floor({number_text(value)})}} is {value // 1}",)
        raise wrong_type(value, "a whole number", *hints)
    if not low <= value <= high:
        raise out_of_range(value, f"{low:,} to {high:,} is possible")
    return value


def whole_between(low: int, high: int) -> Callable[[Any], int]:
    """Return the check for a whole number in ``low`` … ``high``."""
    return lambda value: whole(value, low, high)


def flag(value: Any) -> bool:
    """Return ``value`` when it is true or false."""
    if not isinstance(value, bool):
        meant = _MEANT.get(str(value).lower())
        raise wrong_type(value, "true or false", *([f"write {meant}"] if meant else []))
    return value


_MEANT = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
"""What older YAML and other languages take for a boolean."""


def number(value: Any) -> Fraction | int:
    """Return ``value`` when it is an exact number."""
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise wrong_type(value, "a number")
    return value


def share(value: Any) -> Fraction | int:
    """Return ``value`` when it is a number from 0 to below 1."""
    found = number(value)
    if not 0 <= found < 1:
        raise out_of_range(found, "0 to below 1 is possible")
    return found


def positive(value: Any) -> Fraction | int:
    """Return ``value`` when it is a number above 0."""
    found = number(value)
    if found <= 0:
        raise out_of_range(found, "it must be above 0")
    return found


def one_of(*words: str) -> Callable[[Any], str]:
    """Return the check for a closed list of words (any case)."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or value.lower() not in words:
            hint = did_you_mean(str(value), words)
            raise wrong_type(value, f"one of {', '.join(words)}", *hint)
        return value.lower()

    return check


def activation(value: Any) -> str | None:
    """Return the canonical activation kind, or ``None`` for ``linear`` (Keras: none)."""
    if not isinstance(value, str):
        raise wrong_type(value, "an activation", "write a kind such as relu")
    if value.lower() == "linear":
        return None
    kind = canonical(value)[0] or canonical(value.lower())[0]
    if kind == "prelu":
        raise wrong_type(
            value,
            "possible here: prelu has parameters: give it an entry of its own",
            "write `- prelu` below this layer",
        )
    if kind not in ACTIVATIONS:
        hint = did_you_mean(value, ACTIVATIONS) or (f"one of {', '.join(ACTIVATIONS)}",)
        raise wrong_type(value, "an activation", *hint)
    return kind


def sizes(low: int, high: int = MAX_KERNEL) -> Callable[[Any], Sizes]:
    """Return the check for sizes per axis, each in ``low`` … ``high``."""

    def check(value: Any) -> Sizes:
        if isinstance(value, Mapping):
            if not value:
                raise wrong_type(value, "a size: it names no axis")
            for axis in value:
                if axis not in SPATIAL:
                    raise wrong_type(
                        {axis: value[axis]}, "a size along an axis", f"axes: {', '.join(SPATIAL)}"
                    )
            return {axis: whole(size, low, high) for axis, size in value.items()}
        if isinstance(value, (list, tuple)):
            if not 1 <= len(value) <= 3:
                raise wrong_type(value, "one size, or one for each of 1 to 3 axes")
            return tuple(whole(size, low, high) for size in value)
        if isinstance(value, str):
            return whole(_x_string(value), low, high)
        return whole(value, low, high)

    return check


def _x_string(text: str) -> int:
    """Return the size that ``3x3`` states; unequal numbers have no agreed order."""
    parts = [part.strip() for part in text.replace("×", "x").lower().split("x")]
    if not all(part.isdecimal() and len(part) < 10 for part in parts) or len(parts) > 3:
        raise wrong_type(text, "a size")
    if len(parts) == 1:
        raise wrong_type(text, "a whole number", f"write it without quotes: {parts[0]}")
    if len(set(parts)) > 1:
        raise wrong_type(
            text,
            "a size: width or height first?",
            f"name the axes: {{width: {parts[0]}, height: {parts[1]}}}, "
            f"or list [height, width]: [{parts[1]}, {parts[0]}]",
        )
    return int(parts[0])


def sides(high: int) -> Callable[[Any], Sizes]:
    """Return the check for sizes per axis or per side, each in 0 … ``high``."""
    along_axes = sizes(0, high)

    def check(value: Any) -> Sizes:
        if not isinstance(value, Mapping) or not any(key in SIDES for key in value):
            return along_axes(value)
        for key in value:
            if key not in SIDES:
                raise wrong_type(
                    {key: value[key]}, "a side", f"sides: {', '.join(SIDES)}; or name axes only"
                )
        return {side: whole(size, 0, high) for side, size in value.items()}

    return check


_padding_sides = sides(MAX_KERNEL)


def padding(value: Any) -> Padding:
    """Return padding: a word other than ``valid``, or sizes per axis or side."""
    if isinstance(value, str):
        word = value.lower()
        if word == "valid":
            return 0
        if word in AUTO:
            return word
        if "x" not in word.replace("×", "x"):
            raise wrong_type(value, "a padding", "a number, valid, same, same_lower, or sides")
    return _padding_sides(value)


def shape(value: Any) -> Volume:
    """Return the volume that a spec's value states."""
    if isinstance(value, Volume):
        return value
    try:
        return parse_volume(value)
    except RuleError as error:
        raise PydanticCustomError(
            error.code, "{text}", {"text": error.message, "help": error.help}
        ) from None


def volume_or_name(value: Any) -> Volume | str:
    """Return a layer's name, or its volume once the walk has looked it up."""
    if isinstance(value, Volume):
        return value
    if not isinstance(value, str) or not value:
        raise wrong_type(value, "the name of a layer")
    return value


_strict_or_floor = one_of("strict", "floor")


def rounded_down(value: Any) -> str:
    """Return ``strict`` or ``floor``: ``ceil`` is for pooling."""
    if isinstance(value, str) and value.lower() == "ceil":
        text = "ceil is for pooling: a convolution has no partial windows"
        raise PydanticCustomError(
            "CNN310", "{text}", {"text": text, "help": ("write rounding: floor or strict",)}
        )
    return _strict_or_floor(value)
