"""Layers that change the border of a volume: pad, crop."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AliasChoices, Field

from cnncalc.layers.axes import kept_per_axis, per_side
from cnncalc.layers.base import Family, Layer, Reads, Step, need_spatial
from cnncalc.layers.checks import SIDE_NAMES
from cnncalc.layers.derivation import axis_steps, depth_step
from cnncalc.layers.fields import AnyCase, Extents, Like, Margins, Number, Size
from cnncalc.layers.window import size_words
from cnncalc.maths.reads import Read
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import number, plural
from cnncalc.problems.model import RuleError

Borders = tuple[tuple[int, int], ...]
"""(before, after) for each spatial axis, in array order."""
PadMode = Annotated[Literal["constant", "reflect", "edge", "wrap"], AnyCase]
SIDES_WORDS = "pixels per side: one number, axes, or sides"


class Border(Layer):
    """What pad and crop share: pixels per side, stated in one way."""

    family = Family.SHAPE
    main = "sides"
    sample = "2"
    ways: ClassVar[tuple[str, ...]] = ("sides",)
    example: ClassVar[str] = ""

    sides: Margins | None = Field(
        None,
        description=SIDES_WORDS,
        validation_alias=AliasChoices("sides", "padding"),
    )
    left: Size | None = Field(None, description="pixels before the first column (1-D: position)")
    right: Size | None = Field(None, description="pixels after the last column (1-D: position)")
    top: Size | None = Field(None, description="pixels above the first row")
    bottom: Size | None = Field(None, description="pixels below the last row")
    front: Size | None = Field(None, description="pixels before the first frame")
    back: Size | None = Field(None, description="pixels after the last frame")

    def named_sides(self) -> dict[str, int]:
        """Return the sides that are stated as fields."""
        stated = ((side, getattr(self, side)) for side in SIDE_NAMES)
        return {side: size for side, size in stated if size is not None}

    def way(self) -> str:
        """Return the one field that says how much, or the first of the named sides.

        Raises:
            RuleError: CNN110 when there is none, CNN111 when there are several.
        """
        stated = [field for field in self.ways if getattr(self, field) is not None]
        stated += list(self.named_sides())[:1]
        if not stated:
            text = "nothing says how many pixels, on which sides"
            raise RuleError("CNN110", text, help=(f"such as {self.example}",))
        if len(stated) > 1:
            text = f"{' and '.join(stated)} both say how many pixels"
            raise RuleError("CNN111", text, field=stated[1], help=("leave one of them out",))
        return stated[0]

    def borders(self, volume: Volume) -> Borders:
        """Return the pixels of each side."""
        field = self.way()
        if field == "sides":
            stated: Any = self.sides
        else:
            stated = self.named_sides()
        return per_side(stated, volume, field)

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``2 each side``, or ``left 1 top 1``."""
        stated = self.named_sides() if self.sides is None else self.sides
        if isinstance(stated, int):
            yield f"{stated} each side"
        elif stated:
            yield size_words(stated, rank)


