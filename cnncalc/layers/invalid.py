"""What pydantic's errors are called here: a problem code, a sentence and help for each type."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from cnncalc.layers.base import Layer
from cnncalc.layers.checks import flag_help, in_a_row, meant_flag, meant_number, shown, whole_help
from cnncalc.layers.fields import choices
from cnncalc.problems.model import Fix, RuleError
from cnncalc.problems.suggestions import did_you_mean, surely_meant


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """How a type of error is reported; ``text`` may name what pydantic says of it (``ctx``)."""

    code: str
    text: str
    meant: Callable[[Any], Any] = lambda value: None
    help: Callable[[Any], tuple[str, ...]] = lambda value: ()


_OUT_OF_RANGE = "{value} is out of range: it must be"
_WORDS = {
    "int_type": _Words(
        code="CNN108", text="{value} is not a whole number", help=whole_help, meant=meant_number
    ),
    "bool_type": _Words(
        code="CNN108", text="{value} is not true or false", help=flag_help, meant=meant_flag
    ),
    "tuple_type": _Words(code="CNN108", text="{value} is not a list"),
    "too_short": _Words(code="CNN108", text="{value} is an empty list"),
    "greater_than": _Words(code="CNN112", text=_OUT_OF_RANGE + " above {gt:,}"),
    "greater_than_equal": _Words(code="CNN112", text=_OUT_OF_RANGE + " at least {ge:,}"),
    "less_than": _Words(code="CNN112", text=_OUT_OF_RANGE + " below {lt:,}"),
    "less_than_equal": _Words(code="CNN112", text=_OUT_OF_RANGE + " at most {le:,}"),
}
"""By pydantic's type of error; all those that the types of fields can raise."""


def mistakes(kind: str, cls: type[Layer], error: ValidationError) -> Iterator[RuleError]:
    """Yield what is wrong with the fields of a layer: one error for each field.

    Missing fields come first, together, as an error of no field; not where a value is several in
    a row, as in ``conv: [6, 3]``.
    """
    found = error.errors()
    missing = [str(details["loc"][0]) for details in found if details["type"] == "missing"]
    wrong = [details["input"] for details in found if details["type"] == "int_type"]
    if missing and not any(map(in_a_row, wrong)):  # they are there, without their names
        yield _missing(kind, cls, missing)
    seen = set(missing)
    for details in found:
        name = str(details["loc"][0])
        if name not in seen:
            seen.add(name)
            yield _mistake(cls, name, details)


def _fields(cls: type[Layer]) -> dict[str, FieldInfo]:
    """Return the fields of a kind under the names that specs write."""
    return {cls.written(name): info for name, info in cls.model_fields.items()}


def _missing(kind: str, cls: type[Layer], names: list[str]) -> RuleError:
    fields = _fields(cls)
    examples = {name: (fields[name].examples or ["…"])[0] for name in names}
    listed = " and ".join(f"`{name}`" for name in names)
    example = ", ".join(f"{name}: {value}" for name, value in examples.items())
    return RuleError("CNN110", f"{kind} needs {listed}", help=(f"such as {kind}: {{{example}}}",))


def _mistake(cls: type[Layer], name: str, details: ErrorDetails) -> RuleError:
    value, context = details["input"], details.get("ctx", {})
    if details["type"].startswith("CNN"):  # one of our own checks
        code, text, hints = details["type"], context["text"], tuple(context["help"])
        meant = context["meant"]
    elif details["type"] == "literal_error":
        known = choices(_fields(cls)[name])
        code, text = "CNN108", f"{shown(value)} is not one of {', '.join(known)}"
        hints, meant = did_you_mean(str(value), known), surely_meant(str(value), known)
    else:
        words = _WORDS[details["type"]]
        code, text = words.code, words.text.format(value=shown(value), **context)
        hints, meant = words.help(value), words.meant(value)
    is_part = len(details["loc"]) > 1  # of a list, while a fix is of the field
    fix = Fix(field=name, value=meant, safe=context.get("safe", True))
    fixes = () if meant is None or is_part else (fix,)
    return RuleError(code, text, field=name, help=hints, fixes=fixes)
