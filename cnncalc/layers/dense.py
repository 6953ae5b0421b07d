"""Dense layers: flatten, fc, maxout, rbf.

Sources: CS231n notes (a fully connected layer stretches its input); Goodfellow et al. 2013,
Maxout Networks, arXiv:1302.4389; LeCun et al. 1998 (radial basis functions of LeNet-5).
"""

from collections.abc import Iterator

from pydantic import Field

from cnncalc.layers.base import Family, Layer, Step, Weight, bias_of
from cnncalc.layers.derivation import (
    CS231N,
    SYMBOL,
    count_step,
    depth_step,
    macs_step,
    product,
    weight_steps,
)
from cnncalc.layers.fields import Count
from cnncalc.layers.names import Bias, Units
from cnncalc.layers.weighted import Biased, Weighted
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import plural

GOODFELLOW = "Goodfellow et al. 2013, arXiv:1302.4389"
LECUN = "LeCun et al. 1998, output layer"


def factors(volume: Volume) -> tuple[str, str]:
    """Return the size of a volume as a product of its axes: ``W1·H1·D1``, ``5·5·16``."""
    named = volume.named()
    return "·".join(f"{SYMBOL[axis]}1" for axis in named), product(named.values())


def stretched(volume: Volume) -> tuple[str, str]:
    """Return the inputs of a dense layer, as a factor: ``(W1·H1·D1)``, ``(5·5·16)``."""
    letters, numbers = factors(volume)
    return (f"({letters})", f"({numbers})") if volume.rank else (letters, numbers)


class Flatten(Layer):
    """A volume stretched to a vector: map by map, each row by row (PyTorch's order)."""

    family = Family.DENSE
    keeps_nothing = True
    sees_all = True

    def output(self, *volumes: Volume) -> Volume:
        """Return a vector of W·H·D."""
        return Volume(depth=volumes[0].size)

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return D2 = W1·H1·D1."""
        formula, numbers = factors(volumes[0])
        return [depth_step(output, formula, CS231N, numbers)]


class Dense(Weighted):
    """What layers share whose units see every number of the input, stretched to a vector."""

    family = Family.DENSE
    main = "units"
    sample = "10"
    sees_all = True

    units: Units = Field(description="K, the number of units: the output's depth")

    def features(self, volume: Volume) -> tuple[int, str]:
        """Return the numbers of the whole volume, which is stretched first."""
        return volume.size, "input"

    def output(self, *volumes: Volume) -> Volume:
        """Return a vector of K."""
        self.check(volumes[0])
        return Volume(depth=self.units)

    def macs(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return each unit's weights for its inputs, the bias not counted."""
        return self.multiplied(*volumes)

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``4,096 units``, then what differs from the default."""
        yield plural(self.units, "unit")
        yield from super().words(rank)


class FullyConnected(Dense, Biased):
    """A fully connected layer: each unit sees every number of the input.

    A volume is stretched first, as the lecture notes do, so `flatten` before it is optional.
    """

    weight_names = ("kernel", "bias")

    aliases = ("dense", "linear", "fully_connected")

    bias: Bias = Field(True, description="one bias per unit")

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return (K, inputs) and a bias of K."""
        kernel = Weight(
            name="kernel",
            shape=(self.units, volumes[0].size),
            axes=("unit", "input"),
            note="as in PyTorch",
            by_unit=True,
        )
        return (kernel, *self.bias_weights(self.units))

    def connections(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return inputs, plus one for a bias, per unit."""
        return self.units * volumes[0].size + self.biases(output)

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return D2 = K, (W1·H1·D1)·K + K, and (W1·H1·D1)·K."""
        letters, numbers = stretched(volumes[0])
        kernel = f"{letters}·K", f"{numbers}·{self.units}"
        return [depth_step(output, "K"), *self.counted(volumes, output, kernel)]


class Maxout(Dense):
    """Units that each take the largest of several linear pieces of the whole input."""

    weight_names = ("kernel", "bias")

    pieces: Count = Field(2, description="linear pieces per unit")

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return (K, pieces, inputs) and a bias of (K, pieces)."""
        kernel = Weight(
            name="kernel",
            shape=(self.units, self.pieces, volumes[0].size),
            axes=("unit", "piece", "input"),
        )
        return kernel, bias_of(self.units, self.pieces, axes=("unit", "piece"))

    def connections(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return inputs, plus one for the bias, per piece."""
        return self.units * self.pieces * (volumes[0].size + 1)

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``4 units, 2 pieces``."""
        units, *more = super().words(rank)
        yield units
        yield plural(self.pieces, "piece")
        yield from more

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return D2 = K, (inputs + 1)·K·pieces, and inputs·K·pieces."""
        letters, numbers = stretched(volumes[0])
        times = f"·{self.units}·{self.pieces}"
        return [
            depth_step(output, "K", GOODFELLOW),
            count_step(
                self.weights(*volumes),
                f"({letters} + 1)·K·pieces",
                f"({numbers} + 1){times}",
                GOODFELLOW,
            ),
            macs_step(f"{letters}·K·pieces", numbers + times, self.macs(volumes, output)),
        ]


class RadialBasis(Dense):
    """Units that each give the squared distance of the input from a fixed centre (LeNet-5).

    The centres are not trained, so they count as non-trainable.
    """

    weight_names = ("centres",)

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return centres of (K, inputs)."""
        centres = Weight(
            name="centres",
            shape=(self.units, volumes[0].size),
            axes=("unit", "input"),
            trainable=False,
            deviation=1.0,
        )
        return (centres,)

    def connections(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return inputs per unit."""
        return self.units * volumes[0].size

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return D2 = K, and K·inputs centres and MACs."""
        letters, numbers = stretched(volumes[0])
        return [
            depth_step(output, "K", LECUN),
            *weight_steps(self.weights(*volumes), f"K·{letters}", LECUN),
            macs_step(f"{letters}·K", f"{numbers}·{self.units}", self.macs(volumes, output)),
        ]
