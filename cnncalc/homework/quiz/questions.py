"""Questions of a quiz: random layers by topic and level, with numbers that one can do by hand.

Levels: 1 stride 1 without padding on squares; 2 padding and strides that fit; 3 a missing setting,
dense layers after volumes; 4 groups, dilation, axes that differ, 1-D, one in four that does not
fit; 5 floor, ceil, ``same``, branches, depthwise layers.

Whether a question fits is seen by inference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from cnncalc.homework.quiz.draw import Pick
from cnncalc.homework.quiz.windows import (
    SIZES,
    Window,
    draw_pooling,
    draw_sizes,
    draw_window,
    input_for,
    misfit,
)
from cnncalc.maths.volume import Volume

Topic = Literal["conv", "pool", "params", "receptive-field", "transposed", "network"]
TOPICS: Final[dict[Topic, str]] = {
    "conv": "convolutions",
    "pool": "pooling",
    "params": "parameters",
    "receptive-field": "receptive fields",
    "transposed": "transposed convolutions",
    "network": "networks",
}
"""What each topic is called in a title."""
LEVELS: Final = (1, 2, 3, 4, 5)

_DEPTHS: Final = (1, 3, 4, 6, 8, 16, 32, 64)
_FILTERS: Final = (2, 4, 5, 6, 8, 10, 12, 16, 20, 32, 64)
_BOTH: Final[tuple[str, ...]] = ("output", "params")
_POOLS: Final = ("maxpool", "avgpool")
_MISSING: Final = (
    ("padding", "params"), ("kernel", "params"), ("stride", "params"), ("output", "filters"),
)  # fmt: skip
"""What is asked where a setting is missing: it, and what follows from it."""
_MISFITS: Final = (False, False, False, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A layer of a question, and the cells that are asked of it.

    ``sources`` are what it reads: numbers of parts, from 1, or 0 for the input; empty: what is
    before it.
    """

    kind: str
    fields: Mapping[str, Any]
    asked: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An input volume with the layers on it, in order; ``asked`` is of all of them together."""

    input: Volume
    parts: tuple[Part, ...]
    asked: tuple[str, ...] = ()


def draw(topic: Topic, level: int, pick: Pick) -> Question:
    """Return a question; it may be one that does not fit, or that nothing can be asked of."""
    return _DRAWN[topic](level, pick)


def _maps(level: int, pick: Pick) -> tuple[int, dict[str, int]]:
    """Return an input's depth, and the filters of a convolution on it with its groups."""
    depth, filters = pick(_DEPTHS), pick(_FILTERS)
    groups = pick((1, 2, 4)) if level == 4 else 1
    if groups == 1:
        return depth, {"filters": filters}
    return groups * min(depth, 16), {"filters": groups * min(filters, 16), "groups": groups}


def _conv(level: int, pick: Pick) -> Question:
    if level == 3:
        return _convolution(level, pick, pick(_MISSING))
    if level == 4:  # parameters are not asked: where windows do not fit, there are none
        return _convolution(level, pick, ("output",), is_misfit=pick(_MISFITS))
    if level == 5:
        return pick((_rounded_conv, _depthwise, _two_branches))(pick)
    return _convolution(level, pick, _BOTH)


def _convolution(
    level: int, pick: Pick, asked: tuple[str, ...], *, is_misfit: bool = False
) -> Question:
    """Return a question about one convolution."""
    outputs = draw_sizes(level, pick)
    window = draw_window(level, pick, len(outputs))
    if is_misfit:
        window = misfit(window, pick)
    depth, maps = _maps(level, pick)
    part = Part(kind="conv", fields={**maps, **window.fields()}, asked=asked)
    return Question(input=input_for(depth, outputs, [window]), parts=(part,))


def _rounded_conv(pick: Pick) -> Question:
    return _convolution(5, pick, _BOTH)


def _depthwise(pick: Pick) -> Question:
    outputs = draw_sizes(5, pick)
    window = draw_window(5, pick, len(outputs))
    part = Part(kind="depthwise_conv", fields=window.fields(), asked=_BOTH)
    return Question(input=input_for(pick(_DEPTHS), outputs, [window]), parts=(part,))


def _two_branches(pick: Pick) -> Question:
    outputs = draw_sizes(5, pick)
    parts = _branches(pick, 0, len(outputs), {"filters": pick(_FILTERS)})
    return Question(input=input_for(pick(_DEPTHS), outputs, []), parts=tuple(parts))


def _pool(level: int, pick: Pick) -> Question:
    outputs = draw_sizes(level, pick)
    window = draw_pooling(level, pick, len(outputs))
    asked = pick((("kernel",), ("stride",), ("padding",))) if level == 3 else ("output",)
    if level == 4 and pick(_MISFITS):
        window = misfit(window, pick)
    part = Part(kind=pick(_POOLS), fields=window.fields(), asked=asked)
    return Question(input=input_for(pick(_DEPTHS), outputs, [window]), parts=(part,))


def _params(level: int, pick: Pick) -> Question:
    if level == 3 and pick((False, True)):
        size = pick(SIZES)
        dense = Part(kind="fc", fields={"units": pick((2, 5, 10, 20, 50, 100))}, asked=("params",))
        return Question(input=input_for(pick(_DEPTHS), (size, size), []), parts=(dense,))
    if level == 3:
        return _convolution(level, pick, pick((("filters", "weights"), ("kernel", "params"))))
    if level == 4:
        question = _convolution(level, pick, ("params", "macs"))
        return _without_bias(question) if pick((False, True)) else question
    if level == 5:
        return _other_params(pick)
    return _convolution(level, pick, ("params",) if level == 1 else ("weights", "biases"))


