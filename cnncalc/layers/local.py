"""A convolution without parameter sharing: locally_connected.

Source: CS231n notes, Convolutional Networks, "Parameter Sharing": the locally-connected layer.
"""

from collections.abc import Iterator

from pydantic import Field

from cnncalc.layers.base import WINDOW_AXES, Step, Weight
from cnncalc.layers.conv import Convolution
from cnncalc.layers.derivation import (
    CS231N,
    area,
    count_step,
    depth_step,
    macs_step,
    places,
    window_steps,
)
from cnncalc.layers.names import Filters
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import plural


class LocallyConnected(Convolution):
    """A convolution without parameter sharing: weights and bias per output position."""

    aliases = ("locally_connected{n}d",)
    main = "filters"

    filters: Filters = Field(description="K, the filters at every position")

    def maps(self, volume: Volume) -> int:
        """Return K."""
        return self.filters

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return (*output, K, D1, *kernel) and a bias of (*output, K)."""
        volume = volumes[0]
        spatial = self.spatial(volume)
        places = WINDOW_AXES[volume.rank]
        kernel = Weight(
            name="kernel",
            shape=(*spatial, self.filters, volume.depth, *self.kernel_sizes(volume)),
            axes=(*places, "filter", "map", *(f"kernel {axis}" for axis in places)),
        )
        return (kernel, *self.bias_weights(*spatial, self.filters, axes=(*places, "filter")))

    def macs(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return the kernel's weights: each is used at one position."""
        return self.multiplied(*volumes)

    def connections(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return inputs read, plus one for a bias, per neuron."""
        return self.taps(volumes[0]) * volumes[0].depth * self.filters + self.biases(output)

    def filter_words(self) -> Iterator[str]:
        """Yield ``64 filters, unshared``."""
        yield plural(self.filters, "filter")
        yield "unshared"

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return sizes, (W2·H2)·((F·F·D1)·K + K), and the MACs."""
        volume = volumes[0]
        sides, taps = area(self.kernel_sizes(volume))
        letters, positions = places(output, 2)
        formula, numbers = f"({sides}·D1)·K", f"({taps}·{volume.depth})·{self.filters}"
        plus = (" + K", f" + {self.filters}") if self.bias else ("", "")
        return [
            *window_steps(self.windows(volume)),
            depth_step(output, "K"),
            count_step(
                self.weights(*volumes),
                f"{letters}·({formula}{plus[0]})",
                f"{positions}·({numbers}{plus[1]})",
                CS231N,
            ),
            macs_step(f"{letters}·{formula}", f"{positions}·{numbers}", self.macs(volumes, output)),
        ]
