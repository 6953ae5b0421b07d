"""The checks that pydantic does not have: sizes per axis, padding, volumes, exact numbers.

A check takes a spec's plain value and returns the checked one. It raises ``PydanticCustomError``
whose type is a problem code; :mod:`cnncalc.layers.invalid` has the words for pydantic's own.
"""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from pydantic_core import PydanticCustomError

from cnncalc.maths.volume import SPATIAL, Volume, format_value, parse_volume
from cnncalc.maths.words import number as number_text
from cnncalc.problems.model import RuleError
from cnncalc.problems.suggestions import did_you_mean, surely_meant

_DIGITS = re.compile("[0-9]{1,9}")
MAX_KERNEL = 100_000
"""The largest kernel, stride, dilation or padding: real ones stay far below."""

Sizes = int | tuple[int, ...] | dict[str, int]
Padding = str | int | tuple[int, ...] | dict[str, int]

SIDES = {
    "length": ("left", "right"),
    "width": ("left", "right"),
    "height": ("top", "bottom"),
    "frames": ("front", "back"),
}
"""What the sides of each axis are called: before the input, and after it."""
SIDE_NAMES = ("left", "right", "top", "bottom", "front", "back")
AUTO = ("same", "same_lower")
PADDINGS = ("valid", *AUTO)
"""The words for a padding."""
_LISTED = re.compile(r"[0-9]+(?:(?:, *| +)[0-9]+)+|[A-Za-z]\w* *=.*", re.DOTALL)
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,_ '’][0-9]{3}){1,3}")
"""A number in groups of three digits, as people write it."""
_THOUSANDS = re.compile(r"([0-9]{1,6})k", re.IGNORECASE)
_DECIMAL = re.compile(r"[0-9]{0,9}\.[0-9]{1,20}|[0-9]{1,9}")
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
_FLAG_WORDS = {"yes": True, "on": True, "true": True, "1": True,
               "no": False, "off": False, "false": False, "0": False}  # fmt: skip
"""What older YAML and other languages take for a boolean."""


def refused(
    code: str, text: str, *help_lines: str, meant: Any = None, safe: bool = True
) -> PydanticCustomError:
    """Return the error of a check: a problem code, what is wrong, and help.

    ``meant`` is the value to write instead, where there is one; ``safe``: surely.
    """
    context = {"text": text, "help": help_lines, "meant": meant, "safe": safe}
    return PydanticCustomError(code, "{text}", context)


def shown(value: Any) -> str:
    """Return a value as messages show it; a number that is written as a text has its quotes."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return f'"{value}"'
    return number_text(value) if isinstance(value, Fraction) else format_value(value)


def wrong_type(
    value: Any, expected: str, *help_lines: str, meant: Any = None, safe: bool = True
) -> PydanticCustomError:
    """Return the error for a value of another type than ``expected``; see :func:`refused`."""
    text = f"{shown(value)} is not {expected}"
    return refused("CNN108", text, *help_lines, meant=meant, safe=safe)


def whole_help(value: Any) -> tuple[str, ...]:
    """Return how a value that is no whole number becomes one."""
    if isinstance(value, str) and (hint := _text_help(value)):
        return (hint,)
    if in_a_row(value):
        return ("name each value, as in `conv: {filters: 6, kernel: 5}`",)
    if isinstance(value, Fraction):
        return (f"round it: ${{floor({number_text(value)})}} is {value // 1}",)
    return ()


def _text_help(text: str) -> str:
    """Return how a text becomes a whole number; nothing where that is not known."""
    if text.strip().isdecimal():
        return f"write it without quotes: {format_value(text.strip())}"
    if text.lower() in _NUMBER_WORDS:
        return f"write {_NUMBER_WORDS[text.lower()]}"
    if text.strip("{}").replace(".", "").isidentifier():
        return f"a variable is written with a dollar sign: ${shown(text.strip('{}'))}"
    if text.strip("“”„‘’").isdecimal():
        return f"write it without quotes: {text.strip('“”„‘’')}"
    if _GROUPED.fullmatch(text):
        return f"write {re.sub('[^0-9]', '', text)}"
    if match := _THOUSANDS.fullmatch(text):
        return f"write {match[1]}000"
    return ""


def in_a_row(value: Any) -> bool:
    """Return whether a value is several in a row, as in ``[6, 3]``, ``6, 3`` or ``K=6, F=3``."""
    is_text = isinstance(value, str) and _LISTED.fullmatch(value) is not None
    return isinstance(value, (list, tuple)) or is_text


def meant_number(value: Any) -> int | None:
    """Return the whole number that a text such as ``"3"`` or ``three`` surely means."""
    text = value.strip(" “”„‘’").lower() if isinstance(value, str) else ""
    return int(text) if _DIGITS.fullmatch(text) else _NUMBER_WORDS.get(text)


def flag_help(value: Any) -> tuple[str, ...]:
    """Return how a value that is no boolean becomes one."""
    meant = meant_flag(value)
    return () if meant is None else (f"write {str(meant).lower()}",)


def meant_flag(value: Any) -> bool | None:
    """Return the boolean that a word such as ``yes`` surely means."""
    return _FLAG_WORDS.get(str(value).lower())


def whole(value: Any, low: int, high: int) -> int:
    """Return ``value`` when it is a whole number in ``low`` … ``high``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(value, "a whole number", *whole_help(value))
    if not low <= value <= high:
        raise refused("CNN112", f"{shown(value)} is out of range: {low:,} to {high:,} is possible")
    return value


