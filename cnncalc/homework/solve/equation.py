"""The equations that a question asks to be solved: known numbers put in, unknown ones as letters.

Sources: those of the kinds, whose own arithmetic gives the counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnncalc.homework.solve.question import MULTIPLES, Question
from cnncalc.layers.axes import per_axis, per_side
from cnncalc.layers.derivation import SYMBOL
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.window import Windowed
from cnncalc.maths.geometry import extent
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import on_paper

_LETTERS = re.compile(r"F(?:·F)*|[WHLTD][12]|[KGM]")
_BRACKETS = {"strict": ("", ""), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉")}


def equations(question: Question) -> tuple[str, ...]:
    """Return a line for the sizes of the output, its depth if wrong, each count that is given.

    Axes with the same numbers share a line. Where no padding can be right as all are even, a line
    says so.
    """
    layer = question.layer
    alike: dict[str, list[str]] = {}
    if isinstance(layer, Windowed | ConvTranspose):
        for axis in on_paper(range(question.volume.rank)):
            letter = SYMBOL[question.volume.axes[axis]]
            alike.setdefault(_size(question, layer, axis), []).append(f"{letter}2")
    sizes = (" = ".join((*letters, text)) for text, letters in alike.items())
    return (*sizes, *_depth(question), *_counts(question), *_odd(question))


def _depth(question: Question) -> Iterator[str]:
    """Yield the depth, where it is known and not what is wanted."""
    wanted = question.goal.depth
    givers = {*MULTIPLES} if question.states_depth else {*MULTIPLES, "depth"}
    if wanted not in (None, question.depth) and givers.isdisjoint(question.fields):
        yield f"D2 = {question.depth:,}, not {wanted:,}"


def _odd(question: Question) -> Iterator[str]:
    """Yield why no padding fits: all of them are even, what they must make whole is odd."""
    layer, volume = question.layer, question.volume
    if not isinstance(layer, Windowed) or layer.rounding != "strict":
        return
    if {"padding"} != {*question.fields} - {"filters", "multiplier"}:
        return
    setting = layer.setting(volume)
    lines = zip(volume.spatial, setting.kernel, setting.dilation, setting.stride, strict=True)
    for size, kernel, dilation, stride in dict.fromkeys(lines):
        reach = extent(kernel, dilation)
        if stride % 2 == 0 and (size - reach) % 2:
            yield f"{size} − {reach} is odd and 2P is even: no multiple of {stride}"


def _size(question: Question, layer: Windowed | ConvTranspose, axis: int) -> str:
    """Return ``(32 − 5 + 2P)/2 + 1 = 16``; without a size that is wanted, it is whole."""
    volume = question.volume
    letter, wanted = SYMBOL[volume.axes[axis]], question.wanted_sizes()[axis]
    is_open = "input" in question.fields and volume.axes[axis] in question.open_axes
    size = f"{letter}1" if is_open else str(volume.spatial[axis])
    stride = _letter_or_size(question, "stride", "S", axis)
    padding = "2P" if "padding" in question.fields else _padding(layer, volume, axis)
    reach = _extent(question, axis)
    if isinstance(layer, ConvTranspose):
        extra = _letter_or_size(question, "output_padding", "output padding", axis)
        text = f"{size}·{stride}"
        if padding != "same":
            text = f"({size} − 1)·{stride} + {reach} − {padding} + {extra}"
    else:
        left, right = _BRACKETS[layer.rounding]
        text = f"⌈{size}/{stride}⌉"
        if padding != "same":
            text = f"{left}({size} − {reach} + {padding})/{stride}{right} + 1"
    if question.goal.keeps_size:
        return f"{text} = {size}"
    return text + (" is whole" if wanted is None else f" = {wanted}")


def _letter_or_size(question: Question, field: str, letter: str, axis: int) -> str:
    """Return a field's number along an axis, or its letter while it is unknown."""
    if field in question.fields:
        return letter
    value = getattr(question.layer, field)
    if value is None:  # a stride that follows the kernel, or is 1
        follows = isinstance(question.layer, Windowed) and question.layer.pooling
        return _letter_or_size(question, "kernel", "F", axis) if follows else "1"
    missing = 0 if field == "output_padding" else 1
    return str(per_axis(value, question.volume, field, missing)[axis])


def _extent(question: Question, axis: int) -> str:
    """Return F′, or how it is made of what is unknown."""
    kernel = _letter_or_size(question, "kernel", "F", axis)
    dilation = _letter_or_size(question, "dilation", "d", axis)
    if dilation == "1":
        return kernel
    if kernel == "F" or dilation == "d":
        return f"(({kernel} − 1)·{dilation} + 1)"
    return str(extent(int(kernel), int(dilation)))


def _padding(layer: Windowed | ConvTranspose, volume: Volume, axis: int) -> str:
    sides = per_side(layer.padding, volume)[axis]
    if isinstance(sides, str):
        return "same"
    before, after = sides
    return f"2·{before}" if before == after else f"({before} + {after})"


def _counts(question: Question) -> Iterator[str]:
    """Yield the parameters and MACs that are given, by the kind's own formula."""
    goal = question.goal
    wanted = {"params": ("parameters", goal.params), "macs": ("MACs", goal.macs)}
    if goal.params is None and goal.macs is None:
        return
    changes: dict[str, object] = {"padding": "same"} if hasattr(question.layer, "padding") else {}
    changes |= {"groups": 2} if "groups" in question.fields else {}
    changes |= {"output_padding": 0} if hasattr(question.layer, "output_padding") else {}
    layer = question.layer.model_copy(update=changes)
    output = Volume(depth=question.depth, spatial=question.sizes)
    for step in layer.derivation((question.volume,), output):
        name, number = wanted.get(step.counts or "", ("", None))
        if number is not None:
            formula = _LETTERS.sub(lambda found: _known(question, found[0]), step.formula)
            yield f"{name} = {formula} = {number:,}"


def _known(question: Question, letters: str) -> str:
    """Return the number that letters of a formula mean, or the letters while it is unknown."""
    volume, layer = question.volume, question.layer
    if letters.startswith("F"):
        if "kernel" in question.fields:
            return letters
        return "·".join(map(str, on_paper(per_axis(layer.kernel, volume, "kernel"))))  # type: ignore[attr-defined]
    symbols = {SYMBOL[axis]: axis for axis in volume.named()}
    if letters in ("D1", "W1", "H1", "L1", "T1"):
        axis = symbols[letters[0]]
        field = "depth" if axis == "depth" else "input"
        is_open = field in question.fields and axis in (*question.open_axes, "depth")
        return letters if is_open else str(volume.along(axis))
    if letters.endswith("2"):
        wanted = question.wanted_sizes()[volume.axes.index(symbols[letters[0]])]
        return letters if wanted is None else str(wanted)
    field = {"G": "groups", "M": "multiplier"}.get(letters, "filters")
    field = "units" if field == "filters" and hasattr(layer, "units") else field
    return letters if field in question.fields else str(getattr(layer, field))
