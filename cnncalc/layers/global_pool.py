"""Pooling to a given size: global_avgpool, global_maxpool, adaptive_avgpool, adaptive_maxpool.

Sources: Lin et al. 2013, Network In Network, arXiv:1312.4400 (global average pooling); PyTorch
documentation, AdaptiveAvgPool2d (windows from ⌊i·W/out⌋ to ⌈(i + 1)·W/out⌉).
"""

from collections.abc import Iterator

from pydantic import AliasChoices, Field

from cnncalc.layers.axes import kept_per_axis, resized
from cnncalc.layers.base import Family, Layer, Reads, Step, need_spatial
from cnncalc.layers.derivation import axis_steps, depth_step
from cnncalc.layers.fields import Extents
from cnncalc.layers.window import size_words
from cnncalc.maths.reads import Read
from cnncalc.maths.volume import Volume

LIN = "Lin et al. 2013, arXiv:1312.4400"
PYTORCH = "PyTorch, AdaptiveAvgPool2d"


class GlobalPool(Layer):
    """What global pooling shares: each map becomes one number."""

    family = Family.POOLING

    def output(self, *volumes: Volume) -> Volume:
        """Return 1×1×D: the spatial axes stay, with size 1."""
        need_spatial(volumes[0], "global pooling")
        return volumes[0].sized((1,) * volumes[0].rank)

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return that the one position reads the whole map."""
        return {axis: Read.everything(size) for axis, size in volume.sizes.items()}

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return sizes 1 and D2 = D1."""
        sizes = axis_steps(((axis, "1", "", 1) for axis in volumes[0].axes), LIN)
        return [*sizes, depth_step(output, "D1", LIN)]


class GlobalAvgPool(GlobalPool):
    """The mean of each map: 1×1×D, whatever the size of the input."""

    aliases = (
        "gap",
        "global_avg_pool",
        "global_average_pool",
        "global_avgpool{n}d",
        "global_avg_pool{n}d",
        "global_average_pooling{n}d",
    )


class GlobalMaxPool(GlobalPool):
    """The largest value of each map: 1×1×D, whatever the size of the input."""

    aliases = (
        "global_max_pool",
        "global_maxpool{n}d",
        "global_max_pool{n}d",
        "global_max_pooling{n}d",
    )


class AdaptivePool(Layer):
    """What adaptive pooling shares: windows that divide the input into ``output`` parts."""

    family = Family.POOLING
    main = "output"
    sample = "7"

    sizes: Extents = Field(
        description="the size of the output; an axis that is left out keeps its own",
        validation_alias=AliasChoices("output", "output_size"),
        examples=[7],
    )

    def output(self, *volumes: Volume) -> Volume:
        """Return D maps of the stated size."""
        volume = volumes[0]
        need_spatial(volume, "adaptive pooling")
        return volume.sized(kept_per_axis(self.sizes, volume, "output"))

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return the windows ⌊i·W/out⌋ … ⌈(i + 1)·W/out⌉."""
        return {
            axis: Read.adaptive(size, wanted) if wanted > 1 else Read.everything(size)
            for axis, size, wanted in resized(volume, output)
            if size != wanted
        }

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``to 7×7``."""
        yield f"to {size_words(self.sizes, rank, repeat=True)}"

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return the stated sizes and D2 = D1."""
        lines = ((axis, "out", "", size) for axis, size in output.sizes.items())
        return [*axis_steps(lines, PYTORCH), depth_step(output, "D1", PYTORCH)]


class AdaptiveAvgPool(AdaptivePool):
    """The mean of windows that divide the input into ``output`` parts, whatever its size.

    Window i reaches from ⌊i·W/out⌋ to ⌈(i + 1)·W/out⌉, so windows may overlap by a pixel.
    """

    aliases = ("adaptive_avg_pool", "adaptive_avgpool{n}d", "adaptive_avg_pool{n}d")


class AdaptiveMaxPool(AdaptivePool):
    """The largest value of windows that divide the input into ``output`` parts.

    Window i reaches from ⌊i·W/out⌋ to ⌈(i + 1)·W/out⌉, so windows may overlap by a pixel.
    """

    aliases = ("adaptive_max_pool", "adaptive_maxpool{n}d", "adaptive_max_pool{n}d")
