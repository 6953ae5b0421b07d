"""Pooling windows: maxpool, avgpool, lppool.

Sources: CS231n notes, Convolutional Networks ((W − F)/S + 1, depth unchanged, no parameters);
LeCun et al. 1998 (trainable pooling); PyTorch documentation (LPPool2d, count_include_pad).
"""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import AliasChoices, Field

from cnncalc.layers.base import Family, Step, Weight, bias_of
from cnncalc.layers.derivation import depth_step, weight_steps, window_steps
from cnncalc.layers.fields import Flag, PerAxis, Positive, Rounded
from cnncalc.layers.names import STRIDE
from cnncalc.layers.window import Windowed
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import number


class Pool(Windowed):
    """What the pooling windows share: each map is pooled on its own."""

    family = Family.POOLING
    main = "kernel"
    sample = "2"
    pooling = True
    flags: ClassVar[dict[str, tuple[str, str]]] = {"ceil_mode": ("floor", "ceil")}
    not_fields: ClassVar[dict[str, str]] = {
        "mode": "write the kind: avgpool, maxpool or lppool",
        "size": "the size of the window is `kernel`",
    }

    kernel: PerAxis = Field(
        description="F, the size of the window",
        validation_alias=AliasChoices("kernel", "F", "kernel_size", "pool_size"),
        examples=[3],
    )
    stride: PerAxis | None = Field(
        None,
        description="S, the step between windows; default: the kernel",
        validation_alias=STRIDE,
    )
    rounding: Rounded = Field(
        "strict",
        description="what happens where windows do not fit; `ceil` keeps a partial one",
        validation_alias=AliasChoices("rounding", "ceil_mode"),
    )

    def output(self, *volumes: Volume) -> Volume:
        """Return as many maps of (W − F + 2P)/S + 1."""
        return volumes[0].sized(self.spatial(volumes[0]))

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``2×2``, or ``3×3, /2`` where the stride is not the kernel."""
        yield from self.window_words(rank)

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return sizes, D2 = D1, and the parameters where there are some."""
        windows = self.windows(volumes[0])
        return [*window_steps(windows, pooling=True), depth_step(output, "D1")]


class MaxPool(Pool):
    """The largest value of each window, map by map; padding never wins."""

    aliases = ("max_pool", "maxpool{n}d", "max_pool{n}d", "max_pooling{n}d")


class AvgPool(Pool):
    """The mean of each window, map by map.

    Padding is left out of the mean unless ``count_padding`` is true. With ``trainable``, the sum
    is multiplied by a coefficient and added to a bias, one of each per map, as LeNet-5 of 1998
    does.
    """

    aliases = ("avg_pool", "average_pool", "avgpool{n}d", "avg_pool{n}d", "average_pooling{n}d")

    weight_names = ("coefficient", "bias")

    count_padding: Flag = Field(
        False,
        description="whether the zeros of the padding count in the mean",
        validation_alias=AliasChoices("count_padding", "count_include_pad"),
    )
    trainable: Flag = Field(
        False, description="a coefficient and a bias per map (LeNet-5's subsampling)"
    )

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return a coefficient and a bias of D when trainable."""
        if not self.trainable:
            return ()
        depth = volumes[0].depth
        coefficient = Weight(name="coefficient", shape=(depth,), mean=0.25, deviation=0.05)
        return coefficient, bias_of(depth)

    def connections(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return inputs read, plus one for the bias, per neuron of a trainable pool."""
        if not self.trainable:
            return 0
        return self.taps(volumes[0]) * output.depth + output.size

    def words(self, rank: int) -> Iterator[str]:
        """Yield the window, and what is not the default."""
        yield from super().words(rank)
        if self.count_padding:
            yield "padding counts"
        if self.trainable:
            yield "trainable"

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return sizes, D2 = D1, and 2·D1 parameters of a trainable pool."""
        weights = weight_steps(self.weights(*volumes), "D1", "LeCun et al. 1998, S2")
        return [*super().derivation(volumes, output), *weights]


class LpPool(Pool):
    """The p-norm of each window, map by map: (Σ |x|ᵖ)^(1/p), as ONNX's LpPool."""

    aliases = ("lp_pool", "lppool{n}d", "lp_pool{n}d")

    p: Positive = Field(
        2, description="the power of the norm", validation_alias=AliasChoices("p", "norm_type")
    )

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``2×2, p = 2``."""
        yield from super().words(rank)
        yield f"p = {number(self.p)}"
