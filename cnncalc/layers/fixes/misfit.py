"""The error for a window that does not fit: which axes, the arithmetic, and what would."""

from __future__ import annotations

from fractions import Fraction

from cnncalc.layers.fixes.windows import fixes, help_lines
from cnncalc.maths.geometry import (
    DoesNotFit,
    KernelTooLarge,
    Misfit,
    WindowInPadding,
    extent,
    windows_that_fit,
)
from cnncalc.maths.setting import Setting
from cnncalc.maths.words import an, roughly, times
from cnncalc.problems.model import RuleError


def misfit(setting: Setting, word: str, error: Misfit) -> RuleError:
    """Return the ``RuleError`` for ``setting``, whose windows raised ``error``.

    ``word`` is what slides: ``filter`` or ``window``.
    """
    failing = [i for i in range(setting.volume.rank) if setting.alone(i).fitting() is None]
    found = fixes(setting)
    code, field, relation, note = _KINDS[type(error)]
    message = f"{an(times(setting.kernel))} {word}{_details(setting, code)} {relation}"
    return RuleError(
        code,
        message.format(volume=an(str(setting.volume)), padded=_padded(setting))
        + _where(setting, failing),
        field=field,
        help=help_lines(setting, found),
        note=_notes(setting, failing) if note else "",
        fixes=tuple(found),
    )


_KINDS: dict[type[Misfit], tuple[str, str | tuple[str, ...], str, bool]] = {
    DoesNotFit: ("CNN301", ("stride", "kernel"), "does not fit {volume} input", True),
    KernelTooLarge: ("CNN302", "kernel", "is larger than {volume} input{padded}", True),
    WindowInPadding: (
        "CNN303",
        ("padding", "dilation", "kernel"),
        "would lie wholly in the padding of {volume} input",
        False,
    ),
}
"""By error: the code, the field at fault, the relation to the input, whether to show sums."""


def _padded(setting: Setting) -> str:
    return " with its padding" if any(sides != (0, 0) for sides in setting.padding) else ""


def _details(setting: Setting, code: str) -> str:
    parts = []
    if any(d > 1 for d in setting.dilation):
        parts.append(f"dilation {_shown(setting.dilation)}")
    if code == "CNN301":
        parts.append(f"stride {_shown(setting.stride)}")
    return f" with {' and '.join(parts)}" if parts else ""


def _shown(sizes: tuple[int, ...]) -> str:
    return str(sizes[0]) if len(set(sizes)) == 1 else times(sizes)


def _where(setting: Setting, failing: list[int]) -> str:
    """Name the axes that fail and those that fit, unless all fail."""
    axes = setting.volume.axes
    if len(failing) == len(axes):
        return ""
    fails = " and ".join(axes[i] for i in reversed(failing))
    fits = " and ".join(axes[i] for i in reversed(range(len(axes))) if i not in failing)
    return f" in its {fails} (the {fits} fits)"


def _notes(setting: Setting, failing: list[int]) -> str:
    """Return the arithmetic that fails, once for axes that are alike."""
    notes: dict[str, list[str]] = {}
    for i in reversed(failing):
        notes.setdefault(_note(setting, i), []).append(setting.volume.axes[i])
    if len(notes) == 1 and len(failing) == setting.volume.rank:
        return next(iter(notes))
    return "; ".join(f"{' and '.join(axes)}: {text}" for text, axes in notes.items())


def _note(setting: Setting, i: int) -> str:
    size, stride, sides = setting.volume.spatial[i], setting.stride[i], setting.padding[i]
    kernel, dilation = setting.kernel[i], setting.dilation[i]
    exact: Fraction = windows_that_fit(size, kernel, stride, dilation, sides)
    return f"{window_sum(size, extent(kernel, dilation), sides, stride)} = {roughly(exact)}"


def window_sum(size: int, extent: int, sides: tuple[int, int], stride: int) -> str:
    """Return ``(7 − 3 + 2·0)/3 + 1``, naming both sides where they differ."""
    before, after = sides
    padding = f"2·{before}" if before == after else f"{before} + {after}"
    return f"({size} − {extent} + {padding})/{stride} + 1"
