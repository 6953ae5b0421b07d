"""The one-layer commands: the arguments, written as a spec, and its summary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.cli.options import pairs
from cnncalc.cli.summary import check_look, show

if TYPE_CHECKING:
    from cnncalc.cli.table import Command

SOURCE = "<arguments>"
"""What the text is called in problems."""

_PLAIN = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?|[0-9]+(\s*[x×X]\s*[0-9]+)+|[A-Za-z_][A-Za-z0-9_]*")
_LIST = re.compile(r"[0-9]+(,[0-9]+)+")
_LOOK = frozenset(("input", "format", "columns", "layout", "dtype", "color", "quiet", "ascii"))


def layer(command: Command, values: Mapping[str, Any]) -> int:
    """Run a one-layer command and return its exit code."""
    check_look(values)
    from cnncalc.inference.infer import infer
    from cnncalc.spec.load import parse_bytes

    loaded = parse_bytes(spec_text(command, values).encode(), SOURCE, None)
    report = None
    if loaded.network is not None:
        loaded.network.name = command.name
        report = infer(loaded.network, None, loaded.problems)
    return show(loaded, report, values)


def spec_text(command: Command, values: Mapping[str, Any]) -> str:
    """Return the spec that the arguments mean: what one would write in a file."""
    fields = [
        f"{param.name}: {spelled(values[param.name], param.flags[0])}"
        for param in command.params
        if param.name not in _LOOK and not param.switch and values[param.name] is not None
    ]
    fields += [f"{name}: true" for name in ("count_padding", "trainable") if values.get(name)]
    fields += ["bias: false"] if values.get("no_bias") else []
    kind = "avgpool" if values.get("avg") else command.kind
    volume = spelled(values["input"], "INPUT")
    return f"input: {volume}\nlayers:\n  - {kind}: {{{', '.join(fields)}}}\n"


def spelled(text: str, option: str) -> str:
    """Return a value of the command line in the words of a spec.

    ``height=1,width=7`` is a mapping, ``3,5`` a list; text that means more is quoted.
    """
    if "=" in text:
        named = pairs(text, option)
        return "{" + ", ".join(f"{name}: {size}" for name, size in named.items()) + "}"
    if _LIST.fullmatch(text):
        return "[" + ", ".join(text.split(",")) + "]"
    if _PLAIN.fullmatch(text):
        return text
    from json import dumps

    return dumps(text)
