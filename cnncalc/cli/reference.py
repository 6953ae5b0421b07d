"""``schema`` and ``rule``: what the tool knows about specs in general."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.cli.streams import standard_output

if TYPE_CHECKING:
    from cnncalc.cli.table import Command


def schema(command: Command, values: Mapping[str, Any]) -> int:
    """Print the JSON Schema of specs."""
    import json

    from cnncalc.schema import schema as spec_schema

    standard_output().write_json(json.dumps(spec_schema(), indent=2, ensure_ascii=False) + "\n")
    return 0


def rule(command: Command, values: Mapping[str, Any]) -> int:
    """Print the page of a problem code, or the list of all codes."""
    from cnncalc.problems.codes import CODES

    output, word = standard_output(values), values["code"]
    if word is None:
        output.write("".join(f"{code}  {name}\n" for code, name in CODES.items()))
        return 0
    from cnncalc.problems.page_texts import page

    try:
        output.write(page(word))
    except KeyError:
        raise _no_code(word) from None
    return 0


def _no_code(word: str) -> Exception:
    from cnncalc.cli.dispatch import UsageError
    from cnncalc.problems.codes import CODES
    from cnncalc.problems.suggestions import did_you_mean

    text, upper = f"there is no problem code {word}", word.upper()
    known = (upper, CODES) if upper.startswith("CNN") else (word, CODES.values())
    return UsageError(text, *did_you_mean(*known), "`cnncalc rule` lists all codes")