def exact(value: Any) -> Fraction | int:
    """Return ``value`` when it is an exact number."""
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        meant = _meant_exact(value)
        hint = () if meant is None else (f"write {number_text(meant)}",)
        if isinstance(value, str) and _DECIMAL.fullmatch(value):
            hint = (f"write it without quotes: {value}",)
        raise wrong_type(value, "a number", *hint, meant=meant)
    return value


def _meant_exact(value: Any) -> Fraction | None:
    """Return the number that a text such as ``50%`` or ``"0.5"`` surely means."""
    text = value.strip() if isinstance(value, str) else ""
    digits = text.removesuffix("%")
    if not _DECIMAL.fullmatch(digits):
        return None
    return Fraction(digits) / (100 if digits != text else 1)


def lowered(value: Any) -> Any:
    """Return a word in lower case: closed lists of words are read in any case."""
    return value.lower() if isinstance(value, str) else value


def not_ceil(value: Any) -> Any:
    """Return ``value`` unless it is ``ceil``, which is for pooling."""
    if value == "ceil":
        text = "ceil is for pooling: a convolution has no partial windows"
        raise refused("CNN310", text, "write rounding: floor or strict")
    return value


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
    if not all(_DIGITS.fullmatch(part) for part in parts) or len(parts) > 3:
        meant = meant_number(text)
        usual = "write 3, a list [3, 3] or axes {height: 3, width: 3}"
        raise wrong_type(text, "a size", f"write {meant}" if meant else usual, meant=meant)
    if len(parts) == 1:
        hint = f"write it without quotes: {parts[0]}"
        raise wrong_type(text, "a whole number", hint, meant=meant_number(text))
    if len(set(parts)) == 1:
        return int(parts[0])
    if len(parts) == 2:
        width, height = parts
        raise wrong_type(
            text,
            "a size: width or height first?",
            f"name the axes: {{width: {width}, height: {height}}}, "
            f"or list [height, width]: [{height}, {width}]",
            meant={"width": int(width), "height": int(height)},
            safe=False,
        )
    frames, height, width = parts
    raise wrong_type(
        text,
        "a size: which axis is first?",
        f"name the axes: {{frames: {frames}, height: {height}, width: {width}}}, "
        f"or list [frames, height, width]: [{frames}, {height}, {width}]",
    )


def sides(high: int) -> Callable[[Any], Sizes]:
    """Return the check for sizes per axis or per side, each in 0 … ``high``."""
    along_axes = sizes(0, high)

    def check(value: Any) -> Sizes:
        if not isinstance(value, Mapping) or not any(key in SIDE_NAMES for key in value):
            return along_axes(value)
        for key in value:
            if key not in SIDE_NAMES:
                raise wrong_type(
                    {key: value[key]},
                    "a side",
                    f"sides: {', '.join(SIDE_NAMES)}; or name axes only",
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
            hint = did_you_mean(word, PADDINGS) or ("a number, valid, same, same_lower, or sides",)
            meant = surely_meant(word, PADDINGS) or meant_number(value)
            raise wrong_type(value, "a padding", *hint, meant=meant)
    return _padding_sides(value)


def shape(value: Any) -> Volume:
    """Return the volume that a spec's value states."""
    if isinstance(value, Volume):
        return value
    try:
        return parse_volume(value)
    except RuleError as error:
        raise refused(error.code, error.message, *error.help) from None


def volume_or_name(value: Any) -> Volume | str:
    """Return a layer's name, or its volume once the walk has looked it up."""
    if isinstance(value, Volume):
        return value
    if not isinstance(value, str) or not value:
        raise wrong_type(value, "the name of a layer")
    return value
