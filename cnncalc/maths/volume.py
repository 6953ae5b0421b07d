"""Volumes: what flows between layers, written W×H×D as lecture notes do.

A volume keeps its spatial sizes in array order (frames, height, width) and its depth apart,
so that every rule loops over axes instead of knowing ranks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from cnncalc.maths.words import number
from cnncalc.problems.model import RuleError
from cnncalc.problems.suggestions import surely_meant

AXES: dict[int, tuple[str, ...]] = {
    0: (),
    1: ("length",),
    2: ("height", "width"),
    3: ("frames", "height", "width"),
}
"""Names of the spatial axes by rank, in array order."""

SPATIAL = ("length", "frames", "height", "width")
MAX_SIZE = 10**9
"""The longest axis that a spec may state."""
MAX_ELEMENTS = 2**62
"""The most elements of a volume: beyond it no machine counts, and nothing real is meant."""

_MAX_TEXT = 100
"""Characters of a volume written as text."""
_IMAGE_DEPTHS = (1, 3)
"""Grey and colour images: in arrays, where such a size comes first, the depth does."""
_ARRAY = re.compile(r"[\[(]?\s*[0-9]+(?:\s*,\s*[0-9]+)+\s*[\])]?")
_X_STRING = re.compile(r"\d+(?:\s*[x×X]\s*\d+)*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A volume: ``depth`` maps of ``spatial`` size; a vector has no spatial axes.

    ``spatial`` is in array order: ``(length,)``, ``(height, width)`` or
    ``(frames, height, width)``.
    """

    depth: int
    spatial: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        """The number of spatial axes, 0 for a vector."""
        return len(self.spatial)

    @property
    def axes(self) -> tuple[str, ...]:
        """Names of the spatial axes in array order."""
        return AXES[len(self.spatial)]

    @property
    def sizes(self) -> dict[str, int]:
        """The size along each spatial axis, in array order."""
        return dict(zip(self.axes, self.spatial, strict=True))

    @property
    def positions(self) -> int:
        """Elements of one map: W·H, or 1 for a vector."""
        return prod(self.spatial)

    @property
    def size(self) -> int:
        """Elements of the whole volume: W·H·D."""
        return prod(self.spatial) * self.depth

    def along(self, axis: str) -> int:
        """Return the size along a named axis; ``KeyError`` when there is no such axis."""
        return self.named()[axis]

    def named(self) -> dict[str, int]:
        """Return ``{"width": 32, "height": 32, "depth": 3}``: the shape of reports."""
        sizes = self.sizes
        if self.rank == 2:
            sizes = {"width": sizes["width"], "height": sizes["height"]}
        return {**sizes, "depth": self.depth}

    def sized(self, spatial: tuple[int, ...]) -> Volume:
        """Return a volume of the same depth and this spatial size."""
        return Volume(depth=self.depth, spatial=spatial)

    def with_size(self, axis: str, size: int) -> Volume:
        """Return a volume whose size along one axis, which may be the depth, is another."""
        if axis == "depth":
            return Volume(depth=size, spatial=self.spatial)
        return self.sized(tuple({**self.sizes, axis: size}.values()))

    def __str__(self) -> str:
        return "×".join(str(size) for size in self.named().values())


def parse_volume(value: Any) -> Volume:
    """Return the volume that a spec's value states.

    ``32x32x3`` (or ``×``; ``32x32`` has depth 1), a number for a vector, or a mapping of axes.

    Raises:
        RuleError: CNN115 when it states none, CNN112 when an axis is not in 1 … 10⁹.
    """
    match value:
        case bool() | None:
            raise _bad(value)
        case int():
            return checked(Volume(depth=value))
        case str():
            return _parse_text(value)
        case Mapping():
            return _parse_mapping(value)
    raise _bad(value, _as_array(format_value(value)))


def _parse_text(text: str) -> Volume:
    if len(text) > _MAX_TEXT or not _X_STRING.fullmatch(text.strip()):
        raise _bad(text, _as_x(text[:_MAX_TEXT]) or _as_array(text[:_MAX_TEXT]))
    sizes = [int(size) for size in re.split(r"[x×X]", text)]
    if len(sizes) == 1:
        return checked(Volume(depth=sizes[0]))
    if len(sizes) > 4:
        raise _bad(text)
    if len(sizes) == 4:
        raise _bad(text, _four_sizes(*sizes))
    width, height, depth = (*sizes, 1)[:3]
    return checked(Volume(depth=depth, spatial=(height, width)))