def _without_bias(question: Question) -> Question:
    (part,) = question.parts
    return replace(question, parts=(replace(part, fields={**part.fields, "bias": False}),))


def _other_params(pick: Pick) -> Question:
    """Return a layer whose parameters are counted otherwise than those of a convolution."""
    kind = pick(("depthwise_conv", "separable_conv", "batchnorm", "conv_transpose"))
    size, depth, kernel = pick(SIZES), pick(_DEPTHS[1:]), pick((2, 3, 5))
    fields: dict[str, Any] = {"kernel": kernel, "stride": 1, "padding": "same"}
    if kind == "batchnorm":
        fields = {}
    elif kind == "conv_transpose":
        fields = {"filters": pick(_FILTERS), "kernel": kernel, "stride": pick((1, 2))}
    elif kind == "separable_conv":
        fields = {"filters": pick(_FILTERS), **fields}
    part = Part(kind=kind, fields=fields, asked=("params",))
    return Question(input=input_for(depth, (size, size), []), parts=(part,))


def _receptive_field(level: int, pick: Pick) -> Question:
    outputs = draw_sizes(level, pick)
    length = pick({1: (2, 3), 2: (2, 3), 3: (3,), 4: (2, 3), 5: (3, 4)}[level])
    windows, parts = [], []
    for number in range(length):
        pools = level > 1 and number % 2 == 1
        own = draw_pooling if pools else draw_window
        window = own(level, pick, len(outputs))
        kind = pick(_POOLS) if pools else "conv"
        fields = window.fields()
        if kind == "conv" and level == 5 and number and pick((False, True)):
            kind = "depthwise_conv"
        if kind == "conv":
            fields = {"filters": 8, **fields}
        windows.append(window)
        parts.append(Part(kind=kind, fields=fields))
    parts[-1] = replace(parts[-1], asked=("receptive_field",))
    if level == 3:  # the field of the layer before, and a kernel that is found from the sizes
        parts[-2] = replace(parts[-2], asked=("receptive_field",))
        parts[-1] = replace(parts[-1], asked=("kernel",))
    return Question(input=input_for(pick((1, 3)), outputs, windows), parts=tuple(parts))


def _transposed(level: int, pick: Pick) -> Question:
    sizes = draw_sizes(level, pick)
    depth, maps = _maps(level, pick)
    window = draw_window(min(level, 4), pick, len(sizes))
    more: dict[str, int] = {}
    asked = _BOTH
    if level == 3:
        asked = pick(_MISSING)
    if level == 5:
        window = replace(window, stride=pick((2, 3)), dilation=1)
        more = {"output_padding": pick(range(1, window.stride))}
    part = Part(kind="conv_transpose", fields={**maps, **window.fields(), **more}, asked=asked)
    return Question(input=input_for(depth, sizes, []), parts=(part,))


def _network(level: int, pick: Pick) -> Question:
    outputs = draw_sizes(level, pick)
    rank = len(outputs)
    first, second = draw_window(level, pick, rank), draw_window(level, pick, rank)
    pool = Window(kernel=(2,) * rank, stride=1 if level == 1 else 2)
    depth, maps = _maps(level, pick)
    deeper = {"filters": pick(_FILTERS)}
    if level == 4 and pick(_MISFITS):
        second = misfit(second, pick)
    # where windows do not fit, there are no parameters: at level 4, these are not asked
    last, total = (("output",), ()) if level == 4 else (_BOTH, ("params",))
    parts = [
        Part(kind="conv", fields={**maps, **first.fields()}, asked=_BOTH),
        Part(kind="maxpool", fields=pool.fields(), asked=("output",)),
        Part(kind="conv", fields={**deeper, **second.fields()}, asked=last),
    ]
    if level == 3:
        missing = pick(("padding", "kernel", "stride"))
        parts[0] = replace(parts[0], asked=(missing, "params"))
        parts.append(Part(kind="fc", fields={"units": pick((2, 5, 10))}, asked=_BOTH))
    if level == 5:
        parts[2:] = _branches(pick, 2, rank, deeper)
        second = Window(kernel=(1,) * rank)
    windows = [first, pool, second]
    return Question(input=input_for(depth, outputs, windows), parts=tuple(parts), asked=total)


def _branches(pick: Pick, source: int, rank: int, filters: dict[str, int]) -> list[Part]:
    """Return two branches on the last part so far, and the layer where they meet."""
    wide = Window(kernel=(pick((3, 5)),) * rank, padding="same")
    thin = Window(kernel=(1,) * rank)
    meets = pick(("concat", "add"))
    others = filters if meets == "add" else {"filters": pick(_FILTERS)}
    kind = pick(("conv", "depthwise_conv")) if meets == "concat" else "conv"
    fields = {**(filters if kind == "conv" else {}), **wide.fields()}
    return [
        Part(kind=kind, fields=fields, asked=_BOTH),
        Part(kind="conv", fields={**others, **thin.fields()}, asked=_BOTH, sources=(source,)),
        Part(kind=meets, fields={}, asked=("output",), sources=(source + 1, source + 2)),
    ]


_DRAWN: Final[dict[Topic, Callable[[int, Pick], Question]]] = {
    "conv": _conv,
    "pool": _pool,
    "params": _params,
    "receptive-field": _receptive_field,
    "transposed": _transposed,
    "network": _network,
}
