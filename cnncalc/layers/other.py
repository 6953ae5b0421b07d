"""Layers that change no shape: dropout, scale, identity."""

from fractions import Fraction
from typing import ClassVar

from pydantic import Field

from cnncalc.layers.base import Family, SameShape, Step, Weight
from cnncalc.layers.derivation import weight_steps
from cnncalc.layers.fields import Number, Share
from cnncalc.layers.names import named
from cnncalc.layers.weighted import Weighted
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import number


class Dropout(SameShape):
    """Numbers set to 0 at random while training; nothing happens afterwards."""

    aliases: ClassVar[tuple[str, ...]] = ("dropout{n}d", "spatial_dropout{n}d")
    family: ClassVar[Family] = Family.OTHER
    main: ClassVar[str | None] = "rate"
    sample: ClassVar[str] = "0.5"
    keeps_nothing: ClassVar[bool] = True

    rate: Share = Field(
        Fraction(1, 2),
        description="the share that is set to 0",
        validation_alias=named("rate", "p", "dropout_ratio"),
    )

    def hyperparameters(self, *volumes: Volume | None) -> str:
        """Return ``rate 0.5``."""
        return f"rate {number(self.rate)}"


class Scale(Weighted, SameShape):
    """Each map times a trained factor of its own, such as ConvNeXt's layer scale.

    `by` states one constant factor for all instead, which is not trained and no parameter, such
    as the residual scaling of Inception-ResNet.
    """

    weight_names: ClassVar[tuple[str, ...]] = ("factor",)

    family: ClassVar[Family] = Family.OTHER
    overwrites: ClassVar[bool] = True

    main: ClassVar[str | None] = "by"

    by: Number | None = Field(
        None, description="a constant factor; default: a trained one for each map"
    )

    def output(self, *volumes: Volume) -> Volume:
        """Return the input's own volume."""
        self.check_depth(volumes[0])
        return volumes[0]

    def weights(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return a factor of D, unless it is a constant."""
        if self.by is not None:
            return ()
        return (Weight(name="factor", shape=(volumes[0].depth,), mean=1.0, deviation=0.1),)

    def hyperparameters(self, *volumes: Volume | None) -> str:
        """Return ``by 0.17`` where it is a constant, and the activation where there is one."""
        by = [] if self.by is None else [f"by {number(self.by)}"]
        return ", ".join([*by, *self.activation_words()])

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return the shape and D factors, or no parameters."""
        if self.by is not None:
            return super().derivation(volumes, output)
        source = "Touvron et al. 2021, arXiv:2103.17239 (LayerScale)"
        steps = weight_steps(self.weights(*volumes), ("D", ""), source)
        return [*super().derivation(volumes, output), *steps]


class Identity(SameShape):
    """The input, unchanged."""

    family: ClassVar[Family] = Family.OTHER
    keeps_nothing: ClassVar[bool] = True