def _as_x(text: str) -> str:
    """Return what ``32*32*3``, a Cyrillic x or ``“32x32x3”`` are likely to mean."""
    meant = re.sub("[хХ*·]", "x", text).strip(" “”„‘’")
    how = "without quotes" if meant in text else "with a plain x"
    return f"write {meant}, {how}" if _X_STRING.fullmatch(meant) else ""


def _as_array(text: str) -> str:
    """Return what ``(32, 32, 3)``, ``[3, 224, 224]`` or a mapping as text are likely to mean."""
    if text.lstrip().startswith("{"):
        return "on the command line axes are written height=480,width=640,depth=3"
    if not _ARRAY.fullmatch(text.strip()):
        return ""
    first, *others = (int(size) for size in re.findall(r"[0-9]+", text))
    if len(others) == 2 and first in _IMAGE_DEPTHS and others[1] not in _IMAGE_DEPTHS:
        return f"depth first, as arrays are: write {others[1]}x{others[0]}x{first}"
    if len(others) <= 2:
        return f"write {'x'.join(map(str, (first, *others)))}: width, height, depth"
    return ""


def _four_sizes(first: int, second: int, third: int, fourth: int) -> str:
    """Return what four sizes in a row are likely to mean: the shape of a batch, or a 3-D volume."""
    if second in _IMAGE_DEPTHS and fourth not in _IMAGE_DEPTHS:
        return f"a batch, depth first: write {fourth}x{third}x{second}"
    if first == 1:
        return f"a batch: write {third}x{second}x{fourth}"
    return (
        f"a 3-D volume: write "
        f"{{frames: {first}, height: {second}, width: {third}, depth: {fourth}}}"
    )


def _parse_mapping(value: Mapping[str, Any]) -> Volume:
    sizes = dict(value)
    depth = sizes.pop("depth", 1 if sizes else None)
    for axes in AXES.values():
        if set(axes) == set(sizes):
            numbers = [*(sizes[axis] for axis in axes), depth]
            if any(isinstance(n, bool) or not isinstance(n, int) for n in numbers):
                raise _bad(value, "every axis is a whole number")
            return checked(Volume(depth=numbers[-1], spatial=tuple(numbers[:-1])))
    raise _bad(
        value,
        _with_known_axes(value)
        or "the axes are {width, height, depth}, {length, depth} or {frames, height, width, depth}",
    )


_AXIS_WORDS = {"w": "width", "h": "height", "c": "depth", "d": "depth", "l": "length",
               "channels": "depth", "maps": "depth", "time": "length", "t": "frames"}  # fmt: skip
"""What others call the axes."""


def _with_known_axes(value: Mapping[str, Any]) -> str:
    """Return how to write a mapping whose axes have other names, or misspelt ones."""
    names = (*SPATIAL, "depth")
    meant: dict[str, Any] = {}
    for word, size in value.items():
        axis = word if word in names else _AXIS_WORDS.get(word.lower()) or surely_meant(word, names)
        if axis is None or axis in meant:
            return ""
        meant[axis] = size
    known = any(set(axes) == meant.keys() - {"depth"} for axes in AXES.values())
    return f"write {format_value(meant)}" if known else ""


def checked(volume: Volume) -> Volume:
    """Return the volume when each axis is in 1 … 10⁹; raise ``RuleError`` CNN112 otherwise."""
    for axis, size in volume.named().items():
        if not 1 <= size <= MAX_SIZE:
            raise RuleError(
                "CNN112",
                f"{axis} {size:,} is not possible: a volume has 1 to {MAX_SIZE:,} along each axis",
                help=(f"{axis} must be at least 1",) if size < 1 else (),
            )
    return volume


def _bad(value: Any, hint: str = "") -> RuleError:
    shown = format_value(value)
    return RuleError(
        "CNN115",
        f"{shown} is not a volume",
        help=(
            hint or "write WIDTHxHEIGHTxDEPTH such as 32x32x3, a number for a vector,",
            *(() if hint else ("or a mapping such as {width: 640, height: 480, depth: 3}",)),
        ),
    )


def format_value(value: Any, limit: int = 60) -> str:
    """Return a value as a spec would write it, shortened to ``limit`` characters."""
    match value:
        case Mapping():
            text = "{" + ", ".join(f"{k}: {format_value(v, limit)}" for k, v in value.items()) + "}"
        case list() | tuple():
            text = "[" + ", ".join(format_value(v, limit) for v in value[:20]) + "]"
        case None:
            text = "null"
        case bool():
            text = str(value).lower()
        case Fraction():
            text = number(value)
        case _:
            text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
