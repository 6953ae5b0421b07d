"""Empty sheets of a key, for students to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from cnncalc.homework.cells import CELLS
from cnncalc.homework.key import Key
from cnncalc.spec.edits import written

TemplateName = Literal["csv", "yaml"]


def template(key: Key, form: TemplateName, filled: Mapping[str, str] | None = None) -> str:
    """Return the empty sheet of a key, or one with answers by the names of the cells."""
    answers = filled or {}
    return _csv(key, answers) if form == "csv" else _yaml(key, answers)


def _csv(key: Key, answers: Mapping[str, str]) -> str:
    """Return a row for each layer; where nothing is asked, there is a hyphen."""
    cells = [cell for cell in CELLS if any(asked.cell == cell for asked in key.asked)]
    layers = dict.fromkeys(asked.layer for asked in key.asked)
    names = {asked.name for asked in key.asked}
    lines = [",".join(["layer", *cells])]
    for layer in layers:
        fields = [
            _quoted(answers.get(f"{layer}.{cell}", "")) if f"{layer}.{cell}" in names else "-"
            for cell in cells
        ]
        lines.append(",".join([_quoted(layer), *fields]))
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str) -> str:
    if any(sign in text for sign in ',"\n;\t'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _yaml(key: Key, answers: Mapping[str, str]) -> str:
    lines = ["student:", "answers:"]
    layer = ""
    for asked in key.asked:
        if asked.layer != layer:
            layer = asked.layer
            lines.append(f"  {written(layer)}:")
        answer = answers.get(asked.name, "")
        lines.append(f"    {asked.cell}:{f' {written(answer)}' if answer else ''}")
    return "".join(f"{line}\n" for line in lines)
