"""Layers that move pixels between space and depth: upsample, shuffles, space_to_depth.

Sources: PyTorch documentation (Upsample, PixelShuffle, PixelUnshuffle, ChannelShuffle);
Shi et al. 2016, arXiv:1609.05158 (pixel shuffle); ONNX and TensorFlow (DepthToSpace, Resize);
Zhang et al. 2017, arXiv:1707.01083 (channel shuffle).
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from cnncalc.layers.axes import kept_per_axis, per_axis, resized
from cnncalc.layers.base import (
    Family,
    Layer,
    Reads,
    SameShape,
    Step,
    need_spatial,
)
from cnncalc.layers.derivation import axis_steps, depth_step, product
from cnncalc.layers.fields import AnyCase, Count, Extents, Flag, PerAxis
from cnncalc.layers.fixes.divide import check_maps, common_divisors
from cnncalc.layers.names import Groups
from cnncalc.layers.window import size_words
from cnncalc.maths.reads import Read
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import either, times
from cnncalc.problems.model import Fix, RuleError

SHI = "Shi et al. 2016, arXiv:1609.05158"
UNSHUFFLE = "PyTorch, PixelUnshuffle"
ORDER = (
    "what comes first in the depth: `crd`, the map, then the pixel of the block (PyTorch); `dcr`, "
    "the pixel of the block, then the map (TensorFlow, ONNX unless its mode is CRD)"
)
Order = Annotated[Literal["crd", "dcr"], AnyCase]
Mode = Annotated[Literal["nearest", "nearest-exact", "bilinear", "bicubic"], AnyCase]


class Upsample(Layer):
    """Each map enlarged by a factor, or to a size, without parameters.

    With W pixels becoming V, pixel i takes, as in PyTorch and along every axis: `nearest` pixel
    ⌊i·W/V⌋ (ONNX: asymmetric, floor); `nearest-exact` pixel ⌊(i + ½)·W/V⌋ (ONNX: half_pixel,
    round_prefer_ceil); `bilinear` and `bicubic` the 2 or 4 pixels around (i + ½)·W/V − ½ (ONNX:
    half_pixel), or around i·(W − 1)/(V − 1) with `align_corners`. Bicubic is that of Keys 1981
    with a = −¾. Beyond the border the last pixel is repeated.
    """

    aliases = ("interpolate", "resize", "upsampling{n}d", "up_sampling{n}d")
    family = Family.SHAPE
    main = "factor"
    sample = "2"

    factor: PerAxis | None = Field(
        None,
        description="by how much each axis grows",
        validation_alias=AliasChoices("factor", "scale_factor", "upscale_factor"),
    )
    size: Extents | None = Field(
        None,
        description="the size of the output, instead of a factor; "
        "an axis that is left out keeps its own",
    )
    mode: Mode = Field(
        "nearest",
        description="how the new pixels are computed",
        validation_alias=AliasChoices("mode", "interpolation"),
    )
    align_corners: Flag = Field(
        False, description="whether the centres of the first and last pixels stay where they are"
    )

    def output(self, *volumes: Volume) -> Volume:
        """Return D maps of W·factor, or of the stated size."""
        volume = volumes[0]
        need_spatial(volume, "upsample")
        if self.size is not None and self.factor is not None:
            text = "factor and size both say how large the output is"
            raise RuleError("CNN111", text, field="size", help=("leave one of them out",))
        if self.align_corners and self.mode.startswith("nearest"):
            text = f"align_corners is for bilinear and bicubic, not for {self.mode}"
            raise RuleError("CNN111", text, field="align_corners", help=("leave it out",))
        if self.size is not None:
            return volume.sized(kept_per_axis(self.size, volume, "size"))
        if self.factor is None:
            text = "upsample needs a factor or a size"
            raise RuleError("CNN110", text, help=("`upsample: 2`, or `upsample: {size: 56}`",))
        factors = per_axis(self.factor, volume, "factor")
        sizes = zip(volume.spatial, factors, strict=True)
        return volume.sized(tuple(size * factor for size, factor in sizes))

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return the pixels that each new pixel is made of."""
        axes = resized(volume, output)
        return {axis: self._read(size, to) for axis, size, to in axes if to != size}

    def _read(self, size: int, to: int) -> Read:
        if size == 1:
            return Read.everything(1)
        if self.mode == "nearest":
            return Read.nearest(Fraction(to, size))
        if self.mode == "nearest-exact":
            return Read.nearest_exact(Fraction(to, size))
        beyond = 1 if self.mode == "bicubic" else 0
        if self.align_corners:
            return Read.interpolated(Fraction(size - 1, max(to - 1, 1)), 0, beyond)
        return Read.half_pixel(Fraction(to, size), beyond)

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``×2, nearest``, or ``to 56×56, nearest``."""
        if self.size is not None:
            yield f"to {size_words(self.size, rank, repeat=True)}"
        elif self.factor is not None:
            yield f"×{size_words(self.factor, rank)}"
        yield self.mode
        if self.align_corners:
            yield "corners aligned"

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return W1·factor, or the stated size, and D2 = D1."""
        volume = volumes[0]
        axes = resized(volume, output)
        source = "PyTorch, Upsample"
        if self.size is not None:
            steps = axis_steps(((axis, "size", "", to) for axis, _, to in axes), source)
        else:
            lines = ((axis, "@1·factor", f"{size}·{to // size}", to) for axis, size, to in axes)
            steps = axis_steps(lines, source)
        return [*steps, depth_step(output, "D1", source)]


