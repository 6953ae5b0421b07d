"""Convolutions in two steps, map by map and then across maps: depthwise_conv, separable_conv.

Source: Howard et al. 2017, MobileNets, arXiv:1704.04861, section 3.1.
"""

from collections.abc import Iterator

from pydantic import Field

from cnncalc.layers.base import WINDOW_AXES, Step, Weight
from cnncalc.layers.conv import Convolution
from cnncalc.layers.derivation import area, depth_step, places, window_steps
from cnncalc.layers.names import Filters, Multiplier
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import plural

HOWARD = "Howard et al. 2017, arXiv:1704.04861"


def depthwise(name: str, volume: Volume, maps: int, kernel: tuple[int, ...]) -> Weight:
    """Return the kernels of ``maps`` filters that see one map each."""
    return Weight(
        name=name,
        shape=(maps, 1, *kernel),
        axes=("filter", "1", *WINDOW_AXES[volume.rank]),
        note="the filters of a map side by side",
    )


class DepthwiseConv(Convolution):
    """A convolution whose filters see one map each: `multiplier` filters per map.

    With `trainable: false`, and `weights` that state a kernel for one map, it is a fixed filter:
    a blur before a stride is BlurPool (Zhang 2019, arXiv:1904.11486).
    """

    aliases = ("dwconv", "depthwise_conv{n}d")

    multiplier: Multiplier = Field(1, description="M, the filters per input map")
    sample = "{kernel: 3}"

    def maps(self, volume: Volume) -> int:
        """Return D1·M."""
        return volume.depth * self.multiplier

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return (D1·M, 1, *kernel) and a bias of D1·M."""
        maps = self.maps(volumes[0])
        kernel = depthwise("kernel", volumes[0], maps, self.kernel_sizes(volumes[0]))
        return (kernel, *self.bias_weights(maps))

    def connections(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return taps on the input of every map, plus one for a bias, per neuron."""
        return self.taps(volumes[0]) * output.depth + self.biases(output)

    def filter_words(self) -> Iterator[str]:
        """Yield ``×2 maps``."""
        if self.multiplier > 1:
            yield f"×{self.multiplier} maps"

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return sizes, (F·F)·D1·M + D1·M, and (F·F)·D1·M·(W2·H2)."""
        volume = volumes[0]
        sides, taps = area(self.kernel_sizes(volume))
        maps = f"{volume.depth}·{self.multiplier}"
        kernel, at = (f"({sides})·D1·M", f"({taps})·{maps}"), places(output, 2)
        return [
            *window_steps(self.windows(volume)),
            depth_step(output, "D1·M", HOWARD, maps),
            *self.counted(volumes, output, kernel, per="D1·M", at=at, sources=(HOWARD, HOWARD)),
        ]


class SeparableConv(Convolution):
    """A depthwise convolution, then a pointwise (1×1) one; one bias, after the pointwise step."""

    weight_names = ("depthwise", "pointwise", "bias")

    aliases = ("sepconv", "separable_conv{n}d")
    main = "filters"

    filters: Filters = Field(description="K, the filters of the pointwise step")
    multiplier: Multiplier = Field(1, description="M, the depthwise filters per input map")

    def maps(self, volume: Volume) -> int:
        """Return K; the window is that of the depthwise step."""
        return self.filters

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return depthwise (D1·M, 1, *kernel), pointwise (K, D1·M, 1, …) and a bias of K."""
        volume = volumes[0]
        between = volume.depth * self.multiplier
        pointwise = Weight(
            name="pointwise",
            shape=(self.filters, between, *(1,) * volume.rank),
            axes=("filter", "map", *("1",) * volume.rank),
            depth_innermost=True,
        )
        return (
            depthwise("depthwise", volume, between, self.kernel_sizes(volume)),
            pointwise,
            *self.bias_weights(self.filters),
        )

    def connections(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return what the depthwise neurons read, then the pointwise ones, plus biases."""
        between = volumes[0].depth * self.multiplier
        pointwise = output.positions * between * self.filters
        return self.taps(volumes[0]) * between + pointwise + self.biases(output)

    def activations(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return the numbers that leave the depthwise and the pointwise step."""
        between = volumes[0].depth * self.multiplier
        return output.positions * (between + self.filters)

    def filter_words(self) -> Iterator[str]:
        """Yield ``64 filters, ×2 maps``."""
        yield plural(self.filters, "filter")
        if self.multiplier > 1:
            yield f"×{self.multiplier} maps"

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return sizes, (F·F)·D1·M + D1·M·K + K, and the MACs of both steps."""
        volume = volumes[0]
        sides, taps = area(self.kernel_sizes(volume))
        maps = f"{volume.depth}·{self.multiplier}"
        kernel = f"({sides})·D1·M + D1·M·K", f"({taps})·{maps} + {maps}·{self.filters}"
        at = places(output, 2)
        return [
            *window_steps(self.windows(volume)),
            depth_step(output, "K", HOWARD),
            *self.counted(volumes, output, kernel, at=at, sources=(HOWARD, HOWARD)),
        ]