class Pad(Border):
    """Pixels of one value around each map, zeros unless stated otherwise.

    `mode` takes them from the map instead: `reflect` mirrors it without its edge, `edge` repeats
    the edge, `wrap` goes on at the other side (NumPy's words; PyTorch: replicate, circular).
    `depth` adds whole maps behind the others, such as those that a shortcut without parameters
    fills up with (He et al. 2015, option A); with it alone, vectors are padded too.
    """

    aliases = ("zero_pad{n}d", "zero_padding{n}d")
    example = "pad: 2, pad: {left: 1, top: 1}, or pad: {depth: 16}"

    depth: Size | None = Field(None, description="maps added behind the others")
    value: Number = Field(0, description="the value of the added pixels")
    mode: PadMode = Field("constant", description="where the added pixels come from")

    def borders(self, volume: Volume) -> Borders:
        """Return the pixels of each side: none where only maps are added."""
        if self.depth is not None and self.sides is None and not self.named_sides():
            return ((0, 0),) * volume.rank
        return super().borders(volume)

    def output(self, *volumes: Volume) -> Volume:
        """Return W + before + after along each axis, and D + the maps that are added."""
        volume = volumes[0]
        if self.depth is None or self.sides is not None or self.named_sides():
            need_spatial(volume, "pad")
        borders = self.borders(volume)
        if self.mode != "constant":
            self._check_mode(volume, borders)
        sizes = zip(volume.spatial, borders, strict=True)
        spatial = tuple(size + before + after for size, (before, after) in sizes)
        return Volume(depth=volume.depth + (self.depth or 0), spatial=spatial)

    def _check_mode(self, volume: Volume, borders: Borders) -> None:
        """Raise ``RuleError`` when the maps do not hold as many pixels as are taken from them."""
        for field, stated in (("value", self.value), ("depth", self.depth)):
            if stated:
                text = f"`{field}` is about added pixels of one value, not about {self.mode}"
                raise RuleError("CNN111", text, field=field, help=("leave one of them out",))
        for axis, size, sides in zip(volume.axes, volume.spatial, borders, strict=True):
            most = {"reflect": size - 1, "wrap": size}.get(self.mode, max(sides))
            if max(sides) > most:
                text = f"{self.mode} takes {max(sides)} pixels of the {axis} of {size:,}"
                hint = f"at most {most} can be taken on each side"
                raise RuleError("CNN309", text, field=("sides", *SIDE_NAMES), help=(hint,))

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return the shift by the pixels before."""
        sides = zip(volume.axes, self.borders(volume), strict=True)
        return {axis: Read.shift(-before) for axis, (before, _) in sides if before}

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``2 each side``, ``left 1 top 1`` or ``16 maps``."""
        yield from super().words(rank)
        if self.depth is not None:
            yield plural(self.depth, "map")
        if self.value:
            yield f"value {number(self.value)}"
        if self.mode != "constant":
            yield self.mode

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return W1 + P₁ + P₂, and D1 + the maps that are added."""
        volume, borders = volumes[0], self.borders(volumes[0])
        steps = _border_steps(volume, borders, output, "+") if any(map(any, borders)) else []
        if self.depth is not None:
            numbers = f"{volume.depth:,} + {self.depth:,}"
            steps.append(depth_step(output, "D1 + maps", "", numbers))
        return steps


def _border_steps(volume: Volume, borders: Borders, output: Volume, sign: str) -> list[Step]:
    axes = zip(volume.axes, volume.spatial, borders, output.spatial, strict=True)
    return axis_steps(
        (axis, f"@1 {sign} P₁ {sign} P₂", f"{size} {sign} {before} {sign} {after}", result)
        for axis, size, (before, after), result in axes
    )


class Crop(Border):
    """The middle of each map, or what is left when pixels are cut off its sides.

    Stated by `sides` (or side names), by the `size` that is left, or by `like`, the name of a
    layer whose size it takes. Where the size is given, the middle is kept; the odd pixel is cut
    at the bottom and right.
    """

    aliases = ("cropping{n}d",)
    ways = ("sides", "size", "like")
    example = "crop: 2, crop: {size: 24}, or crop: {like: NAME}"

    sides: Margins | None = Field(
        None,
        description=SIDES_WORDS,
        validation_alias=AliasChoices("sides", "cropping", "padding"),
    )
    size: Extents | None = Field(
        None, description="the size that is left; an axis that is left out keeps its own"
    )
    like: Like | None = Field(
        None, description="the name of an earlier layer whose width and height it takes"
    )

    def borders(self, volume: Volume) -> Borders:
        """Return the pixels cut off each side.

        Raises:
            RuleError: CNN309 when more is cut than there is.
        """
        field = self.way()
        if field in ("size", "like"):
            wanted = self._wanted(volume, field)
            cut = [have - want for have, want in zip(volume.spatial, wanted, strict=True)]
            if any(pixels < 0 for pixels in cut):
                left = volume.sized(wanted)
                text = f"an input of {volume} is too small to be cropped to {left}"
                hint = "crop only makes smaller: pad or upsample makes larger"
                raise RuleError("CNN309", text, field=field, help=(hint,))
            return tuple((pixels // 2, pixels - pixels // 2) for pixels in cut)
        borders = super().borders(volume)
        for axis, have, (before, after) in zip(volume.axes, volume.spatial, borders, strict=True):
            if before + after >= have:
                raise RuleError(
                    "CNN309",
                    f"cutting {before} and {after} leaves nothing of the {axis} of {have:,}",
                    field=("sides", *SIDE_NAMES),
                    help=(f"at most {have - 1} can be cut in all",),
                )
        return borders

    def _wanted(self, volume: Volume, field: str) -> tuple[int, ...]:
        """Return the size that is left, in array order."""
        if field == "size" and self.size is not None:
            return kept_per_axis(self.size, volume, field)
        if not isinstance(self.like, Volume):
            text = f"`{self.like}` is not a layer before this one"
            raise RuleError("CNN202", text, field=field)
        if self.like.rank != volume.rank:
            raise RuleError("CNN306", f"{self.like} and {volume} have different axes", field=field)
        return self.like.spatial

    def output(self, *volumes: Volume) -> Volume:
        """Return W − before − after along each axis."""
        volume = volumes[0]
        need_spatial(volume, "crop")
        sizes = zip(volume.spatial, self.borders(volume), strict=True)
        return volume.sized(tuple(size - before - after for size, (before, after) in sizes))

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return the shift by the pixels cut off before."""
        sides = zip(volume.axes, self.borders(volume), strict=True)
        return {axis: Read.shift(before) for axis, (before, _) in sides if before}

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``2 each side``, ``to 24×24``, or ``like a layer``."""
        if self.size is not None:
            yield f"to {size_words(self.size, rank, repeat=True)}"
        elif isinstance(self.like, Volume):
            yield f"to {size_words(self.like.spatial, rank)}"
        elif self.like is not None:
            yield f"to {self.like}"
        else:
            yield from super().words(rank)

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return W1 − P₁ − P₂."""
        return _border_steps(volumes[0], self.borders(volumes[0]), output, "−")