class PixelShuffle(Layer):
    """Depth to space: r·r maps become one map of r times the width and height.

    In PyTorch's order, the map first; `depth_to_space` is the same in TensorFlow's and ONNX's.
    """

    family = Family.SHAPE
    main = "factor"
    sample = "2"

    factor: Count = Field(
        description="r, by how much each axis grows",
        validation_alias=AliasChoices("factor", "upscale_factor", "block_size"),
        examples=[2],
    )
    order: Order = Field("crd", description=ORDER)

    def output(self, *volumes: Volume) -> Volume:
        """Return D/rⁿ maps of W·r, with n spatial axes."""
        volume = volumes[0]
        need_spatial(volume, "a pixel shuffle")
        block = self.factor**volume.rank
        if volume.depth % block:
            roots = range(1, 65)
            fitting = [r for r in roots if volume.depth % r**volume.rank == 0][-3:]
            multiple = -(-volume.depth // block) * block
            raise RuleError(
                "CNN312",
                f"a depth of {volume.depth:,} does not divide by {_power(self.factor, volume)} "
                f"({volume})",
                field="factor",
                help=(
                    f"factor: {either(fitting)} divides it",
                    f"a 1×1 convolution before it can give {multiple:,} maps",
                ),
                fixes=tuple(Fix(field="factor", value=r) for r in fitting),
            )
        return Volume(
            depth=volume.depth // block,
            spatial=tuple(size * self.factor for size in volume.spatial),
        )

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return that r positions in a row read the same one."""
        return {axis: Read.nearest(self.factor) for axis in volume.axes if self.factor > 1}

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``×2, crd``."""
        yield f"×{self.factor}"
        yield self.order

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return W1·r and D1/(r·r)."""
        volume, r = volumes[0], self.factor
        lines = ((axis, "@1·r", f"{size}·{r}", to) for axis, size, to in resized(volume, output))
        letters, numbers = _block(r, volume.rank)
        depth = depth_step(output, f"D1/{letters}", SHI, f"{volume.depth}/{numbers}")
        return [*axis_steps(lines, SHI), depth]


class DepthToSpace(PixelShuffle):
    """Depth to space, with the pixel of the block first in the depth, then the map.

    TensorFlow's order, and ONNX's unless its mode is CRD.
    """

    order: Order = Field("dcr", description=ORDER)


def _block(factor: int, rank: int) -> tuple[str, str]:
    """Return the pixels of a block, in letters and numbers: ``(r·r)`` and ``(2·2)``."""
    letters, numbers = "·".join(["r"] * rank), product([factor] * rank)
    return (letters, numbers) if rank == 1 else (f"({letters})", f"({numbers})")


def _power(factor: int, volume: Volume) -> str:
    """Return ``2² = 4``."""
    if volume.rank == 1:
        return str(factor)
    return f"{factor}{'⁰¹²³'[volume.rank]} = {factor**volume.rank:,}"


class SpaceToDepth(Layer):
    """Space to depth: each block of r×r pixels becomes r·r maps; undoes `pixel_shuffle`.

    In PyTorch's order, the map first in the new depth. TensorFlow's and ONNX's SpaceToDepth is
    `order: dcr`, which undoes `depth_to_space`.
    """

    aliases = ("pixel_unshuffle",)
    family = Family.SHAPE
    main = "factor"
    sample = "2"

    factor: Count = Field(
        description="r, by how much each axis shrinks",
        validation_alias=AliasChoices("factor", "downscale_factor", "block_size"),
        examples=[2],
    )
    order: Order = Field("crd", description=ORDER)

    def output(self, *volumes: Volume) -> Volume:
        """Return D·rⁿ maps of W/r, with n spatial axes."""
        volume, r = volumes[0], self.factor
        need_spatial(volume, "space_to_depth")
        wrong = [f"{axis} {size:,}" for axis, size in volume.sizes.items() if size % r]
        if wrong:
            fitting = common_divisors(r, *volume.spatial)
            larger = times(-(-size // r) * r for size in volume.spatial)
            raise RuleError(
                "CNN312",
                f"factor {r} does not divide {' and '.join(wrong)} ({volume})",
                field="factor",
                help=(f"factor: {either(fitting)} divides; pad to {larger} fits",),
                fixes=tuple(Fix(field="factor", value=n) for n in fitting),
            )
        return Volume(
            depth=volume.depth * r**volume.rank, spatial=tuple(size // r for size in volume.spatial)
        )

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return that each position reads a block of r."""
        return {axis: Read.window(self.factor, self.factor) for axis in volume.axes}

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``/2, crd``."""
        yield f"/{self.factor}"
        yield self.order

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return W1/r and D1·(r·r)."""
        volume, r = volumes[0], self.factor
        lines = ((axis, "@1/r", f"{size}/{r}", to) for axis, size, to in resized(volume, output))
        letters, numbers = _block(r, volume.rank)
        depth = depth_step(output, f"D1·{letters}", UNSHUFFLE, f"{volume.depth}·{numbers}")
        return [*axis_steps(lines, UNSHUFFLE), depth]


class ChannelShuffle(SameShape):
    """The maps of several groups dealt out, so that the next groups see some of each."""

    family = Family.SHAPE
    main = "groups"
    sample = "4"

    groups: Groups = Field(description="groups of maps; must divide the depth")

    def check(self, volume: Volume) -> None:
        """Raise ``RuleError`` CNN312 when the groups do not divide the depth."""
        check_maps(self.groups, volume)

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``4 groups``."""
        yield f"{self.groups} groups"
