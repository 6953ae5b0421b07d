"""Derivations: arithmetic as one writes it on paper, and who states the rule."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cnncalc.layers.base import Step, Weight
from cnncalc.maths.geometry import Window
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import on_paper

SYMBOL = {"width": "W", "height": "H", "length": "L", "frames": "T", "depth": "D"}

CS231N = "CS231n notes, Convolutional Networks"
DUMOULIN = "Dumoulin and Visin 2016, arXiv:1603.07285"
TENSORFLOW = "TensorFlow, tf.nn.convolution, padding SAME"
PYTORCH_CEIL = "PyTorch, MaxPool2d, ceil_mode"


def product(sizes: Iterable[int]) -> str:
    """Return ``5·5·3``."""
    return "·".join(str(size) for size in sizes) or "1"


def places(volume: Volume, index: int) -> tuple[str, str]:
    """Return the positions of one map, in letters and numbers: ``(W2·H2)`` and ``(28·28)``."""
    letters = "·".join(f"{SYMBOL[axis]}{index}" for axis in on_paper(volume.axes))
    numbers = product(on_paper(volume.spatial))
    return (letters, numbers) if volume.rank == 1 else (f"({letters})", f"({numbers})")


def area(kernel: Sequence[int]) -> tuple[str, str]:
    """Return the taps of a kernel, in letters and numbers: ``F·F`` and ``5·5``."""
    return "·".join(["F"] * len(kernel)), product(on_paper(kernel))


def axis_steps(lines: Iterable[tuple[str, str, str, int]], source: str = "") -> list[Step]:
    """Return the output size of each axis; axes with the same numbers share one line.

    Each line is (axis, formula with ``@`` for the axis' letter, numbers, result), in array order.
    """
    alike: dict[tuple[str, int], tuple[list[str], str]] = {}
    for axis, formula, numbers, result in on_paper(lines):
        formula = formula.replace("@", SYMBOL[axis])
        alike.setdefault((numbers, result), ([], formula))[0].append(axis)
    return [
        Step(
            what=sizes_of(axes),
            formula=formula,
            numbers=numbers,
            result=result,
            source=source,
            axes=tuple(axes),
        )
        for (numbers, result), (axes, formula) in alike.items()
    ]


def sizes_of(axes: Iterable[str]) -> str:
    """Return what sizes of the output are called: ``W2 = H2``."""
    return " = ".join(f"{SYMBOL[axis]}2" for axis in axes)


def window_steps(windows: Sequence[Window], *, pooling: bool = False) -> list[Step]:
    """Return the output size of each axis; axes with the same numbers share one line.

    The notes write pooling without the padding that it seldom has.
    """
    steps: list[Step] = []
    for axes, window in _alike(windows):
        steps += _dilated(window)
        steps += _same(axes, window) if window.auto else [_explicit(axes, window, pooling)]
    return steps


def _alike(windows: Sequence[Window]) -> list[tuple[tuple[str, ...], Window]]:
    """Group axes whose numbers are equal, width first."""
    groups: dict[Window, list[str]] = {}
    for window in on_paper(windows):
        groups.setdefault(replace(window, axis=""), []).append(window.axis)
    return [(tuple(axes), window) for window, axes in groups.items()]


def _dilated(w: Window) -> list[Step]:
    if w.dilation == 1:
        return []
    sums = f"({w.kernel} − 1)·{w.dilation} + 1"
    return [
        Step(what="F′", formula="(F − 1)·d + 1", numbers=sums, result=w.extent, source=DUMOULIN)
    ]


def _extent_name(w: Window) -> str:
    return "F" if w.dilation == 1 else "F′"


def _same(axes: tuple[str, ...], w: Window) -> list[Step]:
    letter = SYMBOL[axes[0]]
    padding = f"max(({letter}2 − 1)·S + {_extent_name(w)} − {letter}1, 0)"
    sums = f"max(({w.output} − 1)·{w.stride} + {w.extent} − {w.input}, 0)"
    sides = f"{w.before + w.after} ({w.before} before, {w.after} after)"
    return [
        Step(
            what=sizes_of(axes),
            formula=f"⌈{letter}1/S⌉",
            numbers=f"⌈{w.input}/{w.stride}⌉",
            result=w.output,
            source=TENSORFLOW,
            axes=axes,
        ),
        Step(what="P", formula=padding, numbers=sums, result=sides, source=TENSORFLOW),
    ]


def _explicit(axes: tuple[str, ...], w: Window, pooling: bool) -> Step:
    letter = SYMBOL[axes[0]]
    if pooling and not w.before and not w.after:
        padding = amount = ""
    elif w.before == w.after:
        padding, amount = " + 2P", f" + 2·{w.before}"
    else:
        padding, amount = " + P₁ + P₂", f" + {w.before} + {w.after}"
    left, right, source = _BRACKETS[w.rounding if w.unseen else "strict"]
    formula = f"{left}({letter}1 − {_extent_name(w)}{padding})/S{right} + 1"
    sums = f"{left}({w.input} − {w.extent}{amount})/{w.stride}{right} + 1"
    if w.rounding == "ceil" and w.unseen > 0:
        formula, sums = f"{formula} − 1", f"{sums} − 1"  # the last window starts in the padding
    return Step(
        what=sizes_of(axes),
        formula=formula,
        numbers=sums,
        result=w.output,
        source=source,
        axes=axes,
    )


_BRACKETS = {
    "strict": ("", "", CS231N),
    "floor": ("⌊", "⌋", DUMOULIN),
    "ceil": ("⌈", "⌉", PYTORCH_CEIL),
}


def depth_step(output: Volume, formula: str, source: str = CS231N, numbers: str = "") -> Step:
    """Return the line for the output's depth."""
    return Step(
        what="D2",
        formula=formula,
        numbers=numbers,
        result=output.depth,
        source=source,
        axes=("depth",),
    )


def weight_steps(weights: Sequence[Weight], each: str, source: str) -> list[Step]:
    """Return the lines that count weight arrays: the trained ones, then the others.

    ``each`` is the size of each array in letters, where they are alike; where it is empty, the
    arrays are called by their names.
    """
    steps = []
    for trainable in (True, False):
        arrays = [weight for weight in weights if weight.trainable is trainable]
        if not arrays:
            continue
        if each:
            many = f"{len(arrays)}·" if len(arrays) > 1 else ""
            letters, numbers = many + each, many + product(arrays[0].shape)
        else:
            letters = " + ".join(weight.name for weight in arrays)
            numbers = " + ".join(product(weight.shape) for weight in arrays)
        steps.append(count_step(arrays, letters, numbers, source))
    return steps


def count_step(arrays: Sequence[Weight], formula: str, numbers: str, source: str) -> Step:
    """Return the line that counts arrays, all of them trainable or none."""
    trainable = arrays[0].trainable
    return Step(
        what="params" if trainable else "non-trainable",
        formula=formula,
        numbers=numbers,
        result=sum(weight.count for weight in arrays),
        source=source,
        counts="params" if trainable else "non_trainable",
    )


def macs_step(formula: str, numbers: str, macs: int, source: str = "") -> Step:
    """Return the line that counts multiply-accumulates."""
    return Step(
        what="MACs", formula=formula, numbers=numbers, result=macs, source=source, counts="macs"
    )
